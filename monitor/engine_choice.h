/* Which engine a guest runs by, from the command line's word and the core. */
#pragma once

#include "guest/bios/bios_pool.h"
#include "monitor/line/args.h"
#include "monitor/options.h"

/*
 * What the option engine= says, or without it the kernel's command line. 0 or
 * the parser's error.
 */
int engine_choice_read(struct args *args, enum options_engine *wanted);

/*
 * The engine that `wanted` means on core `index`; NULL where it cannot run
 * there.
 */
const struct engine *engine_choice(enum options_engine wanted, u32 index);

/*
 * bios_pool_get() with the engine and vme= of the kernel's command line; auto
 * here means v86, which every processor with VMX can run.
 */
int engine_choice_guest(const struct board_kind *board, struct guest16 **guest);

/* Writes the names of all that core `index` can run, or "none". */
void engine_choice_names(u32 index, char *buf, size_t size);
