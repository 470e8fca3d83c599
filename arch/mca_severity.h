/*
 * What a machine check means for the core that takes it (SDM volume 3,
 * "Machine-Check Architecture", "Handling of Machine-Check Errors"). Pure.
 */
#pragma once

#include "arch/x86.h"
#include "lib/types.h"

/* IA32_MCG_CAP. */
#define MCG_CAP_COUNT 0xffu
#define MCG_CAP_CTL_P X86_BIT(8)
#define MCG_CAP_SER_P X86_BIT(24) /* software error recovery */

/* IA32_MCG_STATUS. */
#define MCG_STATUS_RIPV X86_BIT(0)
#define MCG_STATUS_LMCE_S X86_BIT(3) /* no other processor was told */

/* IA32_MCi_STATUS. */
#define MCI_STATUS_VAL X86_BIT(63)
#define MCI_STATUS_OVER X86_BIT(62)
#define MCI_STATUS_UC X86_BIT(61)
#define MCI_STATUS_EN X86_BIT(60)
#define MCI_STATUS_ADDRV X86_BIT(58)
#define MCI_STATUS_PCC X86_BIT(57)
#define MCI_STATUS_AR X86_BIT(55)

/* What the banks of one core have shown during a #MC. */
struct mca_banks {
	bool signalled; /* a bank has raised the #MC */
	bool fatal; /* a bank holds an error after which nothing can go on */
};

/* Adds a bank's status, given IA32_MCG_CAP. */
void mca_banks_add(struct mca_banks *banks, u64 status, u64 cap);

/*
 * Whether the interrupted code can go on as if nothing had happened. All cores
 * take a #MC at once, unless MCG_STATUS says otherwise. A core whose own banks
 * hold nothing goes on if its RIP is valid, because the core with the record
 * decides. If there is no other core, such a #MC has no known cause and is
 * fatal.
 */
bool mca_may_go_on(const struct mca_banks *banks, u64 mcg_status,
		   bool has_other_cores);

/*
 * The first bank whose IA32_MCi_CTL an operating system may write. On family 6
 * up to model 19h, bank 0 belongs to the firmware.
 */
u32 mca_first_control(u32 family, u32 model);
