/*
 * The time from the first command to the last. At its end all that commands
 * keep for later ones is given back, and then there must be as much of
 * everything as at the start. Boot core, no command running.
 */
#pragma once

void session_begin(void);

/* Prints an error if something has leaked. */
void session_end(void);
