"""The command run: programs of guest/programs and tests/boot/programs."""

import re
from dataclasses import dataclass

import pytest
from image import programs
from prompt import Prompt

PENRYN = "core2_penryn_t9600"
HASWELL = "corei7_haswell_4770"
SKYLAKE = "corei7_skylake_x"

TICK = 65536 / 1193182  # seconds
TICKS_A_SECOND = 50e6   # of the TSC, which Bochs' ips= says

# What guest/programs/privileged.S finds, on any processor.
PRIVILEGED = """\
cli ok|sti ok|pushf, popf ok|hlt ok|in ok|out ok|smsw ok|lmsw ok
mov from cr0 ok|mov to cr0 ok|clts ok|mov from cr2 ok|mov to cr3 ok
mov to cr4 ok|mov from cr1 #UD|mov from dr7 ok|mov to dr7 ok
sgdt ok|lgdt ok|sidt ok|lidt ok|rdmsr of the APIC base ok|rdmsr of none #GP
wrmsr #GP|cpuid ok|invd ok|wbinvd ok|invlpg ok|ud2 #UD|lock nop #UD
sldt #UD|str #UD|lldt #UD|ltr #UD|lar #UD|arpl #UD|sysenter #GP|sysexit #GP
rsm #UD|vmxon #UD""".replace("\n", "|").split("|")


@dataclass
class Run:
    """One run: line with its registers, and what the guests said before it."""

    guest: list    # its lines, without `guest: `
    head: dict     # of the line `run: `
    regs: dict
    rest: str      # what follows, up to the next run: line or command

    @property
    def result(self):
        """How it ended."""
        return self.head["result"]


def words(text):
    """The KEY=VALUE words, as a dictionary."""
    return dict(re.findall(r"(\w+)=(\S+)", text))


def read_runs(text):
    """All runs in a text; the guests' lines before several are everyone's."""
    runs, guest = [], []
    for part in re.split(r"^(?=run: |command: )", text, flags=re.MULTILINE):
        if part.startswith("run: "):
            head, first, second, *rest = part.splitlines()
            regs = {key: int(value, 16)
                    for key, value in words(first + " " + second).items()}
            runs.append(Run(guest, words(head), regs, "\n".join(rest)))
        else:
            guest = re.findall(r"^guest: (.*)$", part, re.MULTILINE)
    return runs


def script(directory, *lines):
    """A module `script` of those commands."""
    path = directory / "script"
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return [(path, "script")]


def run_script(make, directory, names, lines, **machine):
    """Boots with those programs, runs the commands; returns runs and text."""
    modules = programs(*names) + script(directory, *lines, "poweroff")
    machine = make(cmdline="console=com1", modules=modules, **machine)
    text = machine.run_to_end()
    assert "panic:" not in text
    assert machine.entry_failures() == []
    return read_runs(text), text, machine


@pytest.mark.parametrize("model, engine", [
    (PENRYN, "v86"), (HASWELL, "real"), (SKYLAKE, "v86-ept")])
