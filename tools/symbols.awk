# Reads `nm -n` of the kernel, writes the assembly source of its symbol table:
# for each function in ascending order how far its start is from the one
# before (16 bits; the first: from kernel_base), how many characters its name
# shares with the one before (8 bits), and the rest of the name.  Without input
# the table is empty.  Addresses stay text, for awk's numbers are too short for
# them; the assembler subtracts.

$3 == "kernel_base" { base = $1 }

# Marks of linker.ld, which are no functions.
$3 ~ /^(kernel_base|text_start|text_end)$/ { next }

$2 ~ /^[tTwW]$/ && $1 != last {
	# Without what gcc appends to a function's changed copy, ".isra.0".
	sub(/\..*/, "", $3)
	if (length($3) > 63) {
		print "symbols.awk: arch/symbols.c has no room for " $3 \
			> "/dev/stderr"
		failed = 1
		exit 1
	}
	address[count] = $1
	name[count] = $3
	count++
	last = $1
}

function shared(a, b,    n)
{
	n = 0
	while (n < length(a) && substr(a, n + 1, 1) == substr(b, n + 1, 1)) {
		n++
	}
	return n
}

END {
	if (failed) {
		exit 1
	}
	if (NR > 0 && base == "") {
		print "symbols.awk: no symbol kernel_base" > "/dev/stderr"
		exit 1
	}
	print "/* Generated: the functions of the kernel. */"
	print ".macro function address, shared, rest"
	print ".if \\address - previous > 0xffff"
	print ".error \"a function of 64 KiB\""
	print ".endif"
	print ".short \\address - previous"
	print ".byte \\shared"
	print ".asciz \"\\rest\""
	print ".set previous, \\address"
	print ".endm"
	print ".section .symbol_table,\"a\",@progbits"
	print ".globl symbol_table, symbol_table_end"
	print "symbol_table:"
	if (NR > 0) {
		printf ".set previous, 0x%s\n", base
	}
	for (i = 0; i < count; i++) {
		# As text: both are 16 hex digits.
		if (address[i] "" >= base "") {
			n = shared(before, name[i])
			printf "function 0x%s, %d, \"%s\"\n", address[i], n,
				substr(name[i], n + 1)
			before = name[i]
		}
	}
	print "symbol_table_end:"
	print ".section .note.GNU-stack,\"\",@progbits"
}
