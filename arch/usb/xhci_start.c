/*
 * xHCI specification, "Host Controller Initialization" and "Pre-OS to OS Handoff
 * Synchronization". Waits, for nobody else is there yet.
 */
#include "arch/usb/xhci_start.h"

#include "arch/clock.h"
#include "arch/console/log.h"
#include "arch/mem/pages.h"
#include "arch/mem/paging.h"

#define HANDOFF_PATIENCE_MS 1000u
#define READY_PATIENCE_MS 1000u
#define HALT_PATIENCE_MS 32u
#define RESET_SETTLES_US 1000u /* Intel's want to be left alone after a reset */
#define MOST_CAPABILITIES 64u
#define RING_TRBS (u32)(PAGE_SIZE / sizeof(struct xhci_trb))
#define SCRATCHPADS_MAX (u32)(PAGE_SIZE / sizeof(u64))

/* Waits until bits of a register are as wanted. */
static bool wait_for(volatile u8 *base, u32 at, u32 mask, u32 wanted, u32 ms)
{
	u64 first = rdtsc();
	u64 limit = clock_us_to_tsc(ms * 1000ull);

	while ((xhci_read(base, at) & mask) != wanted) {
		if (clock_has_passed(first, limit)) {
			return false;
		}
		clock_delay_us(10);
	}
	return true;
}

static bool is_within(const struct xhci *x, u64 at, u64 bytes)
{
	return at < x->bytes && bytes <= x->bytes - at;
}

/* Finds the parts of the registers; they may say anything. */
static const char *find_registers(struct xhci *x)
{
	u32 lengths = xhci_read(x->capability, XHCI_CAPLENGTH);
	u32 params1, doorbells, runtime;

	if (!is_within(x, 0, XHCI_CAPABILITY_BYTES) || lengths == UINT32_MAX) {
		return "it does not answer";
	}
	params1 = xhci_read(x->capability, XHCI_HCSPARAMS1);
	doorbells = xhci_read(x->capability, XHCI_DBOFF) & ~3u;
	runtime = xhci_read(x->capability, XHCI_RTSOFF) & ~31u;
	x->slots = (u8)XHCI_MAX_SLOTS(params1);
	x->ports = (u8)XHCI_MAX_PORTS(params1);
	if (!is_within(x, (lengths & 0xff),
		       XHCI_PORTSC + (u64)x->ports * XHCI_PORT_BYTES) ||
	    !is_within(x, doorbells, (x->slots + 1ull) * sizeof(u32)) ||
	    !is_within(x, runtime, XHCI_RUNTIME_BYTES) || x->slots == 0 ||
	    x->ports == 0) {
		return "its registers make no sense";
	}
	x->operational = x->capability + (lengths & 0xff);
	x->doorbells = x->capability + doorbells;
	x->runtime = x->capability + runtime;
	x->scratchpads =
		XHCI_SCRATCHPADS(xhci_read(x->capability, XHCI_HCSPARAMS2));
	x->context_bytes =
		xhci_read(x->capability, XHCI_HCCPARAMS1) & XHCI_CONTEXT_64
			? 64
			: 32;
	return NULL;
}

/* One that names its ports' protocol: those of USB 2 are ours. */
static void read_protocol(struct xhci *x, u32 at, u32 first_dword)
{
	u32 ports = xhci_read(x->capability, at + XHCI_PROTOCOL_PORTS);
	u32 first = ports & 0xff;
	u32 count = ports >> 8 & 0xff;

	if (XHCI_PROTOCOL_MAJOR(first_dword) != 2) {
		return;
	}
	for (u32 port = first; port < first + count && port <= x->ports;
	     port++) {
		xhci_set(x->port_is_usb2, port, port != 0);
	}
}

