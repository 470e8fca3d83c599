/* The files that the boot loader has read (Multiboot2 modules), by name. */
#pragma once

#include "boot/bootinfo.h"

/*
 * The name of a module: the first word of its command line, without the folders
 * of a path; "" if it has none.
 */
void modules_name(const struct bootinfo_module *module, char *name,
		  size_t size);

/*
 * Writes the names of all modules, with ", " between, cut at size; or that
 * there are none.
 */
void modules_list(char *names, size_t size);

/* The name of the i-th, until the next call; NULL after the last. */
const char *modules_name_nth(size_t i);

/* The first module of that name, or NULL. */
const struct bootinfo_module *modules_find(const char *name);
