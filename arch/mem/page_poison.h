/*
 * A mark in pages that nobody has. A write to one that was given back breaks
 * it, which is seen when the page is handed out again. Pure.
 */
#pragma once

#include "lib/types.h"

/* Where a pointer should be it is not canonical: using it is a #GP. */
#define PAGE_POISON 0xf2eef2eef2eef2eeull

/* bytes: a multiple of 8, and so is the pointer. */
void page_poison_write(void *page, size_t bytes);

/* The offset of the first 8 bytes that are something else; bytes if none are. */
size_t page_poison_find(const void *page, size_t bytes);
