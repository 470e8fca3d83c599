/* Engines by option and by core. */
#include "monitor/engine_choice.h"

#include "arch/percpu.h"
#include "guest/code16/engines.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "monitor/settings.h"
#include "vmm/vmx/vmx.h"

int engine_choice_read(struct args *args, enum options_engine *wanted)
{
	unsigned index;
	int found =
		args_choice(args, "engine", "auto|v86|v86-ept|real", &index);

	*wanted = found == 1 ? (enum options_engine)index : settings()->engine;
	return found < 0 ? found : 0;
}

const struct engine *engine_choice(enum options_engine wanted, u32 index)
{
	static const struct engine *const by_option[] = {
		[OPTIONS_ENGINE_V86] = &engine_v86,
		[OPTIONS_ENGINE_V86_EPT] = &engine_v86_ept,
		[OPTIONS_ENGINE_REAL] = &engine_real,
	};
	const struct vmx_core *core = vmx_core(index);

	if (core->state != VMX_ON) {
		return NULL;
	}
	if (wanted == OPTIONS_ENGINE_AUTO) {
		return engine_best(&core->caps);
	}
	return engine_available(by_option[wanted], &core->caps)
		       ? by_option[wanted]
		       : NULL;
}

int engine_choice_guest(const struct board_kind *board, struct guest16 **guest)
{
	enum options_engine wanted = settings()->engine;
	const struct engine *engine =
		engine_choice(wanted == OPTIONS_ENGINE_AUTO ? OPTIONS_ENGINE_V86
							    : wanted,
			      this_cpu_index());

	if (engine == NULL) {
		return ERR_UNSUPPORTED;
	}
	return bios_pool_get(engine, board, settings()->vme, guest);
}

void engine_choice_names(u32 index, char *buf, size_t size)
{
	const struct vmx_core *core = vmx_core(index);
	size_t used = 0;

	str_copy(buf, size, "none");
	if (core->state != VMX_ON) {
		return;
	}
	for (size_t i = 0; engines[i] != NULL; i++) {
		if (engine_available(engines[i], &core->caps) && used < size) {
			used += (size_t)fmt_snprintf(buf + used, size - used,
						     "%s%s",
						     used == 0 ? "" : ",",
						     engines[i]->name);
		}
	}
}
