/* Which engine runs on which processor. */
#include "guest/code16/engine.h"

bool engine_available(const struct engine *engine, const struct vmx_caps *caps)
{
	if (engine->uses_ept && !vmx_caps_can_use_ept(caps)) {
		return false;
	}
	return engine->uses_v86 || vmx_caps_has_unrestricted_guest(caps);
}
