/*
 * Measures BIOS services for code inside a guest, timed there: only exits of
 * the BIOS's own instructions make them slower than natively, where tools/bench
 * runs the same snippets.
 */
#include "proof/bench/bench.h"

#define CALLS 32
#define MODE_SETS 3
#define DISK_READS 8

/*
 * Times each call. The first one is not counted: it fills caches and makes
 * pages.
 */
static bool inside(struct bench_run *run, const struct snippet *snippet,
		   const struct bios_regs *regs, u32 count)
{
	for (u32 i = 0; i <= count; i++) {
		u64 ticks;

		if (!bench_time_loop(run, snippet, regs, 1, &ticks)) {
			return false;
		}
		if (i != 0) {
			bench_add(run, ticks, 1);
		}
	}
	return true;
}

static bool int11_inside(struct bench_run *run)
{
	const struct bios_regs regs = { 0 };

	return inside(run, &bench_snippet_int11, &regs, CALLS);
}

static bool teletype_inside(struct bench_run *run)
{
	const struct bios_regs regs = { 0 };

	return bench_in_text_mode(run) &&
	       inside(run, &bench_snippet_teletype, &regs, CALLS);
}

static bool disk_read_inside(struct bench_run *run)
{
	struct bios_regs regs = { .ds = BENCH_SEGMENT };
	u8 drive;

	if (!bench_disk_packet(run, &drive)) {
		return false;
	}
	regs.ebp = drive;
	return inside(run, &bench_snippet_disk_read, &regs, DISK_READS);
}

static bool sector_read_inside(struct bench_run *run)
{
	const struct bios_regs regs = { .ebp = FIRST_HARD_DISK,
					.ds = BENCH_SEGMENT };

	return bench_has_hard_disk(run) &&
	       inside(run, &bench_snippet_sector_read, &regs, DISK_READS);
}

static bool mode_set_inside(struct bench_run *run)
{
	const struct bios_regs regs = { 0 };

	return bench_in_text_mode(run) &&
	       inside(run, &bench_snippet_mode_set, &regs, MODE_SETS);
}

const struct benchmark bench_services[] = {
	{ "int11-inside", false, &board_machine, int11_inside },
	{ "teletype-inside", false, &board_machine, teletype_inside },
	{ "disk-read-inside", false, &board_machine, disk_read_inside },
	{ "sector-read-inside", false, &board_machine, sector_read_inside },
	{ "mode-set-inside", false, &board_machine, mode_set_inside },
	{ 0 },
};
