/* See leak_check.h. Reads only. */
#include "proof/leak_check.h"

#include "arch/lapic.h"
#include "arch/mem/pages.h"
#include "arch/nmi_watchdog.h"
#include "lib/fmt.h"
#include "vmm/vmx/vmx.h"

void leak_check_begin(struct leak_check *check)
{
	leak_counts_begin(&check->counts);
	host_check_registers(&check->registers);
}

bool leak_check_end(const struct leak_check *check, char *text, size_t size)
{
	static struct host_check now;
	const char *changed;

	if (leak_counts_end(&check->counts, text, size)) {
		return true;
	}
	host_check_registers(&now);
	changed = host_check_difference(&check->registers, &now);
	if (changed != NULL) {
		fmt_snprintf(text, size,
			     "expected %s as before, got another value",
			     changed);
	}
	return changed != NULL;
}
