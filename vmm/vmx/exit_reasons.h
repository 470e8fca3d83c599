/*
 * VM exits in words and numbers: the basic exit reasons, the interruption
 * information, and the exit qualifications that are decoded here (SDM volume 3,
 * "VMX Basic Exit Reasons" and "Basic VM-Exit Information").
 */
#pragma once

#include "lib/types.h"

/* X(name, number, does the exit fill in the exit qualification). */
#define EXIT_REASONS(X)                                                        \
	X(EXCEPTION_OR_NMI, 0, true) /* for #DB and #PF */                     \
	X(EXTERNAL_INTERRUPT, 1, false)                                        \
	X(TRIPLE_FAULT, 2, false)                                              \
	X(INIT_SIGNAL, 3, false)                                               \
	X(STARTUP_IPI, 4, true)                                                \
	X(IO_SMI, 5, true)                                                     \
	X(OTHER_SMI, 6, false)                                                 \
	X(INTERRUPT_WINDOW, 7, false)                                          \
	X(NMI_WINDOW, 8, false)                                                \
	X(TASK_SWITCH, 9, true)                                                \
	X(CPUID, 10, false)                                                    \
	X(GETSEC, 11, false)                                                   \
	X(HLT, 12, false)                                                      \
	X(INVD, 13, false)                                                     \
	X(INVLPG, 14, true)                                                    \
	X(RDPMC, 15, false)                                                    \
	X(RDTSC, 16, false)                                                    \
	X(RSM, 17, false)                                                      \
	X(VMCALL, 18, false)                                                   \
	X(VMCLEAR, 19, true)                                                   \
	X(VMLAUNCH, 20, false)                                                 \
	X(VMPTRLD, 21, true)                                                   \
	X(VMPTRST, 22, true)                                                   \
	X(VMREAD, 23, true)                                                    \
	X(VMRESUME, 24, false)                                                 \
	X(VMWRITE, 25, true)                                                   \
	X(VMXOFF, 26, false)                                                   \
	X(VMXON, 27, true)                                                     \
	X(CR_ACCESS, 28, true)                                                 \
	X(MOV_DR, 29, true)                                                    \
	X(IO_INSTRUCTION, 30, true)                                            \
	X(RDMSR, 31, false)                                                    \
	X(WRMSR, 32, false)                                                    \
	X(ENTRY_FAILURE_GUEST_STATE, 33, true)                                 \
	X(ENTRY_FAILURE_MSR_LOADING, 34, true)                                 \
	X(MWAIT, 36, true)                                                     \
	X(MONITOR_TRAP_FLAG, 37, false)                                        \
	X(MONITOR, 39, false)                                                  \
	X(PAUSE, 40, false)                                                    \
	X(ENTRY_FAILURE_MACHINE_CHECK, 41, false)                              \
	X(TPR_BELOW_THRESHOLD, 43, false)                                      \
	X(APIC_ACCESS, 44, true)                                               \
	X(VIRTUALIZED_EOI, 45, true)                                           \
	X(GDTR_IDTR_ACCESS, 46, true)                                          \
	X(LDTR_TR_ACCESS, 47, true)                                            \
	X(EPT_VIOLATION, 48, true)                                             \
	X(EPT_MISCONFIGURATION, 49, false)                                     \
	X(INVEPT, 50, true)                                                    \
	X(RDTSCP, 51, false)                                                   \
	X(PREEMPTION_TIMER, 52, false)                                         \
	X(INVVPID, 53, true)                                                   \
	X(WBINVD, 54, false)                                                   \
	X(XSETBV, 55, false)                                                   \
	X(APIC_WRITE, 56, true)                                                \
	X(RDRAND, 57, false)                                                   \
	X(INVPCID, 58, true)                                                   \
	X(VMFUNC, 59, false)                                                   \
	X(ENCLS, 60, false)                                                    \
	X(RDSEED, 61, false)                                                   \
	X(PML_FULL, 62, true)                                                  \
	X(XSAVES, 63, true)                                                    \
	X(XRSTORS, 64, true)                                                   \
	X(PCONFIG, 65, false)                                                  \
	X(SPP_EVENT, 66, true)                                                 \
	X(UMWAIT, 67, false)                                                   \
	X(TPAUSE, 68, false)                                                   \
	X(LOADIWKEY, 69, false)                                                \
	X(ENCLV, 70, false)                                                    \
	X(ENQCMD_PASID, 72, true)                                              \
	X(ENQCMDS_PASID, 73, true)                                             \
	X(BUS_LOCK, 74, false)                                                 \
	X(INSTRUCTION_TIMEOUT, 75, true)                                       \
	X(SEAMCALL, 76, false)                                                 \
	X(TDCALL, 77, false)                                                   \
	X(RDMSRLIST, 78, true)                                                 \
	X(WRMSRLIST, 79, true)                                                 \
	X(URDMSR, 80, true)                                                    \
	X(UWRMSR, 81, true)                                                    \
	X(RDMSR_IMMEDIATE, 84, true)                                           \
	X(WRMSRNS_IMMEDIATE, 85, true)

