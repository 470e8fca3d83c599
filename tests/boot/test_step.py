"""The commands step and break, and what the disassembler makes of them."""

import re
import subprocess
from pathlib import Path

import pytest
from capstone import CS_ARCH_X86, CS_MODE_16, Cs

from image import programs
from prompt import Prompt
from test_run import read_runs
from trace_lines import lines, registers

BUILD = Path(__file__).resolve().parents[2] / "build"
DISASSEMBLE = Path(__file__).resolve().parents[2] / "tools/disassemble"
MODELS = [("core2_penryn_t9600", "v86"), ("corei7_haswell_4770", "real"),
          ("corei7_icelake_u", "v86-ept")]
# For vector 60h: what TF makes hard.
PROGRAM = "9c58161789db8cd38ed3669c6659fafbcd129c5a31f6b90300f3accf"
# That is, leaving out what INT 12h does:
MNEMONICS = ["pushf", "pop ax", "push ss", "pop ss", "mov bx, bx",
             "mov bx, ss", "mov ss, bx", "pushfd", "pop ecx", "cli", "sti",
             "int 0x12", "pushf", "pop dx", "xor si, si", "mov cx, 3",
             "rep lodsb al, byte ptr [si]", "iret"]


def disassemble(text):
    """The lines of a text with their mnemonics."""
    return subprocess.run([DISASSEMBLE], input=text, text=True, check=True,
                          capture_output=True).stdout.split("\n")


def mnemonics(text, segment):
    """Those of the steps in that segment."""
    return [line.split(" ; ")[1] for line in disassemble(text)
            if f" {segment}:" in line and " step " in line]


def steps(text):
    """The lines of steps."""
    return [l for l in lines(text) if l.what.startswith("step ")]


@pytest.mark.parametrize("model,engine", MODELS)
def test_step(bochs, model, engine):
    """The call steps to the same end as it runs to; TF is never seen."""
    cores = 2 if engine == "v86" else 1
    machine = bochs(model=model, cpus=cores,
                    modules=programs("hello", "ticks", "interrupts"),
                    cmdline=f"engine={engine} view=private")
    with Prompt(machine) as prompt:
        plain = registers(prompt.ok("bios 11"))
        text = prompt.ok("step 11")
        assert registers(text) == plain
        code = mnemonics(text, "f000")
        assert code[-1] == "iret" and not any("?" in m for m in code)
        assert steps(text)[0].what.startswith("step cd11 ")
        assert f"ax={plain['eax']:04x}" in text
        check_program(prompt)
        check_limits(prompt)
        check_breakpoints(prompt)
        check_break_in_program(prompt, cores - 1)
        check_held_interrupt(prompt, machine.program.version >= (3,))
        if cores == 2:
            check_break_on_each_core(prompt)
        if engine == "real":
            check_break_in_handler(prompt)
        prompt.poweroff()
    assert not machine.entry_failures()


def check_program(prompt):
    """What TF makes hard: FLAGS pushed, INT n, IRET, STI, SS loaded, REP."""
    call = f"60 put=180:00000010 put=10000:{PROGRAM}"
    plain = registers(prompt.ok(f"bios {call}"))
    text = prompt.ok(f"step {call}")
    assert registers(text) == plain
    assert plain["eax"] & 0x100 == 0 and plain["ecx"] == 0
    assert mnemonics(text, "1000") == MNEMONICS
    assert "iret" in mnemonics(text, "f000")
    repeated = [l for l in steps(text) if "f3ac" in l.what]
    assert [l.count for l in repeated] == [3]
    # PUSHFD's image, popped: no TF in it.
    popped = [l.what for l in steps(text) if l.what.startswith("step 6659")]
    image = int(re.search(r" e?cx=(\w+)", popped[0])[1], 16)
    assert image & 0x100 == 0 and image & 2


def check_limits(prompt):
    """count=, from= and until= show just that."""
    whole = steps(prompt.ok("step 12"))
    assert len(steps(prompt.ok("step 12 count=3"))) == 3
    middle, end = whole[2].place, whole[4].place
    found = steps(prompt.ok(f"step 12 from={middle} until={end}"))
    assert [l.place for l in found] == [middle, whole[3].place]
    prompt.error("step 12 count=0")
    prompt.error("step 12 from=nowhere")
    assert "trace: off" in prompt.ok("trace")


def check_breakpoints(prompt):
    """A breakpoint in ROM shows the registers, and steps; the call goes on."""
    at = steps(prompt.ok("step 12"))[1].place
    prompt.ok(f"break {at} steps=2")
    text = prompt.ok("bios 12 eax=12345678 ebx=9abcdef0")
    assert registers(text)["ebx"] == 0x9abcdef0
    hit = [l for l in lines(text) if l.what.startswith("break 1: ")]
    assert len(hit) == 1 and hit[0].place == at
    assert "eax=12345678 ebx=9abcdef0" in hit[0].what
    assert len(steps(text)) == 2
    assert "trace:" not in prompt.ok("bios 11")
    assert prompt.ok("break") == f"break: 1 at {at} steps=2 hits=1"
    prompt.ok("break 1234:5")
    prompt.ok("break 1234:6")
    prompt.error("break 1234:7")
    prompt.error("step 12 from=1234:8")
    prompt.ok("break delete 1")
    prompt.error("break delete 1")
    prompt.ok("break delete")
    # The third of three, by a debug register of its own.
    for place in ("1234:5", "1234:6", at):
        prompt.ok(f"break {place}")
    assert [l.what[:9] for l in lines(prompt.ok("bios 12"))
            if l.what.startswith("break ")] == ["break 3: "]
    prompt.ok("break delete")
    assert prompt.ok("break") == ""
    assert "trace:" not in prompt.ok("bios 12")
    prompt.error("break nowhere")


