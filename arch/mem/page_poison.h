/*
 * A mark in free pages. A write to a page after it was given back destroys the
 * mark, which is seen when the page is handed out again. Pure.
 */
#pragma once

#include "lib/types.h"

/* As a pointer it is not canonical: using it raises #GP. */
#define PAGE_POISON 0xf2eef2eef2eef2eeull

/* Marks a page. bytes and the pointer are multiples of 8. */
void page_poison_write(void *page, size_t bytes);

/* The offset of the first 8 bytes that have changed; bytes if none have. */
size_t page_poison_find(const void *page, size_t bytes);
