# frames.awk [SOURCE.c ...] DUMP: fails if a panic's backtrace could miss a caller.
# That follows RBP from frame to frame, so in DUMP, which is what
# `objdump -t -d --no-show-raw-insn` says of the kernel,
#
#   - a function that calls another one has a frame before it does,
#   - none ends by a jump to another one (a sibling call), for then that one
#     would seem to be called by the first one's caller. Those of the sources
#     named may.
#
# Compilers lose this without a word: gcc 14's LTO gave an option of one file to
# all of them, and with it went most frames. Assembly sees to RBP by itself.

FNR == 1 {
	reading_source = FILENAME ~ /\.c$/
}

# In the format of the sources: "static void on_hlt(struct vcpu *vcpu)".
reading_source {
	if ($0 ~ /^[a-z].*\(/ && $0 !~ /;$/) {
		sub(/__attribute__\(\(.*\)\)/, "")
		sub(/\(.*/, "")
		sub(/.*[ *]/, "")
		may_jump[$0]
	}
	next
}

# "ffffffff80102028 g     F .text	0000000000000036 boot_main", of C alone
/^[0-9a-f]+ ......F / {
	compiled[$NF]
	next
}

# "ffffffff80102028 <boot_main>:". What is seldom run lies apart, as
# "boot_main.cold", and is jumped to from the function, with its frame.
$2 ~ /^<.*>:$/ {
	symbol = substr($2, 2, length($2) - 3)
	checked = symbol in compiled
	cold = sub(/\.cold$/, "", symbol)
	source = symbol
	sub(/\..*/, "", source) # what the compiler appends: ".constprop.0"
	functions += checked && !cold
	instructions = pushed = 0
	next
}

# "ffffffff80102028:  call  ffffffff80101a46 <boot_map>"
$1 ~ /^[0-9a-f]+:$/ && checked {
	instructions++
	if ($2 == "push" && $3 == "%rbp") {
		pushed = 1
	} else if (pushed && $2 == "mov" && $3 == "%rsp,%rbp") {
		framed[symbol]
	} else if ($2 == "call" && !(symbol in framed)) {
		without[symbol] = $NF
		in_cold[symbol] = cold
	} else if ($2 ~ /^j/ && $NF ~ /^<[^+]*>$/) {
		target = substr($NF, 2, length($NF) - 2)
		sub(/\.cold$/, "", target)
		# Two functions of the same code are one, and a jump to it.
		if (target != symbol && instructions > 1 &&
		    !(source in may_jump)) {
			complain(symbol " ends by a jump to " target)
		}
	}
}

function complain(what)
{
	if (wrong++ < 10) {
		print "frames.awk: " what > "/dev/stderr"
	}
}

END {
	for (symbol in without) {
		if (!in_cold[symbol] || !(symbol in framed)) {
			complain(symbol " calls " without[symbol] \
				" without a frame of its own")
		}
	}
	if (functions == 0) {
		complain("this is no disassembly: " FILENAME)
	}
	if (wrong) {
		print "frames.awk: backtraces would miss callers, " wrong \
			" times in " functions " functions; which option of" \
			" the compiler has done that?" > "/dev/stderr"
		exit 1
	}
}