def hello():
    """The program hello: its image, its text, where its INT 10h is."""
    image = (BUILD / "programs/hello.bin").read_bytes()
    text = image[image.index(b"hello"):].split(b"\0")[0]
    return image, text, image.index(b"\xcd\x10")


def check_break_in_program(prompt, core):
    """At INT 10h of hello: each character, and where its image has it."""
    image, text, offset = hello()
    command = f"run hello at=3210:0 cpu={core}"
    plain, = read_runs(prompt.ok(command))
    prompt.ok(f"break 3210:{offset:x}")
    prompt.ok("break 3210:0 steps=2")
    said = prompt.ok(command)
    run, = read_runs(said)
    assert (run.guest, run.regs) == (plain.guest, plain.regs)
    hits = [l for l in lines(said) if l.what.startswith("break 1: ")]
    assert {l.place for l in hits} == {f"3210:{offset:04x}"}
    assert [re.search(r" ax=(\w+) bx=0000 .* ds=3210 .* ss=3210 .* code=cd10",
                      l.what)[1] for l in hits] == [
                          f"0e{byte:02x}" for byte in text]
    # Behind the second come two steps, which read as the image does.
    decoder = Cs(CS_ARCH_X86, CS_MODE_16)
    assert mnemonics(said, "3210") == [
        f"{i.mnemonic} {i.op_str}" for i in decoder.disasm(image, 0, 2)]
    at_hits = [line.split(" ; ")[1] for line in disassemble(said)
               if " break 1: " in line]
    assert at_hits == ["int 0x10"] * len(text)
    prompt.ok("break delete")


def check_held_interrupt(prompt, tells):
    """One that waits for STI comes behind the next instruction, in steps too.

    Bochs 2.7 does not tell that STI blocks when a step behind it exits, so that
    only a newer one shows the order.
    """
    image = (BUILD / "test-programs/interrupts.bin").read_bytes()
    offset = image.index(b"\xfb\x90\x90")
    command = "run interrupts ecx=300000 view=machine"
    plain, = read_runs(prompt.ok(command))
    assert plain.regs["eax"] == 0 and plain.regs["ebx"] >= 1
    prompt.ok(f"break 1000:{offset:x} steps=3")
    said = prompt.ok(command)
    stepped, = read_runs(said)
    assert stepped.regs["eax"] == 0 and stepped.regs["ebx"] >= 1
    found = [l.place for l in steps(said)]
    behind = f"1000:{offset + 1:04x}"
    assert found[0] == f"1000:{offset:04x}"
    assert found[1] == behind or not tells
    assert found[2].startswith("f000:"), "the handler"
    prompt.ok("break delete")


def check_break_on_each_core(prompt):
    """On two cores at once, each its own, and one count of hits.

    A filter that trace had is gone with it.
    """
    _, text, offset = hello()
    prompt.ok("trace on cpu=0")
    prompt.ok("trace off")
    prompt.ok(f"break 1000:{offset:x}")
    said = prompt.ok("run hello cpu=all")
    for core in (0, 1):
        assert len([l for l in lines(said) if l.core == core
                    and l.what.startswith("break 1: ")]) == len(text)
    assert prompt.ok("break") == (
        f"break: 1 at 1000:{offset:04x} steps=0 hits={2 * len(text)}")
    prompt.ok("break delete")
    assert "trace:" not in prompt.ok("run hello")


def check_break_in_handler(prompt):
    """In a handler that the BIOS calls: as often as the program counts."""
    image = (BUILD / "programs/ticks.bin").read_bytes()
    offset = image.index(b"\x2e\x66\xff\x06")  # incl %cs:count
    prompt.ok(f"break 1000:{offset:x}")
    said = prompt.ok("run ticks cx=3 view=machine")
    run, = read_runs(said)
    hits = [l for l in lines(said) if l.what.startswith("break 1: ")]
    assert run.regs["eax"] == len(hits) >= 3
    assert all("flags=---" in l.what for l in hits)  # interrupts are off
    assert {line.split(" ; ")[1] for line in disassemble(said)
            if " break 1: " in line} == {
                "inc dword ptr cs:[0x7c]"}
    prompt.ok("break delete")


def test_disk_read_in_steps(bochs):
    """A disk read in steps, interrupts among it, ends as without."""
    read = ("13 ah=42 dl=e0 ds=5000 si=0 "
            "put=50000:100001000000c0071000000000000000 get=7c00,6")
    with Prompt(bochs(cmdline="engine=v86"), timeout=90) as prompt:
        plain = registers(prompt.ok(f"bios {read}"))
        text = prompt.ok(f"step {read} count=600")
        assert registers(text) == plain
        assert "mem: 00007c00: 01 43 44 30 30 31" in text
        found = disassemble(text)
        assert not [l for l in found if l.endswith("; ?")]
        assert sum(l.count for l in steps(text)) == 600
        prompt.poweroff()
