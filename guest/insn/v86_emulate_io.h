/* The emulator's port instructions; for guest/insn/v86_emulate.c alone. */
#pragma once

#include "guest/insn/v86_machine.h"

/* IN, OUT, INS, OUTS. */
enum v86_result v86_emulate_io(struct v86_machine *m,
			       const struct v86_insn *insn);
enum v86_result v86_emulate_string_io(struct v86_machine *m,
				      const struct v86_insn *insn);
