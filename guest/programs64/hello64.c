/*
 * The smallest C program: says hello, and ends with what rdi= gave it in RAX.
 */
#include "guest/programs64/io64.h"

uint64_t main(uint64_t argument);

uint64_t main(uint64_t argument)
{
	print("hello from 64-bit mode\n");
	return argument;
}
