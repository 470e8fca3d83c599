/* Where things are in the image of a 64-bit hostile program, by offset. */
#pragma once

#define HOSTILE_IMAGE_GDT 0xc0u
#define HOSTILE_IMAGE_TSS 0x100u
#define HOSTILE_IMAGE_IDT 0x1000u
#define HOSTILE_IMAGE_CODE 0x2000u
#define HOSTILE_IMAGE_CODE_END 0x3000u /* where a page ends */

#define HOSTILE_SELECTOR_CODE 0x08u
#define HOSTILE_SELECTOR_DATA 0x10u
#define HOSTILE_SELECTOR_USER_CODE 0x1bu
#define HOSTILE_SELECTOR_USER_DATA 0x23u
#define HOSTILE_SELECTOR_TSS 0x28u
#define HOSTILE_SELECTOR_CODE32 0x38u
