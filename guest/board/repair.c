/*
 * Repairs after a run that was broken off: what can be put right without
 * knowing what the guest was doing.
 */
#include "guest/board/repair.h"

#include "arch/console/log.h"
#include "arch/mem/paging.h"
#include "arch/pic.h"
#include "guest/memory/bios_area.h"
#include "guest/far_ptr.h"
#include "lib/string.h"

/*
 * Vectors that must lead into the BIOS: exceptions, services, interrupts, and
 * the hooks that its handlers call. The vectors of fonts are left out, because
 * the video BIOS changes them.
 */
static const struct {
	u8 first, last;
} bios_vectors[] = { { 0x00, 0x1c }, { 0x4a, 0x4a }, { 0x70, 0x77 } };

static void repair_vector(u8 vector)
{
	u32 at = vector * (u32)sizeof(struct far_ptr);
	const u8 *saved = (const u8 *)bios_area_page(0) + at;
	u8 *live = (u8 *)phys_to_virt(0) + at;

	if (memcmp(live, saved, sizeof(struct far_ptr)) != 0) {
		log_warn("interrupt vector %02x restored", vector);
		memcpy(live, saved, sizeof(struct far_ptr));
	}
}

static void repair_vectors(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(bios_vectors); i++) {
		for (u8 vector = bios_vectors[i].first;
		     vector <= bios_vectors[i].last; vector++) {
			repair_vector(vector);
		}
	}
}

void repair_after(struct board *board)
{
	if (pic_end_all()) {
		log_warn("interrupts in service ended");
	}
	pic_restore_masks();
	guest_memory_set_a20(board->memory, false);
	board_reset(board);
	repair_vectors();
}