#define EXIT_REASON_ENUM(name, number, qualified) EXIT_REASON_##name = number,
enum exit_reason { EXIT_REASONS(EXIT_REASON_ENUM) EXIT_REASON_COUNT };
#undef EXIT_REASON_ENUM

/* The exit-reason field: the basic reason, and flags above it. */
#define EXIT_REASON_BASIC 0xffffu
#define EXIT_REASON_BUS_LOCK_ASSERTED 0x04000000u
#define EXIT_REASON_ENCLAVE 0x08000000u
#define EXIT_REASON_PENDING_MTF 0x10000000u
#define EXIT_REASON_FROM_ROOT 0x20000000u
#define EXIT_REASON_ENTRY_FAILURE 0x80000000u

/*
 * "EXTERNAL_INTERRUPT"; takes the whole field and looks at the basic reason;
 * "UNKNOWN" where the SDM has none.
 */
const char *exit_reason_name(u32 exit_reason);
/* Whether the SDM has this basic reason. */
bool exit_reason_known(u32 exit_reason);
/* Whether the exit sets the exit qualification. */
bool exit_reason_has_qualification(u32 exit_reason);

static inline bool exit_reason_is_entry_failure(u32 exit_reason)
{
	return (exit_reason & EXIT_REASON_ENTRY_FAILURE) != 0;
}

/*
 * The interruption-information format that VM entry (injection), VM exit and
 * IDT vectoring share.
 */
#define INTERRUPTION_INFO_VECTOR 0xffu
#define INTERRUPTION_INFO_TYPE_SHIFT 8
#define INTERRUPTION_INFO_TYPE 0x700u
#define INTERRUPTION_INFO_ERROR_CODE 0x800u
#define INTERRUPTION_INFO_NMI_UNBLOCKING 0x1000u /* due to IRET; exits only */
#define INTERRUPTION_INFO_VALID 0x80000000u

enum interruption_type {
	INTERRUPTION_TYPE_EXTERNAL_INTERRUPT,
	INTERRUPTION_TYPE_RESERVED,
	INTERRUPTION_TYPE_NMI,
	INTERRUPTION_TYPE_HARDWARE_EXCEPTION,
	INTERRUPTION_TYPE_SOFTWARE_INTERRUPT,
	INTERRUPTION_TYPE_PRIVILEGED_SOFTWARE_EXCEPTION, /* INT1 */
	INTERRUPTION_TYPE_SOFTWARE_EXCEPTION,		 /* INT3, INTO */
	INTERRUPTION_TYPE_OTHER_EVENT, /* injection: a pending MTF exit */
};

static inline u8 interruption_info_vector(u32 info)
{
	return (u8)(info & INTERRUPTION_INFO_VECTOR);
}

static inline enum interruption_type interruption_info_type(u32 info)
{
	return (enum interruption_type)((info & INTERRUPTION_INFO_TYPE) >>
					INTERRUPTION_INFO_TYPE_SHIFT);
}

static inline u32 interruption_info_make(enum interruption_type type, u8 vector,
					 bool error_code)
{
	return INTERRUPTION_INFO_VALID |
	       (u32)type << INTERRUPTION_INFO_TYPE_SHIFT | vector |
	       (error_code ? INTERRUPTION_INFO_ERROR_CODE : 0u);
}

/* "hardware exception" and so on; type 0-7, else "?". */
const char *interruption_type_name(u32 type);
/* "#GP" for 13 and so on; "" for a vector that is no exception. */
const char *exception_name(u32 vector);
/* Whether this exception pushes an error code (outside real mode). */
bool exception_has_error_code(u32 vector);

