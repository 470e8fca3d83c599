/* See session.h. */
#include "monitor/session.h"

#include "arch/console/log.h"
#include "guest/bios/bios_pool.h"
#include "monitor/leak_counts.h"
#include "monitor/pc_pool.h"
#include "monitor/trace_reader.h"
#include "monitor/virtual_pc.h"

static struct leak_counts start;

void session_begin(void)
{
	leak_counts_begin(&start);
}

void session_end(void)
{
	char lost[100];

	trace_reader_close();
	virtual_pc_stop();
	pc_pool_empty();
	bios_pool_empty();
	if (leak_counts_end(&start, lost, sizeof(lost))) {
		log_error("the commands have not given all back: %s", lost);
	}
}
