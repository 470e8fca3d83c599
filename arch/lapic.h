/*
 * The local APIC of the calling core, in xAPIC or x2APIC mode as the firmware
 * left it (SDM volume 3, Advanced Programmable Interrupt Controller).
 */
#pragma once

#include "lib/types.h"

enum lapic_mode { LAPIC_XAPIC, LAPIC_X2APIC };

/*
 * Boot core: finds the mode and the registers. mmio_phys is the MADT's address,
 * or 0 to take the one in IA32_APIC_BASE. want_x2apic switches to x2APIC mode
 * where the processor has it. Returns 0, or ERR_UNSUPPORTED with no local APIC,
 * with one that is switched off in IA32_APIC_BASE, or out of reach.
 */
int lapic_init(u64 mmio_phys, bool want_x2apic);

/*
 * Each core: the APIC at one address and in one mode on all, and enabled, with
 * all sources masked but NMIs on LINT1; on the boot core the PIC's INTR comes
 * in on LINT0 (virtual wire).
 */
void lapic_init_core(bool is_boot_core);

/* Whether lapic_init() found one; the functions below need it. */
bool lapic_present(void);
enum lapic_mode lapic_mode(void);
u32 lapic_id(void);
/* A sum of the registers of the calling core's that stay as they were set. */
u64 lapic_checksum(void);
void lapic_eoi(void);

/* Whether this vector is being served, that is, needs an EOI. */
bool lapic_in_service(u8 vector);
u32 lapic_in_service_count(void);

void lapic_send_init(u32 apic_id);
/* page: the start address of the code, in pages, below 100h. */
void lapic_send_startup(u32 apic_id, u8 page);
void lapic_send_nmi(u32 apic_id);
void lapic_send_fixed(u32 apic_id, u8 vector);

/* Rate of the timer at divisor 1, found by clock_init(). */
void lapic_timer_set_rate(u64 counts_per_ms);
/* Starts the count from FFFFFFFFh with the interrupt masked. */
void lapic_timer_measure_start(void);
u32 lapic_timer_measure_elapsed(void);

/* VECTOR_LAPIC_TIMER after us microseconds, once or again and again. */
void lapic_timer_once_us(u64 us);
void lapic_timer_periodic_us(u64 us);
void lapic_timer_stop(void);
bool lapic_timer_is_on(void);
