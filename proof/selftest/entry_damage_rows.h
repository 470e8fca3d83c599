/*
 * Macros for the rows of the damages. Included by the files with such rows
 * only, because the names are short.
 */
#pragma once

#include "arch/x86.h"
#include "proof/selftest/entry_damage.h"
#include "vmm/vmx/exit_reasons.h"
#include "vmm/guest_rights.h"
#include "vmm/vmx/vmx_cap_bits.h"

#define V86 ENTRY_KIND(V86)
#define REAL ENTRY_KIND(REAL)
#define PROTECTED ENTRY_KIND(PROTECTED)
#define LONG ENTRY_KIND(LONG)
#define ALL (V86 | REAL | PROTECTED | LONG)

#define WRITE(field, op, value, shift)                                         \
	{                                                                      \
		VMCS_##field, ENTRY_##op, shift, (u32)(value)                  \
	}
#define SET(field, value) WRITE(field, SET, value, 0)
#define SET_SHIFTED(field, value, shift) WRITE(field, SET, value, shift)
#define OR(field, value) WRITE(field, OR, value, 0)
#define OR_SHIFTED(field, value, shift) WRITE(field, OR, value, shift)
#define CLEAR(field, value) WRITE(field, CLEAR, value, 0)
#define PAGE(field, value) WRITE(field, PAGE, value, 0)
#define NEEDS(word, bits) .needs_word = VMX_WORD_##word, .needs = (bits)

/* What would happen if the processor did not refuse. */
#define HARM_CR0_WP "the host's CR0.WP would be 0"
#define HARM_PAGING "the host's paging would be lost"
#define HARM_RIP "the exit would lead nowhere"
#define HARM_GS "the host would not find its core's data"
#define HARM_MODE "the host would be in 32-bit mode"
#define HARM_ABORT "an MSR that cannot be switched is a VMX abort"
#define HARM_SMM "the firmware's SMM would be disturbed"
#define HARM_SIPI "the core would wait for a SIPI for ever"

/* The two halves of the list. */
extern const struct entry_damage entry_damages_host[], entry_damages_guest[];
extern const size_t entry_damages_host_count, entry_damages_guest_count;
