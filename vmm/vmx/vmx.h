/*
 * VMX operation on each core: whether it is possible, and turning it on and
 * off.
 */
#pragma once

#include "arch/percpu.h"
#include "lib/types.h"
#include "vmm/vmx/mitigations.h"
#include "vmm/vmx/vmx_caps.h"

enum vmx_state {
	VMX_NOT_CHECKED,
	VMX_UNAVAILABLE, /* not possible: see struct vmx_core's why and remedy */
	VMX_OFF,	 /* can be turned on */
	VMX_ON,
};

struct vcpu;

struct vmx_core {
	enum vmx_state state;
	u64 feature_control; /* as found; 0 if there is no such MSR */
	bool feature_control_set_by_us;
	struct vmx_caps caps;
	/* vmx_controls_with_partners() of all bits, for each new guest. */
	u32 with_partners[VMX_WORD_COUNT];
	bool has_vme; /* virtual-8086 mode extensions, by CPUID */
	struct mitigations mitigations;
	void *vmxon_region;
	u64 arrivals; /* how many vcpus came that may have translations here */
	struct vcpu *loaded; /* the vcpus whose VMCS this core has loaded */
	struct vcpu *last;   /* the last one that ran here, for a person */
	struct vcpu *in_fpu; /* whose FPU state and CR2 are in the processor */
	char why[160];	     /* if VMX_UNAVAILABLE: what is wrong ... */
	const char *remedy;  /* ... and what to do about it */
};

/*
 * Allocates the state of all cores; once, when they are up. mitigate: do what
 * vmm/vmx/mitigations.h finds necessary. 0 or ERR_NO_MEMORY.
 */
int vmx_init(bool mitigate);

/* The state of a core; index as of smp_cpu(). */
struct vmx_core *vmx_core(u32 index);
struct vmx_core *vmx_this_core(void);

/*
 * Each function below acts on the calling core, interrupts off.
 *
 * vmx_check: everything VMXON demands, without turning it on; reads the
 * capabilities and unlocks IA32_FEATURE_CONTROL where the firmware left that
 * to us. Sets state to VMX_OFF, or to VMX_UNAVAILABLE and says why.
 */
void vmx_check(void);

/*
 * Sets CR4.VMXE and enters VMX root operation. 0, or ERR_UNSUPPORTED with why
 * and remedy set (also if vmx_check() found it unavailable).
 */
int vmx_on(void);

/*
 * Sets a function that is called on each core with loaded VMCSs before VMXOFF,
 * which would lose their state in the processor. To be set before the first is
 * loaded.
 */
void vmx_set_hook(void (*before_off)(void));

/* Leaves VMX operation and clears CR4.VMXE; does nothing if it is off. */
void vmx_off(void);

/* For a panic: VMXOFF without regard to guests; cannot panic. */
void vmx_abandon(void);

/* The same on every core at once. */
void vmx_on_everywhere(void);
void vmx_off_everywhere(void);

/* How many cores are in VMX operation. */
u32 vmx_cores_on(void);
