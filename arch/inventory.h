/*
 * What the machine has and what of it is used, as lines of one page: the
 * command `machine` shows it, so that a photograph of the screen tells all that
 * a report needs. Each line is told by the file that drives that part, and
 * nobody else knows which there are. For all folders above lib.
 */
#pragma once

#include "lib/types.h"

/* The most that a line may say; a page's lines are broken at blanks. */
#define INVENTORY_TEXT_BYTES 280

struct inventory_line {
	const char *name;
	/*
	 * Writes what there is now, terminated and without a newline; an empty
	 * text is not shown. Boot core, once the machine is up.
	 */
	void (*tell)(char *text, size_t size);
};

/*
 * A line registers itself where its teller is defined; the linker sorts by its
 * place, two digits:
 *
 *	10 firmware	15 acpi		20 processor	30 memory	40 clock
 *	50 interrupts	60 serial	65 screen	70 keyboard
 *	80 pci		90 vmx		95 bios
 */
#define INVENTORY(place, word, teller)                                         \
	static const struct inventory_line word##_inventory                    \
		__attribute__((used, section(".inventory." #place))) = {       \
			.name = #word, .tell = (teller)                        \
		}

/* All lines (linker.ld). */
extern const struct inventory_line inventory_start[], inventory_end[];
