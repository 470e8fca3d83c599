# Reads `nm -n` of the kernel, writes the assembly source of its symbol table:
# the functions in ascending order as 32-bit offsets from kernel_base, and
# their names.  Without input the table is empty.  Addresses stay text, for
# awk's numbers are too short for them; the assembler subtracts.

$3 == "kernel_base" { base = $1 }

$2 ~ /^[tTwW]$/ && $1 != last {
	address[count] = $1
	name[count] = $3
	count++
	last = $1
}

function label(symbol)
{
	printf ".balign 4\n.globl %s\n%s:\n", symbol, symbol
}

END {
	if (NR > 0 && base == "") {
		print "symbols.awk: no symbol kernel_base" > "/dev/stderr"
		exit 1
	}
	for (i = 0; i < count; i++) {
		# As text: both are 16 hex digits.
		if (address[i] "" >= base "") {
			keep[kept++] = i
		}
	}
	print "/* Generated: the functions of the kernel. */"
	print ".section .rodata.symbols,\"a\",@progbits"
	label("symbol_count")
	printf ".long %d\n", kept
	label("symbol_offsets")
	for (i = 0; i < kept; i++) {
		printf ".long 0x%s - 0x%s\n", address[keep[i]], base
	}
	label("symbol_name_offsets")
	at = 0
	for (i = 0; i < kept; i++) {
		printf ".long %d\n", at
		at += length(name[keep[i]]) + 1
	}
	label("symbol_names")
	for (i = 0; i < kept; i++) {
		printf ".asciz \"%s\"\n", name[keep[i]]
	}
	print ".section .note.GNU-stack,\"\",@progbits"
}
