/*
 * The commands boot, resume, stop, screen and keys: a whole system in a PC of
 * ours, with disks out of Multiboot2 modules.
 */
#include "arch/console/console.h"
#include "arch/mem/paging.h"
#include "guest/board/pc/pc_keys.h"
#include "guest/board/pc/vga_ascii.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "lib/string.h"
#include "monitor/command.h"
#include "monitor/guest_job.h"
#include "monitor/modules.h"
#include "monitor/pc_roms.h"
#include "monitor/virtual_pc.h"
#include "vmm/vmx/vmx.h"

#define RAM_DEFAULT_MB 16u
#define TIMEOUT_DEFAULT_MS 60000u
#define LINE_BYTES 160u

enum boot_order { ORDER_FLOPPY = 1, ORDER_DISK = 2, ORDER_CD = 3 };

struct file {
	u8 *bytes;
	u64 length;
};

/* The module of that name; the name may end with ",ro". */
static int find_file(const char *name, struct file *file, bool *read_only)
{
	char module_name[64];
	const struct bootinfo_module *module;
	size_t length = str_copy(module_name, sizeof(module_name), name);

	if (length > 3 && length < sizeof(module_name) &&
	    str_equal(module_name + length - 3, ",ro")) {
		module_name[length - 3] = '\0';
		*read_only = true;
	}
	module = modules_find(module_name);
	if (module == NULL) {
		return command_error(
			ERR_NOT_FOUND,
			"no module '%.40s'; boot; 'modules' lists what there is",
			module_name);
	}
	file->length = module->end - module->start;
	if (file->length == 0 || !phys_is_mapped(module->start, file->length)) {
		return command_error(
			ERR_RANGE,
			"module '%.40s' is empty or out of reach; %lx; "
			"'memmap' shows what is mapped",
			module_name, module->start);
	}
	file->bytes = phys_to_virt(module->start);
	return 0;
}

static int read_roms(struct args *args, struct pc_guest_config *config)
{
	const char *name = args_value(args, "bios");

	switch (pc_roms_find(name, config)) {
	case 0:
		return 0;
	case ERR_NOT_FOUND:
		return command_error(
			ERR_NOT_FOUND,
			"no module '%.40s' or no module '" PC_ROMS_VGA
			"'; boot; the menu entry of the virtual PC has them",
			name != NULL ? name : PC_ROMS_BIOS);
	default:
		return command_error(
			ERR_INVALID,
			"a ROM has whole pages, at most 4 MiB; module "
			"'%.40s'; give bios=MODULE",
			name != NULL ? name : PC_ROMS_BIOS);
	}
}

/* Of disks the first two are on the first channel, CDs on the second. */
static int read_drives(struct args *args, struct pc_guest_config *config)
{
	static const char *const keys[] = { "disk", "disk", "cd", "cd" };
	static_assert(ARRAY_SIZE(keys) == PC_DRIVES, "a key for each drive");

	for (unsigned i = 0; i < PC_DRIVES; i++) {
		struct ata_medium *medium = &config->drive[i];
		const char *name = args_value_nth(args, keys[i], i % 2);
		bool is_cd = i >= PC_DRIVES / 2;
		bool read_only = is_cd;
		struct file file;
		int err;

		if (name == NULL) {
			continue;
		}
		err = find_file(name, &file, &read_only);
		if (err != 0) {
			return err;
		}
		*medium = (struct ata_medium){
			.bytes = file.bytes,
			.sectors = file.length /
				   (is_cd ? ATA_CD_SECTOR : ATA_SECTOR),
			.is_cd = is_cd,
			.read_only = read_only,
		};
		if (medium->sectors == 0) {
			return command_error(
				ERR_INVALID,
				"less than a sector; %s=%.40s; give an image",
				keys[i], name);
		}
	}
	return 0;
}

static int read_floppy(struct args *args, struct pc_guest_config *config)
{
	const char *name = args_value(args, "floppy");
	struct file file;
	bool unused;
	int err;

	if (name == NULL) {
		return 0;
	}
	err = find_file(name, &file, &unused);
	config->floppy = err == 0 ? file.bytes : NULL;
	config->floppy_bytes = err == 0 ? (u32)file.length : 0;
	return err;
}

