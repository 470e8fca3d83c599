"""Machines and guests that are odd, not wrong: they get what they ask for.

Most of it is one machine: the loader's information where programs go, a
command line as long as may be, and guests that do odd things on it.
"""

import re

from image import programs
from patch import at_entry, read_memory, write_memory
from report import check_report

LOW = 0x10000  # where `run` puts programs, and some loaders the information
COMMAND_LINE_BYTES = 4050  # GRUB quotes some more
INFORMATION_BYTES = 6000  # more than it has with that
COMMANDS = ["run hello", "run hello at=9f00:0", "run above", "run refused",
            "run refused engine=v86", "picture 777", "bios 10 ah=0f"]

# in $0x92, %al; orb $2, %al; outb %al, $0x92; movw $0xffff, %ax;
# movw %ax, %es; movw $0x0b0f, %es:0x77; ljmp $0xffff, $0x77: UD2 there
ABOVE_1_MIB = bytes.fromhex("e4920c02e692b8ffff8ec026c70677000f0bea7700ffff")


def command_line():
    """The commands, and as much before them as there is room for."""
    end = f'run="{"; ".join(COMMANDS)}" then=poweroff'
    return "timeout=" + end.rjust(COMMAND_LINE_BYTES - 8, "0").replace(
        "0run", "9 run", 1)


def moved_information(bochs, address, **settings):
    """Debugger commands: the information is at another address."""
    information = read_memory(bochs, "rbx", INFORMATION_BYTES, **settings)
    return [*write_memory(address, information), f"set rbx = {address:#x}"]


def test_odd_machine(bochs, directory):
    """What one machine shows; each paragraph is a fault that once was."""
    path = directory / "above"
    path.write_bytes(ABOVE_1_MIB)
    settings = {"cmdline": command_line(),
                "modules": [*programs("hello", "refused"), (path, "above")]}
    serial = bochs(debugger=at_entry(moved_information(bochs, LOW,
                                                       **settings)),
                   **settings).run_to_end()
    assert "panic:" not in serial
    for command in COMMANDS:
        assert f"command: {command}\n" in serial

    # The information is copied, and its memory the programs'.
    assert "guest: hello from 16-bit code" in serial
    # The memory map ends before the BIOS's base memory does.
    assert re.search(r"error: an image of \d+ bytes has no room at 9f00:0000; "
                     r"9f000-\w+; programs may have 00600-9efff", serial)
    # Its A20 gate is closed again only when the report has been made.
    assert "report: bytes at ffff:0077: 0f 0b 00" in serial
    # What a run was refused is told, however much later it ends.
    assert len(re.findall(r"run: module=refused .* result=shutdown",
                          serial)) == 2
    assert serial.count("report: refused: RDMSR of c0000080 at 1000:0016\n") == 2
    # No BIOS is asked for a mode that it does not list.
    assert re.search(r"error: VBE mode 777 is none of the \d+ that", serial)
    assert re.search(r"ah=0f\nbios: .*\nregs: eax=\w{6}03", serial)


def test_masked_timer(bochs):
    """soak tells how the run ended that waited for interrupts."""
    serial = bochs(grub_last=["outb 0x21 0xff", "outb 0xa1 0xff"],
                   cmdline='run="soak calls=10 interrupts=10" then=poweroff'
                   ).run_to_end()
    assert "panic:" not in serial
    assert re.search(r"^FAIL: timer interrupts: expected the guest back, got "
                     r"timeout after 0", serial, re.MULTILINE)


# A local APIC's registers: its timer runs on, by itself, with an interrupt.
RUNNING_TIMER = {0xf0: 0x1ff, 0x3e0: 0xb, 0x320: 0x20050, 0x380: 0x2000}


def test_left_running(bochs):
    """Firmware left the local APIC's timer running, and the PICs open."""
    serial = bochs(grub_pre=["insmod memrw"], grub_last=[
        *(f"write_dword {0xfee00000 + at:#x} {value:#x}"
          for at, value in RUNNING_TIMER.items()),
        "outb 0x21 0", "outb 0xa1 0"],
        cmdline='run="bios 11; peek fee00320 4; soak calls=10 interrupts=10; '
        'machine" then=poweroff').run_to_end()
    check_report(serial)
    assert "warning:" not in serial
    # The kernel's own vector, and masked.
    assert "mem: fee00320: e0 00 01 00" in serial
    assert "PICs: yes" in serial
