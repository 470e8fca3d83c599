/* guest/board/pc/ata.c and atapi.c: commands as drivers give them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/board/pc/ata.h"
#include "lib/types.h"

#define SECTORS 1024u
#define CD_SECTORS 40u

static u8 disk[SECTORS * ATA_SECTOR], cd[CD_SECTORS * ATA_CD_SECTOR];
static struct ata_channel ata;

static u8 pattern(u32 at)
{
	return (u8)(at / ATA_SECTOR + at % 7);
}

static int begin_with(bool is_cd, bool read_only)
{
	const struct ata_medium media[2] = {
		{ .bytes = is_cd ? cd : disk,
		  .sectors = is_cd ? CD_SECTORS : SECTORS,
		  .is_cd = is_cd,
		  .read_only = read_only },
		{ 0 },
	};

	for (u32 i = 0; i < sizeof(disk); i++) {
		disk[i] = pattern(i);
	}
	for (u32 i = 0; i < sizeof(cd); i++) {
		cd[i] = (u8)(i / ATA_CD_SECTOR + i % 11);
	}
	ata_init(&ata, media);
	return 0;
}

static int begin(void **state)
{
	(void)state;
	return begin_with(false, false);
}

static int begin_cd(void **state)
{
	(void)state;
	return begin_with(true, true);
}

static void lba28(u32 first, u8 count, u8 command)
{
	ata_write(&ata, 2, count);
	ata_write(&ata, 3, (u8)first);
	ata_write(&ata, 4, (u8)(first >> 8));
	ata_write(&ata, 5, (u8)(first >> 16));
	ata_write(&ata, 6, (u8)(0xe0 | first >> 24));
	ata_write(&ata, 7, command);
}

static void lba48(u64 first, u16 count, u8 command)
{
	ata_write(&ata, 2, (u8)(count >> 8));
	ata_write(&ata, 3, (u8)(first >> 24));
	ata_write(&ata, 4, (u8)(first >> 32));
	ata_write(&ata, 5, (u8)(first >> 40));
	lba28((u32)first & 0xffffff, (u8)count, command);
}

static u8 status(void)
{
	return ata_read(&ata, 7);
}

static u32 word(const u8 *words, u32 number)
{
	return words[2 * number] | (u32)words[2 * number + 1] << 8;
}

static void test_signature(void **state)
{
	(void)state;
	assert_int_equal(status(), 0x50);
	assert_int_equal(ata_read(&ata, 2), 1);
	assert_int_equal(ata_read(&ata, 4), 0);
	ata_write(&ata, 6, 0xb0); /* nobody */
	assert_int_equal(status(), 0);
	ata_write(&ata, 7, 0xec);
	assert_int_equal(status(), 0);
	assert_false(ata_line(&ata));
	ata_write(&ata, 6, 0xa0);
	assert_int_equal(ata_read(&ata, 6), 0xa0);
	ata_write(&ata, 3, 0x55);
	assert_int_equal(ata_read(&ata, 3), 0x55);
	ata_write_control(&ata, 0x04);
	assert_int_equal(ata_read_alternate(&ata), 0x80);
	ata_write_control(&ata, 0);
	assert_int_equal(ata_read(&ata, 3), 1);
}

static void test_identify(void **state)
{
	u8 words[512];

	(void)state;
	ata_write(&ata, 7, 0xec);
	assert_true(ata_line(&ata));
	assert_int_equal(status(), 0x58);
	assert_false(ata_line(&ata));
	ata_read_data(&ata, words, sizeof(words));
	assert_int_equal(status(), 0x50);
	assert_int_equal(word(words, 0), 0x40);
	assert_int_equal(word(words, 1), SECTORS / 16 / 63);
	assert_int_equal(word(words, 60), SECTORS);
	assert_int_equal(word(words, 100), SECTORS);
	assert_int_equal(word(words, 83) & 0xc400, 0x4400);
	assert_memory_equal(words + 2 * 27, "iBsohpre eidks  ", 16);
}

