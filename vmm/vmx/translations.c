/* See translations.h. */
#include "vmm/vmx/translations.h"

#include "arch/panic.h"
#include "vmm/vmx/vmx_insn.h"

static void do_invept(enum invept_type type, u64 ept_pointer)
{
	if (invept(type, ept_pointer) != VMX_OK) {
		panic("INVEPT failed: type %u, EPT pointer %lx", type,
		      ept_pointer);
	}
}

static void do_invvpid(enum invvpid_type type, u16 vpid)
{
	if (invvpid(type, vpid) != VMX_OK) {
		panic("INVVPID failed: type %u, VPID %x", type, vpid);
	}
}

void translations_forget_all(const struct vmx_caps *caps)
{
	if (vmx_caps_has_invept_type(caps, INVEPT_ALL_CONTEXTS)) {
		do_invept(INVEPT_ALL_CONTEXTS, 0);
	}
	if (vmx_caps_has_invvpid_type(caps, INVVPID_ALL_CONTEXTS)) {
		do_invvpid(INVVPID_ALL_CONTEXTS, 0);
	}
}

void translations_forget_ept(const struct vmx_caps *caps, u64 ept_pointer)
{
	if (vmx_caps_has_invept_type(caps, INVEPT_SINGLE_CONTEXT)) {
		do_invept(INVEPT_SINGLE_CONTEXT, ept_pointer);
	} else {
		do_invept(INVEPT_ALL_CONTEXTS, 0);
	}
}

void translations_forget_vpid(const struct vmx_caps *caps, u16 vpid)
{
	if (vmx_caps_has_invvpid_type(caps, INVVPID_SINGLE_CONTEXT)) {
		do_invvpid(INVVPID_SINGLE_CONTEXT, vpid);
	} else {
		do_invvpid(INVVPID_ALL_CONTEXTS, 0);
	}
}
