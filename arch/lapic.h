/*
 * The local APIC of the calling core, in xAPIC or x2APIC mode as the firmware
 * left it (SDM volume 3, Advanced Programmable Interrupt Controller).
 */
#pragma once

#include "lib/types.h"

enum lapic_mode { LAPIC_XAPIC, LAPIC_X2APIC };

/*
 * On the boot core: finds the mode and the registers. mmio_phys: the address in
 * the MADT, or 0 for the one in IA32_APIC_BASE. want_x2apic: switches to x2APIC
 * mode if the processor has it. Returns 0, or ERR_UNSUPPORTED if there is no
 * local APIC, it is disabled in IA32_APIC_BASE, or it is out of reach.
 */
int lapic_init(u64 mmio_phys, bool want_x2apic);

/*
 * On each core: enables the APIC, at the same address and in the same mode on
 * all. All sources are masked, except NMIs on LINT1 and, on the boot core, the
 * PIC's INTR on LINT0 (virtual wire).
 */
void lapic_init_core(bool is_boot_core);

/* Whether lapic_init() found one. The functions below need it. */
bool lapic_present(void);
enum lapic_mode lapic_mode(void);
u32 lapic_id(void);
/*
 * A checksum of those registers of the calling core's APIC that nothing changes
 * after lapic_init_core().
 */
u64 lapic_checksum(void);
void lapic_eoi(void);

/* Whether this vector is in service, so that it needs an EOI. */
bool lapic_in_service(u8 vector);
u32 lapic_in_service_count(void);

void lapic_send_init(u32 apic_id);
/* Sends a SIPI. page: the code's start address, in pages, below 100h. */
void lapic_send_startup(u32 apic_id, u8 page);
void lapic_send_nmi(u32 apic_id);
void lapic_send_fixed(u32 apic_id, u8 vector);

/* Sets the timer's rate at divisor 1, which clock_init() finds. */
void lapic_timer_set_rate(u64 counts_per_ms);
/* Starts counting from FFFFFFFFh, the interrupt masked. */
void lapic_timer_measure_start(void);
u32 lapic_timer_measure_elapsed(void);

/* Raises VECTOR_LAPIC_TIMER after us microseconds, once or periodically. */
void lapic_timer_once_us(u64 us);
void lapic_timer_periodic_us(u64 us);
void lapic_timer_stop(void);
bool lapic_timer_is_on(void);
