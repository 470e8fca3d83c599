/* The ways into a guest and back that vmm/vmx/vmx_entry.S has. */
#include "vmm/vmx/vmx_entry.h"

#define WAY(suffix)                                                            \
	void vmx_launch##suffix(struct vcpu *vcpu);                            \
	void vmx_resume##suffix(struct vcpu *vcpu);                            \
	void vmx_exit##suffix(void);                                           \
	static const struct vmx_way way##suffix = { vmx_launch##suffix,        \
						    vmx_resume##suffix,        \
						    vmx_exit##suffix }

WAY(16);
WAY(16_mitigated);
WAY(64);
WAY(64_mitigated);

const struct vmx_way *vmx_way(bool code64, bool mitigated)
{
	if (code64) {
		return mitigated ? &way64_mitigated : &way64;
	}
	return mitigated ? &way16_mitigated : &way16;
}
