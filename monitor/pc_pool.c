/* See pc_pool.h. */
#include "monitor/pc_pool.h"

#include "arch/mem/pages.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "guest/bios/bios.h"
#include "guest/system/pc_guest.h"
#include "lib/error.h"
#include "lib/string.h"
#include "monitor/pc_roms.h"

#define RAM_MB 4u
#define DISK_PAGES 16u
#define POST_TIMEOUT_US 30000000u

/* The PC, and its disk. */
struct pooled {
	struct pc_guest pc;
	u8 *disk;
};
#define POOLED_PAGES ((sizeof(struct pooled) + PAGE_SIZE - 1) / PAGE_SIZE)

static struct pooled *pool[MAX_CPUS];

/* What the BIOS starts: VMCALL, and the mark of a boot sector. */
static void write_boot_sector(u8 *disk)
{
	static const u8 vmcall[] = { 0x0f, 0x01, 0xc1 };

	memcpy(disk, vmcall, sizeof(vmcall));
	disk[510] = 0x55;
	disk[511] = 0xaa;
}

static void give_up(struct pooled **kept)
{
	if (*kept == NULL) {
		return;
	}
	pc_guest_free(&(*kept)->pc);
	pages_put((*kept)->disk, DISK_PAGES);
	pages_put(*kept, POOLED_PAGES);
	*kept = NULL;
}

static int start(struct pooled *made, struct pc_guest_config *config)
{
	int err;

	config->drive[0] = (struct ata_medium){
		.bytes = made->disk,
		.sectors = DISK_PAGES * PAGE_SIZE / ATA_SECTOR,
	};
	write_boot_sector(made->disk);
	err = pc_guest_init(&made->pc, config);
	if (err != 0) {
		return err;
	}
	err = pc_guest_post(&made->pc, POST_TIMEOUT_US);
	if (err == 0) {
		err = bios_guest_adopt(&made->pc.guest);
	}
	if (err != 0) {
		pc_guest_free(&made->pc);
	}
	return err;
}

static int make(struct pooled **kept)
{
	struct pc_guest_config config = { .ram_mb = RAM_MB, .boot = { 2 } };
	struct pooled *made;
	int err = pc_roms_find(NULL, &config);

	if (err != 0) {
		return err;
	}
	made = pages_get(POOLED_PAGES);
	if (made == NULL) {
		return ERR_NO_MEMORY;
	}
	made->disk = pages_get(DISK_PAGES);
	err = made->disk == NULL ? ERR_NO_MEMORY : start(made, &config);
	if (err == 0) {
		*kept = made;
		return 0;
	}
	if (made->disk != NULL) {
		pages_put(made->disk, DISK_PAGES);
	}
	pages_put(made, POOLED_PAGES);
	return err;
}

/* One that was broken off may be in the middle of anything. */
int pc_pool_get(struct guest16 **guest)
{
	struct pooled **kept = &pool[this_cpu_index()];
	int err = 0;

	if (*kept != NULL && (*kept)->pc.guest.vcpu.end != VCPU_END_DONE) {
		give_up(kept);
	}
	if (*kept == NULL) {
		err = make(kept);
	}
	*guest = err == 0 ? &(*kept)->pc.guest : NULL;
	return err;
}

static void empty_one(void *unused)
{
	(void)unused;
	give_up(&pool[this_cpu_index()]);
}

void pc_pool_empty(void)
{
	smp_run_on_all(empty_one, NULL);
}
