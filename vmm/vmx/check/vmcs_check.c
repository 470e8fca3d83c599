/*
 * Makes the checks of all tables, and puts findings into words. Pure; on any
 * core, interrupts on or off.
 */
/* build: pure */
#include "vmm/vmx/check/vmcs_check.h"

#include "lib/fmt.h"
#include "vmm/vmx/check/vmcs_check_rules.h"
#include "vmm/vmx/check/vmcs_check_tables.h"

static const struct vmcs_check_table *const tables[] = {
	&vmcs_checks_controls, &vmcs_checks_injection, &vmcs_checks_host,
	&vmcs_checks_guest,    &vmcs_checks_segments,  &vmcs_checks_events,
};

const struct vmcs_check *vmcs_check_nth(u32 i)
{
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++) {
		if (i < tables[t]->count) {
			return &tables[t]->checks[i];
		}
		i -= tables[t]->count;
	}
	return NULL;
}

u32 vmcs_check_count(void)
{
	u32 count = 0;

	for (size_t t = 0; t < ARRAY_SIZE(tables); t++) {
		count += tables[t]->count;
	}
	return count;
}

u32 vmcs_check_run(const struct vmcs_check_env *env,
		   void (*found)(void *ctx, const struct vmcs_finding *finding),
		   void *ctx)
{
	const struct vmcs_check *check;
	struct vmcs_state state;
	u32 count = 0;

	vmcs_state_read(&state, env);
	for (u32 i = 0; (check = vmcs_check_nth(i)) != NULL; i++) {
		if (!has(&state, check->word, check->when)) {
			continue;
		}
		for (u32 f = 0; f < check->fields; f++) {
			u32 field = check->field + 2 * f;
			u64 bits = check->broken(&state, field);
			struct vmcs_finding finding = { .check = check,
							.field = field,
							.bits = bits };

			if (bits == 0) {
				continue;
			}
			count++;
			if (found != NULL) {
				finding.value = get(&state, field);
				found(ctx, &finding);
			}
		}
	}
	return count;
}

size_t vmcs_finding_format(const struct vmcs_finding *finding, char *buf,
			   size_t size)
{
	char bits[40] = "";

	if (finding->bits != VMCS_CHECK_WHOLE) {
		fmt_snprintf(bits, sizeof(bits), ", bits %llx",
			     (unsigned long long)finding->bits);
	}
	return (size_t)fmt_snprintf(buf, size, "%s: %s = %0*llx%s: %s",
				    finding->check->name,
				    vmcs_field_name(finding->field),
				    (int)vmcs_field_bytes(finding->field) * 2,
				    (unsigned long long)finding->value, bits,
				    finding->check->demand);
}

const char *vmcs_check_group_text(enum vmcs_check_group group)
{
	static const char *const texts[VMCS_CHECK_GROUPS] = {
		[VMCS_CHECK_CONTROLS] = "error 7",
		[VMCS_CHECK_HOST] = "error 8",
		[VMCS_CHECK_GUEST] = "invalid guest state",
		[VMCS_CHECK_PDPTE] = "invalid guest state: PDPTE",
		[VMCS_CHECK_NMI] = "invalid guest state: NMI",
		[VMCS_CHECK_LINK] = "invalid guest state: link pointer",
		[VMCS_CHECK_MSR_LOADING] = "MSR loading",
	};

	return texts[group];
}
