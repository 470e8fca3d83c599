/*
 * The 16550's registers. Knows nothing of consoles, locks or where they are;
 * serial.c calls it, on any core, interrupts off. An absent UART reads as FFh in
 * every register, so no bit of a line status of FFh is believed. Pure.
 */
/* build: pure */
#include "arch/console/uart.h"

enum {
	REG_DATA = 0,	      /* with LCR_DLAB: low byte of the divisor */
	REG_INT_ENABLE = 1,   /* with LCR_DLAB: high byte of the divisor */
	REG_INT_IDENT = 2,    /* read */
	REG_FIFO_CONTROL = 2, /* write */
	REG_LINE_CONTROL = 3,
	REG_MODEM_CONTROL = 4,
	REG_LINE_STATUS = 5,
	REG_MODEM_STATUS = 6,
	REG_SCRATCH = 7,

	IER_RECEIVED = 0x01,
	IER_LINE_STATUS = 0x04,
	IIR_FIFO_WORKS = 0xc0,
	FCR_ENABLE_AND_CLEAR = 0x07,
	LCR_8N1 = 0x03,
	LCR_DLAB = 0x80,
	MCR_DTR_RTS_OUT2 = 0x0b,
	MCR_RTS = 0x02,
	MCR_LOOP_RTS_OUT2 = 0x1a,
	MSR_OUTPUTS = 0xf0,
	MSR_CTS_DCD = 0x90, /* what RTS and OUT2 come back as in a loop */
	LSR_DATA_READY = 0x01,
	LSR_OVERRUN = 0x02,
	LSR_BREAK = 0x10,
	LSR_THR_EMPTY = 0x20,
	LSR_ALL_EMPTY = 0x40,
	LSR_ABSENT = 0xff,
};

#define FIFO_BYTES 16
/* A receiver samples in mid-bit; beyond this it misses the tenth one. */
#define BAUD_ERROR_PERCENT 3u

/*
 * Reads of the line status before a transmitter counts as stuck. Sixteen bytes
 * take 1.4 ms at 115200 baud; a read takes about 1 us on a real bus and a few
 * instructions in an emulator, where a billion of them may be one second.
 */
#define POLLS 1000000u
#define USUAL_BAUD 115200u
#define SLOWEST 16u

static u8 read(const struct uart *uart, u8 reg)
{
	return uart->place.access->read(&uart->place, reg);
}

static void write(const struct uart *uart, u8 reg, u8 value)
{
	uart->place.access->write(&uart->place, reg, value);
}

/*
 * Reading the line status clears the bits of what went wrong, so every reader
 * notes them. LSR_ABSENT says of none of them that it is set.
 */
static u8 read_status(struct uart *uart)
{
	u8 status = read(uart, REG_LINE_STATUS);

	if (status == LSR_ABSENT) {
		return status;
	}
	if (status & LSR_OVERRUN) {
		__atomic_fetch_add(&uart->overruns, 1, __ATOMIC_RELAXED);
	}
	if (status & LSR_BREAK) {
		__atomic_store_n(&uart->break_seen, true, __ATOMIC_RELAXED);
	}
	return status;
}

/* Waits for any of bits in the line status; false if they do not come. */
static bool wait_for(struct uart *uart, u8 bits)
{
	u32 polls = POLLS * uart->slowness;

	while (polls-- > 0) {
		u8 status = read_status(uart);

		if (status == LSR_ABSENT) {
			return false;
		}
		if ((status & LSR_DATA_READY) && uart->received != NULL) {
			uart->received(uart);
		}
		if (status & bits) {
			return true;
		}
	}
	return false;
}

static bool scratch_holds(const struct uart *uart, u8 value)
{
	write(uart, REG_SCRATCH, value);
	return read(uart, REG_SCRATCH) == value;
}

/* In a loop the modem status shows the modem control's outputs at once. */
static bool loop_works(const struct uart *uart)
{
	u8 status;

	write(uart, REG_MODEM_CONTROL, MCR_LOOP_RTS_OUT2);
	status = read(uart, REG_MODEM_STATUS);
	write(uart, REG_MODEM_CONTROL, MCR_DTR_RTS_OUT2);
	return (status & MSR_OUTPUTS) == MSR_CTS_DCD;
}

