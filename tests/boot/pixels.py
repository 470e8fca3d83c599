"""Reads the console's text back from the pixels of a screen.

Each cell must be, to the pixel, a glyph of the font that the kernel was built
with, in one colour on black; the rest of the screen must be black.
"""

import re
import time
from functools import cache

from image import BUILD
from machine import MachineError

WIDTH, HEIGHT = 8, 16  # of a glyph, before it is made larger
CURSOR_ROWS = 2
BLACK = (0, 0, 0)
GREY = (0xaa, 0xaa, 0xaa)
# Of a colour that has few bits in a pixel; what QEMU makes of it may differ.
TOLERANCE = 4
# As in arch/console/framebuffer.c, of the attributes that the console has.
COLOURS = {GREY: "grey", (0xff, 0x55, 0x55): "red",
           (0x55, 0xff, 0x55): "green", (0xff, 0xff, 0x55): "yellow"}


@cache
def font():
    """{the bytes of a glyph: its character}, of the kernel's own font."""
    source = (BUILD / "font_glyphs.c").read_text("ascii")
    rows = re.findall(r"\[0x(\w\w) - FONT_FIRST\] = \{ (.*?) \}", source)
    glyphs = {}
    for code, data in rows:
        glyphs.setdefault(bytes(int(byte, 16) for byte in data.split(", ")),
                          chr(int(code, 16)))
    assert len(rows) == 224 and glyphs[bytes(HEIGHT)] == " "
    return glyphs


def scale_of(width):
    """How many pixels wide and high each of the font's is."""
    return 1 if width < 2560 else 2 if width < 5760 else 4


class Picture:
    """A screen's pixels, from a PPM file of 8 bits a colour."""

    def __init__(self, data):
        magic, width, height, most = re.match(
            rb"(P6)\s+(\d+)\s+(\d+)\s+(\d+)\s", data).groups()
        assert magic == b"P6" and most == b"255"
        self.width, self.height = int(width), int(height)
        self.data = data[-self.width * self.height * 3:]
        self.scale = scale_of(self.width)
        self.cols = self.width // (WIDTH * self.scale)
        self.rows = self.height // (HEIGHT * self.scale)

    def line(self, y):
        """The bytes of a row of pixels."""
        return self.data[y * self.width * 3:(y + 1) * self.width * 3]

    def cell_lines(self, row):
        """For each of the font's rows in this row of cells: its pixels.

        Where the scale is not 1, its pixels are squares; they are checked.
        """
        lines = []
        for y in range(HEIGHT):
            at = (row * HEIGHT + y) * self.scale
            line = self.line(at)
            for more in range(1, self.scale):
                assert self.line(at + more) == line, f"row {at + more}"
            thin = b"".join(line[3 * x:3 * x + 3] for x in range(
                0, self.cols * WIDTH * self.scale, self.scale))
            if self.scale != 1:
                wide = b"".join(thin[3 * x:3 * x + 3] * self.scale
                                for x in range(self.cols * WIDTH))
                assert wide == line[:len(wide)], f"row {at}"
            lines.append(thin)
        return lines

    def check_margin(self):
        """Right of the cells and below them nothing is drawn."""
        right = self.cols * WIDTH * self.scale * 3
        below = self.rows * HEIGHT * self.scale
        for y in range(self.height):
            assert not any(self.line(y)[0 if y >= below else right:]), y


@cache
def meant(pixel):
    """The colour that a pixel's is nearly; else the pixel's own."""
    for colour in (BLACK, *COLOURS):
        if all(abs(a - b) <= TOLERANCE for a, b in zip(pixel, colour)):
            return colour
    return pixel


def pixels_of(line, col):
    """The eight pixels of a cell in a line, as (red, green, blue)."""
    data = line[col * WIDTH * 3:(col + 1) * WIDTH * 3]
    return [meant(tuple(data[i:i + 3])) for i in range(0, len(data), 3)]


