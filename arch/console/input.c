/*
 * The queue of typed bytes and the wish to stop. The sources put in, the
 * shell takes out; everything that takes long looks at the wish. The lock is
 * taken by no NMI handler.
 */
#include "arch/console/input.h"

#include "arch/spinlock.h"
#include "lib/fifo.h"

#define CTRL_C 0x03

static u8 bytes[INPUT_BYTES];
static struct fifo typed = FIFO_INIT(bytes);
static struct spinlock lock = SPINLOCK_INIT;

bool input_interrupt_wanted;
static void (*wake)(void);
static bool held;
static bool wanted_while_held;

void input_set_wake(void (*wake_all)(void))
{
	wake = wake_all;
}

static void set_wanted(bool wanted)
{
	__atomic_store_n(&input_interrupt_wanted, wanted, __ATOMIC_RELEASE);
}

void input_break(void)
{
	spinlock_lock(&lock);
	fifo_clear(&typed);
	if (held) {
		wanted_while_held = true;
	} else {
		set_wanted(true);
	}
	spinlock_unlock(&lock);
	/* An interrupt is an exit, whatever the guest's IF says. */
	wake();
}

void input_put(u8 byte)
{
	if (byte == CTRL_C) {
		input_break();
		return;
	}
	spinlock_lock(&lock);
	if (byte != 0) {
		fifo_put(&typed, byte);
	}
	spinlock_unlock(&lock);
}

int input_get(void)
{
	int byte = CTRL_C;

	spinlock_lock(&lock);
	if (input_interrupted()) {
		set_wanted(false);
	} else {
		byte = fifo_get(&typed);
	}
	spinlock_unlock(&lock);
	return byte;
}

size_t input_count(void)
{
	return fifo_count(&typed);
}

void input_clear_interrupt(void)
{
	set_wanted(false);
}

void input_hold_interrupt(bool hold)
{
	spinlock_lock(&lock);
	if (hold) {
		wanted_while_held = input_interrupted();
		set_wanted(false);
	} else {
		set_wanted(wanted_while_held);
	}
	held = hold;
	spinlock_unlock(&lock);
}

void input_note_lost(u32 count)
{
	spinlock_lock(&lock);
	typed.lost += count;
	spinlock_unlock(&lock);
}

u64 input_take_lost(void)
{
	u64 lost;

	spinlock_lock(&lock);
	lost = typed.lost;
	typed.lost = 0;
	spinlock_unlock(&lock);
	return lost;
}
