"""What is typed and when: pastes, Ctrl-C, breaks, and the PC's own keyboard."""

import contextlib
import os
import re
import select
import socket
import time
import tty

import pytest
from machine import PATIENCE
from madt import lapic, madt
from prompt import PROMPT, Prompt
from services_keys import DISPLAY, Keyboard

INTERRUPTED = re.compile(rb"error: interrupted; [^\r\n]*\r\n" + PROMPT.encode())

# INT 60h is made to lead to 1000:0000, where `cli; jmp $` waits for ever.
SPIN = "bios 60 put=180:00000010 put=10000:faebfe"
# The same with interrupts on, and the BIOS's note of Ctrl-Break before it:
#   sti; xor ax,ax; mov ds,ax; or byte [471h],80h; jmp $
BREAK = "bios 60 put=180:00000010 put=10000:fb31c08ed8800e710480ebfe"


class Line:
    """COM1 as a terminal without flow control: who is slow loses bytes."""

    def __init__(self, machine, wait=True):
        self.wait = wait  # for the prompt
        self.master, self.slave = os.openpty()
        tty.setraw(self.master)
        tty.setraw(self.slave)
        machine.settings.append(
            f"com1: enabled=1, mode=term, dev={os.ttyname(self.slave)}")
        self.machine = machine
        self.text = ""

    def __enter__(self):
        self.machine.start()
        if self.wait:
            self.until(PROMPT + "$")
        return self

    def __exit__(self, *_):
        self.machine.stop()
        (self.machine.directory / "serial.log").write_text(self.text)
        os.close(self.master)
        os.close(self.slave)

    def send(self, text):
        """Types; the machine gets it as fast as the line goes."""
        os.write(self.master, text.encode())

    def read(self):
        """What has come, or nothing after a while."""
        if select.select([self.master], [], [], 0.2)[0]:
            self.text += os.read(self.master, 65536).decode()

    def until(self, pattern, since=0, timeout=60):
        """Reads until the pattern is there, beyond `since`; returns that."""
        end = time.monotonic() + timeout
        while not re.search(pattern, self.text[since:], re.DOTALL):
            assert time.monotonic() < end, self.text[-2000:]
            self.read()
        return self.text[since:]


def test_paste(bochs):
    """A hundred lines at once, also while guests run: nothing is lost."""
    lines = [f"peek {0x400 + i:x} 1" for i in range(100)]
    with Line(bochs(cpus=2, cmdline="")) as line:
        # Each is begun, and the paste comes while it still runs.
        for command in ("", "bios 16 ah=0 timeout=300",
                        f"{SPIN} cpu=1 timeout=300",
                        "soak calls=200 interrupts=200"):
            start = len(line.text)
            line.send(command + "\r")
            if command:
                line.until(re.escape(command), start)
            line.send("".join(f"{text}\r" for text in lines))
            text = line.until(rf"mem: 00000463.*{PROMPT}$", start)
            seen = re.findall(r"^mem: 00000(\w+):", text, re.MULTILINE)
            assert seen == [f"{0x400 + i:x}" for i in range(100)], command
            assert "typed character" not in text
        # Not cut short, but refused, and the next one is run.
        start = len(line.text)
        line.send("x" * 4000 + "\rversion\r")
        text = line.until(rf"version: .*{PROMPT}$", start)
        assert "error: the line is 3488 characters too long; " in text
        line.send("poweroff\r")
        line.machine.process.wait(20)
    assert "receive FIFO overflow" not in line.machine.emulator_log()


def test_overrun(bochs):
    """What comes while nobody looks at the UART, as other cores start, is told.

    It is typed all the time, for how fast the machine boots is not known.
    """
    with Line(bochs(cpus=2, cmdline=""), wait=False) as line:
        os.set_blocking(line.master, False)
        end = time.monotonic() + PATIENCE
        while PROMPT not in line.text:
            assert time.monotonic() < end, line.text
            with contextlib.suppress(BlockingIOError):
                line.send("x" * 64)
            line.read()
    boot = line.text[:line.text.index(PROMPT)]
    assert re.search(r"^\[.*\] warning: console: at least \d+ typed characters? "
                     "lost\r$", boot, re.MULTILINE), boot
    assert "receive FIFO overflow" in line.machine.emulator_log()


