/* Keeps the options that the machine was started with. */
#include "monitor/settings.h"

static struct options options;

void settings_read(const char *cmdline, options_complaint *complain)
{
	options_parse(&options, cmdline, complain, NULL);
}

const struct options *settings(void)
{
	return &options;
}
