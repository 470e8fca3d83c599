/* Gives vmm/vmx/ept.c its pages and its processor. On the guest's core. */
#include "vmm/vmx/ept_host.h"

#include "arch/machine.h"
#include "arch/mem/pages.h"
#include "arch/mem/paging.h"
#include "arch/msr.h"
#include "vmm/vmx/translations.h"
#include "vmm/vmx/vmx.h"

static void *alloc_table(void *ctx)
{
	(void)ctx;
	return pages_get(1);
}

static void free_table(void *ctx, void *page)
{
	(void)ctx;
	pages_put(page, 1);
}

void ept_host_flush(const struct ept *ept)
{
	translations_forget_ept(&vmx_this_core()->caps,
				ept_pointer(ept, false));
}

int ept_host_init(struct ept *ept)
{
	const struct ept_pages source = { .alloc = alloc_table,
					  .free = free_table,
					  .to_phys = virt_to_phys,
					  .to_virt = phys_to_virt };
	u64 caps =
		vmx_caps_msr(&vmx_this_core()->caps, MSR_IA32_VMX_EPT_VPID_CAP);
	int err = ept_init(ept, &source, caps, machine_physical_bits());

	if (err == 0) {
		/*
		 * The root's page may have been the root of another guest's
		 * tables.
		 */
		ept_host_flush(ept);
	}
	return err;
}
