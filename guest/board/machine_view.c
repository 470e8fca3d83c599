/* Ticks, PICs and the screen, at both ends of a run. */
#include "guest/board/machine_view.h"

#include "arch/console/vga_text.h"
#include "arch/pic.h"
#include "guest/board/bios_ticks.h"
#include "guest/board/repair.h"

void machine_view_enter(void)
{
	bios_ticks_catch_up();
	pic_give_to_guest();
}

void machine_view_leave(struct guest16 *guest, bool broken)
{
	if (broken) {
		repair_after(guest);
	}
	pic_take_from_guest();
	bios_ticks_stop();
	vga_text_sync_from_bda();
}
