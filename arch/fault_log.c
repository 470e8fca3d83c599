/*
 * Notes faults and reports them later. Handlers use only atomic operations,
 * because they may interrupt each other, and the core that reports.
 */
#include "arch/fault_log.h"

#include "arch/console/console.h"
#include "arch/console/log.h"
#include "arch/cpu.h"
#include "arch/mca_code.h"
#include "arch/percpu.h"
#include "arch/pic.h"
#include "arch/vectors.h"
#include "lib/fmt.h"
#include "lib/string.h"

#define LINE_BYTES 256
#define PORT_B 0x61
#define PORT_B_SERR BIT(7)
#define PORT_B_IOCHK BIT(6)
#define PORT_B_CONTROL 0x0f
#define PORT_B_CLEAR 0x0c /* SERR and IOCHK off; they come on again after */
#define PORT_A 0x92
#define RECORDS 8

enum note { NOTHING, WRITING, NOTED, TOLD };

static struct fault_counts counts;

static struct {
	u8 note;
	u8 port_a, port_b;
	u32 core;
} nmi;

static struct {
	u8 note;
	u8 core;
} interrupts[256];

static struct {
	u8 note;
	u32 core, bank;
	u64 status, address;
} checks[RECORDS];

static struct {
	u8 note;
	u32 core;
} elsewhere;

static void count(u64 *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/*
 * Whether this handler is the first to note this fault: then it writes the
 * details.
 */
static bool claim(u8 *note)
{
	u8 nothing = NOTHING;

	return __atomic_compare_exchange_n(note, &nothing, WRITING, false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static void publish(u8 *note)
{
	__atomic_store_n(note, NOTED, __ATOMIC_RELEASE);
}

/* Whether there is a fault that is not reported yet; from now on it is. */
static bool take(u8 *note)
{
	u8 noted = NOTED;

	return __atomic_compare_exchange_n(note, &noted, TOLD, false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

void fault_log_nmi(void)
{
	u8 port_b = inb(PORT_B);

	count(&counts.nmis);
	if (claim(&nmi.note)) {
		nmi.port_b = port_b;
		nmi.port_a = inb(PORT_A);
		nmi.core = this_cpu_index();
		publish(&nmi.note);
	}
	/* The chipset sends no further NMI before the cause is cleared. */
	if (port_b & (PORT_B_SERR | PORT_B_IOCHK)) {
		port_b &= PORT_B_CONTROL;
		outb(PORT_B, port_b | PORT_B_CLEAR);
		outb(PORT_B, (u8)(port_b & ~PORT_B_CLEAR));
	}
}

void fault_log_interrupt(u8 vector)
{
	count(&counts.interrupts);
	if (claim(&interrupts[vector].note)) {
		interrupts[vector].core = (u8)this_cpu_index();
		publish(&interrupts[vector].note);
	}
}

void fault_log_machine_check(u32 bank, u64 status, u64 address)
{
	count(&counts.machine_checks);
	for (size_t i = 0; i < RECORDS; i++) {
		if (claim(&checks[i].note)) {
			checks[i].core = this_cpu_index();
			checks[i].bank = bank;
			checks[i].status = status;
			checks[i].address = address;
			publish(&checks[i].note);
			return;
		}
	}
}

void fault_log_machine_check_elsewhere(void)
{
	count(&counts.machine_checks);
	if (claim(&elsewhere.note)) {
		elsewhere.core = this_cpu_index();
		publish(&elsewhere.note);
	}
}

static void tell_nmi(void (*emit)(const char *line, bool harmless))
{
	const char *why = "no cause is known";
	char line[LINE_BYTES];

	if (nmi.port_b & PORT_B_SERR) {
		why = "a memory parity or PCI system error";
	} else if (nmi.port_b & PORT_B_IOCHK) {
		why = "an I/O channel check of a card";
	}
	fmt_snprintf(line, sizeof(line),
		     "core %u: an NMI from outside: %s; port 61h is %02xh, "
		     "port 92h %02xh; counted, and told once",
		     nmi.core, why, nmi.port_b, nmi.port_a);
	emit(line, false);
}

static void tell_interrupt(u8 vector,
			   void (*emit)(const char *line, bool harmless))
{
	const char *what = "which nobody sends";
	bool harmless = true;
	char line[LINE_BYTES];

	if (vector == VECTOR_SPURIOUS) {
		what = "a spurious one of the local APIC";
	} else if (pic_line_of_vector(vector) >= 0) {
		what = "a spurious one of the PIC";
	} else {
		harmless = false;
	}
	fmt_snprintf(line, sizeof(line),
		     "core %u: interrupt vector %02xh, %s; counted, and told "
		     "once",
		     interrupts[vector].core, vector, what);
	emit(line, harmless);
}

static void tell_check(size_t i, void (*emit)(const char *line, bool harmless))
{
	char line[LINE_BYTES];
	int length = fmt_snprintf(line, sizeof(line),
				  "core %u: machine check: ", checks[i].core);

	mca_code_format_bank(checks[i].bank, checks[i].status,
			     checks[i].address, line + length,
			     sizeof(line) - (size_t)length);
	emit(line, false);
}

static void tell_elsewhere(void (*emit)(const char *line, bool harmless))
{
	char line[LINE_BYTES];

	fmt_snprintf(line, sizeof(line),
		     "core %u: a machine check that none of its banks has "
		     "raised; it was another core's; counted, and told once",
		     elsewhere.core);
	emit(line, false);
}

void fault_log_tell(void (*emit)(const char *line, bool harmless))
{
	if (take(&nmi.note)) {
		tell_nmi(emit);
	}
	for (u32 vector = 0; vector < ARRAY_SIZE(interrupts); vector++) {
		if (take(&interrupts[vector].note)) {
			tell_interrupt((u8)vector, emit);
		}
	}
	for (size_t i = 0; i < RECORDS; i++) {
		if (take(&checks[i].note)) {
			tell_check(i, emit);
		}
	}
	if (take(&elsewhere.note)) {
		tell_elsewhere(emit);
	}
}

static void write_to_log(const char *line, bool harmless)
{
	if (harmless) {
		log_detail("%s", line);
	} else {
		log_warn("%s", line);
	}
}

void fault_log_report(void)
{
	static u64 told;
	u64 total = counts.nmis + counts.interrupts + counts.machine_checks;

	/* This is called often, and mostly there is nothing to report. */
	if (total != told) {
		told = total;
		console_end_line();
		fault_log_tell(write_to_log);
	}
}

struct fault_counts fault_log_counts(void)
{
	return counts;
}

void fault_log_reset(void)
{
	memset(&counts, 0, sizeof(counts));
}
