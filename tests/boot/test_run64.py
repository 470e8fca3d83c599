"""64-bit programs in a machine of their own, with EPT and without."""

import re

import pytest
from image import BUILD
from prompt import Prompt

# Without EPT; with EPT and no unrestricted guest; and with all there is.
PENRYN = "core2_penryn_t9600"
MODELS = [PENRYN, "corei5_lynnfield_750", "corei7_haswell_4770",
          "corei7_skylake_x"]
PROGRAMS = [(BUILD / "programs64" / f"{name}.bin", name)
            for name in ("hello64", "machine64", "plain64")]

# What machine64 does outside its RAM, in its order.
MMIO = """\
mmio: write size=1 address=0000000000100010 data=11
mmio: write size=2 address=0000000000100020 data=2222
mmio: write size=4 address=0000000000100030 data=33333333
mmio: write size=8 address=0000000000100040 data=4444444455555555
mmio: read size=1 address=0000000000100018 data=12
mmio: read size=2 address=0000000000100028 data=0012
mmio: read size=4 address=0000000000100038 data=00000012
mmio: read size=8 address=0000000000100048 data=0000000000000012
mmio: read size=4 address=0000000000100050 data=00000012
mmio: write size=4 address=0000000000100050 data=00008012
mmio: read size=4 address=0000000000000008 data=00000012
port: out size=4 port=0080 data=00345678
port: in size=1 port=0081 data=ff""".split("\n")
# The same for its strings and operands across a page's end.
BOUNDARIES = """\
mmio: write size=4 address=0000000000100000 data=44434241
mmio: write size=4 address=0000000000100004 data=48474645
mmio: read size=8 address=0000000000100008 data=0000000000000012
mmio: write size=4 address=0000000000100000 data=11223344
mmio: read size=4 address=0000000000100000 data=00000012
mmio: write size=3 address=0000000000100ffd data=332211
mmio: write size=5 address=0000000000101000 data=8877665544
mmio: read size=4 address=0000000000100060 data=00000012
mmio: write size=4 address=0000000000100060 data=00000017
mmio: read size=1 address=0000000000100070 data=12
mmio: write size=1 address=0000000000100070 data=07
mmio: read size=8 address=0000000000100080 data=0000000000000012""".split("\n")
GOOD = 18  # parts that machine64 looks at
# What ends otherwise than well: arguments, result, and why.
ENDS = [
    ("machine64 rdi=1", "shutdown", "triple fault"),
    ("machine64 rdi=2 timeout=100", "timeout", "stopped after 1"),
    ("machine64 rdi=3", "fault", "memory-mapped I/O at 100000 by an "
     "instruction that is not acted out"),
    ("machine64 rdi=4", "shutdown", "triple fault"),
    ("machine64 rdi=5", "fault", "instruction fetch at 100000"),
    ("machine64 rdi=7", "fault", "a page table is at 100000, which is no RAM"),
    # 64-bit code cannot be virtual-8086 code: the processor says no.
    ("hello64 rflags=20202", "refused", "VM entry failed: invalid guest "
     "state"),
]


