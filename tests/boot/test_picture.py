"""The picture of the command picture, as somebody in front of it sees it."""

import re

import pytest
from prompt import Prompt
from screen import DISPLAY, Screen, checksum

LINE = re.compile(r"^picture: mode=([0-9a-f]+) width=(\d+) height=(\d+) "
                  r"bits=(\d+) address=([0-9a-f]+) pitch=(\d+) "
                  r"checksum=([0-9a-f]{8})$", re.MULTILINE)
TEXT_ROW = 16


def show_text(prompt):
    """Text mode, cleared, and then some text."""
    prompt.ok("bios 10 ax=0003")
    prompt.ok("version")


def without_first_row(width, pixels):
    """There the screen tells how long the call took."""
    return pixels[width * 3 * TEXT_ROW:]


def check_picture(screen, text, width, height):
    """What is on the screen is what the kernel says that it drew."""
    said = LINE.search(text)
    assert (int(said[2]), int(said[3])) == (width, height)
    drawn = int(said[7], 16)
    seen = screen.wait_for(lambda w, h, pixels: (w, h) == (width, height)
                           and checksum(pixels) == drawn)
    assert seen[:2] == (width, height)
    assert checksum(seen[2]) == drawn

    def pixel(x, y):
        at = (y * width + x) * 3
        return tuple(seen[2][at:at + 3])

    return pixel


@pytest.mark.parametrize("bios,model", [
    ("bochs", "core2_penryn_t9600"), ("bochs", "corei7_haswell_4770"),
    ("seabios", "corei7_skylake_x")])
def test_picture(bochs, bios, model):
    """A picture drawn from 64-bit code, and the text after it as before."""
    with Screen() as screen:
        machine = bochs(cmdline="", bios=bios, model=model,
                        settings=[DISPLAY])
        with Prompt(machine) as prompt:
            show_text(prompt)
            # Some hundred letters have some thousand pixels.
            before = screen.wait_still(
                lambda w, h, pixels: (w, h) == (720, 400)
                and sum(map(bool, pixels)) > 3 * 5000)
            assert before[:2] == (720, 400)
            assert sum(map(bool, before[2])) > 3 * 5000

            text = prompt.ok("picture")
            pixel = check_picture(screen, text, 800, 600)
            # The edge, the sea, a letter's top left, the ramps' bright ends.
            assert pixel(0, 0) == pixel(799, 599) == (255, 255, 255)
            red, green, blue = pixel(300, 250)
            assert blue > green > red
            assert pixel(137, 472) == (255, 255, 255)
            assert [pixel(664, y) for y in (562, 569, 576)] == [
                (255, 0, 0), (0, 255, 0), (0, 0, 255)]
            # What is printed meanwhile does not spoil it.
            prompt.ok("version")
            check_picture(screen, text, 800, 600)

            check_picture(screen, prompt.ok("picture 118"), 1024, 768)

            show_text(prompt)
            wanted = without_first_row(720, before[2])
            after = screen.wait_for(
                lambda w, _, pixels: without_first_row(w, pixels) == wanted)
            assert without_first_row(720, after[2]) == wanted
            prompt.poweroff()
    assert machine.entry_failures() == []


def test_refusals(bochs):
    """Modes there are not, or with no framebuffer to draw in."""
    with Prompt(bochs(cmdline="")) as prompt:
        prompt.error("picture 3ff0")
        # 8 bits a pixel, by a palette.
        prompt.error("picture 101")
        prompt.error("picture 4000")
        # Text still.
        assert "eax=00005003" in prompt.ok("bios 10 ah=0f")
        prompt.poweroff()


def test_mirror_by_the_chip(bochs):
    """Off in a graphics mode even where the BIOS's data says text."""
    with Prompt(bochs(cmdline="")) as prompt:
        # 640x200, in the memory that is the text screen's.
        prompt.ok("bios 10 ax=0006")
        assert prompt.ok("peek 449 3").startswith("mem: 00000449: 06 50 00")
        prompt.ok("poke 449 03")
        # After each call the mirror looks anew.
        prompt.ok("bios 11")
        prompt.ok("version")
        assert set(prompt.ok("peek b8000 40").split("|")[0].split()[2:]) == {
            "00"}
        prompt.ok("bios 10 ax=0003")
        assert "b.i.o.s." in prompt.ok("peek b8000 20")
        prompt.poweroff()