/* What was given first is booted first, a floppy before a CD before a disk. */
static void set_order(struct pc_guest_config *config)
{
	u32 n = 0;

	if (config->floppy != NULL) {
		config->boot[n++] = ORDER_FLOPPY;
	}
	if (config->drive[2].bytes != NULL || config->drive[3].bytes != NULL) {
		config->boot[n++] = ORDER_CD;
	}
	config->boot[n] = ORDER_DISK;
}

static int check_core(u32 core)
{
	const struct vmx_core *vmx = vmx_core(core);

	if (vmx->state != VMX_ON) {
		return command_error(ERR_UNSUPPORTED,
				     "VMX is off; core %u: %s; %s", core,
				     vmx->why, vmx->remedy);
	}
	if (!vmx_caps_has_unrestricted_guest(&vmx->caps)) {
		return command_error(
			ERR_UNSUPPORTED,
			"a BIOS starts in real mode, which takes an "
			"unrestricted guest; core %u; 'vmx' shows what is "
			"missing",
			core);
	}
	return 0;
}

static int make(struct args *args)
{
	struct pc_guest_config config = { .ram_mb = RAM_DEFAULT_MB };
	u64 mb = RAM_DEFAULT_MB;
	u32 core;
	int err = guest_job_read_core(args, &core);

	if (err == 0) {
		err = args_dec(args, "mem", PC_GUEST_RAM_MAX_MB, &mb);
	}
	if (err >= 0 && mb < PC_GUEST_RAM_MIN_MB) {
		err = args_fail(args, ERR_RANGE,
				"a PC has memory; mem=; 1 MB "
				"at least");
	}
	if (err < 0) {
		return err;
	}
	config.ram_mb = (u32)mb;
	err = check_core(core);
	if (err == 0) {
		err = read_roms(args, &config);
	}
	if (err == 0) {
		err = read_drives(args, &config);
	}
	if (err == 0) {
		err = read_floppy(args, &config);
	}
	if (err != 0) {
		return err;
	}
	set_order(&config);
	err = virtual_pc_make(core, &config);
	return err == 0 ? 0
			: command_error(err,
					"%s; a PC of %lu MB on core %u; see "
					"'log', or give less by mem=",
					error_text(err), mb, core);
}

static int run_on(struct args *args, const char *word)
{
	struct virtual_pc_run run = { 0 };
	const char *until = args_value(args, "until");
	u64 timeout_ms = TIMEOUT_DEFAULT_MS;
	int err = args_dec(args, "timeout", UINT32_MAX, &timeout_ms);

	if (err < 0) {
		return err;
	}
	virtual_pc_run(timeout_ms, until, &run);
	console_printf("%s: board=pc engine=whole result=%s exits=%lu "
		       "ticks=%lu\n",
		       word, virtual_pc_result(&run), run.exits, run.ticks);
	if (run.end == VCPU_END_FAULT || run.end == VCPU_END_REFUSED) {
		virtual_pc_report();
		return command_error(ERR_FAULT,
				     "the PC cannot go on; %s; see the report "
				     "above",
				     word);
	}
	if (run.end == VCPU_END_DONE) {
		virtual_pc_stop();
	}
	if (until != NULL && !(run.end == VCPU_END_INTERRUPTED &&
			       virtual_pc()->stop == PC_STOP_UNTIL)) {
		return command_error(ERR_TIMEOUT,
				     "the text has not appeared; until=%.40s; "
				     "'screen' shows what there is",
				     until);
	}
	return 0;
}

static int run_boot(struct args *args)
{
	int err = make(args);

	return err == 0 ? run_on(args, "boot") : err;
}

static int need_pc(const char *word)
{
	return virtual_pc() != NULL
		       ? 0
		       : command_error(ERR_NOT_FOUND,
				       "no PC is switched on; %s; 'boot' "
				       "switches one on",
				       word);
}

static int run_resume(struct args *args)
{
	int err = need_pc("resume");

	return err == 0 ? run_on(args, "resume") : err;
}

static int run_stop(struct args *args)
{
	int err = need_pc("stop");

	(void)args;
	virtual_pc_stop();
	return err;
}

static void print_screen(const struct vga *vga)
{
	struct vga_text_size size = vga_text_size(vga);
	char line[LINE_BYTES];

	if (size.rows == 0) {
		console_printf("screen: graphics, or nothing\n");
	}
	for (u32 row = 0; row < size.rows; row++) {
		vga_text_line(vga, row, line, sizeof(line));
		console_printf("screen: %s\n", line);
	}
}

