/* What is to be watched, and its filters. */
#include "guest/watch/watch.h"

#include "arch/percpu.h"

struct watch_config watch_config = { .core = WATCH_EVERY_CORE,
				     .last_port = UINT16_MAX,
				     .vector = -1 };

bool watch_vector_wanted(u8 vector)
{
	return watch_config.vector < 0 || watch_config.vector == vector;
}

bool watch_port_wanted(u16 port)
{
	return port >= watch_config.first_port &&
	       port <= watch_config.last_port;
}

bool watch_core_wanted(void)
{
	return watch_config.core == WATCH_EVERY_CORE ||
	       watch_config.core == this_cpu_index();
}
