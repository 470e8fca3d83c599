/* See mca_code.h. */
/* build: pure */
#include "arch/mca_code.h"

#include "arch/mca_severity.h"
#include "lib/fmt.h"

/*
 * The correction report filtering bit, which says nothing about the error
 * itself.
 */
#define FILTERED 0x1000u
#define CHANNEL_UNKNOWN 0xfu

static const char *const transactions[] = { "instruction", "data", "generic",
					    "reserved type" };
static const char *const levels[] = { "level 0", "level 1", "level 2",
				      "no one level" };
static const char *const requests[] = {
	"error",     "read",	   "write",
	"data read", "data write", "instruction fetch",
	"prefetch",  "evict",	   "snoop",
};
static const char *const parts[] = { "this core asked", "this core answered",
				     "this core looked on", "no one part" };
static const char *const targets[] = { "memory", "reserved", "I/O", "other" };
static const char *const memory_requests[] = { "generic", "read", "write",
					       "address or command", "scrub" };

static const char *simple(u16 code)
{
	static const struct {
		u16 code;
		const char *text;
	} codes[] = {
		{ 0x0000, "no error" },
		{ 0x0001, "unclassified" },
		{ 0x0002, "microcode ROM parity" },
		{ 0x0003, "external" },
		{ 0x0004, "functional redundancy check" },
		{ 0x0005, "internal parity" },
		{ 0x0006, "code fetch of SMM outside SMRAM" },
		{ 0x0400, "internal timer" },
		{ 0x0e0b, "I/O" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		if (codes[i].code == code) {
			return codes[i].text;
		}
	}
	return NULL;
}

static const char *name(const char *const *names, size_t count, u32 index)
{
	return index < count ? names[index] : "reserved";
}

static const char *request_of(u16 code)
{
	return name(requests, ARRAY_SIZE(requests), code >> 4 & 0xf);
}

static int format_memory(u16 code, const char *what, char *buf, size_t size)
{
	const char *request = name(memory_requests, ARRAY_SIZE(memory_requests),
				   code >> 4 & 7);
	u32 channel = code & 0xf;

	return channel == CHANNEL_UNKNOWN
		       ? fmt_snprintf(buf, size, "%s, %s", what, request)
		       : fmt_snprintf(buf, size, "%s, %s, channel %u", what,
				      request, channel);
}

/* The highest bit that is set tells which form the code has. */
size_t mca_code_format(u16 code, char *buf, size_t size)
{
	const u16 form = code & (u16)~FILTERED;
	const char *level = levels[form & 3];
	const char *transaction = transactions[form >> 2 & 3];
	int length;

	if (simple(form) != NULL) {
		length = fmt_snprintf(buf, size, "%s", simple(form));
	} else if (form >> 11 == 1) {
		length =
			fmt_snprintf(buf, size, "bus, %s, %s, %s%s, %s",
				     parts[form >> 9 & 3], request_of(form),
				     targets[form >> 2 & 3],
				     form >> 8 & 1 ? ", timed out" : "", level);
	} else if (form >> 10 == 1) {
		length = fmt_snprintf(buf, size, "internal");
	} else if ((form & 0xff80) == 0x0280) {
		length = format_memory(form, "memory as a cache", buf, size);
	} else if (form >> 8 == 1) {
		length = fmt_snprintf(buf, size, "cache, %s, %s, %s",
				      transaction, request_of(form), level);
	} else if (form >> 7 == 1) {
		length = format_memory(form, "memory controller", buf, size);
	} else if (form >> 4 == 1) {
		length = fmt_snprintf(buf, size, "TLB, %s, %s", transaction,
				      level);
	} else if (form >> 2 == 3) {
		length = fmt_snprintf(buf, size, "cache, %s", level);
	} else {
		length = fmt_snprintf(buf, size, "no known kind");
	}
	return (size_t)length;
}

size_t mca_code_format_bank(u32 bank, u64 status, u64 address, char *buf,
			    size_t size)
{
	char code[MCA_CODE_TEXT_BYTES];
	int length;

	mca_code_format((u16)status, code, sizeof(code));
	length = fmt_snprintf(
		buf, size,
		"bank %u: %s error, code %04lx (%s)%s%s; status %016lx", bank,
		status & MCI_STATUS_UC ? "uncorrected" : "corrected",
		status & 0xffff, code,
		status & MCI_STATUS_PCC ? ", processor context corrupt" : "",
		status & MCI_STATUS_OVER ? ", more were lost" : "", status);

	if (status & MCI_STATUS_ADDRV) {
		length += fmt_snprintf(buf + length, size - (size_t)length,
				       ", address %lx", address);
	}
	return (size_t)length;
}
