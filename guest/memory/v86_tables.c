/*
 * Builds the tables. If the exception bitmap does not intercept a #GP, gate 13
 * leads to a handler that calls the host by VMCALL and then returns to the
 * interrupted code.
 */
/* build: pure */
#include "guest/memory/v86_tables.h"

#include "lib/string.h"

#define DESCRIPTOR_CODE_32 0x00409b0000000000ull /* limit and base to add */
#define DESCRIPTOR_DATA_32 0x0040930000000000ull
#define DESCRIPTOR_FLAT_32 0x00cf93000000ffffull
#define DESCRIPTOR_TSS_BUSY 0x00008b0000000000ull
#define DESCRIPTOR_LDT 0x0000820000000000ull
#define GATE_INTERRUPT_32 0x00008e0000000000ull
#define VECTOR_GP 13u
#define VECTOR_TRAPPED 0x15u /* its block move enters protected mode */
#define SCREEN_BASE 0xb8000u
#define SCREEN_LIMIT 0x7fffu

#define TSS_ESP0 4u
#define TSS_SS0 8u
#define TSS_IO_MAP_BASE 102u

/* vmcall; add esp, 4 (the error code); iretd */
static const u8 gp_handler[] = { 0x0f, 0x01, 0xc1, 0x83, 0xc4, 0x04, 0xcf };

static u64 descriptor(u64 kind, u32 base, u32 limit)
{
	return kind | (limit & 0xffffu) | (u64)(base & 0xffffffu) << 16 |
	       (u64)(limit >> 16 & 0xfu) << 48 | (u64)(base >> 24) << 56;
}

static void put(u8 *pages, u32 offset, const void *value, size_t bytes)
{
	memcpy(pages + offset, value, bytes);
}

static void put64(u8 *pages, u32 offset, u64 value)
{
	put(pages, offset, &value, sizeof(value));
}

void v86_tables_build(void *pages, size_t bytes, u32 base)
{
	u8 *p = pages;
	u32 handler = base + V86_HANDLER_OFFSET;
	u32 esp0 = base + V86_RING0_STACK_TOP;
	u16 ss0 = V86_SELECTOR_FLAT;
	u16 io_map = V86_TSS_IO_MAP_OFFSET;

	if (bytes < V86_TSS_OFFSET + V86_TSS_BYTES) {
		return;
	}
	put64(p, V86_GDT_OFFSET + V86_SELECTOR_TSS,
	      descriptor(DESCRIPTOR_TSS_BUSY, base + V86_TSS_OFFSET,
			 V86_TSS_BYTES - 1));
	put64(p, V86_GDT_OFFSET + V86_SELECTOR_LDT,
	      descriptor(DESCRIPTOR_LDT, base + V86_LDT_OFFSET, V86_LDT_LIMIT));
	put64(p, V86_LDT_OFFSET + (V86_SELECTOR_CODE & ~7u),
	      descriptor(DESCRIPTOR_CODE_32, 0, 0xfffff) | 1ull << 55);
	put64(p, V86_LDT_OFFSET + (V86_SELECTOR_DATA & ~7u),
	      descriptor(DESCRIPTOR_DATA_32, base, 0xfff));
	put64(p, V86_LDT_OFFSET + (V86_SELECTOR_SCREEN & ~7u),
	      descriptor(DESCRIPTOR_DATA_32, SCREEN_BASE, SCREEN_LIMIT));
	put64(p, V86_LDT_OFFSET + (V86_SELECTOR_FLAT & ~7u),
	      DESCRIPTOR_FLAT_32);
	put64(p, V86_IDT_OFFSET + VECTOR_GP * 8,
	      GATE_INTERRUPT_32 | (handler & 0xffff) | V86_SELECTOR_CODE << 16 |
		      (u64)(handler & 0xffff0000u) << 32);
	put(p, V86_HANDLER_OFFSET, gp_handler, sizeof(gp_handler));
	put(p, V86_TSS_OFFSET + TSS_ESP0, &esp0, sizeof(esp0));
	put(p, V86_TSS_OFFSET + TSS_SS0, &ss0, sizeof(ss0));
	put(p, V86_TSS_OFFSET + TSS_IO_MAP_BASE, &io_map, sizeof(io_map));
	v86_tables_trap_ints(pages, false);
	p[V86_TSS_OFFSET + V86_TSS_BYTES - 1] = 0xff;
}

void v86_tables_trap_ints(void *pages, bool all)
{
	u8 *map = (u8 *)pages + V86_TSS_OFFSET + V86_TSS_REDIRECTION_OFFSET;

	memset(map, all ? 0xff : 0, V86_REDIRECTION_BYTES);
	map[VECTOR_TRAPPED / 8] |= 1u << VECTOR_TRAPPED % 8;
}