static void test_read(void **state)
{
	u8 got[4 * ATA_SECTOR];

	(void)state;
	lba28(7, 2, 0x20);
	assert_true(ata_line(&ata));
	assert_int_equal(status(), 0x58);
	ata_read_data(&ata, got, ATA_SECTOR);
	assert_true(ata_line(&ata)); /* the second sector */
	assert_int_equal(status(), 0x58);
	ata_read_data(&ata, got + ATA_SECTOR, ATA_SECTOR);
	assert_false(ata_line(&ata));
	assert_int_equal(status(), 0x50);
	assert_memory_equal(got, disk + 7 * ATA_SECTOR, 2 * ATA_SECTOR);
	/* Wide and narrow accesses of one block, and more than there is. */
	lba48(SECTORS - 1, 1, 0x24);
	ata_read_data(&ata, got, 2);
	ata_read_data(&ata, got + 2, 4);
	ata_read_data(&ata, got + 6, ATA_SECTOR);
	assert_memory_equal(got, disk + (SECTORS - 1) * ATA_SECTOR, ATA_SECTOR);
	assert_int_equal(got[ATA_SECTOR], 0xff);
	/* Cylinder, head, sector: 1, 0, 5. */
	ata_write(&ata, 2, 1);
	ata_write(&ata, 3, 5);
	ata_write(&ata, 4, 1);
	ata_write(&ata, 5, 0);
	ata_write(&ata, 6, 0xa0);
	ata_write(&ata, 7, 0x21);
	ata_read_data(&ata, got, ATA_SECTOR);
	assert_memory_equal(got, disk + (16 * 63 + 4) * ATA_SECTOR, ATA_SECTOR);
}

static void test_multiple(void **state)
{
	u8 got[20 * ATA_SECTOR];

	(void)state;
	lba28(0, 8, 0xc6);
	assert_int_equal(status(), 0x50);
	lba28(3, 20, 0xc4);
	for (u32 i = 0; i < 20; i += 8) {
		assert_true(ata_line(&ata));
		assert_int_equal(status(), 0x58);
		ata_read_data(&ata, got + i * ATA_SECTOR,
			      MIN(8, 20 - i) * ATA_SECTOR);
	}
	assert_int_equal(status(), 0x50);
	assert_memory_equal(got, disk + 3 * ATA_SECTOR, sizeof(got));
	lba28(0, 3, 0xc6); /* no power of two */
	assert_int_equal(status(), 0x51);
	assert_int_equal(ata_read(&ata, 1), 4);
}

static void test_write(void **state)
{
	u8 bytes[2 * ATA_SECTOR];

	(void)state;
	memset(bytes, 0xa5, sizeof(bytes));
	lba48(100, 2, 0x34);
	assert_false(ata_line(&ata));
	assert_int_equal(status(), 0x58);
	ata_write_data(&ata, bytes, ATA_SECTOR);
	assert_true(ata_line(&ata));
	assert_int_equal(status(), 0x58);
	ata_write_data(&ata, bytes, ATA_SECTOR);
	assert_true(ata_line(&ata));
	assert_int_equal(status(), 0x50);
	assert_memory_equal(disk + 100 * ATA_SECTOR, bytes, sizeof(bytes));
	assert_int_equal(disk[102 * ATA_SECTOR], pattern(102 * ATA_SECTOR));
	begin_with(false, true);
	lba28(100, 1, 0x30);
	assert_int_equal(status(), 0x51);
	assert_int_equal(ata_read(&ata, 1), 4);
	ata_write_data(&ata, bytes, ATA_SECTOR);
	assert_int_equal(disk[100 * ATA_SECTOR], pattern(100 * ATA_SECTOR));
}

static void test_ends(void **state)
{
	(void)state;
	lba28(SECTORS, 1, 0x20);
	assert_int_equal(status(), 0x51);
	assert_int_equal(ata_read(&ata, 1), 0x10);
	lba28(SECTORS - 1, 2, 0x40);
	assert_int_equal(status(), 0x51);
	lba48(BIT(47), 1, 0x42);
	assert_int_equal(status(), 0x51);
	lba28(0, 0, 0x40); /* 256 sectors */
	assert_int_equal(status(), 0x50);
	lba28(0, 1, 0xf8);
	assert_int_equal(ata_read(&ata, 3), (SECTORS - 1) & 0xff);
	assert_int_equal(ata_read(&ata, 4), (SECTORS - 1) >> 8);
	lba28(0, 0, 0xe5);
	assert_int_equal(ata_read(&ata, 2), 0xff);
	lba28(0, 0, 0x5a);
	assert_int_equal(status(), 0x51);
	ata_write_control(&ata, 2);
	lba28(0, 1, 0xe7);
	assert_false(ata_line(&ata));
}

static void packet(const u8 *bytes, u16 limit)
{
	u8 all[12] = { 0 };

	memcpy(all, bytes, 10);
	ata_write(&ata, 4, (u8)limit);
	ata_write(&ata, 5, (u8)(limit >> 8));
	ata_write(&ata, 7, 0xa0);
	assert_int_equal(status(), 0x58);
	assert_int_equal(ata_read(&ata, 2), 1);
	ata_write_data(&ata, all, sizeof(all));
}

