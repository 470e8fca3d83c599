"""64-bit guests that try to do harm, under EPT and by shadow page tables."""

import re

import pytest
from attempts import run_attempts
from test_hostile import HASWELL, PENRYN, sums

# tests/boot/programs64/hostile64.S: registers, how it ends, and what is found:
# of RAX alone, or why. Numbers are as the command line has them, hexadecimal.
ATTEMPTS = [
    # Outside its memory: what is there is not the machine's.
    ("rdi=0 rsi=200000", "ok", 0x12),
    ("rdi=0 rsi=0", "ok", 0x12),
    ("rdi=0 rsi=fee00300", "ok", 0x12),
    ("rdi=0 rsi=fec00000", "ok", 0x12),
    # RAM of its own, where the machine has a screen.
    ("rdi=0 rsi=b8000", "ok", 0xbadc0de),
    # 5 faults on purpose, and 200 of random tables.
    ("rdi=1", "ok", 205),
    ("rdi=2 rsi=200000", "fault", "a page table is at 200000, which is no RAM"),
    ("rdi=2 rsi=fee00001", "fault",
     "a page table is at fee00000, which is no RAM"),
    # MP, EM, TS, NE, WP, AM and CD.
    ("rdi=3", "ok", 0x4005002e),
    ("rdi=5", "ok", 0),
    ("rdi=6", "ok", 22),
    ("rdi=7 rsi=fee00000", "fault", "delivering an exception reached fee0"),
    ("rdi=7 rsi=40000000", "fault", "delivering an exception reached 4000"),
    ("rdi=8", "shutdown", "triple fault"),
    ("rdi=9", "shutdown", "triple fault"),
    # Storms of #DB, #AC, INT1, #PF, #UD; and a loop with IF clear.
    ("rdi=a timeout=20", "timeout", ""),
    ("rdi=b timeout=20", "timeout", ""),
    ("rdi=c timeout=20", "timeout", ""),
    ("rdi=d timeout=20", "timeout", ""),
    ("rdi=e timeout=20", "timeout", ""),
    ("rdi=f timeout=20", "timeout", ""),
    ("rdi=10", "ok", 1),
    ("rdi=11", "ok", 11),
    ("rdi=12", "ok", 9),
    ("rdi=13", "ok", 29),
    ("rdi=14", "ok", 1),
    ("rdi=15", "ok", 6),
    ("rdi=16 rsi=0", "fault", "MOV_DR, MOV RAX, DR7: not supported"),
    ("rdi=16 rsi=1", "fault", "MOV_DR, MOV DR7, RAX: not supported"),
    ("rdi=17", "ok", 1000),
    # What one leaves behind, and that the next does not find it.
    ("rdi=18", "ok", 0xffffffffffffffff),
    ("rdi=19", "ok", 0),
    ("rdi=1a rsi=0", "fault", "an instruction that is not acted out"),
    ("rdi=1a rsi=1", "fault", "instruction fetch at 100000"),
    ("rdi=1a rsi=2", "fault", "an instruction that is not acted out"),
    ("rdi=1a rsi=3", "fault", "string I/O at port 80"),
    ("rdi=1b", "fault", "by code that is not 64-bit"),
    ("rdi=1c", "ok", 13),
]
# The sums of vectors and error codes in attempt 1: a #PF is 14, a #GP 13. Under
# EPT the processor itself walks those tables.
VECTORS, CODES = 203 * 14 + 2 * 13, 504
CR4 = {PENRYN: 0x68c, HASWELL: 0x1068c}  # with FSGSBASE
MSRS_WRITTEN = 4  # the bases of FS and GS, the kernel's; a microcode revision


def registers(text):
    """RAX, RBX and RCX at the end."""
    return [int(value, 16) for value in re.search(
        r"^regs: rax=(\w+) rbx=(\w+) rcx=(\w+)", text,
        re.MULTILINE).groups()]


def check_attempt(model, line, text, result, found):
    """How one ended, and what it found."""
    assert f" result={result} " in text, line
    if result != "ok":
        assert re.search(rf"^report: core 1, {result}: .*{found}", text,
                         re.MULTILINE), text
        return
    rax, rbx, rcx = registers(text)
    assert rax == found, line
    if "rdi=3 " in line:
        assert (rbx, rcx) == (CR4[model], 0)
    if "rdi=1 " in line:
        assert (rbx, rcx) == (VECTORS, CODES)
    if "rdi=0 " in line:
        address = int(re.search("rsi=(\\w+)", line).group(1), 16)
        shown = re.findall("^mmio: (.*)$", text, re.MULTILINE)
        assert shown == ([] if found != 0x12 else [
            f"write size=4 address={address:016x} data=0badc0de",
            f"read size=4 address={address:016x} data=00000012"])


@pytest.mark.parametrize("model, paging", [
    (PENRYN, "guest"), (HASWELL, "ept")])
def test_attempts(bochs, directory, model, paging):
    """Each attempt on core 1 ends as it should, and both cores go on."""
    lines = [f"run64 hostile64 {options} cpu=1 paging={paging}"
             for options, *_ in ATTEMPTS]
    begin = [f"run64 hostile64 rdi=19 cpu=1 paging={paging}", "memmap",
             "peek b8000 4", "hostile sums"]
    calls = [f"run64 hostile64 rdi=4 cpu=1 paging={paging}",
             "hostile sums", "peek b8000 4", "memmap", "bios 11 cpu=1",
             "bios 11"]
    _, memory, screen, before, *texts = run_attempts(
        bochs, directory, model, "hostile64", begin + lines + calls)
    for line, text, (_, result, found) in zip(lines, texts, ATTEMPTS):
        check_attempt(model, line, text, result, found)
    msrs, after, *same, other, own = texts[len(lines):]
    reads, writes, _ = registers(msrs)
    assert 5 <= reads <= 11 and writes == MSRS_WRITTEN
    assert sums(before) == sums(after)
    assert same == [screen, memory]
    answers = [re.search(r"^regs: eax=(\w+)", text, re.MULTILINE).group(1)
               for text in (other, own)]
    assert answers[0] == answers[1] != "00000000"
