/*
 * Self-tests of guest/bios/bios_services.h on the machine's own BIOS: the
 * answers are compared with the loader's information and with what every disk
 * holds. On the boot core.
 */
#include "arch/machine.h"
#include "arch/mem/pages.h"
#include "guest/bios/bios_services.h"
#include "lib/string.h"
#include "monitor/engine_choice.h"
#include "monitor/settings.h"
#include "proof/selftest/selftest.h"

#define MAX_RANGES 64
#define E820_RAM 1
/* More pages than one call can read. */
#define READ_PAGES 18
#define READ_BYTES (READ_PAGES * PAGE_SIZE)

static bool is_in(const struct bootinfo_memory *wanted,
		  const struct bios_e820_range *list, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		if (list[i].base == wanted->base &&
		    list[i].length == wanted->length &&
		    list[i].type == wanted->type) {
			return true;
		}
	}
	return false;
}

static bool memory_map(struct guest16 *guest)
{
	static struct bios_e820_range list[MAX_RANGES];
	const struct bootinfo *boot = machine_bootinfo();
	u32 count, found = 0, ram = 0;
	int err = bios_15_e820(guest, list, MAX_RANGES, &count);

	for (u32 i = 0; i < boot->memory_count; i++) {
		if (boot->memory[i].type == E820_RAM) {
			ram++;
			found += is_in(&boot->memory[i], list, count);
		}
	}
	selftest_saw("%u ranges, %u of the loader's %u of RAM among them",
		     count, found, ram);
	return err == 0 && found == ram && ram != 0;
}

/*
 * Whether the data looks right: a boot sector's signature, or a CD's volume
 * descriptor in sector 16.
 */
static bool knows_disk(const u8 *data, u32 sector_bytes)
{
	return sector_bytes == 512
		       ? data[510] == 0x55 && data[511] == 0xaa
		       : memcmp(data + 16 * sector_bytes + 1, "CD001", 5) == 0;
}

/*
 * Reads in a few calls, and the last sector again by itself, with the other
 * function if there is one.
 */
static bool read_disk(struct guest16 *guest, u8 *data)
{
	struct bios_13_disk disk;
	u32 sectors;
	u8 *again;
	int err = bios_13_geometry(guest,
				   (u8)machine_bootinfo()->boot_device.drive,
				   &disk);

	selftest_saw("drive %02x, %u-byte sectors, error %d, status %02x",
		     disk.drive, disk.sector_bytes, err, disk.status);
	if (err != 0) {
		return false;
	}
	sectors = (u32)(READ_BYTES / disk.sector_bytes) - 1;
	again = data + sectors * disk.sector_bytes;
	if (bios_13_read(guest, &disk, 0, sectors, data, READ_BYTES) != 0) {
		return false;
	}
	disk.extended &= disk.heads == 0 || disk.sector_bytes != 512;
	return bios_13_read(guest, &disk, sectors - 1, 1, again,
			    disk.sector_bytes) == 0 &&
	       memcmp(again, again - disk.sector_bytes, disk.sector_bytes) ==
		       0 &&
	       knows_disk(data, disk.sector_bytes);
}

static bool boot_disk(struct guest16 *guest)
{
	u8 *data = pages_get(READ_PAGES);
	bool good = data != NULL && read_disk(guest, data);

	if (data != NULL) {
		pages_put(data, READ_PAGES);
	}
	return good;
}

/*
 * Makes a guest for the test alone: guests of the pool get more pages with each
 * call.
 */
static bool with_guest(bool (*test)(struct guest16 *guest))
{
	enum options_engine wanted = settings()->engine;
	const struct engine *engine =
		engine_choice(wanted == OPTIONS_ENGINE_AUTO ? OPTIONS_ENGINE_V86
							    : wanted,
			      0);
	static struct guest16 guest;
	bool good;

	if (engine == NULL || bios_guest_init(&guest, engine, &board_machine,
					      settings()->vme) != 0) {
		selftest_saw("no guest");
		return false;
	}
	good = test(&guest);
	bios_guest_free(&guest);
	return good;
}

void selftest_services(void)
{
	if (selftest_begin("services", "INT 15h E820")) {
		selftest_end(with_guest(memory_map), "the loader's map");
	}
	if (selftest_begin("services", "INT 13h read")) {
		bool named = machine_bootinfo()->boot_device.present;

		if (!named) {
			selftest_skip("the loader names no boot drive");
		}
		selftest_end(named && with_guest(boot_disk),
			     "the boot disk, twice alike");
	}
}
