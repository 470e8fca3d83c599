/*
 * The power-management ports of the 82371AB (PIIX4): ACPI's PM1 event and
 * control registers, the PM timer, general-purpose events. 64 ports from where
 * the configuration space puts them. Line 9. Pure.
 */
#pragma once

#include "lib/types.h"

#define ACPI_POWER_PORTS 64u

struct acpi_power {
	u16 status, enable, control;
	u16 event_status, event_enable;
	bool off; /* S5 was entered: taken by its owner */
};

void acpi_power_init(struct acpi_power *power);

/* `at`: from the first port; bytes 1, 2 or 4, within the 64. */
u32 acpi_power_read(struct acpi_power *power, u8 at, u8 bytes, u64 now);
void acpi_power_write(struct acpi_power *power, u8 at, u8 bytes, u32 value);

/* The power button is pressed. */
void acpi_power_press_button(struct acpi_power *power);

bool acpi_power_line(const struct acpi_power *power);
