/*
 * From the first command to the last. What commands keep for those that follow
 * is given up at the end, and then there must be as much of everything as there
 * was at the start. Boot core, no command running.
 */
#pragma once

void session_begin(void);

/* Says so, as an error, if something has been lost. */
void session_end(void);
