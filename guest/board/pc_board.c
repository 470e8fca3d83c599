/* Memory, time and lines of the board `pc`. */
/* build: hot */
#include "guest/board/pc_board.h"

#include "arch/clock.h"
#include "arch/cpu.h"
#include "arch/idle.h"
#include "arch/mem/pages.h"
#include "arch/msr.h"
#include "guest/board/pc/pc_clock.h"
#include "guest/board/pc/pc_ports.h"
#include "lib/error.h"
#include "lib/string.h"
#include "vmm/vcpu.h"
#include "vmm/vmx/ept.h"

/* The owner is asked so often whether the run is to go on: each 20 ms. */
#define LOOKS (PC_CLOCK_HZ / 50)

/* The first page is what struct board's `pc` points to. */
static_assert(offsetof(struct pc_board, pc) == 0, "pc_board_of()");

/* The guest owns all of it, but for what guest_memory_at() finds by itself. */
static const struct guest_memory_plan memory = {
	.first_of_machine = GUEST_RAM_END >> PAGE_SHIFT,
	.tables_max = GUEST_TABLES_MAX,
};

/* Not in the image, which has little room. */
static struct port_bus *ports;

static int setup(void)
{
	ports = pages_get((sizeof(*ports) + PAGE_SIZE - 1) / PAGE_SIZE);
	return ports == NULL ? ERR_NO_MEMORY : pc_ports_init(ports);
}

static u64 scale(u64 tsc, u64 ticks_per_tsc)
{
	return (tsc >> 32) * ticks_per_tsc +
	       ((tsc & UINT32_MAX) * ticks_per_tsc >> 32);
}

static u64 now(void *owner)
{
	const struct pc_board *pcb = owner;

	return pcb->running ? pcb->base + scale(vcpu_time_used(pcb->board->vcpu,
							       rdtsc()),
						pcb->ticks_per_tsc)
			    : pcb->base;
}

/* The TSC's ticks for those of the clock, never less. */
static u64 to_tsc(const struct pc_board *pcb, u64 ticks)
{
	return (ticks + 1) * pcb->tsc_hz / PC_CLOCK_HZ + 1;
}

static void set_alarm(struct pc_board *pcb)
{
	u64 at, due, left;

	if (!pcb->running) {
		return;
	}
	at = now(pcb);
	due = MIN(pcb->pc.deadline, pcb->next_look);
	left = due > at ? due - at : 0;
	vcpu_set_alarm(pcb->board->vcpu,
		       vcpu_time_used(pcb->board->vcpu, rdtsc()) +
			       to_tsc(pcb, MIN(left, LOOKS)));
}

static void deadline_changed(void *owner)
{
	set_alarm(owner);
}

/* RAM, ROM that can be read, or nothing. */
static struct pc_page page_at(const struct pc *pc, u64 address)
{
	const u8 *readable = pc_readable(pc, address);
	bool writable = pc_writable(pc, address) == readable;

	return (struct pc_page){
		.at = readable,
		.access = readable == NULL ? 0
			  : writable	   ? EPT_ALL
					   : EPT_READ_EXECUTE,
	};
}

static void note(struct pc_board *pcb, int err)
{
	if (pcb->map_error == 0) {
		pcb->map_error = err;
	}
}

static void place_movable(struct pc_board *pcb)
{
	for (u32 i = 0; i < PC_MOVABLE_PAGES; i++) {
		u64 address = (u64)(PC_FIRST_MOVABLE_PAGE + i) << PAGE_SHIFT;
		struct pc_page page = page_at(&pcb->pc, address);

		if (page.at == pcb->page[i].at &&
		    page.access == pcb->page[i].access) {
			continue;
		}
		pcb->page[i] = page;
		note(pcb, guest_memory_place(pcb->board->memory, address,
					     PAGE_SIZE, page.at, page.access));
	}
}

static void place_frame_buffer(struct pc_board *pcb)
{
	const struct vga *vga = &pcb->pc.vga;
	u32 at = pci_config_frame_buffer(&pcb->pc.pci);

	/* A BIOS writes ones to learn its size. */
	if (at == pcb->frame_buffer || at > UINT32_MAX - vga->bytes) {
		return;
	}
	if (pcb->frame_buffer != 0) {
		note(pcb,
		     guest_memory_place(pcb->board->memory, pcb->frame_buffer,
					vga->bytes, NULL, 0));
	}
	pcb->frame_buffer = at;
	if (at >= pcb->pc.memory.ram_bytes) {
		note(pcb, guest_memory_place(pcb->board->memory, at, vga->bytes,
					     vga->memory, EPT_ALL));
	}
}

static void memory_changed(void *owner)
{
	struct pc_board *pcb = owner;

	place_movable(pcb);
	place_frame_buffer(pcb);
	guest_memory_flush(pcb->board->memory);
}

static void end_line(struct pc_board *pcb)
{
	pcb->line[pcb->line_used] = '\0';
	pcb->line_used = 0;
	pcb->on_line(pcb->context, pcb->line);
}

static void sent_by_serial(struct pc_board *pcb, u8 byte)
{
	if (byte == '\n' || pcb->line_used == PC_LINE_BYTES - 1) {
		end_line(pcb);
	}
	if (byte >= ' ' && byte < 0x7f) {
		pcb->line[pcb->line_used++] = (char)byte;
	}
}

