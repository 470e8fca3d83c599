/* The registers, and which interrupt is told first. */
/* build: pure */
#include "guest/board/pc/uart16550.h"

#include "lib/string.h"

enum uart_register {
	REGISTER_DATA, /* with LCR_DIVISOR: the divisor's low byte */
	REGISTER_IER,  /* and its high byte */
	REGISTER_IIR,  /* written: FCR */
	REGISTER_LCR,
	REGISTER_MCR,
	REGISTER_LSR,
	REGISTER_MSR,
	REGISTER_SCRATCH,
};

#define IER_RECEIVED 0x01u
#define IER_EMPTY 0x02u
#define IER_LINE 0x04u
#define IER_MODEM 0x08u
#define IIR_NONE 0x01u
#define IIR_MODEM 0x00u
#define IIR_EMPTY 0x02u
#define IIR_RECEIVED 0x04u
#define IIR_LINE 0x06u
#define IIR_TIMEOUT 0x0cu
#define IIR_FIFOS 0xc0u
#define FCR_ENABLE 0x01u
#define FCR_CLEAR_RECEIVER 0x02u
#define FCR_KEPT 0xc9u
#define LCR_DIVISOR 0x80u
#define MCR_BITS 0x1fu
#define MCR_DTR 0x01u
#define MCR_RTS 0x02u
#define MCR_OUT1 0x04u
#define MCR_OUT2 0x08u
#define MCR_LOOP 0x10u
#define LSR_READY 0x01u
#define LSR_OVERRUN 0x02u
#define LSR_EMPTY 0x60u
#define MSR_TRAILING_RI 0x04u
#define MSR_CTS 0x10u
#define MSR_DSR 0x20u
#define MSR_RI 0x40u
#define MSR_DCD 0x80u
#define MSR_LEVELS 0xf0u
#define MSR_CONNECTED (MSR_CTS | MSR_DSR | MSR_DCD)

void uart16550_init(struct uart16550 *uart)
{
	memset(uart, 0, sizeof(*uart));
	uart->divisor = 12; /* 9600 baud */
	uart->msr = MSR_CONNECTED;
	uart->mcr = MCR_OUT2;
}

static bool has_fifos(const struct uart16550 *uart)
{
	return (uart->fcr & FCR_ENABLE) != 0;
}

static u8 trigger_level(const struct uart16550 *uart)
{
	static const u8 levels[] = { 1, 4, 8, 14 };

	return has_fifos(uart) ? levels[uart->fcr >> 6] : 1;
}

/* Without its IIR_FIFOS. */
static u8 identify(const struct uart16550 *uart)
{
	if ((uart->ier & IER_LINE) && uart->overrun) {
		return IIR_LINE;
	}
	if ((uart->ier & IER_RECEIVED) && uart->count != 0) {
		return uart->count >= trigger_level(uart) ? IIR_RECEIVED
							  : IIR_TIMEOUT;
	}
	if ((uart->ier & IER_EMPTY) && uart->thr_waits) {
		return IIR_EMPTY;
	}
	if ((uart->ier & IER_MODEM) && (uart->msr & (u8)~MSR_LEVELS) != 0) {
		return IIR_MODEM;
	}
	return IIR_NONE;
}

/* OUT2 is the gate that a PC has between the chip and the line. */
bool uart16550_line(const struct uart16550 *uart)
{
	return identify(uart) != IIR_NONE && (uart->mcr & MCR_OUT2) != 0 &&
	       (uart->mcr & MCR_LOOP) == 0;
}

bool uart16550_has_room(const struct uart16550 *uart)
{
	return uart->count < (has_fifos(uart) ? UART16550_FIFO : 1u);
}

bool uart16550_receive(struct uart16550 *uart, u8 byte)
{
	if (!uart16550_has_room(uart)) {
		uart->overrun = true;
		return false;
	}
	uart->fifo[(uart->first + uart->count) % UART16550_FIFO] = byte;
	uart->count++;
	return true;
}

static u8 take_received(struct uart16550 *uart)
{
	u8 byte = uart->fifo[uart->first];

	if (uart->count != 0) {
		uart->first = (uart->first + 1u) % UART16550_FIFO;
		uart->count--;
	}
	return byte;
}

