/* Pieces of code that 16-bit and 64-bit hostile programs share. Pure. */
/* build: pure */
#include "proof/hostile/hostile_append.h"

#include "lib/string.h"
#include "proof/hostile/hostile_random.h"

#define PIECES_MAX 5

void hostile_append(struct hostile_program *p, const u8 *bytes, u32 count)
{
	u32 room = HOSTILE_BYTES_MAX - p->bytes;

	count = MIN(count, room);
	memcpy(p->code + p->bytes, bytes, count);
	p->bytes += count;
}

void hostile_append_number(struct hostile_program *p, u64 value, u32 bytes)
{
	hostile_append(p, (const u8 *)&value, bytes);
}

void hostile_append_random(struct hostile_program *p, u64 *state, u32 count)
{
	while (count-- != 0) {
		hostile_append_number(p, hostile_next(state), 1);
	}
}

void hostile_append_one_of(struct hostile_program *p, u64 *state,
			   const u8 *list)
{
	const u8 *entry = list;
	u32 count = 0, wanted;

	do {
		count++;
		entry += 1 + *entry;
	} while (*entry != 0);
	wanted = hostile_below(state, count);
	for (entry = list; wanted-- != 0; entry += 1 + *entry) {}
	hostile_append(p, entry + 1, *entry);
}

/*
 * Instructions that only the hypervisor may execute, or must emulate: length,
 * then bytes.
 */
static const u8 privileged[] = {
	3, 0x0f, 0x22, 0xc0, /* MOV CR0, EAX */
	3, 0x0f, 0x22, 0xd8, /* MOV CR3, EAX */
	3, 0x0f, 0x22, 0xe0, /* MOV CR4, EAX */
	3, 0x0f, 0x23, 0xf8, /* MOV DR7, EAX */
	3, 0x0f, 0x21, 0xf0, /* MOV EAX, DR6 */
	3, 0x0f, 0x01, 0xf0, /* LMSW AX */
	3, 0x0f, 0x01, 0xe0, /* SMSW AX */
	2, 0x0f, 0x06,	     /* CLTS */
	3, 0x0f, 0x00, 0xd8, /* LTR AX */
	3, 0x0f, 0x00, 0xd0, /* LLDT AX */
	2, 0x0f, 0x32,	     /* RDMSR */
	2, 0x0f, 0x30,	     /* WRMSR */
	2, 0x0f, 0x33,	     /* RDPMC */
	2, 0x0f, 0xa2,	     /* CPUID */
	2, 0x0f, 0x08,	     /* INVD */
	2, 0x0f, 0x09,	     /* WBINVD */
	2, 0x0f, 0x05,	     /* SYSCALL */
	2, 0x0f, 0x34,	     /* SYSENTER */
	2, 0x0f, 0xaa,	     /* RSM */
	2, 0x0f, 0x37,	     /* GETSEC */
	3, 0x0f, 0x01, 0xd1, /* XSETBV */
	3, 0x0f, 0x01, 0xc8, /* MONITOR */
	3, 0x0f, 0x01, 0xc9, /* MWAIT */
	3, 0x0f, 0x01, 0xf8, /* SWAPGS */
	3, 0x0f, 0x01, 0xc1, /* VMCALL */
	3, 0x0f, 0x01, 0xc2, /* VMLAUNCH */
	3, 0x0f, 0x01, 0xc3, /* VMRESUME */
	3, 0x0f, 0x01, 0xc4, /* VMXOFF */
	3, 0x0f, 0x01, 0xd4, /* VMFUNC */
	3, 0x0f, 0x79, 0xc3, /* VMWRITE EAX, EBX */
	3, 0x0f, 0x78, 0xc3, /* VMREAD EBX, EAX */
	0,
};

void hostile_append_privileged(struct hostile_program *p, u64 *state,
			       const u8 *more)
{
	hostile_append_one_of(p, state,
			      hostile_below(state, 3) == 0 ? more : privileged);
}

void hostile_append_msr(struct hostile_program *p, u64 *state, u32 index)
{
	hostile_append_number(p, 0xb9, 1);
	hostile_append_number(p, index, 4);
	hostile_append_number(p, hostile_below(state, 2) ? 0x320f : 0x300f, 2);
}

void hostile_append_bytes(struct hostile_program *p, u64 *state)
{
	hostile_append_random(p, state, 1 + hostile_below(state, 6));
}

void hostile_append_interrupt(struct hostile_program *p, u64 *state)
{
	hostile_append_number(p, 0xcd, 1);
	hostile_append_number(p, hostile_next(state), 1);
}

void hostile_append_prefixes(struct hostile_program *p, u64 *state, u32 most)
{
	static const u8 list[] = { 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26,
				   0x2e, 0x36, 0x3e, 0x64, 0x65 };

	for (u32 n = hostile_below(state, most + 1); n != 0; n--) {
		hostile_append(p, &list[hostile_below(state, ARRAY_SIZE(list))],
			       1);
	}
}

/* REP STOS or MOVS, with whatever the registers hold; or a jump to itself. */
void hostile_append_loop(struct hostile_program *p, u64 *state)
{
	static const u16 list[] = { 0xaaf3, 0xabf3, 0xa5f3,
				    0xa4f2, 0xfeeb, 0xfee2 };

	hostile_append_prefixes(p, state, 1);
	hostile_append_number(p, list[hostile_below(state, ARRAY_SIZE(list))],
			      2);
}

void hostile_append_pieces(struct hostile_program *p, u64 *state,
			   hostile_piece *const *kinds, u32 count)
{
	for (u32 n = 1 + hostile_below(state, PIECES_MAX); n != 0; n--) {
		kinds[hostile_below(state, count)](p, state);
	}
	hostile_program_set_code(p, p->code, p->bytes);
}