u32 uart_divisor(u32 clock_hz, u32 baud)
{
	u32 fastest = clock_hz / 16;
	u32 divisor, real, error;

	if (baud == 0 || fastest == 0) {
		return 0;
	}
	divisor = (u32)(((u64)fastest + baud / 2) / baud);
	if (divisor == 0 || divisor > UINT16_MAX) {
		return 0;
	}
	real = fastest / divisor;
	error = real > baud ? real - baud : baud - real;
	return (u64)error * 100 > (u64)BAUD_ERROR_PERCENT * baud ? 0 : divisor;
}

static void set_line(const struct uart *uart, u32 divisor)
{
	write(uart, REG_LINE_CONTROL, LCR_8N1 | LCR_DLAB);
	write(uart, REG_DATA, (u8)divisor);
	write(uart, REG_INT_ENABLE, (u8)(divisor >> 8));
	write(uart, REG_LINE_CONTROL, LCR_8N1);
	write(uart, REG_FIFO_CONTROL, FCR_ENABLE_AND_CLEAR);
}

const char *uart_init(struct uart *uart, const struct uart_place *place,
		      u32 baud)
{
	u32 divisor = uart_divisor(place->clock_hz, baud);

	*uart = (struct uart){ .place = *place, .slowness = 1 };
	if (divisor == 0) {
		return "its clock makes no such baud rate";
	}
	if (read(uart, REG_LINE_STATUS) == LSR_ABSENT ||
	    !scratch_holds(uart, 0x5a) || !scratch_holds(uart, 0xa5)) {
		return "there is none";
	}
	/* The loader may have bytes on their way, and a loop cuts them off. */
	if (!wait_for(uart, LSR_ALL_EMPTY)) {
		return "it is stuck: it never says that it has sent";
	}
	write(uart, REG_LINE_CONTROL, LCR_8N1);
	write(uart, REG_INT_ENABLE, 0);
	if (!loop_works(uart)) {
		return "there is none";
	}
	set_line(uart, divisor);
	uart->slowness = (u8)MIN(MAX(USUAL_BAUD / baud, 1u), SLOWEST);
	uart->fifo_bytes = 1;
	/* A 16450 has no FIFO, and the first 16550 one that does not work. */
	if ((read(uart, REG_INT_IDENT) & IIR_FIFO_WORKS) == IIR_FIFO_WORKS) {
		uart->fifo_bytes = FIFO_BYTES;
	}
	return NULL;
}

/* Whether the transmitter takes a byte now, or soon. */
static bool transmitter_ready(struct uart *uart)
{
	u8 status;

	if (uart->fifo_room > 0) {
		return true;
	}
	if (uart->stuck) {
		status = read_status(uart);
		uart->stuck = status == LSR_ABSENT || !(status & LSR_THR_EMPTY);
	} else {
		uart->stuck = !wait_for(uart, LSR_THR_EMPTY);
	}
	if (!uart->stuck) {
		uart->fifo_room = uart->fifo_bytes;
	}
	return !uart->stuck;
}

void uart_putc(struct uart *uart, u8 byte)
{
	if (transmitter_ready(uart)) {
		uart->fifo_room--;
		write(uart, REG_DATA, byte);
	}
}

/* A break comes with a byte of 0, which is not one. */
int uart_getc(struct uart *uart)
{
	u8 status = read_status(uart);
	int byte = UART_NOTHING;

	if (status == LSR_ABSENT) {
		return UART_NOTHING;
	}
	if (status & LSR_DATA_READY) {
		byte = read(uart, REG_DATA);
	}
	if (__atomic_exchange_n(&uart->break_seen, false, __ATOMIC_RELAXED)) {
		return UART_BREAK;
	}
	return byte;
}

u32 uart_take_overruns(struct uart *uart)
{
	return __atomic_exchange_n(&uart->overruns, 0, __ATOMIC_RELAXED);
}

void uart_enable_interrupt(const struct uart *uart)
{
	write(uart, REG_INT_ENABLE, IER_RECEIVED | IER_LINE_STATUS);
}

void uart_set_ready(const struct uart *uart, bool ready)
{
	write(uart, REG_MODEM_CONTROL,
	      ready ? MCR_DTR_RTS_OUT2 : MCR_DTR_RTS_OUT2 & ~MCR_RTS);
}

void uart_flush(struct uart *uart)
{
	if (!uart->stuck) {
		uart->stuck = !wait_for(uart, LSR_ALL_EMPTY);
	}
}
