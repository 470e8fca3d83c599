/*
 * Where the beam is: the bits of Input Status 1 that programs wait for, from the
 * CRT controller's timing and the guest's time.
 */
/* build: pure */
#include "guest/board/pc/vga_frame.h"
#include "guest/board/pc/vga_registers.h"
#include "guest/board/pc/vga_retrace.h"

#define STATUS_NO_DISPLAY 0x01
#define STATUS_V_RETRACE 0x08

/* VBE has no registers for a picture's timing: 60 a second, 1 ms of it retrace. */
#define VBE_FRAME_NS 16666667u
#define VBE_RETRACE_NS 1000000u

#define NS_A_MS 1000000u

/* In dots and lines; a line's dots count half of the clock's where it is halved. */
struct timing {
	u32 kHz, dots, lines;	     /* the clock; of a line; of a frame */
	u32 shown_dots, shown_lines; /* from the first one on */
	u32 retrace_first, retrace_lines;
};

static struct timing timing_of(const struct vga *vga)
{
	u8 clocking = vga->sequencer[SEQ_CLOCKING];
	u32 cell = (clocking & SEQ_CLOCKING_8_DOTS ? 8u : 9u)
		   << ((clocking & SEQ_CLOCKING_HALF) != 0);
	struct timing t = {
		.kHz = (vga->misc >> 2 & 3) == 1 ? 28322 : 25175,
		.dots = (vga->crtc[CRTC_H_TOTAL] + 5u) * cell,
		.lines = vga_crtc_lines(vga, CRTC_V_TOTAL, 0, 5) + 2,
		.shown_dots = (vga->crtc[CRTC_H_END] + 1u) * cell,
		.shown_lines = vga_crtc_lines(vga, CRTC_V_END, 1, 6) + 1,
		.retrace_first = vga_crtc_lines(vga, CRTC_V_SYNC, 2, 7),
	};

	/* Its end is where the line's lowest four bits are those. */
	t.retrace_lines = (vga->crtc[CRTC_V_SYNC_END] - t.retrace_first) & 15;
	/* Who waits for a retrace must see one. */
	if (t.retrace_lines == 0 || t.retrace_first >= t.lines) {
		t.retrace_first = t.lines - 1;
		t.retrace_lines = 1;
	}
	return t;
}

static u8 status_of_vbe(u64 now_ns)
{
	return now_ns % VBE_FRAME_NS < VBE_FRAME_NS - VBE_RETRACE_NS
		       ? 0
		       : STATUS_V_RETRACE | STATUS_NO_DISPLAY;
}

u8 vga_retrace(const struct vga *vga, u64 now_ns)
{
	struct timing t = timing_of(vga);
	u64 frame_dots = (u64)t.dots * t.lines;
	u64 dot = now_ns % (frame_dots * NS_A_MS / t.kHz) * t.kHz / NS_A_MS;
	u32 line = (u32)(dot / t.dots);
	u8 status = 0;

	if (vga_vbe_is_on(vga)) {
		return status_of_vbe(now_ns);
	}
	if (dot % t.dots >= t.shown_dots || line >= t.shown_lines) {
		status |= STATUS_NO_DISPLAY;
	}
	if (line - t.retrace_first < t.retrace_lines) {
		status |= STATUS_V_RETRACE | STATUS_NO_DISPLAY;
	}
	return status;
}