/*
 * What the processor makes of two exceptions, the second while it delivers the
 * first (SDM volume 3, "Interrupt 8-Double Fault Exception"): the second alone,
 * #DF, or a triple fault. For other events first does not matter: the second.
 */
#define EXCEPTION_TRIPLE_FAULT 0xffu
u8 exception_compose(u8 first, u8 second);
/* #DE, #TS, #NP, #SS, #GP, #CP: two of them make a double fault. */
bool exception_is_contributory(u8 vector);

/*
 * "hardware exception 0d #GP, error code", "NMI", "external interrupt 08";
 * "none" where the valid bit is clear. Always terminated, cut short at size;
 * returns the length wanted.
 */
size_t interruption_info_format(u32 info, char *buf, size_t size);

/* Guest interruptibility and activity state fields. */
#define INTERRUPTIBILITY_STI 0x1u
#define INTERRUPTIBILITY_MOV_SS 0x2u
#define INTERRUPTIBILITY_SMI 0x4u
#define INTERRUPTIBILITY_NMI 0x8u
#define INTERRUPTIBILITY_ENCLAVE 0x10u

#define ACTIVITY_ACTIVE 0u
#define ACTIVITY_HLT 1u
#define ACTIVITY_SHUTDOWN 2u
#define ACTIVITY_WAIT_FOR_SIPI 3u

/* "active", "HLT", ...; "?" for a strange one. */
const char *activity_state_name(u32 state);

/* Pending debug exceptions field. */
#define PENDING_DEBUG_ENABLED_BREAKPOINT 0x1000ull
#define PENDING_DEBUG_BS 0x4000ull
#define PENDING_DEBUG_RTM 0x10000ull

/* Exit qualification of an I/O instruction, as the processor lays it out. */
struct io_qualification {
	u32 bytes_minus_1 : 3;
	bool in		  : 1;
	bool string	  : 1; /* INS or OUTS */
	bool rep	  : 1; /* with a REP prefix */
	bool immediate	  : 1; /* the port is in the instruction, not in DX */
	u32 reserved	  : 9;
	u32 port	  : 16;
};
static_assert(sizeof(struct io_qualification) == 4, "SDM format");

static inline struct io_qualification io_qualification_decode(u64 qualification)
{
	const union {
		u32 word;
		struct io_qualification io;
	} low = { .word = (u32)qualification };

	return low.io;
}

/* 1, 2 or 4. */
static inline u8 io_qualification_bytes(struct io_qualification io)
{
	return (u8)(io.bytes_minus_1 + 1);
}

enum cr_access_type {
	CR_ACCESS_MOV_TO_CR,
	CR_ACCESS_MOV_FROM_CR,
	CR_ACCESS_CLTS,
	CR_ACCESS_LMSW,
};

/* Exit qualification of a control-register access. */
struct cr_qualification {
	u8 cr; /* 0 for CLTS and LMSW */
	enum cr_access_type type;
	u8 reg;		  /* 0 = RAX, 1 = RCX, 2 = RDX ...; MOV only */
	bool lmsw_memory; /* the operand of LMSW is in memory */
	u16 lmsw_source;
};

struct cr_qualification cr_qualification_decode(u64 qualification);

/* Exit qualification of MOV DR. */
struct dr_qualification {
	u8 dr;
	bool from_dr; /* MOV from the debug register */
	u8 reg;	      /* 0 = RAX, 1 = RCX ... */
};

struct dr_qualification dr_qualification_decode(u64 qualification);

/* Exit qualification of an EPT violation. */
struct ept_qualification {
	bool read, write, fetch; /* the access that was tried */
	/* What all EPT entries for the address allow. */
	bool readable, writable, executable;
	bool linear_valid; /* the guest-linear address field is valid */
	/*
	 * The access was to the translated address itself, and not to the
	 * guest's paging entries.
	 */
	bool translation;
	bool nmi_unblocking; /* due to IRET */
};

struct ept_qualification ept_qualification_decode(u64 qualification);

/* "RAX", "RCX", ... "R15" in the order of qualifications; "?" above 15. */
const char *qualification_register_name(u32 reg);

/*
 * What a qualification says, in words, for the reasons decoded here, else in
 * hex; "" where the reason has none. Always terminated; returns the length
 * wanted.
 */
size_t exit_qualification_format(u32 exit_reason, u64 qualification, char *buf,
				 size_t size);
