/*
 * The 16550's registers. Knows nothing of consoles or locks; serial.c calls it,
 * on any core, interrupts off. An absent port reads as FFh in every register,
 * so no bit of a line status of FFh is believed.
 */
#include "arch/console/uart.h"

#include "arch/cpu.h"

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

#define BAUD_BASE 115200u
#define FIFO_BYTES 16

/*
 * Reads of the line status before a transmitter counts as stuck. Sixteen bytes
 * take 1.4 ms at 115200 baud; a read takes about 1 us on a real bus and a few
 * instructions in an emulator, where a billion of them may be one second.
 */
#define POLLS_PER_DIVISOR 1000000u
#define POLLS_MAX 16000000u

/*
 * Reading the line status clears the bits of what went wrong, so every reader
 * notes them. LSR_ABSENT says of none of them that it is set.
 */
static u8 read_status(struct uart *uart)
{
	u8 status = inb(uart->port + REG_LINE_STATUS);

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
	u32 polls = MIN(POLLS_PER_DIVISOR * MIN(uart->divisor, 16u), POLLS_MAX);

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
		cpu_pause();
	}
	return false;
}

static bool scratch_holds(u16 port, u8 value)
{
	outb(port + REG_SCRATCH, value);
	return inb(port + REG_SCRATCH) == value;
}

/* In a loop the modem status shows the modem control's outputs at once. */
static bool loop_works(u16 port)
{
	u8 status;

	outb(port + REG_MODEM_CONTROL, MCR_LOOP_RTS_OUT2);
	status = inb(port + REG_MODEM_STATUS);
	outb(port + REG_MODEM_CONTROL, MCR_DTR_RTS_OUT2);
	return (status & MSR_OUTPUTS) == MSR_CTS_DCD;
}

bool uart_init(struct uart *uart, u16 port, u32 baud)
{
	u32 divisor = (BAUD_BASE + baud / 2) / baud;

	if (inb(port + REG_LINE_STATUS) == LSR_ABSENT ||
	    !scratch_holds(port, 0x5a) || !scratch_holds(port, 0xa5)) {
		return false;
	}
	*uart = (struct uart){ .port = port, .divisor = 1 };
	/* The loader may have bytes on their way, and a loop cuts them off. */
	wait_for(uart, LSR_ALL_EMPTY);
	outb(port + REG_LINE_CONTROL, LCR_8N1);
	outb(port + REG_INT_ENABLE, 0);
	if (!loop_works(port)) {
		return false;
	}
	outb(port + REG_LINE_CONTROL, LCR_8N1 | LCR_DLAB);
	outb(port + REG_DATA, (u8)divisor);
	outb(port + REG_INT_ENABLE, (u8)(divisor >> 8));
	outb(port + REG_LINE_CONTROL, LCR_8N1);
	outb(port + REG_FIFO_CONTROL, FCR_ENABLE_AND_CLEAR);

	*uart = (struct uart){ .port = port,
			       .divisor = (u16)divisor,
			       .fifo_bytes = 1 };
	/* A 16450 has no FIFO, and the first 16550 one that does not work. */
	if ((inb(port + REG_INT_IDENT) & IIR_FIFO_WORKS) == IIR_FIFO_WORKS) {
		uart->fifo_bytes = FIFO_BYTES;
	}
	return true;
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
		outb(uart->port + REG_DATA, byte);
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
		byte = inb(uart->port + REG_DATA);
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
	outb(uart->port + REG_INT_ENABLE, IER_RECEIVED | IER_LINE_STATUS);
}

void uart_set_ready(const struct uart *uart, bool ready)
{
	outb(uart->port + REG_MODEM_CONTROL,
	     ready ? MCR_DTR_RTS_OUT2 : MCR_DTR_RTS_OUT2 & ~MCR_RTS);
}

void uart_flush(struct uart *uart)
{
	if (!uart->stuck) {
		uart->stuck = !wait_for(uart, LSR_ALL_EMPTY);
	}
}
