/* Finds modules by name in the loader's information. Boot core. */
#include "monitor/modules.h"

#include "arch/machine.h"
#include "lib/fmt.h"
#include "lib/parse.h"
#include "lib/str.h"

void modules_name(const struct bootinfo_module *module, char *name, size_t size)
{
	char word[BOOTINFO_MODULE_CMDLINE_BYTES];
	const char *cursor = module->cmdline;
	const char *last = word;

	if (parse_word(&cursor, word, sizeof(word)) != 1) {
		word[0] = '\0';
	}
	for (const char *s = word; *s != '\0'; s++) {
		if (*s == '/') {
			last = s + 1;
		}
	}
	str_copy(name, size, last);
}

const char *modules_name_nth(size_t i)
{
	static char name[BOOTINFO_MODULE_CMDLINE_BYTES];
	const struct bootinfo *info = machine_bootinfo();

	if (i >= info->module_count) {
		return NULL;
	}
	modules_name(&info->module[i], name, sizeof(name));
	return name;
}

const struct bootinfo_module *modules_find(const char *name)
{
	const struct bootinfo *info = machine_bootinfo();
	char have[BOOTINFO_MODULE_CMDLINE_BYTES];

	for (u32 i = 0; i < info->module_count; i++) {
		modules_name(&info->module[i], have, sizeof(have));
		if (str_equal(have, name)) {
			return &info->module[i];
		}
	}
	return NULL;
}

void modules_list(char *names, size_t size)
{
	const struct bootinfo *info = machine_bootinfo();
	char name[BOOTINFO_MODULE_CMDLINE_BYTES];
	size_t used = 0;

	if (info->module_count == 0) {
		str_copy(names, size,
			 "none; add 'module2 FILE NAME' to GRUB's menu entry");
	}
	for (u32 i = 0; i < info->module_count && used < size; i++) {
		modules_name(&info->module[i], name, sizeof(name));
		used += (size_t)fmt_snprintf(names + used, size - used, "%s%s",
					     i == 0 ? "" : ", ", name);
	}
}
