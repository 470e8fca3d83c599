/*
 * The small machine that the emulator's tests run on: a megabyte and a bit of
 * memory, ports that are remembered, and one MSR. Code at 1000:0100, stack at
 * 2000:0100, the handler of vector n at 7000+n:n+0400.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arch/x86.h"
#include "guest/insn/v86_emulate.h"

#define MEMORY_BYTES 0x110000u
#define CODE_SEGMENT 0x1000u
#define CODE_IP 0x100u
#define STACK_SEGMENT 0x2000u
#define SP 0x100u
#define DATA_SEGMENT 0x3000u
#define EXTRA_SEGMENT 0x4000u

/* One page can be made unreadable and unwritable, another read-only. */
#define NO_PAGE UINT32_MAX

static struct {
	u8 memory[MEMORY_BYTES];
	u32 absent_page, rom_page;
	u32 writes;
	u32 reads_at_most; /* the highest linear address read */
	/* Ports: INs give next_in, next_in + 1, ... in each byte. */
	u32 ins, outs;
	u16 port;
	unsigned bytes;
	u32 out_value;
	u8 next_in;
	bool ports_refuse;
	u32 msr_index;
	u64 msr;
} world;

static struct v86_machine m;

/* Whether code is read byte by byte alone; kept by reset(). */
static bool by_bytes;

/* How often the segments were asked for, and what is then answered. */
static u32 segments_asked;
#define LATE_STACK_SEGMENT 0x5000u

static inline const u8 *code(void *context, u32 linear, u32 *count)
{
	assert_ptr_equal(context, &world);
	if (by_bytes || linear >= MEMORY_BYTES ||
	    linear >> 12 == world.absent_page) {
		return NULL;
	}
	*count = 0x1000 - linear % 0x1000;
	world.reads_at_most = MAX(world.reads_at_most, linear + *count - 1);
	return world.memory + linear;
}

static inline void segments(void *context, struct bios_regs *regs)
{
	assert_ptr_equal(context, &world);
	segments_asked++;
	regs->es = regs->ds = regs->fs = regs->gs = 0;
	regs->ss = LATE_STACK_SEGMENT;
}

static inline bool read8(void *context, u32 linear, u8 *value)
{
	assert_ptr_equal(context, &world);
	if (linear >= MEMORY_BYTES || linear >> 12 == world.absent_page) {
		return false;
	}
	world.reads_at_most = MAX(world.reads_at_most, linear);
	*value = world.memory[linear];
	return true;
}

static inline bool writable(void *context, u32 linear)
{
	assert_ptr_equal(context, &world);
	assert_true(linear < MEMORY_BYTES);
	return linear >> 12 != world.absent_page &&
	       linear >> 12 != world.rom_page;
}

static inline void write8(void *context, u32 linear, u8 value)
{
	assert_true(writable(context, linear));
	world.memory[linear] = value;
	world.writes++;
}

static inline bool in(void *context, u16 port, unsigned bytes, u32 *value)
{
	assert_ptr_equal(context, &world);
	assert_true(bytes == 1 || bytes == 2 || bytes == 4);
	if (world.ports_refuse) {
		return false;
	}
	world.ins++;
	world.port = port;
	world.bytes = bytes;
	*value = world.next_in++ * 0x01010101u;
	return true;
}

static inline bool out(void *context, u16 port, unsigned bytes, u32 value)
{
	assert_ptr_equal(context, &world);
	assert_true(bytes == 4 || value >> 8 * bytes == 0);
	if (world.ports_refuse) {
		return false;
	}
	world.outs++;
	world.port = port;
	world.bytes = bytes;
	world.out_value = value;
	return true;
}

static inline bool rdmsr(void *context, u32 index, u64 *value)
{
	assert_ptr_equal(context, &world);
	*value = world.msr;
	return index == world.msr_index;
}

static inline bool wrmsr(void *context, u32 index, u64 value)
{
	assert_ptr_equal(context, &world);
	if (index != world.msr_index) {
		return false;
	}
	world.msr = value;
	return true;
}

static inline void cpuid(void *context, u32 regs[4])
{
	u32 leaf = regs[0], subleaf = regs[2];

	assert_ptr_equal(context, &world);
	regs[0] = leaf + 1;
	regs[1] = subleaf + 2;
	regs[2] = 0xc;
	regs[3] = 0xd;
}

static const struct v86_machine_ops ops = {
	.code = code,
	.segments = segments,
	.read8 = read8,
	.writable = writable,
	.write8 = write8,
	.in = in,
	.out = out,
	.rdmsr = rdmsr,
	.wrmsr = wrmsr,
	.cpuid = cpuid,
};

static inline u32 at(u32 segment, u32 offset)
{
	return segment * 16 + offset;
}

static inline u32 peek(u32 segment, u32 offset, unsigned bytes)
{
	u32 value = 0;

	memcpy(&value, world.memory + at(segment, offset), bytes);
	return value;
}

static inline void poke(u32 segment, u32 offset, unsigned bytes, u32 value)
{
	memcpy(world.memory + at(segment, offset), &value, bytes);
}

static inline void reset(void)
{
	memset(&world, 0, sizeof(world));
	world.absent_page = NO_PAGE;
	world.rom_page = NO_PAGE;
	world.next_in = 0x11;
	world.msr_index = 0x1b;
	for (u32 vector = 0; vector < 256; vector++) {
		poke(0, vector * 4, 2, 0x400 + vector);
		poke(0, vector * 4 + 2, 2, 0x7000 + vector);
	}
	v86_machine_init(&m, &ops, &world);
	m.regs = (struct bios_regs){
		.eip = CODE_IP,
		.eflags = (u32)(RFLAGS_FIXED_1 | RFLAGS_IF),
		.eax = 0xaaaaaaaa,
		.ecx = 0xcccc0003,
		.edx = 0xdddd03f8,
		.ebx = 0xbbbb0010,
		.esp = 0x55550000 | SP,
		.ebp = 0x66660020,
		.esi = 0x77770030,
		.edi = 0x88880040,
		.es = EXTRA_SEGMENT,
		.cs = CODE_SEGMENT,
		.ss = STACK_SEGMENT,
		.ds = DATA_SEGMENT,
		.fs = 0x5000,
		.gs = 0x6000,
	};
}

static inline enum v86_result step_bytes(const char *code, size_t count)
{
	memcpy(world.memory + at(m.regs.cs, m.regs.eip & 0xffff), code, count);
	return v86_step(&m);
}

/* Puts the code where CS:IP is and takes one step. */
#define STEP(code) step_bytes(code, sizeof(code) - 1)

/* One step that must raise the vector and change no register or memory. */
static inline void raises_bytes(u8 vector, const char *code, size_t count)
{
	struct bios_regs before = m.regs;
	u32 writes = world.writes;

	assert_int_equal(step_bytes(code, count), V86_EXCEPTION);
	assert_int_equal(m.vector, vector);
	assert_memory_equal(&m.regs, &before, sizeof(before));
	assert_int_equal(world.writes, writes);
	assert_false(m.single_step);
}

#define RAISES(vector, code) raises_bytes(vector, code, sizeof(code) - 1)
