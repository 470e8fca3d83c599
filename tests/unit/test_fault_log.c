/* Faults that handlers note: counted each, told once, and the chipset rearmed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/fake_ports.h"

#include "arch/percpu.h"

#define this_cpu_index() 5u
#include "arch/fault_log.c"

static u8 port_b, port_a;
static u8 written[4]; /* to port 61h */
static u32 writes;
static char told[4000];
static u32 warnings, details, ends;

static u8 port_in(u16 port)
{
	assert_true(port == 0x61 || port == 0x92);
	return port == 0x61 ? port_b : port_a;
}

static void port_out(u16 port, u8 value)
{
	assert_int_equal(port, 0x61);
	assert_true(writes < ARRAY_SIZE(written));
	written[writes++] = value;
}

int pic_line_of_vector(u8 vector)
{
	return vector == 0x0f ? 7 : vector == 0x77 ? 15 : -1;
}

void console_end_line(void)
{
	ends++;
}

void log_warn(const char *fmt, ...)
{
	assert_string_equal(fmt, "%s");
	warnings++;
}

void log_detail(const char *fmt, ...)
{
	assert_string_equal(fmt, "%s");
	details++;
}

static void emit(const char *line, bool harmless)
{
	size_t length = strlen(told);

	snprintf(told + length, sizeof(told) - length, "%s%s\n",
		 harmless ? "harmless: " : "", line);
}

static void check_told(const char *text)
{
	told[0] = '\0';
	fault_log_tell(emit);
	assert_string_equal(told, text);
}

static int setup(void **state)
{
	(void)state;
	memset(&nmi, 0, sizeof(nmi));
	memset(interrupts, 0, sizeof(interrupts));
	memset(checks, 0, sizeof(checks));
	memset(&elsewhere, 0, sizeof(elsewhere));
	fault_log_reset();
	writes = 0;
	port_a = 0x02;
	return 0;
}

/* What port 61h controls besides (timer 2, the speaker) stays as it is. */
static void test_nmi_is_rearmed(void **state)
{
	(void)state;
	port_b = 0xb3;
	fault_log_nmi();
	assert_int_equal(writes, 2);
	assert_int_equal(written[0], 0x0f);
	assert_int_equal(written[1], 0x03);
	port_b = 0x61;
	fault_log_nmi();
	assert_int_equal(writes, 4);
	assert_int_equal(written[2], 0x0d);
	assert_int_equal(written[3], 0x01);
	port_b = 0x33;
	fault_log_nmi();
	assert_int_equal(writes, 4);
	assert_int_equal(fault_log_counts().nmis, 3);
	check_told("core 5: an NMI from outside: a memory parity or PCI system "
		   "error; port 61h is b3h, port 92h 02h; counted, and told "
		   "once\n");
	check_told("");
	fault_log_reset();
	assert_int_equal(fault_log_counts().nmis, 0);
}

static void test_nmi_causes(void **state)
{
	port_b = 0x40;
	fault_log_nmi();
	check_told("core 5: an NMI from outside: an I/O channel check of a "
		   "card; port 61h is 40h, port 92h 02h; counted, and told "
		   "once\n");
	setup(state);
	port_b = 0x3f;
	fault_log_nmi();
	assert_int_equal(writes, 0);
	check_told("core 5: an NMI from outside: no cause is known; port 61h "
		   "is 3fh, port 92h 02h; counted, and told once\n");
}

static void test_interrupts(void **state)
{
	(void)state;
	for (u32 i = 0; i < 3; i++) {
		fault_log_interrupt(0xff);
		fault_log_interrupt(0x77);
		fault_log_interrupt(0x99);
	}
	assert_int_equal(fault_log_counts().interrupts, 9);
	check_told("harmless: core 5: interrupt vector 77h, a spurious one of "
		   "the PIC; counted, and told once\n"
		   "core 5: interrupt vector 99h, which nobody sends; counted, "
		   "and told once\n"
		   "harmless: core 5: interrupt vector ffh, a spurious one of "
		   "the local APIC; counted, and told once\n");
	fault_log_interrupt(0x0f);
	check_told("harmless: core 5: interrupt vector 0fh, a spurious one of "
		   "the PIC; counted, and told once\n");
}

/* As many as there is room for; the others are counted. */
static void test_machine_checks(void **state)
{
	(void)state;
	for (u32 i = 0; i < RECORDS + 2; i++) {
		fault_log_machine_check(i, BIT(63), 0);
	}
	fault_log_machine_check_elsewhere();
	assert_int_equal(fault_log_counts().machine_checks, RECORDS + 3);
	told[0] = '\0';
	fault_log_tell(emit);
	for (u32 i = 0; i < RECORDS + 2; i++) {
		char text[40];

		snprintf(text, sizeof(text), "machine check: bank %u:", i);
		assert_int_equal(strstr(told, text) != NULL, i < RECORDS);
	}
	assert_non_null(strstr(told, "core 5: a machine check that none of "
				     "its banks has raised"));
	check_told("");
}

/* Warnings, and details where it is harmless; nothing twice. */
static void test_report(void **state)
{
	(void)state;
	warnings = details = ends = 0;
	fault_log_report();
	assert_int_equal(ends, 0);
	fault_log_interrupt(0xff);
	fault_log_machine_check(1, BIT(63), 0);
	fault_log_report();
	fault_log_report();
	assert_int_equal(warnings, 1);
	assert_int_equal(details, 1);
	assert_int_equal(ends, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nmi_is_rearmed, setup),
		cmocka_unit_test_setup(test_nmi_causes, setup),
		cmocka_unit_test_setup(test_interrupts, setup),
		cmocka_unit_test_setup(test_machine_checks, setup),
		cmocka_unit_test_setup(test_report, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
