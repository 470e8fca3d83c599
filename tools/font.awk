# From the bytes of a PCF font, in decimal (od -An -v -tu1), to the C of the
# console's font: a glyph for each of the cells' characters.
#
# PCF is X11's Portable Compiled Format: a table of contents, then tables; each
# begins with its format, whose bits tell the order of its bytes and how the rows
# of its bitmaps are padded.

function fail(why)
{
	print "font.awk: " why > "/dev/stderr"
	failed = 1
	exit 1
}

function little(at) { return b[at] + 256 * (b[at + 1] + 256 * (b[at + 2] + 256 * b[at + 3])) }
function big(at) { return b[at + 3] + 256 * (b[at + 2] + 256 * (b[at + 1] + 256 * b[at])) }
function word(at) { return msb ? big(at) : little(at) }
function half(at) { return msb ? 256 * b[at] + b[at + 1] : b[at] + 256 * b[at + 1] }
function bit(value, n) { return int(value / 2 ^ n) % 2 }

# The offset of the table of that type, with msb and format set.
function table(type, name, i, at)
{
	for (i = 0; i < little(4); i++) {
		at = 8 + 16 * i
		if (little(at) == type) {
			at = little(at + 12)
			format = little(at)
			msb = bit(format, 2)
			return at
		}
	}
	fail("the font has no " name)
}

function hex(digits, i, value)
{
	value = 0
	for (i = 1; i <= length(digits); i++)
		value = 16 * value + index("0123456789abcdef", substr(digits, i, 1)) - 1
	return value
}

# The rows of a code point's glyph, as C writes them.
function rows(point, low, high, glyph, at, next_at, text, i)
{
	low = point % 256
	high = int(point / 256)
	if (low < low_first || low > low_last || high < high_first || high > high_last)
		fail(sprintf("no glyph for U+%04X", point))
	at = (high - high_first) * (low_last - low_first + 1) + low - low_first
	at = encodings + 14 + 2 * at
	msb = encodings_msb
	glyph = half(at)
	if (glyph == 65535)
		fail(sprintf("no glyph for U+%04X", point))
	msb = bitmaps_msb
	at = data + word(bitmaps + 8 + 4 * glyph)
	next_at = glyph + 1 < glyphs ? data + word(bitmaps + 12 + 4 * glyph) : end
	if (next_at - at != HEIGHT * padding)
		fail(sprintf("the glyph for U+%04X is not %d rows", point, HEIGHT))
	for (i = 0; i < HEIGHT; i++)
		text = text sprintf("%s0x%02x", i ? ", " : "", b[at + i * padding])
	return text
}

function glyph(code, point)
{
	printf "\t[0x%02x - FONT_FIRST] = { %s },\n", code, rows(point)
}

# What stands at 7Fh and on, where Latin-1 has nothing to show: the sign for what
# cannot be shown, light and double lines, blocks, two bullets.
BEGIN {
	n = 0
	HEIGHT = 16
	LINES_AND_BLOCKS = "fffd " \
		"2500 2502 250c 2510 2514 2518 251c 2524 252c 2534 253c " \
		"2550 2551 2554 2557 255a 255d 2560 2563 2566 2569 256c " \
		"2580 2584 2588 258c 2590 2591 2592 2593 25a0 2022"
}

{ for (i = 1; i <= NF; i++) b[n++] = $i }

END {
	if (failed)
		exit 1
	if (little(0) != 1885562369)
		fail("this is no PCF font")
	encodings = table(32, "encodings")
	encodings_msb = msb
	low_first = half(encodings + 4); low_last = half(encodings + 6)
	high_first = half(encodings + 8); high_last = half(encodings + 10)
	bitmaps = table(8, "bitmaps")
	bitmaps_msb = msb
	if (!bit(format, 3))
		fail("the leftmost pixel is not the highest bit")
	padding = 2 ^ (format % 4)
	glyphs = word(bitmaps + 4)
	data = bitmaps + 8 + 4 * glyphs + 16
	end = data + word(bitmaps + 8 + 4 * glyphs + 4 * (format % 4))

	print "/* Made by tools/font.awk of a font of Terminus; see docs/dependencies.md. */"
	print "#include \"arch/console/font.h\"\n"
	print "const u8 font_glyphs[FONT_GLYPHS][FONT_HEIGHT] = {"
	for (code = 32; code < 256; code++)
		if (code < 127 || code >= 160)
			glyph(code, code)
	count = split(LINES_AND_BLOCKS, points, " ")
	for (i = 1; i <= count; i++)
		glyph(126 + i, hex(points[i]))
	print "};\n"
	printf "const u16 font_points[FONT_POINTS] = {"
	for (i = 1; i <= count; i++)
		printf "%s0x%s,", i % 8 == 1 ? "\n\t" : " ", points[i]
	print "\n};"
}
