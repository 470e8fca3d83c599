/*
 * The command selftest: tests that the kernel makes of itself. Each group is a
 * function that walks its table.
 */
#pragma once

#include "monitor/command.h"

/*
 * Called around each test. begin: whether the test is wanted. end: prints its
 * line. If a page, VMCS, timer or event is left, or a register of the host has
 * changed, the test has failed and the line says which (proof/leak_check.h).
 * `expected` is for the line of a test that failed, beside the text of
 * selftest_saw().
 */
bool selftest_begin(const char *group, const char *name);
void selftest_end(bool passed, const char *expected);
/* Whether no test has failed so far: the first failure is explained. */
bool selftest_none_failed(void);

/*
 * Between the two: makes the line a SKIP; the arguments of selftest_end() are
 * ignored.
 */
void selftest_skip(const char *why);

/* Notes what the test saw; the last call counts. */
void selftest_saw(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The groups. Those in guests need VMX and a BIOS on the calling core. */
void selftest_arch(void);
void selftest_programs(void);	  /* those of proof/selftest/test_snippets.S */
void selftest_guest(void);	  /* guests; what a program alone cannot test */
void selftest_real(void);	  /* what a call in real mode leaves behind */
void selftest_state(void);	  /* what one guest leaves for another */
void selftest_moved(void);	  /* a guest that changes its core */
void selftest_entry(void);	  /* VM entries that must fail */
void selftest_entry_checks(void); /* the entry checker and the processor */
void selftest_lists(void);	  /* many BIOS calls in one stay */
void selftest_services(
	void); /* guest/bios/bios_services.h, on the board machine */

struct guest16;
struct bios_regs;

/* A private-view guest for one test. False: there is none, and it was told. */
bool selftest_guest_make(struct guest16 *guest, bool vme);

/* Puts the code at 1000:0000 and calls it. Returns enum vcpu_end. */
int selftest_guest_run(struct guest16 *guest, const void *code, size_t bytes,
		       struct bios_regs *regs, u32 timeout_ms);

/*
 * Whether the run ended so, with `why` in vcpu->why; if not, that is noted by
 * selftest_saw().
 */
bool selftest_guest_ended(struct guest16 *guest, int end, const char *why);

/* Whether the guest can still make a BIOS call, with interrupts off. */
bool selftest_guest_works(struct guest16 *guest);