def read_cell(lines, col, glyphs, cursor):
    """(character, colour's name) of a cell."""
    rows, seen = [], set()
    for number, line in enumerate(lines):
        pixels = pixels_of(line, col)
        if cursor and number >= HEIGHT - CURSOR_ROWS:
            assert pixels == [GREY] * WIDTH, "the cursor"
            pixels = [BLACK] * WIDTH
        seen |= set(pixels) - {BLACK}
        rows.append(sum(0x80 >> i for i, pixel in enumerate(pixels)
                        if pixel != BLACK))
    assert len(seen) <= 1 and seen <= set(COLOURS), f"colours {seen}"
    character = glyphs.get(bytes(rows))
    assert character is not None, f"no glyph: {rows}"
    return character, COLOURS[seen.pop()] if seen else "grey"


def read_text(picture, cursor=None, rows=None):
    """(lines, colours): the text, and {(row, column): colour} of what is no
    grey. The cursor is at (row, column), if there is one. `rows`: so many of
    them alone."""
    glyphs, lines, colours = font(), [], {}
    blank = bytes(picture.cols * WIDTH * 3)
    picture.check_margin()
    for row in range(picture.rows if rows is None else rows):
        pixel_lines = picture.cell_lines(row)
        if all(line == blank for line in pixel_lines):
            assert cursor is None or cursor[0] != row, "no cursor"
            lines.append("")
            continue
        text = ""
        for col in range(picture.cols):
            try:
                character, colour = read_cell(pixel_lines, col, glyphs,
                                              cursor == (row, col))
            except AssertionError as error:
                raise AssertionError(
                    f"row {row}, column {col}: {error}") from error
            text += character
            if colour != "grey":
                colours[row, col] = colour
        lines.append(text.rstrip())
    return lines, colours


def rows_of(serial, cols):
    """The rows that a terminal of that width shows of a console's text."""
    rows = []
    for line in serial.split("\n"):
        rows += [line[i:i + cols] for i in range(0, len(line) + 1, cols)]
    return rows


def expected(serial, picture):
    """(lines, cursor) of a screen when no more text comes.

    The firmware and GRUB may have written to the serial line before."""
    rows = rows_of(serial[serial.index("[    0.000000 c0] Biosphere"):],
                   picture.cols)
    cursor = min(len(rows), picture.rows) - 1, len(rows[-1])
    rows = rows[-picture.rows:]
    rows += [""] * (picture.rows - len(rows))
    return [row.rstrip() for row in rows], cursor


def drawn_text(text, width, ink, paper):
    """The bytes of the rows of pixels that the text makes, from the left edge of
    a screen of that width on; its last row of cells may not be full."""
    shapes = {character: glyph for glyph, character in font().items()}
    cols, lines = width // WIDTH, []
    for start in range(0, len(text), cols):
        part = text[start:start + cols]
        lines += [b"".join(ink if shapes[character][y] & 0x80 >> x else paper
                           for character in part for x in range(WIDTH))
                  for y in range(HEIGHT)]
    return lines


def screenshot(monitor, machine):
    """What the machine's screen shows just now."""
    path = machine.directory / "screen.ppm"
    monitor.execute("screendump", filename=str(path))
    return Picture(path.read_bytes())


def wait_for_screen(monitor, machine, check, timeout=60):
    """Looks until check(picture) asserts nothing; returns what it returned."""
    end = time.monotonic() + timeout
    while True:
        picture = screenshot(monitor, machine)
        try:
            return check(picture)
        except AssertionError as error:
            if time.monotonic() > end:
                raise MachineError(f"the screen is not right: {error}; see "
                                   f"{machine.directory}/screen.ppm") from error
        time.sleep(0.2)


def check_screen(monitor, machine):
    """The screen shows the end of the serial text, to the pixel.

    The machine waits at its prompt, and may draw for a moment yet. Returns the
    picture and the colours of its text.
    """
    def check(picture):
        lines, cursor = expected(machine.serial(), picture)
        seen, colours = read_text(picture, cursor)
        assert seen == lines
        return picture, colours

    return wait_for_screen(monitor, machine, check)