def interrupt(prompt, command, shown=""):
    """Types a command, then Ctrl-C once it runs; returns what it said."""
    prompt.type(command + "\r")
    prompt.child.expect_exact("\r\n" + shown)
    # It needs some time to begin, and to stop it earlier is right as well.
    time.sleep(0.1)
    prompt.type("\x03")
    prompt.child.expect(INTERRUPTED)
    return prompt.child.before.decode()


def check_alive(prompt):
    """Guests run again, on both cores, and the BIOS's clock goes on."""
    for cpu in (0, 1):
        assert "result=ok" in prompt.ok(f"bios 11 cpu={cpu}")
    assert "result=ok" in prompt.ok("bios 1a view=machine")


@pytest.mark.parametrize("model", ["core2_penryn_t9600",
                                   "corei7_haswell_4770"])
def test_ctrl_c(bochs, model):
    """It stops guests on either core, IF clear or not, and long commands."""
    with Prompt(bochs(model=model, cpus=2, cmdline="")) as prompt:
        for command in (f"{SPIN}", f"{SPIN} cpu=1", f"{SPIN} view=private",
                        f"{SPIN} cpu=1 view=machine", "bios 16 ah=0",
                        "bios 11 repeat=100000000 cpu=1"):
            text = interrupt(prompt, command)
            assert "result=interrupted" in text, command
            assert "report: core" in text
        check_alive(prompt)
        for command, shown in (("nmi cpu=1 count=100000000", ""),
                               ("nmi cpu=0 count=100000000", ""),
                               ("soak calls=0 interrupts=1000000", ""),
                               ("soak", ""), ("bench", "bench: name="),
                               ("demo", "machine: "),
                               ("selftest", "PASS: ")):
            text = interrupt(prompt, command, shown)
            assert not re.search("FAIL|SUMMARY|not known", text), text
        check_alive(prompt)
        # What the BIOS notes while it has the keyboard stops a guest, too.
        prompt.type(f"{BREAK}\r")
        prompt.child.expect(INTERRUPTED)
        assert prompt.ok("peek 471 1").split()[2] == "00"
        prompt.poweroff()


def test_without_ioapic(bochs, directory):
    """The PIC brings the console's interrupt; no guest sees it."""
    table = directory / "madt.aml"
    table.write_bytes(madt([lapic(0), lapic(1)]))
    machine = bochs(files=[("/boot/madt.aml", table)], cpus=2, cmdline="",
                    grub_pre=["insmod acpi",
                              "acpi --exclude=APIC /boot/madt.aml"])
    with Prompt(machine) as prompt:
        assert "com1 by interrupt 4 of the PIC" in prompt.ok("log")
        for command in (SPIN, f"{SPIN} cpu=1", "bios 16 ah=0"):
            assert "result=interrupted" in interrupt(prompt, command)
        check_alive(prompt)
        assert "vector=0c" in prompt.ok("exits")
        prompt.poweroff()


def test_break(qemu):
    """A break on the line is as good as Ctrl-C."""
    machine = qemu(com1=False, cmdline="console=com2", options=[
        "-chardev", "socket,id=line,path=line,server=on,telnet=on",
        "-serial", "chardev:line"])
    machine.start()
    # The short way there: a socket's path has 108 characters at most.
    path = f"/proc/{machine.process.pid}/cwd/line"
    end = time.monotonic() + 30
    while not os.path.exists(path):
        assert time.monotonic() < end, machine.last_words()
        time.sleep(0.05)
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    with connection:
        connection.settimeout(30)
        text = b""

        def until(pattern):
            nonlocal text
            while not re.search(pattern, text):
                text += connection.recv(4096)
            found, text = text, b""
            return found

        until(PROMPT.encode())
        # With one core it sends them to itself, and ends by no other way.
        connection.sendall(b"nmi count=100000000\r")
        until(rb"nmi count=100000000\r\n")
        connection.sendall(b"\xff\xf3")  # telnet: IAC BREAK
        assert INTERRUPTED.search(until(INTERRUPTED))
        connection.sendall(b"version\r")
        assert b"version: Biosphere" in until(rb"\nok\r\n")


