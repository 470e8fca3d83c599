/*
 * The fields of a VMCS. The enum, the names, the dump and the checker all come
 * from this one table (SDM volume 3, "Field Encoding in VMCS", in its order).
 */
#pragma once

#include "lib/types.h"

struct vmx_caps;

/* X(name, encoding) */
#define VMCS_FIELDS(X)                                                         \
	/* 16-bit control fields */                                            \
	X(VIRTUAL_PROCESSOR_IDENTIFIER, 0x0000)                                \
	X(POSTED_INTERRUPT_NOTIFICATION_VECTOR, 0x0002)                        \
	X(EPTP_INDEX, 0x0004)                                                  \
	X(HLAT_PREFIX_SIZE, 0x0006)                                            \
	X(LAST_PID_POINTER_INDEX, 0x0008)                                      \
	X(VIRTUAL_TIMER_VECTOR, 0x000a)                                        \
	/* 16-bit guest-state fields */                                        \
	X(GUEST_ES_SELECTOR, 0x0800)                                           \
	X(GUEST_CS_SELECTOR, 0x0802)                                           \
	X(GUEST_SS_SELECTOR, 0x0804)                                           \
	X(GUEST_DS_SELECTOR, 0x0806)                                           \
	X(GUEST_FS_SELECTOR, 0x0808)                                           \
	X(GUEST_GS_SELECTOR, 0x080a)                                           \
	X(GUEST_LDTR_SELECTOR, 0x080c)                                         \
	X(GUEST_TR_SELECTOR, 0x080e)                                           \
	X(GUEST_INTERRUPT_STATUS, 0x0810)                                      \
	X(PML_INDEX, 0x0812)                                                   \
	X(GUEST_UINV, 0x0814)                                                  \
	/* 16-bit host-state fields */                                         \
	X(HOST_ES_SELECTOR, 0x0c00)                                            \
	X(HOST_CS_SELECTOR, 0x0c02)                                            \
	X(HOST_SS_SELECTOR, 0x0c04)                                            \
	X(HOST_DS_SELECTOR, 0x0c06)                                            \
	X(HOST_FS_SELECTOR, 0x0c08)                                            \
	X(HOST_GS_SELECTOR, 0x0c0a)                                            \
	X(HOST_TR_SELECTOR, 0x0c0c)                                            \
	/* 64-bit control fields */                                            \
	X(IO_BITMAP_A_ADDRESS, 0x2000)                                         \
	X(IO_BITMAP_B_ADDRESS, 0x2002)                                         \
	X(MSR_BITMAP_ADDRESS, 0x2004)                                          \
	X(VM_EXIT_MSR_STORE_ADDRESS, 0x2006)                                   \
	X(VM_EXIT_MSR_LOAD_ADDRESS, 0x2008)                                    \
	X(VM_ENTRY_MSR_LOAD_ADDRESS, 0x200a)                                   \
	X(EXECUTIVE_VMCS_POINTER, 0x200c)                                      \
	X(PML_ADDRESS, 0x200e)                                                 \
	X(TSC_OFFSET, 0x2010)                                                  \
	X(VIRTUAL_APIC_ADDRESS, 0x2012)                                        \
	X(APIC_ACCESS_ADDRESS, 0x2014)                                         \
	X(POSTED_INTERRUPT_DESCRIPTOR_ADDRESS, 0x2016)                         \
	X(VM_FUNCTION_CONTROLS, 0x2018)                                        \
	X(EPT_POINTER, 0x201a)                                                 \
	X(EOI_EXIT_BITMAP_0, 0x201c)                                           \
	X(EOI_EXIT_BITMAP_1, 0x201e)                                           \
	X(EOI_EXIT_BITMAP_2, 0x2020)                                           \
	X(EOI_EXIT_BITMAP_3, 0x2022)                                           \
	X(EPTP_LIST_ADDRESS, 0x2024)                                           \
	X(VMREAD_BITMAP_ADDRESS, 0x2026)                                       \
	X(VMWRITE_BITMAP_ADDRESS, 0x2028)                                      \
	X(VIRTUALIZATION_EXCEPTION_INFO_ADDRESS, 0x202a)                       \
	X(XSS_EXITING_BITMAP, 0x202c)                                          \
	X(ENCLS_EXITING_BITMAP, 0x202e)                                        \
	X(SUB_PAGE_PERMISSION_TABLE_POINTER, 0x2030)                           \
	X(TSC_MULTIPLIER, 0x2032)                                              \
	X(TERTIARY_PROCBASED_CONTROLS, 0x2034)                                 \
	X(ENCLV_EXITING_BITMAP, 0x2036)                                        \
	X(LOW_PASID_DIRECTORY_ADDRESS, 0x2038)                                 \
	X(HIGH_PASID_DIRECTORY_ADDRESS, 0x203a)                                \
	X(SHARED_EPT_POINTER, 0x203c)                                          \
	X(PCONFIG_EXITING_BITMAP, 0x203e)                                      \
	X(HLAT_POINTER, 0x2040)                                                \
	X(PID_POINTER_TABLE_ADDRESS, 0x2042)                                   \
	X(SECONDARY_VM_EXIT_CONTROLS, 0x2044)                                  \
	X(IA32_SPEC_CTRL_MASK, 0x204a)                                         \
	X(IA32_SPEC_CTRL_SHADOW, 0x204c)                                       \
	X(GUEST_DEADLINE_SHADOW, 0x204e)                                       \
	X(INJECTED_EVENT_DATA, 0x2052)                                         \
	/* 64-bit read-only data fields */                                     \
	X(GUEST_PHYSICAL_ADDRESS, 0x2400)                                      \
	X(MSR_DATA, 0x2402)                                                    \
	X(ORIGINAL_EVENT_DATA, 0x2404)                                         \
	/* 64-bit guest-state fields */                                        \
	X(VMCS_LINK_POINTER, 0x2800)                                           \
	X(GUEST_IA32_DEBUGCTL, 0x2802)                                         \
	X(GUEST_IA32_PAT, 0x2804)                                              \
	X(GUEST_IA32_EFER, 0x2806)                                             \
	X(GUEST_IA32_PERF_GLOBAL_CTRL, 0x2808)                                 \
	X(GUEST_PDPTE0, 0x280a)                                                \
	X(GUEST_PDPTE1, 0x280c)                                                \
	X(GUEST_PDPTE2, 0x280e)                                                \
	X(GUEST_PDPTE3, 0x2810)                                                \
	X(GUEST_IA32_BNDCFGS, 0x2812)                                          \
	X(GUEST_IA32_RTIT_CTL, 0x2814)                                         \
	X(GUEST_IA32_LBR_CTL, 0x2816)                                          \
	X(GUEST_IA32_PKRS, 0x2818)                                             \
	X(GUEST_IA32_FRED_CONFIG, 0x281a)                                      \
	X(GUEST_IA32_FRED_RSP1, 0x281c)                                        \
	X(GUEST_IA32_FRED_RSP2, 0x281e)                                        \
	X(GUEST_IA32_FRED_RSP3, 0x2820)                                        \
	X(GUEST_IA32_FRED_STKLVLS, 0x2822)                                     \
	X(GUEST_IA32_FRED_SSP1, 0x2824)                                        \
	X(GUEST_IA32_FRED_SSP2, 0x2826)                                        \
	X(GUEST_IA32_FRED_SSP3, 0x2828)                                        \
	X(GUEST_IA32_SPEC_CTRL, 0x282e)                                        \
	X(GUEST_DEADLINE, 0x2830)                                              \
	/* 64-bit host-state fields */                                         \
	X(HOST_IA32_PAT, 0x2c00)                                               \
	X(HOST_IA32_EFER, 0x2c02)                                              \
	X(HOST_IA32_PERF_GLOBAL_CTRL, 0x2c04)                                  \
	X(HOST_IA32_PKRS, 0x2c06)                                              \
	X(HOST_IA32_FRED_CONFIG, 0x2c08)                                       \
	X(HOST_IA32_FRED_RSP1, 0x2c0a)                                         \
	X(HOST_IA32_FRED_RSP2, 0x2c0c)                                         \
	X(HOST_IA32_FRED_RSP3, 0x2c0e)                                         \
	X(HOST_IA32_FRED_STKLVLS, 0x2c10)                                      \
	X(HOST_IA32_FRED_SSP1, 0x2c12)                                         \
	X(HOST_IA32_FRED_SSP2, 0x2c14)                                         \
	X(HOST_IA32_FRED_SSP3, 0x2c16)                                         \
	X(HOST_IA32_SPEC_CTRL, 0x2c1a)                                         \
	/* 32-bit control fields */                                            \
	X(PINBASED_CONTROLS, 0x4000)                                           \
	X(PROCBASED_CONTROLS, 0x4002)                                          \
	X(EXCEPTION_BITMAP, 0x4004)                                            \
	X(PAGE_FAULT_ERROR_CODE_MASK, 0x4006)                                  \
	X(PAGE_FAULT_ERROR_CODE_MATCH, 0x4008)                                 \
	X(CR3_TARGET_COUNT, 0x400a)                                            \
	X(VM_EXIT_CONTROLS, 0x400c)                                            \
	X(VM_EXIT_MSR_STORE_COUNT, 0x400e)                                     \
	X(VM_EXIT_MSR_LOAD_COUNT, 0x4010)                                      \
	X(VM_ENTRY_CONTROLS, 0x4012)                                           \
	X(VM_ENTRY_MSR_LOAD_COUNT, 0x4014)                                     \
	X(VM_ENTRY_INTERRUPTION_INFO, 0x4016)                                  \
	X(VM_ENTRY_EXCEPTION_ERROR_CODE, 0x4018)                               \
	X(VM_ENTRY_INSTRUCTION_LENGTH, 0x401a)                                 \
	X(TPR_THRESHOLD, 0x401c)                                               \
	X(SECONDARY_PROCBASED_CONTROLS, 0x401e)                                \
	X(PLE_GAP, 0x4020)                                                     \
	X(PLE_WINDOW, 0x4022)                                                  \
	X(INSTRUCTION_TIMEOUT_CONTROL, 0x4024)                                 \
	X(SEAM_GUEST_KEYID, 0x4026)                                            \
	/* 32-bit read-only data fields */                                     \
	X(VM_INSTRUCTION_ERROR, 0x4400)                                        \
	X(EXIT_REASON, 0x4402)                                                 \
	X(VM_EXIT_INTERRUPTION_INFO, 0x4404)                                   \
	X(VM_EXIT_INTERRUPTION_ERROR_CODE, 0x4406)                             \
	X(IDT_VECTORING_INFO, 0x4408)                                          \
	X(IDT_VECTORING_ERROR_CODE, 0x440a)                                    \
	X(VM_EXIT_INSTRUCTION_LENGTH, 0x440c)                                  \
	X(VM_EXIT_INSTRUCTION_INFO, 0x440e)                                    \
	/* 32-bit guest-state fields */                                        \
	X(GUEST_ES_LIMIT, 0x4800)                                              \
	X(GUEST_CS_LIMIT, 0x4802)                                              \
	X(GUEST_SS_LIMIT, 0x4804)                                              \
	X(GUEST_DS_LIMIT, 0x4806)                                              \
	X(GUEST_FS_LIMIT, 0x4808)                                              \
	X(GUEST_GS_LIMIT, 0x480a)                                              \
	X(GUEST_LDTR_LIMIT, 0x480c)                                            \
	X(GUEST_TR_LIMIT, 0x480e)                                              \
	X(GUEST_GDTR_LIMIT, 0x4810)                                            \
	X(GUEST_IDTR_LIMIT, 0x4812)                                            \
	X(GUEST_ES_ACCESS_RIGHTS, 0x4814)                                      \
	X(GUEST_CS_ACCESS_RIGHTS, 0x4816)                                      \
	X(GUEST_SS_ACCESS_RIGHTS, 0x4818)                                      \
	X(GUEST_DS_ACCESS_RIGHTS, 0x481a)                                      \
	X(GUEST_FS_ACCESS_RIGHTS, 0x481c)                                      \
	X(GUEST_GS_ACCESS_RIGHTS, 0x481e)                                      \
	X(GUEST_LDTR_ACCESS_RIGHTS, 0x4820)                                    \
	X(GUEST_TR_ACCESS_RIGHTS, 0x4822)                                      \
	X(GUEST_INTERRUPTIBILITY_STATE, 0x4824)                                \
	X(GUEST_ACTIVITY_STATE, 0x4826)                                        \
	X(GUEST_SMBASE, 0x4828)                                                \
	X(GUEST_IA32_SYSENTER_CS, 0x482a)                                      \
	X(PREEMPTION_TIMER_VALUE, 0x482e)                                      \
	/* 32-bit host-state field */                                          \
	X(HOST_IA32_SYSENTER_CS, 0x4c00)                                       \
	/* Natural-width control fields */                                     \
	X(CR0_GUEST_HOST_MASK, 0x6000)                                         \
	X(CR4_GUEST_HOST_MASK, 0x6002)                                         \
	X(CR0_READ_SHADOW, 0x6004)                                             \
	X(CR4_READ_SHADOW, 0x6006)                                             \
	X(CR3_TARGET_VALUE_0, 0x6008)                                          \
	X(CR3_TARGET_VALUE_1, 0x600a)                                          \
	X(CR3_TARGET_VALUE_2, 0x600c)                                          \
	X(CR3_TARGET_VALUE_3, 0x600e)                                          \
	/* Natural-width read-only data fields */                              \
	X(EXIT_QUALIFICATION, 0x6400)                                          \
	X(IO_RCX, 0x6402)                                                      \
	X(IO_RSI, 0x6404)                                                      \
	X(IO_RDI, 0x6406)                                                      \
	X(IO_RIP, 0x6408)                                                      \
	X(GUEST_LINEAR_ADDRESS, 0x640a)                                        \
	/* Natural-width guest-state fields */                                 \
	X(GUEST_CR0, 0x6800)                                                   \
	X(GUEST_CR3, 0x6802)                                                   \
	X(GUEST_CR4, 0x6804)                                                   \
	X(GUEST_ES_BASE, 0x6806)                                               \
	X(GUEST_CS_BASE, 0x6808)                                               \
	X(GUEST_SS_BASE, 0x680a)                                               \
	X(GUEST_DS_BASE, 0x680c)                                               \
	X(GUEST_FS_BASE, 0x680e)                                               \
	X(GUEST_GS_BASE, 0x6810)                                               \
	X(GUEST_LDTR_BASE, 0x6812)                                             \
	X(GUEST_TR_BASE, 0x6814)                                               \
	X(GUEST_GDTR_BASE, 0x6816)                                             \
	X(GUEST_IDTR_BASE, 0x6818)                                             \
	X(GUEST_DR7, 0x681a)                                                   \
	X(GUEST_RSP, 0x681c)                                                   \
	X(GUEST_RIP, 0x681e)                                                   \
	X(GUEST_RFLAGS, 0x6820)                                                \
	X(GUEST_PENDING_DEBUG_EXCEPTIONS, 0x6822)                              \
	X(GUEST_IA32_SYSENTER_ESP, 0x6824)                                     \
	X(GUEST_IA32_SYSENTER_EIP, 0x6826)                                     \
	X(GUEST_IA32_S_CET, 0x6828)                                            \
	X(GUEST_SSP, 0x682a)                                                   \
	X(GUEST_INTERRUPT_SSP_TABLE_ADDRESS, 0x682c)                           \
	/* Natural-width host-state fields */                                  \
	X(HOST_CR0, 0x6c00)                                                    \
	X(HOST_CR3, 0x6c02)                                                    \
	X(HOST_CR4, 0x6c04)                                                    \
	X(HOST_FS_BASE, 0x6c06)                                                \
	X(HOST_GS_BASE, 0x6c08)                                                \
	X(HOST_TR_BASE, 0x6c0a)                                                \
	X(HOST_GDTR_BASE, 0x6c0c)                                              \
	X(HOST_IDTR_BASE, 0x6c0e)                                              \
	X(HOST_IA32_SYSENTER_ESP, 0x6c10)                                      \
	X(HOST_IA32_SYSENTER_EIP, 0x6c12)                                      \
	X(HOST_RSP, 0x6c14)                                                    \
	X(HOST_RIP, 0x6c16)                                                    \
	X(HOST_IA32_S_CET, 0x6c18)                                             \
	X(HOST_SSP, 0x6c1a)                                                    \
	X(HOST_INTERRUPT_SSP_TABLE_ADDRESS, 0x6c1c)

