/* The table of register names, and their printing. */
#include "monitor/line/reg_args.h"

#include "arch/console/console.h"
#include "lib/string.h"

struct reg_name {
	const char *name;
	u16 offset; /* in struct bios_regs */
	u8 shift;
	u8 bits;
};

/* clang-format off */
#define WHOLE(reg) { #reg, offsetof(struct bios_regs, reg), 0, 32 }
#define SEGMENT(reg) { #reg, offsetof(struct bios_regs, reg), 0, 16 }
#define PART(name, reg, shift, bits) \
	{ name, offsetof(struct bios_regs, reg), shift, bits }

static const struct reg_name reg_names[] = {
	WHOLE(eax), WHOLE(ebx), WHOLE(ecx), WHOLE(edx),
	WHOLE(esi), WHOLE(edi), WHOLE(ebp), WHOLE(esp), WHOLE(eflags),
	SEGMENT(cs), SEGMENT(ds), SEGMENT(es),
	SEGMENT(fs), SEGMENT(gs), SEGMENT(ss),
	PART("ax", eax, 0, 16), PART("bx", ebx, 0, 16),
	PART("cx", ecx, 0, 16), PART("dx", edx, 0, 16),
	PART("si", esi, 0, 16), PART("di", edi, 0, 16),
	PART("bp", ebp, 0, 16), PART("sp", esp, 0, 16),
	PART("ah", eax, 8, 8), PART("al", eax, 0, 8),
	PART("bh", ebx, 8, 8), PART("bl", ebx, 0, 8),
	PART("ch", ecx, 8, 8), PART("cl", ecx, 0, 8),
	PART("dh", edx, 8, 8), PART("dl", edx, 0, 8),
};
/* clang-format on */

static int read_one(struct args *args, const struct reg_name *reg,
		    struct bios_regs *regs)
{
	u32 mask = (u32)((BIT(reg->bits) - 1) << reg->shift);
	u8 *at = (u8 *)regs + reg->offset;
	u64 value;
	u32 whole;
	int found = args_hex(args, reg->name, BIT(reg->bits) - 1, &value);

	if (found == 1) {
		memcpy(&whole, at, sizeof(whole));
		whole = (whole & ~mask) | (u32)(value << reg->shift);
		memcpy(at, &whole, sizeof(whole));
	}
	return found < 0 ? found : 0;
}

int reg_args_read(struct args *args, struct bios_regs *regs)
{
	for (size_t i = 0; i < ARRAY_SIZE(reg_names); i++) {
		int err = read_one(args, &reg_names[i], regs);

		if (err != 0) {
			return err;
		}
	}
	return 0;
}

void reg_args_print(const struct bios_regs *regs)
{
	console_printf(
		"regs: eax=%08x ebx=%08x ecx=%08x edx=%08x esi=%08x edi=%08x ebp=%08x esp=%08x\n",
		regs->eax, regs->ebx, regs->ecx, regs->edx, regs->esi,
		regs->edi, regs->ebp, regs->esp);
	console_printf(
		"regs: cs=%04x ds=%04x es=%04x fs=%04x gs=%04x ss=%04x eip=%08x eflags=%08x\n",
		regs->cs, regs->ds, regs->es, regs->fs, regs->gs, regs->ss,
		regs->eip, regs->eflags);
}
