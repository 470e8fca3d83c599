/*
 * The few instructions and the text output that the C programs here share.
 */
#pragma once

#include <stdint.h>

#include "guest/abi64.h"

static inline void out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t in8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void out32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline void print(const char *text)
{
	while (*text != '\0') {
		out8(ABI64_UART, (uint8_t)*text++);
	}
}
