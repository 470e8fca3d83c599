/*
 * A BIOS drives USB itself, from system management mode: INT 16h and INT 13h
 * reach keyboards and disks there, and what it makes look like an i8042 is one
 * of them. It would lose all that with the controller. A machine without a BIOS
 * has nobody to lose it, since the firmware's drivers have ended with its boot
 * services.
 */
#include "boot/keyboards.h"

#include "arch/console/console.h"
#include "arch/console/keyboard.h"
#include "arch/console/keys.h"
#include "arch/console/log.h"
#include "arch/inventory.h"
#include "arch/machine.h"
#include "arch/usb/usb.h"
#include "lib/fmt.h"

static bool has_i8042;
static bool has_usb;
static const char *usb_is = "not used"; /* while no controller is ours */

static void tell_if_none(u32 usb_keyboards_found)
{
	if (has_i8042 || usb_keyboards_found != 0) {
		return;
	}
	console_end_line();
	log_warn("no keyboard: no i8042 answers, and no USB keyboard%s; type "
		 "on the serial line, or start with run= or a script module%s",
		 has_usb ? "" : ", whose controllers are not used",
		 has_usb ? ", or plug in a USB keyboard" : "");
}

static bool is_ours(enum usb_use use)
{
	const struct bootinfo_efi *efi = &machine_bootinfo()->efi;

	if (use == USB_AUTO && !efi->table32 && !efi->table64) {
		usb_is = "left to the BIOS (usb=on takes it)";
		log_detail("usb: %s, which may have keyboards and disks there",
			   usb_is);
		return false;
	}
	usb_is = use == USB_OFF ? "off" : "no xHCI controller";
	return use != USB_OFF;
}

void keyboards_start(enum usb_use use)
{
	const struct xhci *x;

	has_i8042 = keyboard_probe(machine_acpi()->no_8042);
	if (is_ours(use)) {
		has_usb = usb_start(tell_if_none) != 0;
	}
	for (u32 i = 0; (x = usb_controller(i)) != NULL; i++) {
		if (!machine_keep_device(x->phys, x->bytes)) {
			log_warn("usb: guests reach the registers at %lxh",
				 x->phys);
		}
	}
	if (!has_usb) {
		tell_if_none(0);
	}
}

static void tell(char *text, size_t size)
{
	char usb[40];
	u32 count = 0;

	while (usb_controller(count) != NULL) {
		count++;
	}
	fmt_snprintf(usb, sizeof(usb), "%u on %u xHCI controller%s",
		     usb_keyboards(), count, count == 1 ? "" : "s");
	fmt_snprintf(text, size, "%s; layout %s; USB: %s",
		     has_i8042 ? "i8042" : "no i8042", keys_layout()->name,
		     count == 0 ? usb_is : usb);
}

INVENTORY(70, keyboard, tell);