static u32 offered(void)
{
	assert_true(ata_line(&ata));
	assert_int_equal(status(), 0x58);
	assert_int_equal(ata_read(&ata, 2), 2);
	return ata_read(&ata, 4) | (u32)ata_read(&ata, 5) << 8;
}

static void assert_finished(void)
{
	assert_true(ata_line(&ata));
	assert_int_equal(status(), 0x50);
	assert_int_equal(ata_read(&ata, 2), 3);
}

static void test_cd(void **state)
{
	u8 got[3 * ATA_CD_SECTOR];

	(void)state;
	assert_int_equal(ata_read(&ata, 4), 0x14);
	assert_int_equal(ata_read(&ata, 5), 0xeb);
	ata_write(&ata, 7, 0xec);
	assert_int_equal(status() & 1, 1);
	assert_int_equal(ata_read(&ata, 4), 0x14);
	ata_write(&ata, 7, 0xa1);
	assert_int_equal(status(), 0x58);
	ata_read_data(&ata, got, 512);
	assert_int_equal(word(got, 0), 0x85c0);
	packet((const u8[10]){ 0x25 }, 8);
	assert_int_equal(offered(), 8);
	ata_read_data(&ata, got, 8);
	assert_memory_equal(got, "\0\0\0\x27\0\0\x08\0", 8);
	assert_finished();
	packet((const u8[10]){ 0x28, 0, 0, 0, 0, 5, 0, 0, 3 }, 2048);
	for (u32 i = 0; i < 3; i++) {
		assert_int_equal(offered(), 2048);
		ata_read_data(&ata, got + i * ATA_CD_SECTOR, ATA_CD_SECTOR);
	}
	assert_finished();
	assert_memory_equal(got, cd + 5 * ATA_CD_SECTOR, sizeof(got));
	packet((const u8[10]){ 0 }, 0);
	assert_finished();
}

static void test_cd_errors(void **state)
{
	u8 got[18];

	(void)state;
	packet((const u8[10]){ 0x28, 0, 0, 0, 0, CD_SECTORS, 0, 0, 1 }, 2048);
	assert_int_equal(status() & 1, 1);
	assert_int_equal(ata_read(&ata, 1), 0x54);
	packet((const u8[10]){ 0x03, 0, 0, 0, 18 }, 18);
	assert_int_equal(offered(), 18);
	ata_read_data(&ata, got, 18);
	assert_int_equal(got[2], 5);
	assert_int_equal(got[12], 0x21);
	packet((const u8[10]){ 0xff }, 18);
	assert_int_equal(status() & 1, 1);
}

static void test_cd_tables(void **state)
{
	u8 got[36];

	(void)state;
	packet((const u8[10]){ 0x12, 0, 0, 0, 36 }, 36);
	assert_int_equal(offered(), 36);
	ata_read_data(&ata, got, 36);
	assert_int_equal(got[0], 5);
	packet((const u8[10]){ 0x43, 0, 0, 0, 0, 0, 0, 0, 20 }, 20);
	assert_int_equal(offered(), 20);
	ata_read_data(&ata, got, 20);
	assert_int_equal(got[1], 18);
	assert_int_equal(got[14], 0xaa);
	assert_int_equal(got[19], CD_SECTORS);
	packet((const u8[10]){ 0x43, 2, 0, 0, 0, 0, 0xaa, 0, 12 }, 12);
	assert_int_equal(offered(), 12);
	ata_read_data(&ata, got, 12);
	assert_memory_equal(got + 8, "\0\0\2\x28", 4);
	packet((const u8[10]){ 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8 }, 8);
	assert_int_equal(offered(), 8);
	ata_read_data(&ata, got, 8);
	assert_int_equal(got[5], 2);
	packet((const u8[10]){ 0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 28 }, 28);
	assert_int_equal(offered(), 28);
	ata_read_data(&ata, got, 28);
	assert_int_equal(got[8], 0x2a);
	packet((const u8[10]){ 0x46, 0, 0, 0, 0, 0, 0, 0, 8 }, 8);
	assert_int_equal(offered(), 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_signature, begin),
		cmocka_unit_test_setup(test_identify, begin),
		cmocka_unit_test_setup(test_read, begin),
		cmocka_unit_test_setup(test_multiple, begin),
		cmocka_unit_test_setup(test_write, begin),
		cmocka_unit_test_setup(test_ends, begin),
		cmocka_unit_test_setup(test_cd, begin_cd),
		cmocka_unit_test_setup(test_cd_errors, begin_cd),
		cmocka_unit_test_setup(test_cd_tables, begin_cd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