static void sent(void *owner, u16 port, u8 byte)
{
	struct pc_board *pcb = owner;

	if (port == PC_SERIAL_PORT) {
		sent_by_serial(pcb, byte);
	} else {
		pcb->log[pcb->log_used % PC_LOG_BYTES] = (char)byte;
		pcb->log_used++;
	}
}

static const struct pc_owner_ops ops = {
	.now = now,
	.memory_changed = memory_changed,
	.deadline_changed = deadline_changed,
	.sent = sent,
};

/* What no register moves: RAM from below the window, and from 2 MiB; the ROM. */
static int place_fixed(const struct pc_board *pcb)
{
	const struct pc_memory *m = &pcb->pc.memory;
	struct guest_memory *to = pcb->board->memory;
	int err = guest_memory_place(to, 0, VGA_WINDOW_FIRST, m->ram, EPT_ALL);

	if (err == 0 && m->ram_bytes > GUEST_RAM_END) {
		err = guest_memory_place(to, GUEST_RAM_END,
					 m->ram_bytes - GUEST_RAM_END,
					 m->ram + GUEST_RAM_END, EPT_ALL);
	}
	return err == 0 ? guest_memory_place(to, BIT(32) - m->rom_bytes,
					     m->rom_bytes, m->rom,
					     EPT_READ_EXECUTE)
			: err;
}

int pc_board_attach(struct pc_board *pcb, struct board *board,
		    const struct pc_parts *parts)
{
	int err;

	memset(pcb, 0, sizeof(*pcb));
	pcb->board = board;
	pcb->tsc_hz = clock_us_to_tsc(1000000);
	pcb->ticks_per_tsc = ((u64)PC_CLOCK_HZ << 32) / pcb->tsc_hz;
	pc_init(&pcb->pc, &ops, pcb, parts);
	board->pc = &pcb->pc;
	board->waiting = &pcb->pc.pics.waiting;
	guest_memory_use_ram(board->memory, parts->memory.ram,
			     parts->memory.ram_bytes);
	err = place_fixed(pcb);
	if (err == 0) {
		memory_changed(pcb);
		err = pcb->map_error;
	}
	return err;
}

void pc_board_reset(struct pc_board *pcb)
{
	pc_reset(&pcb->pc);
}

/* Time goes on with a run, and stands still behind it. */
static void begin(struct board *board)
{
	struct pc_board *pcb = pc_board_of(board);

	pcb->running = true;
	pcb->board->vcpu->start_tsc = rdtsc_halves();
	set_alarm(pcb);
}

static void end(struct board *board)
{
	struct pc_board *pcb = pc_board_of(board);

	pcb->base = now(pcb);
	pcb->running = false;
	if (pcb->line_used != 0) {
		end_line(pcb);
	}
}

bool pc_board_goes_on(struct pc_board *pcb)
{
	u64 at = now(pcb);

	if (at < pcb->next_look) {
		return true;
	}
	pcb->next_look = at + LOOKS;
	set_alarm(pcb);
	return pcb->goes_on(pcb->context);
}

void pc_board_advance(struct pc_board *pcb)
{
	pc_advance(&pcb->pc);
	set_alarm(pcb);
}

static u8 take(struct board *board, u8 *line)
{
	return i8259_acknowledge(&board->pc->pics, line);
}

/* Microseconds until something is due, at most `most`. */
static u64 idle_us(struct pc_board *pcb, u64 most)
{
	u64 at = now(pcb);
	u64 due = MIN(pcb->pc.deadline, pcb->next_look);
	u64 left = due > at ? due - at : 0;

	return MIN(left / (PC_CLOCK_HZ / 1000000), most);
}

/* A wait that is shorter than going to sleep and waking up is spent awake. */
#define SHORTEST_SLEEP_US 4u

static void wait(struct board *board, u32 us)
{
	struct pc_board *pcb = pc_board_of(board);
	u64 sleep = idle_us(pcb, us);

	if (sleep >= SHORTEST_SLEEP_US) {
		cpu_relax_idle_us(sleep);
	}
	pc_board_advance(pcb);
}

static const struct board_lines lines = { .take = take, .wait = wait };

/* Of the processor's own there is its clock; nothing else is the machine's. */
static bool read_msr(u32 msr, u64 *value)
{
	*value = msr == MSR_IA32_TSC ? rdtsc() : 0;
	return msr == MSR_IA32_TSC || msr == MSR_IA32_PLATFORM_ID ||
	       msr == MSR_IA32_BIOS_SIGN_ID;
}

/* A loader of microcode writes 0 there and reads. */
static bool write_msr(u32 msr, u64 value)
{
	(void)value;
	return msr == MSR_IA32_BIOS_SIGN_ID;
}

static void init(struct board *board)
{
	board->ports = ports;
}

const struct board_kind board_pc = {
	.name = "pc",
	.memory = &memory,
	.setup = setup,
	.init = init,
	.begin = begin,
	.end = end,
	.lines = &lines,
	.read_msr = read_msr,
	.write_msr = write_msr,
};
