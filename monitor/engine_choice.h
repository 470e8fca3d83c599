/* Chooses the engine of a guest, from the command line and the core. */
#pragma once

#include "guest/bios/bios_pool.h"
#include "monitor/line/args.h"
#include "monitor/options.h"

/*
 * Reads the option engine=; if it is not given, the kernel's command line. 0 or
 * the parser's error.
 */
int engine_choice_read(struct args *args, enum options_engine *wanted);

/*
 * The engine that `wanted` means on core `index`; NULL if it cannot run there.
 */
const struct engine *engine_choice(enum options_engine wanted, u32 index);

/*
 * bios_pool_get() with engine= and vme= of the kernel's command line. auto
 * means v86 here, which every processor with VMX can run.
 */
int engine_choice_guest(const struct board_kind *board, struct guest16 **guest);

/* Writes the names of all engines that core `index` can run, or "none". */
void engine_choice_names(u32 index, char *buf, size_t size);
