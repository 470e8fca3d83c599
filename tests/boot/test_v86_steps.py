"""The emulator of privileged instructions against the emulated processor.

build/native/steps makes cases of random instructions and says what
guest/insn/v86_emulate.c does with them; the boot sector native/steps.S executes
them in real mode, with no hypervisor. Registers, flags, system registers and
memory must be the same after each case.
"""

import struct
import subprocess

from image import BUILD
from machine import Bochs
from services import NATIVE, link

SEED = 1
CASES = 33_000
STEPS_AT_LEAST = 100_000
CASE_BYTES, BATCH_CASES = 192, 2048
DISK_UNIT = 16 * 63 * 512  # Bochs wants whole cylinders
MARKER = b"results:"
RESULT = struct.Struct("<34I")
NAMES = ("vector eax ecx edx ebx esp ebp esi edi es ss ds fs gs eflags "
         "cr0 cr2 cr3 cr4 dr0 dr1 dr2 dr3 dr6 dr7 gdtr gdtr+4 idtr idtr+4 "
         "msr175 msr175+4 msr176 msr176+4 memory").split()
REGS = ("eip eflags eax ecx edx ebx esp ebp esi edi es cs ss ds fs "
        "gs").split()


def make_cases(directory):
    """(cases, expected results, instructions in them)."""
    cases, results = directory / "cases", directory / "results"
    run = subprocess.run(
        [BUILD / "native/steps", str(SEED), str(CASES), cases, results],
        capture_output=True, text=True, check=True, timeout=120)
    return cases.read_bytes(), results.read_bytes(), int(run.stdout)


def run_natively(directory, cases):
    """The results that the machine has, of as many cases as it came to."""
    disk = directory / "disk.img"
    boot = link((NATIVE / "steps.S").read_text("ascii"), 0x7c00)
    image = boot + cases + bytes(CASE_BYTES * BATCH_CASES)
    disk.write_bytes(image + bytes(-len(image) % DISK_UNIT))
    machine = Bochs(directory, media="disk", iso=disk,
                    settings=["port_e9_hack: enabled=1"])
    try:
        machine.run_to_end(180)
    finally:
        disk.unlink()
    output = (directory / "output.txt").read_bytes()
    (directory / "output.txt").unlink()
    assert MARKER in output, output[-200:]
    return output.split(MARKER, 1)[1]


def describe(number, case, expected, got):
    """What differs, and the case by which to see it again."""
    wrong = ", ".join(f"{name} {ours:x}, natively {theirs:x}"
                      for name, ours, theirs in zip(NAMES, expected, got)
                      if ours != theirs)
    regs = " ".join(f"{name}={value:x}" for name, value in
                    zip(REGS, struct.unpack_from("<16I", case)))
    return (f"case {number} of seed {SEED}: {wrong}\n{regs}\n"
            f"code {case[65:65 + case[64]].hex(' ')}")


def test_steps(tmp_path):
    """Each case ends alike; the first that does not is shown."""
    cases, results, steps = make_cases(tmp_path)
    assert steps >= STEPS_AT_LEAST
    native = run_natively(tmp_path, cases)
    assert len(native) >= len(results) == CASES * RESULT.size
    for number in range(CASES):
        expected = RESULT.unpack_from(results, number * RESULT.size)
        got = RESULT.unpack_from(native, number * RESULT.size)
        at = number * CASE_BYTES
        assert expected == got, describe(number, cases[at:at + CASE_BYTES],
                                         expected, got)