def test_programs(bochs, directory, model, engine):
    """Every program of ours does what its comment says."""
    runs, text, machine = run_script(
        bochs, directory,
        ["hello", "ticks", "nmi", "privileged", "disk", "picture"],
        [f"run hello engine={engine}",
         f"run ticks cx=9 engine={engine}",
         f"run nmi engine={engine} ecx=6000000",
         f"run privileged engine={engine}",
         f"run disk dl=e0 engine={engine}",
         f"run disk dl=9f engine={engine}",
         f"run picture engine={engine}", "bios 10 ax=4f03",
         "peek e0000000 20", "peek e000fff0 20", "peek e004afe0 20",
         f"run picture cx=2 engine={engine}", "bios 10 ah=0f"],
        model=model)
    assert [run.result for run in runs] == ["ok"] * 8
    for run in runs:
        assert run.head["engine"] == engine
        assert run.head["view"] == "machine"
        assert run.head["cpu"] == "0"
        assert int(run.head["exits"]) > 0
        # Back from the far call that it was entered by.
        assert (run.regs["cs"], run.regs["eip"]) == (0, 0)
        assert (run.regs["ss"], run.regs["esp"]) == (0x1000, 0xfffe)
    hello, ticks, nmi, privileged, disk, no_disk, picture, back = runs
    assert hello.guest == ["hello from 16-bit code"]

    # 9 ticks by INT 1Ah, by INT 1Ch, and by the TSC; one may be cut.
    assert ticks.regs["edx"] == 9
    assert ticks.regs["eax"] in (9, 10)
    assert ticks.guest == [f"{ticks.regs['eax']} timer interrupts"]
    passed = int(ticks.head["ticks"]) / TICKS_A_SECOND / TICK
    assert 8 < passed < 10.5

    # Nor do those come that bound a run where there is no preemption timer.
    assert nmi.regs["eax"] == 0
    assert nmi.guest == ["0 NMIs reached the program"]
    assert privileged.guest == PRIVILEGED
    assert privileged.regs["eax"] & 0xffff == sum(
        "#" in line for line in PRIVILEGED)

    first = machine.iso.read_bytes()[:512]
    assert disk.guest == [f"{at:04x}: {first[at:at + 16].hex(' ')}"
                          for at in range(0, 512, 16)]
    assert no_disk.guest[0].startswith("INT 13h AH=42h failed, status ")
    assert no_disk.regs["eax"] >> 8 & 0xff != 0

    assert picture.regs["eax"] & 0xffff == 0x4f
    assert re.search(r"bios: int=10.*\nregs: \S+ ebx=00000101", text)
    shown = re.findall(r"^mem: (e00\w+): (.{47})", text, re.MULTILINE)
    assert len(shown) == 6
    for address, row in shown:
        at = int(address, 16) - 0xe0000000
        expected = bytes((i % 640 ^ i // 640) & 0xff
                         for i in range(at, at + 16))
        assert bytes.fromhex(row) == expected
    # Two ticks later, text mode.
    assert int(back.head["ticks"]) / TICKS_A_SECOND > TICK
    assert re.search(r"ah=0f\nbios: .*\nregs: eax=\w{6}03", text)


@pytest.mark.parametrize("console", ["com1", "com1,screen"])
def test_hello_is_seen(bochs, console):
    """What hello sent to the BIOS's teletype is on the machine's screen.

    With what the kernel writes there, it moves up; neither spoils the other.
    """
    machine = bochs(cmdline=f"console={console}", modules=programs("hello"))
    with Prompt(machine) as prompt:
        prompt.ok("memmap")
        prompt.ok("run hello")
        if "screen" in console:
            prompt.ok("bios 10 ax=0e56 bx=7")
        screen = machine.screen()
    assert "hello from 16-bit code" in screen
    if "screen" in console:
        assert any(line.startswith("run: module=hello") for line in screen)
        assert any(line.startswith("Vbios: int=10") for line in screen)


@pytest.mark.parametrize("model, engine", [(PENRYN, "v86"),
                                           (HASWELL, "real")])
def test_contract(bochs, directory, model, engine):
    """How a program is entered, how it ends, whose the memory is."""
    runs, text, _ = run_script(
        bochs, directory, ["entry", "halt", "faults", "interrupts"],
        ["run entry", "run entry at=2345:10 bx=1",
         "run entry ss=3000 esp=12340200 eflags=2", "run entry cpu=1",
         "run entry cpu=1", "run entry cpu=1 view=machine",
         "run entry put=50000:ff000000 get=50000,4",
         "run halt", "run faults cpu=1", "run halt cpu=1",
         "run interrupts ecx=300000", "bios 11 cpu=1"],
        model=model, cpus=2)
    assert all(run.result == "ok" for run in runs)
    assert all(run.head["engine"] == engine for run in runs)
    (plain, placed, own_stack, private, again, machine, counted, halt, faults,
     halt_1, held) = runs
    # SP is FFFEh before the far return address, which is 0040:00F0.
    assert plain.regs["eax"] & 0xffff == 0xfffa
    assert (plain.regs["ebx"], plain.regs["ecx"]) == (0x1000, 0)
    assert (plain.regs["edi"], plain.regs["esi"]) == (0x40, 0xf0)
    assert plain.regs["edx"] == 0x202 | (0x3000 if engine == "v86" else 0)
    assert {plain.regs[name] for name in ("ds", "es", "ss")} == {0x1000}
    assert (placed.regs["ebx"], placed.regs["ecx"]) == (0x2345, 0x10)
    assert own_stack.regs["eax"] & 0xffff == 0x1fc
    assert own_stack.regs["esp"] == 0x12340200
    assert own_stack.regs["edx"] & 0x200 == 0
    # The machine's memory keeps what was written; a private one is new.
    assert [run.regs["ebp"] for run in runs[:7]] == [1, 2, 3, 1, 1, 4, 0x100]
    assert (private.head["view"], again.head["cpu"]) == ("private", "1")
    assert machine.head["view"] == "machine"
    assert "mem: 00050000: 00 01 00 00" in counted.rest
    for run in (halt, halt_1):
        assert run.regs["eax"] == 0x1234
        # Behind the HLT.
        assert (run.regs["cs"], run.regs["eip"]) == (0x1000, 5)
    assert faults.regs["eax"] == 6
    assert faults.regs["ebx"] == 0x2063
    # No interrupt while they are off, and those that waited behind STI.
    assert held.regs["eax"] == 0 and held.regs["ebx"] >= 1
    # A resident handler would be gone: the vectors are the BIOS's again.
    assert len(re.findall(r"^ok$", text, re.MULTILINE)) == 13


@pytest.mark.parametrize("model, engine", [(PENRYN, "v86"),
                                           (SKYLAKE, "real")])
def test_bad_ends(bochs, directory, model, engine):
    """What goes wrong is told, and the machine goes on."""
    runs, text, _ = run_script(
        bochs, directory,
        ["spin", "fault", "shutdown", "stack", "entry", "ticks"],
        ["run spin timeout=100", "run spin timeout=100 cpu=1", "run fault",
         "run shutdown", "run shutdown cx=1", "run stack",
         "run ticks cpu=1 timeout=100",
         "run ticks cx=1", "run entry cpu=1", "bios 12"],
        model=model, cpus=2)
    entered = "shutdown" if engine == "real" else "refused"
    results = ["timeout", "timeout", "fault", entered, "shutdown", "shutdown",
               "timeout", "ok", "ok"]
    assert [run.result for run in runs] == results
    for run in runs[:7]:
        assert f"report: core {run.head['cpu']}, {run.result}: " in run.rest
        error = re.search(r"^error: (.*)$", run.rest, re.MULTILINE)[1]
        assert error.count("; ") == 2
        assert run.result in error and run.head["module"] in error
    spin, _, fault, *_ = runs
    assert "bytes at 1000:0011: eb fe" in spin.rest
    # The tick hook that it left behind must not be called any more.
    assert "interrupt vector 1c restored" in text
    assert "#UD at 1000:0001" in fault.rest
    assert "bytes at 1000:0001: 0f 0b" in fault.rest
    assert (fault.regs["cs"], fault.regs["eip"]) == (0x1000, 1)


def test_refusals(bochs, directory):
    """What cannot be run is refused in words, and nothing is written."""
    sizes = {"empty": 0, "large": 0xa0000, "full": 0x10000 - 2}
    modules = programs("hello")
    for name, size in sizes.items():
        (directory / name).write_bytes(b"\xcb" * size)
        modules.append((directory / name, f"/boot/{name} argument"))
    machine = bochs(cmdline="", cpus=2, modules=modules)
    with Prompt(machine) as prompt:
        error = prompt.error("run nonsense")
        assert "there are: hello, " in error and "full" in error
        assert "option at" in prompt.error("run hello at=1000")
        assert "option at" in prompt.error("run hello at=10000:0")
        prompt.error("run")
        prompt.error("run hello zz=1")
        prompt.error("run hello cs=2000")
        prompt.error("run hello cpu=2")
        prompt.error("run hello cpu=0,1,0")
        assert "one machine" in prompt.error("run hello cpu=all view=machine")
        assert "empty" in prompt.error("run empty")
        before = prompt.ok("peek 400 100")
        for place in ("0:0", "0:400", "50:0", "5f:f", "9fc0:0", "9fb0:fe",
                      "ffff:10", "a000:0"):
            assert "no room" in prompt.error(f"run hello at={place}")
            assert "no room" in prompt.error(
                f"run hello cpu=1 at={place}")
        # The ticks go on, but nothing else there.
        after = prompt.ok("peek 400 100")
        for old, new in zip(before.splitlines(), after.splitlines()):
            assert old == new or ("00000460" in old and "00000460" in new)
        assert "no room" in prompt.error("run large at=60:0")
        # Its last byte would be the return address's.
        assert "return address" in prompt.error("run full")
        assert "result=ok" in prompt.ok("run full ss=3000")
        assert "return address" in prompt.error("run hello at=9000:0")
        assert "result=ok" in prompt.ok("run hello at=9000:0 esp=8000")
        assert "result=ok" in prompt.ok("run hello at=60:0")
        prompt.poweroff()


def test_no_modules(qemu):
    """Without modules, and without VMX."""
    with Prompt(qemu(cmdline="", modules=())) as prompt:
        assert "module2" in prompt.error("run hello")
        prompt.poweroff()


def test_all_cores(bochs, directory):
    """A program on every core at once: whole lines, each with its core."""
    runs, text, _ = run_script(
        bochs, directory, ["privileged", "hello", "fault"],
        ["run privileged cpu=all", "run hello cpu=3,1", "run hello cpu=2",
         "run fault cpu=all timeout=1000", "run hello cpu=all"],
        model=SKYLAKE, cpus=4)
    everywhere, runs = runs[:4], runs[4:]
    said = everywhere[0].guest
    for core, run in enumerate(everywhere):
        assert run.result == "ok"
        assert run.head["cpu"] == str(core)
        assert run.head["view"] == ("private" if core else "machine")
        assert [line[4:] for line in said
                if line.startswith(f"c{core}: ")] == PRIVILEGED
    assert len(said) == 4 * len(PRIVILEGED)
    # At once: their lines come mixed.
    assert {line[:2] for line in said[:len(PRIVILEGED)]} != {"c0"}

    assert [run.head["cpu"] for run in runs[:3]] == ["3", "1", "2"]
    assert sorted(runs[0].guest) == [f"c{core}: hello from 16-bit code"
                                     for core in (1, 3)]
    assert runs[2].guest == ["hello from 16-bit code"]
    assert [run.result for run in runs[3:7]] == ["fault"] * 4
    assert "did not end well on 4 of 4 cores" in text
    assert [run.result for run in runs[7:]] == ["ok"] * 4
