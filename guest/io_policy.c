/* The I/O bitmaps, the same for all guests, and what the set bits stand for. */
#include "guest/io_policy.h"

#include "arch/console.h"
#include "arch/pages.h"
#include "arch/paging.h"
#include "arch/rtc.h"
#include "guest/guest_uart.h"
#include "guest/v86.h"
#include "lib/error.h"

#define PORTS_PER_BITMAP 0x8000u
#define CMOS_INDEX 0x70
#define CMOS_DATA 0x71
#define MAX_CONSOLE_UARTS 4

/* Bitmap A (ports 0-7FFFh) and B, one after the other. */
static u8 *bitmaps;

static void intercept(u16 port)
{
	bitmaps[port / 8] |= (u8)(1u << port % 8);
}

int io_policy_init(void)
{
	u16 uarts[MAX_CONSOLE_UARTS];
	size_t count = console_serial_ports(uarts, ARRAY_SIZE(uarts));

	bitmaps = pages_get(2);
	if (bitmaps == NULL) {
		return ERR_NO_MEMORY;
	}
	intercept(CMOS_INDEX);
	intercept(CMOS_DATA);
	for (size_t i = 0; i < count; i++) {
		for (u16 port = 0; port < 8; port++) {
			intercept((u16)(uarts[i] + port));
		}
	}
	return 0;
}

u64 io_policy_bitmap_a(void)
{
	return virt_to_phys(bitmaps);
}

u64 io_policy_bitmap_b(void)
{
	return virt_to_phys(bitmaps) + PORTS_PER_BITMAP / 8;
}

static u8 read8(struct v86 *v86, u16 port)
{
	if (port == CMOS_DATA) {
		return rtc_read_cmos(v86->cmos_index);
	}
	if (port == CMOS_INDEX) {
		return 0xff; /* write-only on real machines */
	}
	return guest_uart_read(port);
}

static void write8(struct v86 *v86, u16 port, u8 value)
{
	if (port == CMOS_DATA) {
		rtc_write_cmos(v86->cmos_index, value);
	} else if (port == CMOS_INDEX) {
		v86->cmos_index = value;
	} else {
		guest_uart_write(port, value);
	}
}

enum exit_action io_policy_exit(struct v86 *v86, struct io_qualification io)
{
	u64 rax = v86->vcpu.regs.rax;

	if (io.string || io.bytes == 0) {
		return vcpu_stop(
			&v86->vcpu, VCPU_END_FAULT,
			"string I/O at port %x, which is not the guest's",
			io.port);
	}
	/* A wider access reaches the ports behind, byte by byte. */
	for (u8 i = 0; i < io.bytes; i++) {
		u16 port = (u16)(io.port + i);

		if (io.in) {
			u64 value = read8(v86, port);

			rax &= ~(0xffull << 8 * i);
			rax |= value << 8 * i;
		} else {
			write8(v86, port, (u8)(rax >> 8 * i));
		}
	}
	v86->vcpu.regs.rax = rax;
	return EXIT_SKIP_INSTRUCTION;
}
