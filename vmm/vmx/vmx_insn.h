/*
 * The VMX instructions, one each, with their three-way result (SDM volume 3,
 * VMX Instruction Reference, "Conventions"). All inline assembly of VMX but
 * VM entry itself (vmm/vmx/vmx_entry.S) lives here.
 */
#pragma once

#include "lib/types.h"

enum vmx_result {
	VMX_OK = 0,
	VMX_FAIL_INVALID = 1, /* CF: there is no current VMCS to say why */
	VMX_FAIL_VALID = 2,   /* ZF: the VM-instruction error field says why */
};

#define VMX_RESULT(cf, zf)                                                     \
	((cf) ? VMX_FAIL_INVALID : (zf) ? VMX_FAIL_VALID : VMX_OK)

/* The operand is the physical address of the VMXON region. */
static inline enum vmx_result vmxon(u64 region_phys)
{
	bool cf, zf;

	asm volatile("vmxon %[region]"
		     : "=@ccc"(cf), "=@ccz"(zf)
		     : [region] "m"(region_phys)
		     : "memory");
	return VMX_RESULT(cf, zf);
}

static inline enum vmx_result vmxoff(void)
{
	bool cf, zf;

	asm volatile("vmxoff" : "=@ccc"(cf), "=@ccz"(zf) : : "memory");
	return VMX_RESULT(cf, zf);
}

static inline enum vmx_result vmclear(u64 vmcs_phys)
{
	bool cf, zf;

	asm volatile("vmclear %[vmcs]"
		     : "=@ccc"(cf), "=@ccz"(zf)
		     : [vmcs] "m"(vmcs_phys)
		     : "memory");
	return VMX_RESULT(cf, zf);
}

static inline enum vmx_result vmptrld(u64 vmcs_phys)
{
	bool cf, zf;

	asm volatile("vmptrld %[vmcs]"
		     : "=@ccc"(cf), "=@ccz"(zf)
		     : [vmcs] "m"(vmcs_phys)
		     : "memory");
	return VMX_RESULT(cf, zf);
}

static inline enum vmx_result vmread(u64 field, u64 *value)
{
	bool cf, zf;
	u64 result;

	asm volatile("vmread %[field], %[result]"
		     : [result] "=r"(result), "=@ccc"(cf), "=@ccz"(zf)
		     : [field] "r"(field)
		     : "memory");
	*value = result;
	return VMX_RESULT(cf, zf);
}

static inline enum vmx_result vmwrite(u64 field, u64 value)
{
	bool cf, zf;

	asm volatile("vmwrite %[value], %[field]"
		     : "=@ccc"(cf), "=@ccz"(zf)
		     : [field] "r"(field), [value] "r"(value)
		     : "memory");
	return VMX_RESULT(cf, zf);
}

/*
 * The same for the many accesses that are known to succeed: whether they failed
 * is one conditional jump, and how can be asked by doing it again.
 */
static inline bool vmread_fails(u64 field, u64 *value)
{
	bool failed;
	u64 result;

	asm volatile("vmread %[field], %[result]"
		     : [result] "=r"(result), "=@ccbe"(failed)
		     : [field] "r"(field)
		     : "memory");
	*value = result;
	return failed;
}

static inline bool vmwrite_fails(u64 field, u64 value)
{
	bool failed;

	asm volatile("vmwrite %[value], %[field]"
		     : "=@ccbe"(failed)
		     : [field] "r"(field), [value] "r"(value)
		     : "memory");
	return failed;
}

/* Where neither can fail. */
static inline u64 vmread_sure(u64 field)
{
	u64 value;

	asm volatile("vmread %[field], %[value]"
		     : [value] "=r"(value)
		     : [field] "r"(field)
		     : "cc", "memory");
	return value;
}

static inline void vmwrite_sure(u64 field, u64 value)
{
	asm volatile("vmwrite %[value], %[field]"
		     :
		     : [field] "r"(field), [value] "r"(value)
		     : "cc", "memory");
}

/* What INVEPT is to drop, and whether it can: vmx_caps_has_invept_type(). */
enum invept_type {
	INVEPT_SINGLE_CONTEXT = 1, /* of this EPT pointer's tables */
	INVEPT_ALL_CONTEXTS = 2,   /* the EPT pointer does not matter */
};

/* On this core only. A type it cannot do, or a bad pointer, fails. */
static inline enum vmx_result invept(enum invept_type type, u64 ept_pointer)
{
	const struct {
		u64 ept_pointer;
		u64 reserved;
	} descriptor = { ept_pointer, 0 };
	bool cf, zf;

	asm volatile("invept %[descriptor], %[type]"
		     : "=@ccc"(cf), "=@ccz"(zf)
		     : [descriptor] "m"(descriptor), [type] "r"((u64)type)
		     : "memory");
	return VMX_RESULT(cf, zf);
}

/* What INVVPID is to drop, and whether it can: vmx_caps_has_invvpid_type(). */
enum invvpid_type {
	INVVPID_SINGLE_CONTEXT = 1, /* all of this VPID */
	INVVPID_ALL_CONTEXTS = 2,   /* of every VPID but 0 */
};

/* On this core only. A type it cannot do, or VPID 0, fails. */
static inline enum vmx_result invvpid(enum invvpid_type type, u16 vpid)
{
	const struct {
		u64 vpid;
		u64 linear_address;
	} descriptor = { vpid, 0 };
	bool cf, zf;

	asm volatile("invvpid %[descriptor], %[type]"
		     : "=@ccc"(cf), "=@ccz"(zf)
		     : [descriptor] "m"(descriptor), [type] "r"((u64)type)
		     : "memory");
	return VMX_RESULT(cf, zf);
}
