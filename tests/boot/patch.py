"""Memory damaged right before the kernel's first instruction, by Bochs' debugger.

Bochs runs the same way each time: what one run finds at an address, the next
one finds there too.
"""

import re
import struct

from image import BUILD, KERNEL

INFORMATION_BYTES = 4096


def entry_point():
    """Where GRUB jumps to, as the ELF header has it."""
    return struct.unpack_from("<Q", KERNEL.read_bytes(), 24)[0]


def at_entry(commands):
    """Debugger commands that run as the kernel is entered.

    With several cores Bochs misses a breakpoint at the first instruction of a
    core's turn; it is not also at the second, behind the one byte of a CLI.
    """
    entry = entry_point()
    return [f"lb {entry:#x}", f"lb {entry + 1:#x}", "c", "d 1", "d 2",
            *commands]


def information_address(bochs, **settings):
    """Where GRUB puts the Multiboot2 information: EBX at the kernel's entry."""
    machine = bochs(debugger=at_entry(["r", "quit"]), **settings)
    machine.start()
    machine.process.wait(60)
    assert "rax: 00000000_36d76289" in machine.output()
    match = re.search(r"rbx: 00000000_([0-9a-f]{8})", machine.output())
    return int(match[1], 16)


def read_memory(bochs, address, length, **settings):
    """What is there, or where a register points, as the kernel is entered."""
    machine = bochs(debugger=at_entry([f"xp /{length}bx {address}", "quit"]),
                    **settings)
    machine.start()
    machine.process.wait(60)
    text = "".join(re.findall(r"<bogus\+ +\d+>:(.*)", machine.output()))
    data = bytes(int(byte, 16) for byte in text.split())
    assert len(data) == length
    return data


def write_memory(address, data):
    """The debugger commands that write these bytes."""
    return [f"setpmem {address + i:#x} 1 {byte:#x}"
            for i, byte in enumerate(data)]


def find_tag(information, kind):
    """Offset and size of the first tag of that kind."""
    at = 8
    while at < len(information):
        found, size = struct.unpack_from("<II", information, at)
        if found == kind:
            return at, size
        assert found != 0, f"no tag {kind}"
        at += (size + 7) & ~7
    raise AssertionError(f"no tag {kind} in so many bytes")


def physical_address(name):
    """Of code or data in the image, wherever it is linked to run."""
    match = re.search(rf"^([0-9a-f]+) [tTrRdD] {name}$",
                      (BUILD / "biosphere.nm").read_text("ascii"),
                      re.MULTILINE)
    return int(match[1], 16) & 0x7fffffff


def function_address(name):
    """Where the image has a function of ours in physical memory."""
    return physical_address(name)