static u8 read_iir(struct uart16550 *uart)
{
	u8 value = identify(uart);

	if (value == IIR_EMPTY) {
		uart->thr_waits = false;
	}
	return value | (has_fifos(uart) ? IIR_FIFOS : 0);
}

static u8 read_lsr(struct uart16550 *uart)
{
	u8 value = (u8)(LSR_EMPTY | (uart->count != 0 ? LSR_READY : 0) |
			(uart->overrun ? LSR_OVERRUN : 0));

	uart->overrun = false;
	return value;
}

static u8 read_msr(struct uart16550 *uart)
{
	u8 value = uart->msr;

	uart->msr &= MSR_LEVELS;
	return value;
}

u8 uart16550_read(struct uart16550 *uart, u8 number)
{
	bool divisor = (uart->lcr & LCR_DIVISOR) != 0;

	switch (number & 7) {
	case REGISTER_DATA:
		return divisor ? (u8)uart->divisor : take_received(uart);
	case REGISTER_IER:
		return divisor ? (u8)(uart->divisor >> 8) : uart->ier;
	case REGISTER_IIR:
		return read_iir(uart);
	case REGISTER_LCR:
		return uart->lcr;
	case REGISTER_MCR:
		return uart->mcr;
	case REGISTER_LSR:
		return read_lsr(uart);
	case REGISTER_MSR:
		return read_msr(uart);
	default:
		return uart->scratch;
	}
}

static void send(struct uart16550 *uart, u8 byte)
{
	uart->thr_waits = true;
	if (uart->mcr & MCR_LOOP) {
		uart16550_receive(uart, byte);
		return;
	}
	uart->sent = byte;
	uart->has_sent = true;
}

static void write_ier(struct uart16550 *uart, u8 value)
{
	bool newly = (value & (u8)~uart->ier & IER_EMPTY) != 0;

	uart->ier = value & 0x0f;
	if (newly) {
		uart->thr_waits = true; /* it is empty now */
	}
}

/* Other bits count only where it enables the FIFOs; a change empties them. */
static void write_fcr(struct uart16550 *uart, u8 value)
{
	bool changes = ((value ^ uart->fcr) & FCR_ENABLE) != 0;

	if (changes || (value & FCR_CLEAR_RECEIVER)) {
		uart->count = 0;
		uart->first = 0;
	}
	uart->fcr = value & FCR_ENABLE ? value & FCR_KEPT : 0;
}

/* In a loop the modem's lines are the port's own. */
static void write_mcr(struct uart16550 *uart, u8 value)
{
	u8 levels = MSR_CONNECTED;
	u8 fallen;

	uart->mcr = value & MCR_BITS;
	if (value & MCR_LOOP) {
		levels = (u8)((value & MCR_RTS ? MSR_CTS : 0) |
			      (value & MCR_DTR ? MSR_DSR : 0) |
			      (value & MCR_OUT1 ? MSR_RI : 0) |
			      (value & MCR_OUT2 ? MSR_DCD : 0));
	}
	fallen = uart->msr & (u8)~levels & MSR_RI;
	/* The deltas of CTS, DSR and DCD; of RI only its end. */
	uart->msr = (u8)(levels | (uart->msr & ~MSR_LEVELS) |
			 (((uart->msr ^ levels) & MSR_CONNECTED) >> 4) |
			 (fallen ? MSR_TRAILING_RI : 0));
}

void uart16550_write(struct uart16550 *uart, u8 number, u8 value)
{
	bool divisor = (uart->lcr & LCR_DIVISOR) != 0;

	switch (number & 7) {
	case REGISTER_DATA:
		if (divisor) {
			uart->divisor = (u16)((uart->divisor & 0xff00) | value);
		} else {
			send(uart, value);
		}
		break;
	case REGISTER_IER:
		if (divisor) {
			uart->divisor =
				(u16)((uart->divisor & 0xff) | value << 8);
		} else {
			write_ier(uart, value);
		}
		break;
	case REGISTER_IIR:
		write_fcr(uart, value);
		break;
	case REGISTER_LCR:
		uart->lcr = value;
		break;
	case REGISTER_MCR:
		write_mcr(uart, value);
		break;
	case REGISTER_SCRATCH:
		uart->scratch = value;
		break;
	default: /* LSR and MSR are for reading */
		break;
	}
}
