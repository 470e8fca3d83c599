/*
 * Registers and formats of the eXtensible Host Controller Interface
 * (specification 1.2), by its names: as much of them as is used. Constants and
 * plain structs only.
 */
#pragma once

#include "lib/types.h"

/* "Host Controller Capability Registers" */
enum {
	XHCI_CAPLENGTH = 0x00, /* 8 bits */
	XHCI_HCSPARAMS1 = 0x04,
	XHCI_HCSPARAMS2 = 0x08,
	XHCI_HCCPARAMS1 = 0x10,
	XHCI_DBOFF = 0x14,
	XHCI_RTSOFF = 0x18,
	XHCI_CAPABILITY_BYTES = 0x20,
};
#define XHCI_MAX_SLOTS(hcsparams1) ((hcsparams1)&0xff)
#define XHCI_MAX_PORTS(hcsparams1) ((hcsparams1) >> 24)
#define XHCI_SCRATCHPADS(hcsparams2)                                           \
	(((hcsparams2) >> 21 & 0x1f) << 5 | (hcsparams2) >> 27)
#define XHCI_CONTEXT_64 0x4u /* HCCPARAMS1: contexts of 64 bytes */
#define XHCI_EXTENDED(hccparams1) (((hccparams1) >> 16) * 4)

/* "Host Controller Operational Registers" */
enum {
	XHCI_USBCMD = 0x00,
	XHCI_USBSTS = 0x04,
	XHCI_PAGESIZE = 0x08,
	XHCI_CRCR = 0x18,   /* 64 bits */
	XHCI_DCBAAP = 0x30, /* 64 bits */
	XHCI_CONFIG = 0x38,
	XHCI_PORTSC = 0x400, /* of port 1; each 16 bytes */
	XHCI_PORT_BYTES = 0x10,
};
#define XHCI_CMD_RUN 0x1u
#define XHCI_CMD_RESET 0x2u
#define XHCI_STS_HALTED 0x1u
#define XHCI_STS_HOST_ERROR 0x4u
#define XHCI_STS_NOT_READY 0x800u
#define XHCI_STS_CONTROLLER_ERROR 0x1000u
#define XHCI_PAGESIZE_4K 0x1u
#define XHCI_CRCR_CYCLE 0x1u

/* "Port Status and Control Register"; a 1 written to PED turns the port off */
#define XHCI_PORT_CONNECTED 0x1u
#define XHCI_PORT_ENABLED 0x2u
#define XHCI_PORT_OVER_CURRENT 0x8u
#define XHCI_PORT_RESET 0x10u
#define XHCI_PORT_POWER 0x200u
#define XHCI_PORT_SPEED(portsc) ((portsc) >> 10 & 0xf)
#define XHCI_PORT_CONNECT_CHANGE 0x20000u
#define XHCI_PORT_RESET_CHANGE 0x200000u
#define XHCI_PORT_CHANGES 0xfe0000u
#define XHCI_PORT_KEPT 0xe00c200u /* what a write must leave as it is */

/* "Runtime Registers", of interrupter 0 */
enum {
	XHCI_ERSTSZ = 0x28,
	XHCI_ERSTBA = 0x30, /* 64 bits */
	XHCI_ERDP = 0x38,   /* 64 bits */
	XHCI_RUNTIME_BYTES = 0x40,
};
#define XHCI_ERDP_BUSY 0x8u

/* "Extended Capabilities" */
#define XHCI_EXT_LEGACY 1u
#define XHCI_EXT_PROTOCOL 2u
#define XHCI_EXT_ID(dword) ((dword)&0xff)
#define XHCI_EXT_NEXT(dword) (((dword) >> 8 & 0xff) * 4)
#define XHCI_LEGACY_BIOS 0x10000u
#define XHCI_LEGACY_OS 0x1000000u
#define XHCI_LEGACY_CONTROL 4 /* the register behind */
#define XHCI_LEGACY_SMI_ENABLES 0xe011u
#define XHCI_LEGACY_SMI_EVENTS 0xe0000000u
#define XHCI_PROTOCOL_MAJOR(dword) ((dword) >> 24)
#define XHCI_PROTOCOL_PORTS 8 /* the register: first port, count */

/* "Transfer Request Block" */
struct xhci_trb {
	u64 parameter;
	u32 status;
	u32 control;
};
static_assert(sizeof(struct xhci_trb) == 16, "TRB");

#define XHCI_TRB_CYCLE 0x1u
#define XHCI_TRB_TOGGLE 0x2u /* of a link */
#define XHCI_TRB_SHORT 0x4u  /* an event for a short packet */
#define XHCI_TRB_CHAIN 0x10u
#define XHCI_TRB_EVENT 0x20u	 /* an event when it is done */
#define XHCI_TRB_IMMEDIATE 0x40u /* the parameter is the data */
#define XHCI_TRB_TYPE(n) ((u32)(n) << 10)
#define XHCI_TRB_TYPE_OF(control) ((control) >> 10 & 0x3f)
#define XHCI_TRB_SLOT(n) ((u32)(n) << 24)
#define XHCI_TRB_SLOT_OF(control) ((control) >> 24)
#define XHCI_TRB_ENDPOINT(n) ((u32)(n) << 16)
#define XHCI_TRB_ENDPOINT_OF(control) ((control) >> 16 & 0x1f)
#define XHCI_TRB_DIRECTION_IN 0x10000u /* of a data or status stage */
#define XHCI_TRB_STAGE_IN 0x30000u     /* a setup stage: the data come in */
#define XHCI_COMPLETION_OF(status) ((status) >> 24)
#define XHCI_RESIDUE_OF(status) ((status)&0xffffff)

enum xhci_trb_type {
	XHCI_NORMAL = 1,
	XHCI_SETUP_STAGE = 2,
	XHCI_DATA_STAGE = 3,
	XHCI_STATUS_STAGE = 4,
	XHCI_LINK = 6,
	XHCI_ENABLE_SLOT = 9,
	XHCI_DISABLE_SLOT = 10,
	XHCI_ADDRESS_DEVICE = 11,
	XHCI_CONFIGURE_ENDPOINT = 12,
	XHCI_EVALUATE_CONTEXT = 13,
	XHCI_RESET_ENDPOINT = 14,
	XHCI_SET_TR_DEQUEUE = 16,
	XHCI_TRANSFER_EVENT = 32,
	XHCI_COMMAND_EVENT = 33,
	XHCI_PORT_EVENT = 34,
};

enum xhci_completion {
	XHCI_NOTHING_YET = 0,
	XHCI_SUCCESS = 1,
	XHCI_BABBLE = 3,
	XHCI_TRANSACTION_ERROR = 4,
	XHCI_STALL = 6,
	XHCI_SHORT_PACKET = 13,
	XHCI_OUT_OF_TIME = 255, /* ours */
};

static inline bool xhci_went_well(u32 completion)
{
	return completion == XHCI_SUCCESS || completion == XHCI_SHORT_PACKET;
}

/* "Event Ring Segment Table" */
struct xhci_segment {
	u64 base;
	u32 trbs;
	u32 reserved;
};
static_assert(sizeof(struct xhci_segment) == 16, "event ring segment");

/* Speeds as ports and slot contexts have them, without those from USB 3 on. */
enum xhci_speed {
	XHCI_FULL_SPEED = 1,
	XHCI_LOW_SPEED = 2,
	XHCI_HIGH_SPEED = 3,
};