def commands(serial):
    """The lines after each `command:` line, by its text."""
    parts = re.split(r"^command: (.*)\n", serial, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def lines(text, *kinds):
    """Those lines that begin with one of the words."""
    return [line for line in text.split("\n") if line.startswith(kinds)]


def result(text):
    """The fields of the `run64:` line."""
    line, = lines(text, "run64: ")
    return dict(field.split("=") for field in line.split()[1:])


def register(text, name):
    """The value of a register in the lines `regs: ...`."""
    return int(re.search(rf"^regs:.* {name}=([0-9a-f]+)", text,
                         re.MULTILINE).group(1), 16)


def check_machine(text, paging, pages):
    """All is well in the machine, and every access was as it had to be."""
    assert result(text)["result"] == "ok"
    assert result(text)["paging"] == paging
    assert result(text)["pages"] == pages
    said = lines(text, "guest: ")
    assert said[-1] == "guest: done, without a newline"
    assert len(said) == GOOD + 1
    assert all(line.startswith("guest: good: ") for line in said[:-1])
    assert lines(text, "mmio: ", "port: ") == MMIO
    assert register(text, "rax") == 0


@pytest.mark.parametrize("model", MODELS)
def test_run64(bochs, model):
    """The machine is as documented, whatever the processor has."""
    best = "guest" if model == PENRYN else "ept"
    # Shadow page tables work where there is EPT, too.
    other = "guest" if model != "corei7_skylake_x" else best
    list_ = ["memmap", "run64 machine64",
             f"run64 machine64 pages=4k paging={other}",
             "run64 machine64 rdi=6", "run64 plain64",
             "run64 plain64 start=40 pages=4k",
             *(f"run64 {arguments}" for arguments, _, _ in ENDS),
             "memmap"]
    machine = bochs(model=model, modules=PROGRAMS,
                    cmdline=f'run="{"; ".join(list_)}" then=poweroff')
    serial = machine.run_to_end()
    done = commands(serial)
    assert "panic" not in serial

    check_machine(done["run64 machine64"], best, "2m")
    check_machine(done[list_[2]], other, "4k")
    assert lines(done["run64 machine64 rdi=6"], "mmio: ") == BOUNDARIES
    assert len(lines(done["run64 machine64 rdi=6"], "guest: good: ")) == 3

    for arguments, end, why in ENDS:
        text = done[f"run64 {arguments}"]
        assert result(text)["result"] == end
        report = lines(text, "report: ")
        assert report[0].startswith(f"report: core 0, {end}: {why}")
        assert report[-1].startswith("report: bytes at 00000000")
        error, going_on = text.strip().split("\n")[-2:]
        assert error.startswith(f"error: the program ended with {end}; ")
        assert going_on.startswith("script: ")
    # It is read at most, and nothing written anywhere.
    assert not [line for line in lines(done["run64 machine64 rdi=7"], "mmio: ")
                if "write" in line]
    assert "0f 10 04 25 00 00 10 00" in lines(
        done["run64 machine64 rdi=3"], "report: bytes")[0]
    # Bochs' own word for the one entry that had to fail.
    assert machine.entry_failures() == [
        "VMENTER FAIL: Enter to x86-64 guest with RFLAGS.VM"]

    memory = re.findall("^command: memmap\n(.*?)^ok$", serial,
                        re.MULTILINE | re.DOTALL)
    assert len(memory) == 2 and memory[0] == memory[1]


def check_plain(text, start, said):
    """A program without a header of ours, entered at an offset."""
    image = (BUILD / "programs64/plain64.bin").read_bytes()
    assert lines(text, "program: ") == [
        f"program: plain64, {len(image)} bytes at 00010000, start {start}"]
    shown = "".join(line.split(": ")[2] + " "
                    for line in lines(text, "mem: 000100"))
    assert bytes.fromhex(shown) == image[:80]
    assert lines(text, "guest: ", "mmio: ") == [
        f"guest: {said}",
        "mmio: write size=4 address=00000000001fe000 data=0000cafe",
        "mmio: read size=4 address=00000000001fe000 data=00000012"]
    assert register(text, "rax") == 0x12
    # HLT is the last instruction before the text.
    assert image[register(text, "rip") - 0x10000 - 1] == 0xf4
    stack = "".join(line.split(": ")[2] + " "
                    for line in lines(text, "mem: 0000ff"))
    assert bytes.fromhex(stack) == b"\xfe" * 64


@pytest.mark.parametrize("model", [PENRYN, "corei7_haswell_4770"])
def test_plain_and_registers(bochs, model):
    """Registers in and out, an offset, exits shown, two cores at once."""
    values = {name: 0x1122334455667700 + i for i, name in enumerate(
        ["rbx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"])}
    words = " ".join(f"{name}={value:x}" for name, value in values.items())
    with Prompt(bochs(model=model, cpus=2, modules=PROGRAMS,
                      cmdline="")) as prompt:
        check_plain(prompt.ok("run64 plain64"), "0", "plain NASM")
        check_plain(prompt.ok("run64 plain64 start=40 pages=4k"), "40",
                    "started at 40h")

        text = prompt.ok(f"run64 hello64 rdi=1234 cpu=1 {words}")
        assert result(text)["cpu"] == "1"
        assert register(text, "rax") == 0x1234
        for name, value in values.items():
            assert register(text, name) == value
        assert "regs: cr0=80010033 binary=1000_0000_0000_0001_0000_0000_" \
            "0011_0011 PG WP NE ET MP PE" in text
        assert "regs: cr4=00000620 binary=0000_0000_0000_0000_0000_0110_" \
            "0010_0000 OSXMMEXCPT OSFXSR PAE" in text
        assert ("regs: cs=0008 ds=0010 es=0010 fs=0010 gs=0010 ss=0010 "
                "fs_base=0000000000000000 gs_base=0000000000000000" in text)
        assert re.search("^regs: rflags=00000[0-9a-f]* binary=.* IF", text,
                         re.MULTILINE)

        # One line for each exit, with the registers of that moment.
        text = prompt.ok("run64 plain64 exits=all")
        exits = lines(text, "exit: ")
        assert len(exits) == int(result(text)["exits"])
        assert "(HLT)" in exits[-1]
        assert sum("(IO_INSTRUCTION)" in line
                   for line in exits) == len("plain NASM\n")
        assert len(lines(text, "regs: cr0=")) == len(exits) + 1

        text = prompt.ok("run64 machine64 cpu=all")
        assert [line.split()[2] for line in lines(text, "run64: ")] == [
            "cpu=0", "cpu=1"]
        assert text.count("result=ok") == 2
        assert sorted(lines(text, "mmio: ", "port: ")) == sorted(MMIO * 2)
        assert len(lines(text, "guest: good: ")) == 2 * GOOD

        for wrong in ("nothing", "hello64 start=45", "hello64 start=1000",
                      "hello64 cpu=2", "hello64 pages=1g", "hello64 rax=g"):
            prompt.error(f"run64 {wrong}")
        if model == PENRYN:
            assert "no EPT" in prompt.error("run64 hello64 paging=ept")


def test_iso(bochs):
    """The ISO brings the programs along."""
    with Prompt(bochs(iso=BUILD / "biosphere.iso")) as prompt:
        names = re.findall(r"name=(\S+)", prompt.ok("modules"))
        assert {name for _, name in PROGRAMS} <= set(names)
        assert "hello from 64-bit mode" in prompt.ok("run64 hello64")
