/*
 * Writes lists of BIOS calls into a guest and runs them. What is read back is
 * the guest's word: it is bounded, never trusted.
 */
/* build: hot */
#include "guest/bios/call_list.h"

#include "arch/x86.h"
#include "guest/watch/access_counts.h"
#include "lib/error.h"
#include "lib/string.h"

#define BASE (CALL_LIST_SEGMENT << 4)

static_assert(CALL_LIST_SEGMENT == BIOS_STACK_SEGMENT,
	      "the list's code has one segment for code, stack and list");
static_assert(CALL_LIST_STACK == BIOS_STACK_TOP - 4,
	      "bios_far_call() takes four bytes of the stack");
static_assert(BASE % PAGE_SIZE == 0 && CALL_LIST_STATE == PAGE_SIZE,
	      "code and entries are one page, records begin with another");

/* guest/bios/call_list_code.S */
extern const u8 call_list_code[], call_list_code_end[];
extern const u8 call_list_next[], call_list_back[], call_list_turn[];
extern const u8 call_list_end[];

static inline u16 offset_of(const u8 *label)
{
	return (u16)(CALL_LIST_CODE + (label - call_list_code));
}

/* A vector's entry: INT n, then a near jump to call_list_back. */
#define ENTRY_JMP_END 5 /* bytes from the entry's start */
#define OPCODE_INT_N 0xcdu
#define OPCODE_JMP_NEAR 0xe9u
#define OPCODE_JMP_SHORT 0xebu
#define JMP_SHORT_BYTES 2

struct state {
	u16 at, flags;
};
static_assert(offsetof(struct state, flags) ==
		      CALL_LIST_FLAGS - CALL_LIST_STATE,
	      "as the code has it");
static_assert(offsetof(struct listed_call, entry_ip) == CALL_LIST_AT_OFFSET,
	      "as the code has it");

int call_list_begin(struct call_list *list, struct guest16 *guest)
{
	struct guest_memory *memory = &guest->memory;

	list->guest = guest;
	list->count = 0;
	list->made = 0;
	list->rows = 0;
	list->code = guest_memory_at(memory, BASE);
	for (u32 i = 0; i < CALL_LIST_PAGES; i++) {
		list->page[i] = (void *)guest_memory_at(
			memory, BASE + CALL_LIST_STATE + i * (u32)PAGE_SIZE);
		if (list->page[i] == NULL) {
			return ERR_NO_MEMORY;
		}
	}
	return list->code == NULL ? ERR_NO_MEMORY : 0;
}

static inline u16 entry_of(u8 vector)
{
	return (u16)(CALL_LIST_ENTRIES + vector * CALL_LIST_ENTRY_BYTES);
}

static inline void write_entry(struct call_list *list, u8 vector)
{
	u16 distance = (u16)(offset_of(call_list_back) -
			     (entry_of(vector) + ENTRY_JMP_END));
	u64 entry = OPCODE_INT_N | (u64)vector << 8 | OPCODE_JMP_NEAR << 16 |
		    (u64)distance << 24;

	static_assert(sizeof(entry) == CALL_LIST_ENTRY_BYTES, "one write");
	memcpy(list->code + entry_of(vector), &entry, sizeof(entry));
}

static inline void note_vector(struct call_list *list, u8 vector)
{
	if (list->rows != 0 && list->row[list->rows - 1].vector == vector) {
		list->row[list->rows - 1].calls++;
		return;
	}
	list->row[list->rows++] = (struct call_row){ vector, 1 };
	write_entry(list, vector);
}

struct listed_call *call_list_add(struct call_list *list, u8 vector)
{
	struct listed_call *call;

	if (list->count == CALL_LIST_MAX) {
		return NULL;
	}
	note_vector(list, vector);
	call = call_list_at(list, list->count++);
	*call = (struct listed_call){
		.flags = (u16)(RFLAGS_FIXED_1 | RFLAGS_IF),
		.entry_ip = entry_of(vector),
		.entry_cs = CALL_LIST_SEGMENT,
	};
	return call;
}

/* Anew for each run: between two the guest may have used this memory. */
static void write_code(struct call_list *list, enum call_list_stop stop)
{
	u8 *code = list->code + CALL_LIST_CODE;
	u8 *turn = code + (call_list_turn - call_list_code);

	memcpy(code, call_list_code,
	       (size_t)(call_list_code_end - call_list_code));
	if (stop == CALL_LIST_TO_THE_END) {
		turn[0] = OPCODE_JMP_SHORT;
		turn[1] = (u8)(call_list_next -
			       (call_list_turn + JMP_SHORT_BYTES));
	}
}

static void write_end(struct call_list *list)
{
	*call_list_at(list, list->count) = (struct listed_call){
		.flags = RFLAGS_FIXED_1,
		.entry_ip = offset_of(call_list_end),
		.entry_cs = CALL_LIST_SEGMENT,
	};
}

/* How many calls have come back, whatever the guest has put there. */
static u32 calls_made(const struct call_list *list)
{
	const struct state *state = (const void *)list->page[0];
	u32 bytes = (u16)(state->at - CALL_LIST_AT_OFFSET - CALL_LIST_RECORDS);

	return MIN(bytes / CALL_LIST_RECORD_BYTES, list->count);
}

static void count_calls(const struct call_list *list)
{
	u32 left = list->made;

	for (const struct call_row *row = list->row; left != 0; row++) {
		u32 calls = MIN(row->calls, left);

		access_counts_note_ints(list->guest->access_counts, row->vector,
					calls);
		left -= calls;
	}
}

enum vcpu_end bios_call_list(struct call_list *list, enum call_list_stop stop,
			     u32 timeout_ms)
{
	struct state *state = (void *)list->page[0];
	enum vcpu_end end;

	state->at = CALL_LIST_RECORDS + CALL_LIST_AT_OFFSET;
	write_code(list, stop);
	write_end(list);
	list->at_end = (struct bios_regs){ .cs = CALL_LIST_SEGMENT,
					   .eip = CALL_LIST_CODE,
					   .eflags = RFLAGS_FIXED_1 };
	end = bios_far_call(list->guest, &list->at_end, timeout_ms);
	list->made = calls_made(list);
	count_calls(list);
	return end;
}