static void read_capabilities(struct xhci *x)
{
	u32 at = XHCI_EXTENDED(xhci_read(x->capability, XHCI_HCCPARAMS1));

	for (u32 i = 0; i < MOST_CAPABILITIES && at != 0; i++) {
		u32 dword;

		if (!is_within(x, at, 16)) {
			return;
		}
		dword = xhci_read(x->capability, at);
		if (XHCI_EXT_ID(dword) == XHCI_EXT_LEGACY) {
			x->legacy = (volatile u32 *)(x->capability + at);
		} else if (XHCI_EXT_ID(dword) == XHCI_EXT_PROTOCOL) {
			read_protocol(x, at, dword);
		}
		at = XHCI_EXT_NEXT(dword) == 0 ? 0 : at + XHCI_EXT_NEXT(dword);
	}
}

/* The firmware has a second to let go; then it is taken from it. */
static void take_over(struct xhci *x)
{
	volatile u8 *legacy = (volatile u8 *)x->legacy;
	u32 control;

	if (legacy == NULL) {
		return;
	}
	xhci_write(legacy, 0, xhci_read(legacy, 0) | XHCI_LEGACY_OS);
	if (!wait_for(legacy, 0, XHCI_LEGACY_BIOS, 0, HANDOFF_PATIENCE_MS)) {
		log_warn("usb: the firmware does not let go of controller "
			 "%02x:%02x.%u; taking it all the same",
			 x->pci.at.bus, x->pci.at.device, x->pci.at.function);
		xhci_write(legacy, 0, xhci_read(legacy, 0) & ~XHCI_LEGACY_BIOS);
	}
	control = xhci_read(legacy, XHCI_LEGACY_CONTROL);
	x->legacy_smis = control & XHCI_LEGACY_SMI_ENABLES;
	xhci_write(legacy, XHCI_LEGACY_CONTROL,
		   (control & ~XHCI_LEGACY_SMI_ENABLES) |
			   XHCI_LEGACY_SMI_EVENTS);
}

static void give_back(struct xhci *x)
{
	volatile u8 *legacy = (volatile u8 *)x->legacy;

	if (legacy == NULL) {
		return;
	}
	xhci_write(legacy, XHCI_LEGACY_CONTROL,
		   xhci_read(legacy, XHCI_LEGACY_CONTROL) | x->legacy_smis);
	xhci_write(legacy, 0, xhci_read(legacy, 0) & ~XHCI_LEGACY_OS);
}

static bool halt(struct xhci *x)
{
	xhci_write(x->operational, XHCI_USBCMD, 0);
	return wait_for(x->operational, XHCI_USBSTS, XHCI_STS_HALTED,
			XHCI_STS_HALTED, HALT_PATIENCE_MS);
}

static const char *reset(struct xhci *x)
{
	if (!wait_for(x->operational, XHCI_USBSTS, XHCI_STS_NOT_READY, 0,
		      READY_PATIENCE_MS) ||
	    !halt(x)) {
		return "it does not halt";
	}
	xhci_write(x->operational, XHCI_USBCMD, XHCI_CMD_RESET);
	clock_delay_us(RESET_SETTLES_US);
	if (!wait_for(x->operational, XHCI_USBCMD, XHCI_CMD_RESET, 0,
		      READY_PATIENCE_MS) ||
	    !wait_for(x->operational, XHCI_USBSTS, XHCI_STS_NOT_READY, 0,
		      READY_PATIENCE_MS)) {
		return "its reset does not end";
	}
	return xhci_read(x->operational, XHCI_PAGESIZE) & XHCI_PAGESIZE_4K
		       ? NULL
		       : "it wants pages of another size";
}

static void write_address(volatile u8 *base, u32 at, u64 address)
{
	xhci_write(base, at, (u32)address);
	xhci_write(base, at + 4, (u32)(address >> 32));
}

/* Pages that the controller wants for itself; false: there are not enough. */
static bool give_scratchpads(struct xhci *x)
{
	u64 *pads;

	if (x->scratchpads == 0) {
		return true;
	}
	pads = pages_get(1);
	if (pads == NULL || x->scratchpads > SCRATCHPADS_MAX) {
		return false;
	}
	for (u32 i = 0; i < x->scratchpads; i++) {
		void *page = pages_get(1);

		if (page == NULL) {
			return false;
		}
		pads[i] = virt_to_phys(page);
	}
	x->device_contexts[0] = virt_to_phys(pads);
	return true;
}