def press(prompt, keyboard, keys, shown):
    """Presses keys, one after the other, and waits for what each shows."""
    for key, echo in zip(keys, shown):
        keyboard.press(*(key if isinstance(key, tuple) else (key,)))
        prompt.child.expect_exact(echo)


def test_keyboard(bochs):
    """The prompt by the PC's keyboard, and what the screen shows of it."""
    machine = bochs(cpus=2, cmdline="", settings=[DISPLAY])
    with Prompt(machine) as prompt:
        keyboard = Keyboard(machine)

        def line(text):
            press(prompt, keyboard,
                  [("Shift_L", key) if key == ":" else key for key in text],
                  text)
            keyboard.press("Return")

        for where in ("cpu=1", "view=private"):
            line(f"{SPIN} {where}")
            prompt.child.expect_exact("\r\n")
            time.sleep(0.1)
            keyboard.press("Control_L", "c")
            prompt.child.expect(INTERRUPTED)
            assert b"result=interrupted" in prompt.child.before
        # No key of ours has reached the BIOS: ZF says that there is none.
        line("bios 16 ah=1")
        prompt.child.expect(r"eflags=(\w+).*\r\nok\r\n" + PROMPT)
        assert int(prompt.child.match[1], 16) & 0x40
        press(prompt, keyboard,
              ["p", "e", "Tab", "4", ("Shift_L", "x"), "BackSpace", "1", "0",
               "Left", "Left", "5", "Delete", "End", "Home"],
              ["p", "e", "ek ", "4", "X", "\b \b", "1", "0", "\b", "\b",
               "5", "0 \b\b", "0", "\b" * 8])
        keyboard.press("End")
        keyboard.press("Return")
        prompt.child.expect(r"error: .*\r\n" + PROMPT)
        press(prompt, keyboard, ["Up"], ["peek 450"])
        keyboard.close()
        screen = machine.screen()
    used = [text for text in screen if text]
    assert used[-3:-1] == [
        PROMPT + "peek 450",
        "error: 1 of 2 words missing; command peek; 'help peek' shows what "
        "it takes"], used
    assert used[-1] == PROMPT + "peek 450"


def test_stopped_script(bochs):
    """Ctrl-C ends a script too, which says where; then comes the prompt."""
    machine = bochs(cmdline='run="version; bios 16 ah=0; memmap" '
                    'then=poweroff')
    child = machine.interactive()
    child.expect_exact("command: bios 16 ah=0\r\n")
    time.sleep(0.1)
    child.send("\x03")
    child.expect_exact(PROMPT)
    text = child.before.decode()
    assert "script: command 2 of run= was interrupted; stopping" in text
    assert "memmap" not in text


@pytest.mark.parametrize("stop", ["", "on-error=stop", "module"])
def test_script_errors(bochs, directory, stop):
    """Where the error was; on-error= decides what then, by either way."""
    script = directory / "script.txt"
    first = "on-error=stop" if stop == "module" else "# a comment"
    script.write_text(f"{first}\n\nversion\npeek\nmodules\n", "ascii")
    serial = bochs(modules=[(script, "script")], cmdline='run="cpus; nonsense;'
                   f' ; memmap" {stop} then=poweroff'
                   .replace("module ", "")).run_to_end()
    then = "stopping" if stop == "on-error=stop" else "going on"
    assert re.search(r"^error: unknown command 'nonsense'.*\n"
                     f"script: command 2 of run= ended with an error; {then}$",
                     serial, re.MULTILINE)
    assert ("command: memmap" in serial) == (then == "going on")
    then = "stopping" if stop == "module" else "going on"
    assert (f"script: line 4 of 'script' ended with an error; {then}"
            in serial) == (stop != "on-error=stop")
    assert ("module: name=script" in serial) == (stop == "")


def test_colours(bochs):
    """Plain text unless asked for; the words and nothing else."""
    command = 'run="selftest \\"arch z\\"; nonsense" then=poweroff'
    plain = bochs(cmdline=command).run_to_end()
    assert "\x1b" not in plain
    colour = bochs(cmdline=command + " color=on").run_to_end()
    assert "\n\x1b[32mPASS\x1b[0m: arch zeroed pages\n" in colour
    assert "\n\x1b[31merror\x1b[0m: unknown command" in colour
    assert colour.count("\x1b") == 4
