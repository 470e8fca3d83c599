/*
 * Access rights of a guest's segments, in the VMCS's format (SDM volume 3,
 * "Guest Register State"): the second and third byte of a descriptor's upper
 * half, and a bit that says the register is unusable.
 */
#pragma once

#define RIGHTS_TYPE 0xfu
#define RIGHTS_ACCESSED 0x1u
#define RIGHTS_WRITABLE 0x2u	/* data: writable; code: readable */
#define RIGHTS_EXPAND_DOWN 0x4u /* data: expand-down; code: conforming */
#define RIGHTS_CODE 0x8u
#define RIGHTS_S 0x10u /* code or data; clear: a system segment */
#define RIGHTS_DPL 0x60u
#define RIGHTS_DPL_SHIFT 5
#define RIGHTS_P 0x80u
#define RIGHTS_RESERVED 0xfffe0f00u
#define RIGHTS_AVL 0x1000u
#define RIGHTS_L 0x2000u
#define RIGHTS_DB 0x4000u
#define RIGHTS_G 0x8000u
#define RIGHTS_UNUSABLE 0x10000u

/* VM entry demands these rights of all six segments in virtual-8086 mode. */
#define RIGHTS_V86 0xf3u
/* In real mode of an unrestricted guest, for code and data alike. */
#define RIGHTS_REAL 0x93u

#define RIGHTS_DATA32 0xc093u
#define RIGHTS_CODE32 0xc09bu
#define RIGHTS_CODE64 0xa09bu

#define RIGHTS_LDT 0x82u
#define RIGHTS_TSS16_BUSY 0x83u
#define RIGHTS_TSS_BUSY 0x8bu /* 32-bit, and 64-bit in IA-32e mode */
