/* The code of a hostile program, set and shrunk. Pure. */
/* build: pure */
#include "proof/hostile/hostile_program.h"

#include "lib/string.h"

void hostile_program_set_code(struct hostile_program *program, const u8 *code,
			      u32 bytes)
{
	static const u8 tail[HOSTILE_TAIL_BYTES] = { 0xfa, 0xf4 };

	program->bytes = MIN(bytes, HOSTILE_BYTES_MAX);
	memmove(program->code, code, program->bytes);
	memcpy(program->code + program->bytes, tail, sizeof(tail));
}

/* *part becomes program without the `count` bytes from `at` on. */
static void leave_out(struct hostile_program *part,
		      const struct hostile_program *program, u32 at, u32 count)
{
	u8 code[HOSTILE_BYTES_MAX];

	memcpy(code, program->code, at);
	memcpy(code + at, program->code + at + count,
	       program->bytes - at - count);
	*part = *program;
	hostile_program_set_code(part, code, program->bytes - count);
}

/* Leaves out runs of count bytes; whether there was one that could go. */
static bool drop_runs(struct hostile_program *program, u32 count,
		      bool (*fails)(void *context,
				    const struct hostile_program *part),
		      void *context)
{
	bool dropped = false;
	u32 at = 0;

	while (at + count <= program->bytes && count < program->bytes) {
		struct hostile_program part;

		leave_out(&part, program, at, count);
		if (fails(context, &part)) {
			*program = part;
			dropped = true;
		} else {
			at++;
		}
	}
	return dropped;
}

void hostile_program_shrink(struct hostile_program *program,
			    bool (*fails)(void *context,
					  const struct hostile_program *part),
			    void *context)
{
	u32 count = program->bytes;

	while (count != 0) {
		bool dropped = drop_runs(program, count, fails, context);

		/* After a byte has gone, others may be able to go. */
		if (count > 1 || !dropped) {
			count /= 2;
		}
	}
}