/* What the BIOS has written to its debug port. */
static void print_log(const struct pc_board *board)
{
	u32 at = board->log_used > PC_LOG_BYTES ? board->log_used - PC_LOG_BYTES
						: 0;
	char line[LINE_BYTES];
	u32 used = 0;

	for (; at != board->log_used; at++) {
		char c = board->log[at % PC_LOG_BYTES];

		if (c != '\n' && used < sizeof(line) - 1) {
			line[used++] = str_is_print(c) ? c : '.';
			continue;
		}
		line[used] = '\0';
		console_printf("log: %s\n", line);
		used = 0;
	}
}

static int run_screen(struct args *args)
{
	const char *what = args_positional(args, 0);
	int err = need_pc("screen");

	if (err != 0) {
		return err;
	}
	if (what == NULL) {
		print_screen(&virtual_pc()->board.pc.vga);
	} else if (str_equal(what, "log")) {
		print_log(&virtual_pc()->board);
	} else {
		return command_error(ERR_INVALID,
				     "'%.20s' is nothing to show; screen; say "
				     "'log' or nothing",
				     what);
	}
	return 0;
}

static int run_keys(struct args *args)
{
	const char *text = args_positional(args, 0);
	u8 codes[PC_KEYS_CODES];
	int count, err = need_pc("keys");

	if (err != 0) {
		return err;
	}
	while ((count = pc_keys_next(&text, codes)) > 0) {
		if (!pc_guest_type(virtual_pc(), codes, (u32)count)) {
			return command_error(ERR_FULL,
					     "too much at once; keys; 'resume' "
					     "lets the guest read");
		}
	}
	return count == 0 ? 0
			  : command_error(ERR_INVALID,
					  "no key for it; keys, before "
					  "'%.20s'; 'help keys' lists names",
					  text);
}

COMMAND(GUESTS, 41, boot) = {
	.name = "boot",
	.usage = "[disk=MODULE[,ro]] [cd=MODULE] [floppy=MODULE] [mem=MB]\n"
		 "      [bios=MODULE] [until=TEXT] [timeout=MS] [cpu=N]",
	.summary = "switch on a PC of ours, and boot what is on its disk",
	.details = "A PC with a BIOS out of a module (seabios, vgabios) "
		   "and RAM of its own; nothing\n"
		   "it does reaches the machine. What it writes to a disk "
		   "is lost at power-off. It\n"
		   "runs until TEXT is on its screen or serial line, or "
		   "you type Ctrl-]. Then\n"
		   "'screen' shows it, 'keys' types, 'resume' goes on, "
		   "'stop' switches it off.",
	.example = "boot disk=dos until=C:\\>",
	.keys = "disk* cd* floppy mem bios until timeout cpu",
	.run = run_boot,
};

COMMAND(GUESTS, 42, resume) = {
	.name = "resume",
	.usage = "[until=TEXT] [timeout=MS]",
	.summary = "go on with the PC that 'boot' switched on",
	.example = "resume until=ready",
	.keys = "until timeout",
	.run = run_resume,
};

COMMAND(GUESTS, 43, stop) = {
	.name = "stop",
	.usage = "",
	.summary = "switch that PC off",
	.example = "stop",
	.run = run_stop,
};

COMMAND(GUESTS, 44, screen) = {
	.name = "screen",
	.usage = "[log]",
	.summary = "what is on that PC's text screen; or what its BIOS logs",
	.example = "screen",
	.max_words = 1,
	.run = run_screen,
};

COMMAND(GUESTS, 45, keys) = {
	.name = "keys",
	.usage = "TEXT",
	.summary = "type into that PC",
	.details = "\\n, \\t, \\e and \\xNN stand for characters; {F1} to "
		   "{F12}, {Up}, {Down}, {Left},\n"
		   "{Right}, {Home}, {End}, {PgUp}, {PgDn}, {Ins}, {Del}, "
		   "{Enter}, {Esc}, {Tab},\n"
		   "{Space} and {Backspace} for keys, {Ctrl-C}, {Alt-F4}, "
		   "{Shift-Tab} for several.\n"
		   "The guest gets them when it runs.",
	.example = "keys \"dir\\n\"",
	.min_words = 1,
	.max_words = 1,
	.run = run_keys,
};
