/*
 * The parser of the Multiboot2 information. Pure: it knows bytes and their
 * bounds and nothing of the machine or of what the kernel does with the
 * result. Called by boot/main.c once, on the first core, before the loader's
 * memory is used for anything else.
 */
/* build: pure */
#include "boot/mbi.h"

#include "boot/multiboot2.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "lib/string.h"

/* A tag that lies wholly within the bytes that may be read. */
struct tag {
	const u8 *data; /* from its type field on; any alignment */
	u32 type;
	u32 size; /* at least the kind's min_bytes */
	u32 offset;
	const char *name;
};

struct tag_kind {
	const char *name;
	u32 min_bytes;
	bool repeats;
	void (*read)(struct bootinfo *out, const struct tag *tag);
};

static void problem(struct bootinfo *out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void tag_problem(struct bootinfo *out, const struct tag *tag,
			const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void problem(struct bootinfo *out, const char *fmt, ...)
{
	va_list args;

	if (out->problem_count == BOOTINFO_MAX_PROBLEMS) {
		out->problem_left_out++;
		return;
	}
	va_start(args, fmt);
	fmt_vsnprintf(out->problem[out->problem_count++],
		      BOOTINFO_PROBLEM_BYTES, fmt, args);
	va_end(args);
}

static void tag_problem(struct bootinfo *out, const struct tag *tag,
			const char *fmt, ...)
{
	char what[80];
	va_list args;

	va_start(args, fmt);
	fmt_vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	problem(out, "tag %u (%s) at offset %xh: %s", tag->type, tag->name,
		tag->offset, what);
}

/*
 * The string that fills the tag from byte `skip` on, cut to size bytes with
 * the terminator. Returns true if it was cut.
 */
static bool read_string(struct bootinfo *out, const struct tag *tag, u32 skip,
			char *dst, size_t size)
{
	const char *src = (const char *)tag->data + skip;
	size_t room = tag->size - skip;
	size_t length = str_nlen(src, room);
	size_t kept = MIN(length, size - 1);

	if (length == room) {
		tag_problem(out, tag, "its string has no end; kept as it is");
	}
	memcpy(dst, src, kept);
	dst[kept] = '\0';
	if (kept == length) {
		return false;
	}
	tag_problem(out, tag, "string of %zu bytes cut to %zu", length, kept);
	return true;
}

static void read_cmdline(struct bootinfo *out, const struct tag *tag)
{
	out->cmdline_truncated =
		read_string(out, tag, sizeof(struct multiboot2_tag),
			    out->cmdline, sizeof(out->cmdline));
}

static void read_loader_name(struct bootinfo *out, const struct tag *tag)
{
	read_string(out, tag, sizeof(struct multiboot2_tag), out->loader,
		    sizeof(out->loader));
}

static void read_module(struct bootinfo *out, const struct tag *tag)
{
	struct multiboot2_tag_module raw;
	struct bootinfo_module *module;

	memcpy(&raw, tag->data, sizeof(raw));
	if (raw.start > raw.end) {
		tag_problem(out, tag, "starts at %xh, ends at %xh; ignored",
			    raw.start, raw.end);
		return;
	}
	if (out->module_count == BOOTINFO_MAX_MODULES) {
		if (out->module_left_out++ == 0) {
			tag_problem(out, tag, "more than %d; left out",
				    BOOTINFO_MAX_MODULES);
		}
		return;
	}
	module = &out->module[out->module_count++];
	module->start = raw.start;
	module->end = raw.end;
	read_string(out, tag, sizeof(raw), module->cmdline,
		    sizeof(module->cmdline));
}

static void read_basic_memory(struct bootinfo *out, const struct tag *tag)
{
	struct multiboot2_tag_basic_memory raw;

	memcpy(&raw, tag->data, sizeof(raw));
	out->memory_lower_kib = raw.lower_kib;
	out->memory_upper_kib = raw.upper_kib;
}

static void read_boot_device(struct bootinfo *out, const struct tag *tag)
{
	struct multiboot2_tag_bios_boot_device raw;

	memcpy(&raw, tag->data, sizeof(raw));
	out->boot_device.present = true;
	out->boot_device.drive = raw.drive;
	out->boot_device.partition = raw.partition;
	out->boot_device.sub_partition = raw.sub_partition;
}

static void read_memory_map(struct bootinfo *out, const struct tag *tag)
{
	struct multiboot2_tag_memory_map raw;
	struct multiboot2_memory_entry entry;
	u32 entries;
	u32 i;

	memcpy(&raw, tag->data, sizeof(raw));
	if (raw.entry_size < sizeof(entry) || raw.entry_size % 8 != 0) {
		tag_problem(out, tag, "entry size %u is impossible; ignored",
			    raw.entry_size);
		return;
	}
	entries = (tag->size - (u32)sizeof(raw)) / raw.entry_size;
	if ((tag->size - (u32)sizeof(raw)) % raw.entry_size != 0) {
		tag_problem(out, tag, "ends within entry %u; that one ignored",
			    entries);
	}
	for (i = 0; i < entries && i < BOOTINFO_MAX_MEMORY; i++) {
		memcpy(&entry,
		       tag->data + sizeof(raw) + (size_t)i * raw.entry_size,
		       sizeof(entry));
		out->memory[i].base = entry.base;
		out->memory[i].length = entry.length;
		out->memory[i].type = entry.type;
	}
	out->memory_count = i;
	out->memory_left_out = entries - i;
	if (i < entries) {
		tag_problem(out, tag, "%u entries beyond %d left out",
			    entries - i, BOOTINFO_MAX_MEMORY);
	}
}

static u32 type_of_efi(u32 type)
{
	switch (type) {
	case EFI_LOADER_CODE:
	case EFI_LOADER_DATA:
	case EFI_BOOT_SERVICES_CODE:
	case EFI_BOOT_SERVICES_DATA:
	case EFI_CONVENTIONAL_MEMORY:
		return MULTIBOOT2_MEMORY_AVAILABLE;
	case EFI_UNUSABLE_MEMORY:
		return MULTIBOOT2_MEMORY_BADRAM;
	case EFI_ACPI_RECLAIM_MEMORY:
		return MULTIBOOT2_MEMORY_ACPI_RECLAIMABLE;
	case EFI_ACPI_MEMORY_NVS:
		return MULTIBOOT2_MEMORY_NVS;
	default:
		return MULTIBOOT2_MEMORY_RESERVED;
	}
}

/* What goes on where the last entry ends is a part of it; false: no room. */
static bool add_memory(struct bootinfo *out, u64 base, u64 length, u32 type)
{
	struct bootinfo_memory *last = out->memory + out->memory_count;

	if (out->memory_count != 0 && (--last)->type == type &&
	    last->base + last->length == base) {
		last->length += length;
		return true;
	}
	if (out->memory_count == BOOTINFO_MAX_MEMORY) {
		return false;
	}
	out->memory[out->memory_count++] =
		(struct bootinfo_memory){ base, length, type };
	return true;
}

/* Only where the loader gives no map of its own, before or after this one. */
static void read_efi_memory_map(struct bootinfo *out, const struct tag *tag)
{
	struct multiboot2_tag_efi_memory_map raw;
	struct efi_memory_descriptor entry;
	u32 entries, i;

	memcpy(&raw, tag->data, sizeof(raw));
	if (raw.descriptor_size < sizeof(entry) ||
	    raw.descriptor_size % 8 != 0) {
		tag_problem(out, tag, "entry size %u is impossible; ignored",
			    raw.descriptor_size);
		return;
	}
	if (out->memory_count != 0) {
		return;
	}
	entries = (tag->size - (u32)sizeof(raw)) / raw.descriptor_size;
	for (i = 0; i < entries; i++) {
		memcpy(&entry,
		       tag->data + sizeof(raw) +
			       (size_t)i * raw.descriptor_size,
		       sizeof(entry));
		if (entry.pages > UINT64_MAX >> 12) {
			tag_problem(out, tag, "entry %u is too long; ignored",
				    i);
		} else if (!add_memory(out, entry.physical_start,
				       entry.pages << 12,
				       type_of_efi(entry.type))) {
			break;
		}
	}
	out->memory_left_out = entries - i;
	if (i < entries) {
		tag_problem(out, tag, "%u entries beyond %d left out",
			    entries - i, BOOTINFO_MAX_MEMORY);
	}
}

static void read_framebuffer(struct bootinfo *out, const struct tag *tag)
{
	struct multiboot2_tag_framebuffer raw;
	struct multiboot2_framebuffer_rgb rgb = { 0 };
	struct bootinfo_framebuffer *fb = &out->framebuffer;

	memcpy(&raw, tag->data, sizeof(raw));
	if (raw.type == MULTIBOOT2_FRAMEBUFFER_RGB) {
		if (tag->size < sizeof(raw) + sizeof(rgb)) {
			tag_problem(out, tag, "no colour fields; ignored");
			return;
		}
		memcpy(&rgb, tag->data + sizeof(raw), sizeof(rgb));
	}
	fb->present = true;
	fb->type = raw.type;
	fb->bpp = raw.bpp;
	fb->address = raw.address;
	fb->pitch = raw.pitch;
	fb->width = raw.width;
	fb->height = raw.height;
	fb->red_position = rgb.red_position;
	fb->red_bits = rgb.red_bits;
	fb->green_position = rgb.green_position;
	fb->green_bits = rgb.green_bits;
	fb->blue_position = rgb.blue_position;
	fb->blue_bits = rgb.blue_bits;
}

static u64 read_pointer32(const struct tag *tag)
{
	struct multiboot2_tag_pointer32 raw;

	memcpy(&raw, tag->data, sizeof(raw));
	return raw.pointer;
}

static u64 read_pointer64(const struct tag *tag)
{
	struct multiboot2_tag_pointer64 raw;

	memcpy(&raw, tag->data, sizeof(raw));
	return raw.pointer;
}

static void read_efi32_table(struct bootinfo *out, const struct tag *tag)
{
	out->efi.table32 = true;
	if (!out->efi.table64) {
		out->efi.system_table = read_pointer32(tag);
	}
}

static void read_efi64_table(struct bootinfo *out, const struct tag *tag)
{
	out->efi.table64 = true;
	out->efi.system_table = read_pointer64(tag);
}

static void read_efi_boot_services(struct bootinfo *out, const struct tag *tag)
{
	(void)tag;
	out->efi.boot_services = true;
}

static void read_efi32_image(struct bootinfo *out, const struct tag *tag)
{
	if (out->efi.image_handle == 0) {
		out->efi.image_handle = read_pointer32(tag);
	}
}

static void read_efi64_image(struct bootinfo *out, const struct tag *tag)
{
	out->efi.image_handle = read_pointer64(tag);
}

static void copy_rsdp(struct bootinfo *out, const struct tag *tag, u32 bytes)
{
	memset(out->rsdp, 0, sizeof(out->rsdp));
	memcpy(out->rsdp, tag->data + sizeof(struct multiboot2_tag), bytes);
	out->rsdp_bytes = bytes;
}

static void read_acpi_old(struct bootinfo *out, const struct tag *tag)
{
	if (out->rsdp_bytes == 0) {
		copy_rsdp(out, tag, 20);
	}
}

static void read_acpi_new(struct bootinfo *out, const struct tag *tag)
{
	copy_rsdp(out, tag, 36);
}

/* The tags by number; this kernel ignores those without a reader. */
static const struct tag_kind kinds[] = {
	[MULTIBOOT2_TAG_END] = { "end", 8, false, NULL },
	[MULTIBOOT2_TAG_CMDLINE] = { "command line", 9, false, read_cmdline },
	[MULTIBOOT2_TAG_LOADER_NAME] = { "loader name", 9, false,
					 read_loader_name },
	[MULTIBOOT2_TAG_MODULE] = { "module", 17, true, read_module },
	[MULTIBOOT2_TAG_BASIC_MEMORY] = { "basic memory", 16, false,
					  read_basic_memory },
	[MULTIBOOT2_TAG_BIOS_BOOT_DEVICE] = { "boot device", 20, false,
					      read_boot_device },
	[MULTIBOOT2_TAG_MEMORY_MAP] = { "memory map", 16, false,
					read_memory_map },
	[MULTIBOOT2_TAG_FRAMEBUFFER] = { "framebuffer", 32, false,
					 read_framebuffer },
	[MULTIBOOT2_TAG_EFI32_SYSTEM_TABLE] = { "EFI 32-bit system table", 12,
						false, read_efi32_table },
	[MULTIBOOT2_TAG_EFI64_SYSTEM_TABLE] = { "EFI 64-bit system table", 16,
						false, read_efi64_table },
	[MULTIBOOT2_TAG_ACPI_OLD] = { "ACPI old RSDP", 8 + 20, false,
				      read_acpi_old },
	[MULTIBOOT2_TAG_ACPI_NEW] = { "ACPI new RSDP", 8 + 36, false,
				      read_acpi_new },
	[MULTIBOOT2_TAG_EFI_MEMORY_MAP] = { "EFI memory map", 16, false,
					    read_efi_memory_map },
	[MULTIBOOT2_TAG_EFI_BOOT_SERVICES] = { "EFI boot services", 8, false,
					       read_efi_boot_services },
	[MULTIBOOT2_TAG_EFI32_IMAGE_HANDLE] = { "EFI 32-bit image handle", 12,
						false, read_efi32_image },
	[MULTIBOOT2_TAG_EFI64_IMAGE_HANDLE] = { "EFI 64-bit image handle", 16,
						false, read_efi64_image },
};
static_assert(ARRAY_SIZE(kinds) <= 32, "one bit of `seen` for each kind");

static const struct tag_kind *kind_of(u32 type)
{
	if (type >= ARRAY_SIZE(kinds) || kinds[type].name == NULL) {
		return NULL;
	}
	return &kinds[type];
}

/* seen: a bit for each tag type that was read before. */
static void read_tag(struct bootinfo *out, const struct tag *tag, u32 *seen)
{
	const struct tag_kind *kind = kind_of(tag->type);
	u32 bit;

	if (kind == NULL || kind->read == NULL) {
		return;
	}
	if (tag->size < kind->min_bytes) {
		tag_problem(out, tag, "size %u is too small; ignored",
			    tag->size);
		return;
	}
	bit = (u32)BIT(tag->type);
	if ((*seen & bit) != 0 && !kind->repeats) {
		tag_problem(out, tag, "given more than once; ignored");
		return;
	}
	*seen |= bit;
	kind->read(out, tag);
}

/*
 * Reads all tags within info[0..limit). Stops at the end tag, or where the
 * damage leaves no next tag.
 */
static void read_tags(struct bootinfo *out, const u8 *info, size_t limit)
{
	size_t offset = sizeof(struct multiboot2_info);
	u32 seen = 0;

	while (offset + sizeof(struct multiboot2_tag) <= limit) {
		struct multiboot2_tag raw;
		const struct tag_kind *kind;
		struct tag tag;

		memcpy(&raw, info + offset, sizeof(raw));
		kind = kind_of(raw.type);
		tag.data = info + offset;
		tag.type = raw.type;
		tag.size = raw.size;
		tag.offset = (u32)offset;
		tag.name = kind != NULL ? kind->name : "not used here";
		if (raw.size < sizeof(raw)) {
			tag_problem(out, &tag,
				    "size %u is impossible; rest lost",
				    raw.size);
			return;
		}
		if (raw.size > limit - offset) {
			tag_problem(out, &tag,
				    "size %u is past the end; rest lost",
				    raw.size);
			return;
		}
		if (raw.type == MULTIBOOT2_TAG_END) {
			return;
		}
		read_tag(out, &tag, &seen);
		offset += ALIGN_UP(raw.size, MULTIBOOT2_TAG_ALIGN);
	}
	problem(out, "the end tag is missing after %zu bytes", limit);
}

int mbi_parse(struct bootinfo *out, const void *mbi, size_t max_bytes)
{
	struct multiboot2_info info;
	size_t limit;

	if (out == NULL || mbi == NULL) {
		return ERR_INVALID;
	}
	memset(out, 0, sizeof(*out));
	if (max_bytes < sizeof(info)) {
		problem(out, "boot information: only %zu bytes", max_bytes);
		return ERR_CORRUPT;
	}
	memcpy(&info, mbi, sizeof(info));
	if (info.total_size < sizeof(info)) {
		problem(out, "boot information: total size %u is impossible",
			info.total_size);
		return ERR_CORRUPT;
	}
	limit = info.total_size;
	if (limit > max_bytes) {
		problem(out, "boot information: total size %u, readable %zu",
			info.total_size, max_bytes);
		limit = max_bytes;
	}
	read_tags(out, mbi, limit);
	return (int)(out->problem_count + out->problem_left_out);
}
