/* The basic types and small macros that all files use. */
#pragma once

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BIT(n) (1ull << (n))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/*
 * For conditions on the path of every exit: the unlikely code is put out of the
 * way.
 */
#define likely(condition) __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)

/* align must be a power of two. */
#define ALIGN_DOWN(x, align) ((x) & ~((u64)(align)-1))
#define ALIGN_UP(x, align) ALIGN_DOWN((x) + (u64)(align)-1, align)

#define KIB 1024ul
#define MIB (1024ul * KIB)
#define GIB (1024ul * MIB)

#define PAGE_SIZE 4096ul
#define PAGE_SHIFT 12
