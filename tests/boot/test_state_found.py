"""A processor that firmware and loader left with much turned on.

A stub in front of the kernel's first instruction stands for them. It takes the
place of a message there, which only a machine that is refused would show.
"""

import re
import struct

import pytest
from image import KERNEL
from patch import entry_point, physical_address

# TSD DE PSE PAE PGE PCE UMIP, 57-bit addresses, FSGSBASE OSXSAVE SMEP SMAP PKE.
CR4 = 0x7519bc
CR0 = 0x60050031  # CD NW AM WP NE ET PE
EFLAGS = 0x44002  # AC NT
EFER = 0x801  # NXE SCE
PAT = 0x00070106  # entry 1 is WC and entry 2 UC
# What the kernel has on: ET NE MP PE WP PG; PAE MCE DE OSFXSR OSXMMEXCPT;
# and the memory types of a reset.
OURS = "CR0=80010033 CR4=668 EFER=d00 PAT=107040600070406"


def stub(address, entry):
    """32-bit code that keeps EAX and EBX, and goes on to the kernel."""
    stack = struct.pack("<I", 0x7000)
    code = b"\x89\xc7"  # MOV EDI, EAX
    code += b"\xbc" + stack  # MOV ESP, 7000h
    code += b"\xb8" + struct.pack("<I", EFER)  # MOV EAX, EFER
    code += b"\x31\xd2"  # XOR EDX, EDX
    code += b"\xb9" + struct.pack("<I", 0xc0000080) + b"\x0f\x30"  # WRMSR
    code += b"\xb8" + struct.pack("<I", PAT) + b"\x89\xc2"  # and EDX
    code += b"\xb9" + struct.pack("<I", 0x277) + b"\x0f\x30"  # WRMSR
    code += b"\xb8" + struct.pack("<I", CR4) + b"\x0f\x22\xe0"  # MOV CR4, EAX
    code += b"\xb8" + struct.pack("<I", CR0) + b"\x0f\x22\xc0"  # MOV CR0, EAX
    code += b"\x68" + struct.pack("<I", EFLAGS) + b"\x9d"  # PUSH, POPFD
    code += b"\x89\xf8"  # MOV EAX, EDI
    code += b"\xe9"  # JMP
    return code + struct.pack("<i", entry - (address + len(code) + 4))


@pytest.fixture
def kernel_behind_a_stub(directory):
    """Another image of the kernel, whose entry is the stub."""
    image = bytearray(KERNEL.read_bytes())
    room = physical_address("message_no_long_mode")
    code = stub(room, entry_point())
    at = image.index(b"Biosphere: this processor has no 64-bit mode")
    assert image[at + len(code)] != 0, "the stub is longer than the message"
    image[at:at + len(code)] = code
    struct.pack_into("<Q", image, 24, room)
    path = directory / "kernel.elf"
    path.write_bytes(image)
    return path


@pytest.mark.parametrize("cpus", [1, 2])
def test_all_that_is_on(qemu, kernel_behind_a_stub, cpus):
    """57-bit addresses are off, and all else that the kernel does not use."""
    serial = qemu(model="max,la57=on", cpus=cpus, kernel=kernel_behind_a_stub,
                  cmdline='run="vmx; cpus" then=poweroff').run_to_end(30)
    assert "panic:" not in serial
    assert re.search(rf"^cpu 0: {OURS}$", serial, re.MULTILINE)
    assert len(re.findall(r"^cpu \d: .*online=yes", serial,
                          re.MULTILINE)) == cpus


