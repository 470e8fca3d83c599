"""Keyboards: on USB, plugged in and out; layouts; and a machine that has none.

QEMU's monitor presses the keys, and what the prompt makes of them is read on the
serial line. A key has the name of what stands on it in the US.
"""

import re
import time

from prompt import PROMPT, Prompt
from qmp import Monitor

# xHCI in QEMU: where USBCMD and USBSTS are, and a bit of each.
CAPLENGTH, RUN, HALTED = 0x40, 1, 1
NO_I8042 = ["-machine", "q35,i8042=off"]
SIGNS = {" ": "spc", "-": "minus", "=": "equal", "[": "bracket_left", "]": "bracket_right",
         ";": "semicolon", "'": "apostrophe", "`": "grave_accent", "\\": "backslash",
         ",": "comma", ".": "dot", "/": "slash", "<": "less", "\r": "ret"}
INTERRUPTED = rb"error: interrupted; [^\r\n]*\r\n" + PROMPT.encode()
SHIFT, ALTGR = "shift", "alt_r"
# With which modifier which keys are pressed, and what the layout makes of them.
GERMAN = [(None, "\\yz/`", "#zy-"), (None, " ", "^"), (SHIFT, "27/\\", "\"/_'"),
          (SHIFT, "=", ""), (None, " ", "`"), (ALTGR, "q7890-]<", "@{[]}\\~|")]
FRENCH = [(ALTGR, "3", "#"), (None, "qaz18;", "aqw&_m"), (SHIFT, "128m", "128?"),
          (None, "[", ""), (None, " ", "^"), (ALTGR, "23456789-=", "~#{[|`\\^]}"),
          (ALTGR, "0", "@"), (None, "<", "<")]


class Keyboard:
    """Whatever keyboard QEMU's monitor finds in the machine."""

    def __init__(self, monitor, prompt):
        self.monitor = monitor
        self.prompt = prompt

    def press(self, key, modifier=None, ms=10):
        """One key, by its name; a modifier is held down meanwhile."""
        names = [SIGNS.get(key, key)]
        if modifier:
            names.insert(0, modifier)
        self.monitor.execute("send-key", **{"hold-time": ms}, keys=[
            {"type": "qcode", "data": name} for name in names])

    def type(self, keys, echo, modifier=None):
        """One key after the other: QEMU's USB keyboard keeps no more than a few.

        Where each shows something the next one waits for that.
        """
        for at, key in enumerate(keys):
            self.press(key, modifier)
            if len(echo) == len(keys):
                self.prompt.child.expect_exact(echo[at])
        if len(echo) != len(keys):
            self.prompt.child.expect_exact(echo)

    def run(self, command):
        """Types a command; comes back when it is run."""
        self.type(command, command)
        self.press("\r")
        self.prompt.child.expect_exact("\r\n")


def check_layout(keyboard, rows):
    """Each row is echoed as the layout has it; the first begins a comment."""
    for modifier, keys, echo in rows:
        keyboard.type(keys, echo, modifier)
    keyboard.press("\r")
    keyboard.prompt.child.expect_exact(PROMPT)


def until_usb(prompt, pattern, timeout=20):
    """Waits until the command usb says so."""
    end = time.monotonic() + timeout
    while not re.search(pattern, text := prompt.ok("usb"), re.MULTILINE):
        assert time.monotonic() < end, text
    return text


def check_idle(prompt):
    """While nothing happens the controller is polled at most 100 times a second."""
    def polls():
        first = time.monotonic()
        count = int(re.search(r" polls=(\d+)$", prompt.ok("usb"), re.MULTILINE)[1])
        return count, first, time.monotonic()

    before, since, _ = polls()
    time.sleep(1)
    after, _, until = polls()
    assert 0 < after - before <= 100 * (until - since) + 1


def check_given_back(prompt, monitor):
    """Whoever leaves the machine leaves the controller reset and halted."""
    registers = int(re.search(r"\(USB xHCI\) bar0=(\w+)", prompt.ok("pci"))[1], 16) + CAPLENGTH

    def read():
        return [int(word, 16) for word in monitor.execute(
            "human-monitor-command",
            **{"command-line": f"xp /2wx {registers:#x}"}).split()[1:]]

    command, status = read()
    assert command == RUN and not status & HALTED
    prompt.type("halt\r")
    prompt.child.expect_exact("ok\r\n")
    end = time.monotonic() + 20
    while read() != [0, HALTED]:
        assert time.monotonic() < end, read()