/*
 * All that is shared with it from now on. What is got here stays: if there is
 * not enough the machine has more urgent troubles.
 */
static bool give_memory(struct xhci *x)
{
	struct xhci_trb *commands = pages_get(1);
	struct xhci_trb *events = pages_get(1);
	struct xhci_segment *segments = pages_get(1);

	x->device_contexts = pages_get(1);
	x->input = pages_get(1);
	if (commands == NULL || events == NULL || segments == NULL ||
	    x->device_contexts == NULL || x->input == NULL ||
	    !give_scratchpads(x)) {
		return false;
	}
	for (u32 i = 0; i < XHCI_MAX_DEVICES; i++) {
		x->device[i].shared = pages_get(1);
		if (x->device[i].shared == NULL) {
			return false;
		}
	}
	xhci_ring_init(&x->commands, commands, RING_TRBS,
		       virt_to_phys(commands));
	xhci_ring_init_events(&x->events, events, RING_TRBS);
	segments->base = virt_to_phys(events);
	segments->trbs = RING_TRBS;
	xhci_write(x->operational, XHCI_CONFIG, x->slots);
	write_address(x->operational, XHCI_DCBAAP,
		      virt_to_phys(x->device_contexts));
	write_address(x->operational, XHCI_CRCR,
		      virt_to_phys(commands) | XHCI_CRCR_CYCLE);
	xhci_write(x->runtime, XHCI_ERSTSZ, 1);
	write_address(x->runtime, XHCI_ERDP, segments->base);
	write_address(x->runtime, XHCI_ERSTBA, virt_to_phys(segments));
	return true;
}

static void power_ports(struct xhci *x)
{
	for (u32 port = 1; port <= x->ports; port++) {
		if (!(xhci_port_read(x, (u8)port) & XHCI_PORT_POWER)) {
			xhci_port_set(x, (u8)port, XHCI_PORT_POWER);
		}
		xhci_set(x->port_changes, port, true);
	}
}

static const char *run(struct xhci *x)
{
	if (!give_memory(x)) {
		return "no memory for it";
	}
	pci_enable(&x->pci, PCI_COMMAND_MASTER);
	xhci_write(x->operational, XHCI_USBCMD, XHCI_CMD_RUN);
	if (!wait_for(x->operational, XHCI_USBSTS, XHCI_STS_HALTED, 0,
		      HALT_PATIENCE_MS)) {
		return "it does not run";
	}
	x->works = true;
	power_ports(x);
	return NULL;
}

const char *xhci_start(struct xhci *x, const struct pci_device *pci)
{
	const char *why;

	*x = (struct xhci){ .pci = *pci };
	x->command = (u16)pci_read(pci->at, PCI_COMMAND, sizeof(u16));
	x->capability = pci_map_bar(pci, 0, &x->phys, &x->bytes);
	if (x->capability == NULL) {
		return "its registers are out of reach";
	}
	pci_enable(pci, PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_DISABLE);
	why = find_registers(x);
	if (why != NULL) {
		return why;
	}
	read_capabilities(x);
	take_over(x);
	why = reset(x);
	intel_routes_take(pci, &x->routes);
	if (why == NULL) {
		why = run(x);
	}
	if (why != NULL) {
		xhci_stop(x);
	}
	return why;
}

void xhci_stop(struct xhci *x)
{
	x->works = false;
	halt(x);
	/* The firmware finds it as after a reset, and no transfer goes on. */
	xhci_write(x->operational, XHCI_USBCMD, XHCI_CMD_RESET);
	clock_delay_us(RESET_SETTLES_US);
	wait_for(x->operational, XHCI_USBCMD, XHCI_CMD_RESET, 0,
		 READY_PATIENCE_MS);
	intel_routes_give_back(&x->pci, &x->routes);
	give_back(x);
	pci_write(x->pci.at, PCI_COMMAND, sizeof(u16), x->command);
}
