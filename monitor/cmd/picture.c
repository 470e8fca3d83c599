/*
 * The command picture: sets a VBE mode by the machine's BIOS, and then writes
 * to the linear framebuffer without the BIOS. On the boot core.
 */
#include "arch/console/console.h"
#include "arch/console/console_poll.h"
#include "arch/console/input.h"
#include "arch/mem/paging.h"
#include "guest/bios/bios_services.h"
#include "guest/memory/bios_area.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/string.h"
#include "monitor/command.h"
#include "monitor/engine_choice.h"
#include "monitor/picture.h"
#include "monitor/picture_screen.h"

#define MIN_SIZE 64
#define MAX_SIZE 16384

/*
 * The widths that are looked for if no MODE is given, the best last. All are
 * 4:3.
 */
static const u16 widths[] = { 640, 1024, 800 };

/* The place in that list, from 1; 0 if the mode is not looked for. */
static u32 rank_of(const struct bios_10_vbe_mode *mode)
{
	u32 i = ARRAY_SIZE(widths);

	while (i != 0 && (widths[i - 1] != mode->width ||
			  mode->width * 3 != mode->height * 4)) {
		i--;
	}
	return mode->bits_per_pixel < 24 || i == 0
		       ? 0
		       : i * 64 + mode->bits_per_pixel;
}

static int find_mode(struct guest16 *guest, struct bios_10_vbe_mode *best)
{
	struct bios_10_vbe_info info;
	struct bios_10_vbe_mode mode;
	u32 rank = 0;
	int err = bios_10_vbe_info(guest, &info);

	for (u32 i = 0; err == 0 && i < info.mode_count; i++) {
		if (bios_10_vbe_mode_info(guest, info.mode[i], &mode) == 0 &&
		    rank_of(&mode) > rank) {
			rank = rank_of(&mode);
			*best = mode;
		}
	}
	return err == 0 && rank == 0 ? ERR_NOT_FOUND : err;
}

static u32 field(struct vbe_field field, u32 part)
{
	return (part & 0xff) >> (8 - field.bits) << field.position;
}

static void write_pixel(volatile u8 *at, u32 bytes, u32 value)
{
	if (bytes == sizeof(value)) {
		*(volatile u32 *)at = value;
		return;
	}
	for (u32 i = 0; i < bytes; i++) {
		at[i] = (u8)(value >> 8 * i);
	}
}

/* Draws the picture; returns the checksum of all colours. */
static u32 draw(const struct bios_10_vbe_mode *mode)
{
	u32 bytes = (mode->bits_per_pixel + 7u) / 8u;
	u32 checksum = PICTURE_CHECKSUM_START;

	for (u32 y = 0; y < mode->height && !input_interrupted(); y++) {
		volatile u8 *row =
			phys_to_virt(mode->framebuffer + (u64)y * mode->pitch);

		for (u32 x = 0; x < mode->width; x++) {
			u32 colour = picture_colour((s32)x, (s32)y, mode->width,
						    mode->height);

			checksum = picture_checksum(checksum, colour);
			write_pixel(row + (u64)x * bytes, bytes,
				    field(mode->red, colour >> 16) |
					    field(mode->green, colour >> 8) |
					    field(mode->blue, colour));
		}
		console_poll();
	}
	return checksum;
}

/* For the number of no mode a BIOS may return anything, even success. */
static int check_listed(struct args *args, struct guest16 *guest, u16 number)
{
	struct bios_10_vbe_info info;
	int err = bios_10_vbe_info(guest, &info);

	for (u32 i = 0; err == 0 && i < info.mode_count; i++) {
		if (info.mode[i] == number) {
			return 0;
		}
	}
	if (err != 0) {
		return err;
	}
	fmt_snprintf(args->error, sizeof(args->error),
		     "VBE mode %x is none of the %u that the BIOS lists; INT "
		     "10h/4F00h; choose another, or none: 'picture'",
		     number, info.mode_count);
	return ERR_NOT_FOUND;
}

static int pick(struct args *args, struct guest16 *guest,
		struct bios_10_vbe_mode *mode)
{
	u64 number = 0;
	int err;

	if (args_positionals(args) == 0) {
		return find_mode(guest, mode);
	}
	err = args_positional_hex(args, 0, "mode", VBE_MODE_NUMBER, &number);
	if (err == 0) {
		err = check_listed(args, guest, (u16)number);
	}
	if (err == 0) {
		err = bios_10_vbe_mode_info(guest, (u16)number, mode);
	}
	return err;
}

static int run_on_screen(void)
{
	int err = picture_on_screen();

	return err == 0 || err == ERR_INTERRUPTED
		       ? err
		       : command_error(
				 err,
				 "the console has no screen of pixels; start by "
				 "UEFI, or choose a VBE mode: 'picture'");
}

static int run_picture(struct args *args)
{
	struct bios_10_vbe_mode mode;
	struct guest16 *guest;
	u32 checksum;
	int err;

	if (args_positionals(args) == 1 &&
	    strcmp(args_positional(args, 0), "screen") == 0) {
		return run_on_screen();
	}
	err = engine_choice_guest(&board_machine, &guest);
	if (err == 0) {
		err = pick(args, guest, &mode);
	}
	if (err != 0) {
		return args->error[0] != '\0'
			       ? err
			       : command_error(
					 err,
					 "%s; VBE; choose another mode or machine",
					 error_text(err));
	}
	err = MIN(mode.width, mode.height) < MIN_SIZE ||
			      MAX(mode.width, mode.height) > MAX_SIZE
		      ? ERR_RANGE
		      : bios_10_vbe_set_mode(guest, &mode);
	if (err != 0) {
		return command_error(
			err, "%s; VBE mode %x; choose another mode or machine",
			error_text(err), mode.number);
	}
	checksum = draw(&mode);
	if (input_interrupted()) {
		return ERR_INTERRUPTED;
	}
	console_printf(
		"picture: mode=%x width=%u height=%u bits=%u address=%08x "
		"pitch=%u checksum=%08x\n",
		mode.number, mode.width, mode.height, mode.bits_per_pixel,
		mode.framebuffer, mode.pitch, checksum);
	return 0;
}

COMMAND(GUESTS, 70, picture) = {
	.name = "picture",
	.usage = "[MODE|screen]",
	.summary = "draw in a VBE mode's linear framebuffer",
	.details = "MODE is hex. 'bios 10 ax=0003' brings the text "
		   "screen back. 'picture screen' draws where the console has "
		   "a screen of pixels, as by UEFI, until a key is pressed or "
		   "for 5 s.",
	.example = "picture 118",
	.max_words = 1,
	.run = run_picture,
};
