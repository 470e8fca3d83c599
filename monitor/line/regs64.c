/* Names of the general registers, and the lines of all of them. */
#include "monitor/line/regs64.h"

#include "arch/console/console.h"
#include "arch/register_names.h"

#define BITS_TEXT 160

/* In the order of the encoding. */
static const char *const gpr_names[16] = {
	"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
	"r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15",
};

/* In the order of the lines. */
static const u8 line_order[16] = {
	GPR_RAX, GPR_RBX, GPR_RCX, GPR_RDX, GPR_RSI, GPR_RDI, GPR_RBP, GPR_RSP,
	8,	 9,	  10,	   11,	    12,	     13,      14,      15,
};

int regs64_read(struct args *args, struct guest64_regs *regs)
{
	int found = args_hex(args, "rflags", UINT64_MAX, &regs->rflags);

	for (u32 i = 0; i < ARRAY_SIZE(gpr_names) && found >= 0; i++) {
		found = args_hex(args, gpr_names[i], UINT64_MAX, &regs->gpr[i]);
	}
	return found < 0 ? found : 0;
}

static void print_bits(const char *name, const char *const names[32], u64 value)
{
	char text[BITS_TEXT];

	register_bits_format(names, value, text, sizeof(text));
	console_printf("regs: %s=%08lx binary=%s\n", name, value, text);
}

void regs64_print(const struct guest64_regs *regs)
{
	for (u32 i = 0; i < ARRAY_SIZE(line_order); i += 4) {
		const u8 *at = &line_order[i];

		console_printf("regs: %s=%016lx %s=%016lx %s=%016lx %s=%016lx\n",
			       gpr_names[at[0]], regs->gpr[at[0]],
			       gpr_names[at[1]], regs->gpr[at[1]],
			       gpr_names[at[2]], regs->gpr[at[2]],
			       gpr_names[at[3]], regs->gpr[at[3]]);
	}
	console_printf("regs: rip=%016lx cr2=%016lx cr3=%016lx efer=%016lx\n",
		       regs->rip, regs->cr2, regs->cr3, regs->efer);
	console_printf("regs: cs=%04x ds=%04x es=%04x fs=%04x gs=%04x ss=%04x "
		       "fs_base=%016lx gs_base=%016lx\n",
		       regs->cs, regs->ds, regs->es, regs->fs, regs->gs,
		       regs->ss, regs->fs_base, regs->gs_base);
	print_bits("cr0", cr0_bit_names, regs->cr0);
	print_bits("cr4", cr4_bit_names, regs->cr4);
	print_bits("rflags", rflags_bit_names, regs->rflags);
}