#define VMCS_FIELD_ENUM(name, encoding) VMCS_##name = encoding,
enum vmcs_field { VMCS_FIELDS(VMCS_FIELD_ENUM) };
#undef VMCS_FIELD_ENUM

/* Bit 0 of the encoding of a 64-bit field names its upper half. */
#define VMCS_HIGH(encoding) ((u32)(encoding) | 1u)

/* Bits 14:13 of an encoding. */
enum vmcs_width {
	VMCS_WIDTH_16,
	VMCS_WIDTH_64,
	VMCS_WIDTH_32,
	VMCS_WIDTH_NATURAL,
};

/* Bits 11:10 of an encoding. */
enum vmcs_type {
	VMCS_TYPE_CONTROL,
	VMCS_TYPE_READ_ONLY,
	VMCS_TYPE_GUEST,
	VMCS_TYPE_HOST,
};

/* Every field's encoding, ascending. */
extern const u16 vmcs_field_encodings[];
extern const size_t vmcs_field_count;

/* The longest name in the table, for column layouts. */
#define VMCS_FIELD_NAME_MAX 37

static inline enum vmcs_width vmcs_field_width(u32 encoding)
{
	return (enum vmcs_width)(encoding >> 13 & 3);
}

static inline enum vmcs_type vmcs_field_type(u32 encoding)
{
	return (enum vmcs_type)(encoding >> 10 & 3);
}

/* How many bytes the field holds in a 64-bit host: 2, 4 or 8. */
u32 vmcs_field_bytes(u32 encoding);

/* False for an unknown encoding or an upper half. */
bool vmcs_field_known(u32 encoding);

/*
 * "control", "exit" (what the processor records about an exit; the SDM's
 * read-only data fields), "guest" or "host".
 */
const char *vmcs_field_group(u32 encoding);

/* "GUEST_CS_SELECTOR"; "?" for an unknown encoding or an upper half. */
const char *vmcs_field_name(u32 encoding);

/*
 * Does a processor with these capabilities have the field. Unknown encodings
 * are absent; an upper half is there if its field is.
 */
bool vmcs_field_present(u32 encoding, const struct vmx_caps *caps);
