/* What proof's commands stand under in the list of `help`. */
#include "monitor/command.h"

COMMAND_GROUP(TESTS, "Tests and measurements");