def test_usb(qemu):
    """Behind a hub and at the controller; German; plugged out and in again."""
    monitor = Monitor()
    machine = qemu(cmdline="usb=on keymap=de", memory=256, options=[
        *monitor.options, *NO_I8042, "-device", "qemu-xhci,id=usb",
        "-device", "usb-hub,bus=usb.0,port=1", "-device", "usb-mouse,bus=usb.0,port=2",
        "-device", "usb-kbd,bus=usb.0,port=1.3,id=keyboard"])
    with Prompt(machine) as prompt:
        monitor.connect()
        keyboard = Keyboard(monitor, prompt)
        assert re.search(r"^hub: .* port=(\d) .*\nkeyboard: .* port=\1\.3 speed=full$",
                         until_usb(prompt, "keyboards=1"), re.MULTILINE)
        check_layout(keyboard, GERMAN)
        check_idle(prompt)
        for place, speed in (("1.2", "full"), ("3", "high")):
            monitor.execute("device_del", id="keyboard")
            until_usb(prompt, "keyboards=0")
            monitor.execute("device_add", driver="usb-kbd", bus="usb.0", port=place, id="keyboard")
            assert f" speed={speed}\nusb: keyboards=1" in until_usb(prompt, "keyboards=1")
            keyboard.run("version")
            prompt.child.expect_exact("version: Biosphere")
            prompt.child.expect_exact(PROMPT)
        # Held down it comes again and again, and not after that.
        keyboard.press("x", ms=1000)
        prompt.child.expect_exact("xxxx")
        keyboard.press("ret")
        prompt.child.expect(r"(x+)'[^\r]*\r\n" + PROMPT)
        assert len(prompt.child.match[1]) < 20
        # One core sends them to itself, and ends by no other way.
        prompt.type("nmi count=100000000\r")
        prompt.child.expect_exact("\r\n")
        keyboard.press("c", "ctrl")
        prompt.child.expect(INTERRUPTED)
        assert "no keyboard" not in prompt.ok("log")
        check_given_back(prompt, monitor)


def test_usb_by_uefi(qemu):
    """There nobody has to ask for it, and the firmware has had it before."""
    monitor = Monitor()
    machine = qemu(firmware="ovmf", cmdline="", memory=256, options=[
        *monitor.options, *NO_I8042, "-device", "nec-usb-xhci", "-device", "usb-kbd"])
    with Prompt(machine) as prompt:
        monitor.connect()
        until_usb(prompt, "keyboards=1")
        Keyboard(monitor, prompt).run("version")
        prompt.child.expect_exact("version: Biosphere")
        prompt.child.expect_exact(PROMPT)
        prompt.poweroff()


def test_layout(qemu):
    """French, at the PC's own keyboard."""
    monitor = Monitor()
    with Prompt(qemu(cmdline="keymap=fr", options=monitor.options)) as prompt:
        monitor.connect()
        check_layout(Keyboard(monitor, prompt), FRENCH)
        assert "left to the BIOS" in prompt.ok("log")
        prompt.poweroff()


NONE = (r"^(?:biosphere> )?\[ *\d+\.\d+ c0\] warning: no keyboard: no i8042 answers, and no USB "
        r"keyboard.*; type on the serial line, or start with run= .*")


def test_no_keyboard(qemu):
    """It is said, with the way out: at once, or when none has shown itself."""
    options = [*NO_I8042, "-device", "qemu-xhci"]
    serial = qemu(cmdline='usb=off run="pci; machine; usb" then=poweroff',
                  options=options).run_to_end()
    assert re.search(NONE, serial, re.MULTILINE)
    assert "plug in" not in serial
    assert "(USB xHCI) bar0=" in serial
    assert re.search(r"^keyboard: +no i8042; layout us; USB: off$", serial, re.MULTILINE)
    assert "error: no controller is ours; usb; " in serial
    machine = qemu(cmdline="usb=on", options=options)
    serial = machine.run_until(NONE + ", or plug in a USB keyboard")
