/*
 * Notes the MSR accesses that a guest was refused in a run, and the faults that
 * were delivered to it. A run often fails long after the first of these, so the
 * report lists the first one too.
 */
#pragma once

#include "lib/types.h"

enum refusal_kind { REFUSAL_RDMSR, REFUSAL_WRMSR, REFUSAL_EXCEPTION };

#define REFUSALS_KEPT 4

struct refusals {
	u64 run;   /* when the run of these refusals began */
	u32 count; /* of all refusals, kept or not */
	struct refusal {
		enum refusal_kind kind;
		u32 what;  /* the MSR, or the vector */
		u64 value; /* value written, error code, or address of #PF */
		u64 rip;
		u32 times; /* how often in a row */
		u16 cs;
	} kept[REFUSALS_KEPT];
};

struct vcpu;

/* For handlers: notes a refusal of the instruction at RIP. */
void vcpu_note_refusal(struct vcpu *vcpu, enum refusal_kind kind, u32 what,
		       u64 value);

/* Prints the refusals of the last run, as lines of its report. */
void vcpu_report_refusals(const struct vcpu *vcpu);
