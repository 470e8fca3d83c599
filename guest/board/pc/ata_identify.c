/* What a drive says of itself: "IDENTIFY DEVICE", word by word. */
/* build: pure */
#include "guest/board/pc/ata_identify.h"

#include "lib/string.h"

#define WORDS 256u
#define CYLINDERS_MAX 16383u
#define LBA28_MAX 0xfffffffull

#define GENERAL_FIXED_DISK 0x0040u
#define GENERAL_CD 0x85c0u /* ATAPI, removable, packets of 12 bytes */
#define CAPABLE_LBA 0x0200u
#define CAPABLE_IORDY 0x0800u
#define VERSIONS_4_TO_6 0x0070u
#define FEATURES_LBA48 0x7400u /* and FLUSH CACHE, FLUSH CACHE EXT */
#define FEATURES_VALID 0x4000u

static void set(u8 *words, u32 number, u32 value)
{
	words[2 * number] = (u8)value;
	words[2 * number + 1] = (u8)(value >> 8);
}

/* The first of two characters is in a word's high byte. */
static void set_text(u8 *words, u32 number, u32 count, const char *text)
{
	for (u32 i = 0; i < 2 * count; i++) {
		words[2 * number + (i ^ 1)] =
			(u8)(*text != '\0' ? *text++ : ' ');
	}
}

static void set_geometry(u8 *words, u64 sectors)
{
	u64 whole = sectors / (ATA_HEADS * ATA_TRACK_SECTORS);
	/* One at least, or a BIOS would find nothing on a small disk. */
	u64 cylinders = MIN(MAX(whole, 1u), CYLINDERS_MAX);
	u64 by_geometry = cylinders * ATA_HEADS * ATA_TRACK_SECTORS;
	u64 lba28 = MIN(sectors, LBA28_MAX);

	set(words, 1, (u32)cylinders);
	set(words, 3, ATA_HEADS);
	set(words, 6, ATA_TRACK_SECTORS);
	set(words, 53, 7); /* words 54-58, 64-70 and 88 are valid */
	set(words, 54, (u32)cylinders);
	set(words, 55, ATA_HEADS);
	set(words, 56, ATA_TRACK_SECTORS);
	set(words, 57, (u32)by_geometry);
	set(words, 58, (u32)(by_geometry >> 16));
	set(words, 60, (u32)lba28);
	set(words, 61, (u32)(lba28 >> 16));
	for (u32 i = 0; i < 4; i++) {
		set(words, 100 + i, (u32)(sectors >> 16 * i) & 0xffff);
	}
}

void ata_identify(struct ata_channel *ata)
{
	const struct ata_drive *drive = ata_drive(ata);
	const struct ata_medium *medium = &drive->medium;
	u8 *words = ata->buffer;

	memset(words, 0, 2 * WORDS);
	set_text(words, 10, 10, ata_selected(ata) ? "BS00002" : "BS00001");
	set_text(words, 23, 4, "1");
	set_text(words, 27, 20,
		 medium->is_cd ? "Biosphere CD-ROM" : "Biosphere disk");
	set(words, 49, CAPABLE_LBA | CAPABLE_IORDY);
	set(words, 80, VERSIONS_4_TO_6);
	if (medium->is_cd) {
		set(words, 0, GENERAL_CD);
	} else {
		set(words, 0, GENERAL_FIXED_DISK);
		set_geometry(words, medium->sectors);
		set(words, 47, 0x8000 | ATA_MULTIPLE_MAX);
		set(words, 59,
		    drive->multiple != 0 ? 0x100u | drive->multiple : 0);
		set(words, 83, FEATURES_LBA48);
		set(words, 84, FEATURES_VALID);
		set(words, 86, FEATURES_LBA48 & ~FEATURES_VALID);
		set(words, 87, FEATURES_VALID);
	}
	ata_offer(ata, words, 2 * WORDS);
}
