"""The prompt and its commands, as a person or a script uses them."""

import re
import struct

import pytest

from image import TOP, programs
from prompt import PROMPT, Prompt

INTERFACE = ["demo", "cpus", "vmx", "bios", "exits", "machine", "nmi", "vmcs", "peek",
             "memmap", "modules", "version", "log", "help", "poweroff",
             "reboot", "halt"]


def words(text):
    """The KEY=VALUE words of a line, as a dictionary."""
    return dict(re.findall(r"(\w+)=(\S+)", text))


def test_help(bochs):
    """Every command of the interface is there, explained by example."""
    page = (TOP / "docs/monitor.md").read_text("ascii")
    sections = set(re.findall(r"^## ([a-z0-9]+)$", page, re.MULTILINE))
    readme = (TOP / "README.md").read_text("ascii")
    with Prompt(bochs(cmdline="")) as prompt:
        text = prompt.ok("help")
        names = re.findall(r"^  (\w+)", text, re.MULTILINE)
        assert set(INTERFACE) <= set(names)
        assert set(names) == sections, "docs/monitor.md has a section of each"
        for name in names:
            assert re.search(rf"^      {name} ", readme, re.MULTILINE)
        for name in names:
            assert f"example: {name}" in prompt.ok(f"help {name}")
        prompt.error("help nonsense")
        prompt.poweroff()


def test_line_editing(bochs):
    """Backspace, cursor keys, Home and End, history; unknown words."""
    with Prompt(bochs(cmdline="")) as prompt:
        assert "version:" in prompt.ok("verxx\b\bsion")
        assert "version:" in prompt.ok("ersion\x1b[Hv")
        assert "version:" in prompt.ok("\x1b[A")
        assert "did you mean 'version'" in prompt.error("versiom")
        prompt.type("cpus\x03")
        prompt.child.expect_exact(PROMPT)
        assert "version:" in prompt.ok("version")
        prompt.poweroff()


def test_bios_calls(bochs):
    """INT 11h and 12h agree with the BIOS data area; the prompt's grammar."""
    with Prompt(bochs(cpus=2, cmdline="")) as prompt:
        bda = prompt.ok("peek 410 4").split("410:")[1].split()[:4]
        equipment = int(bda[1] + bda[0], 16)
        memory = prompt.ok("peek 413 2").split("413:")[1].split()[:2]
        kilobytes = int(memory[1] + memory[0], 16)
        for cpu in (0, 1):
            text = prompt.ok(f"bios 11 cpu={cpu}")
            head = text.split("bios: ")[1].split("\n")[0]
            assert words(head)["result"] == "ok"
            assert words(head)["cpu"] == str(cpu)
            assert int(words(text)["eax"], 16) & 0xffff == equipment
            text = prompt.ok(f"bios 12 cpu={cpu} eax=12345678")
            assert int(words(text)["eax"], 16) == 0x12340000 | kilobytes
        text = prompt.ok("bios 15 ah=c0")
        assert int(words(text)["eflags"], 16) & 1 == 0
        text = prompt.ok("bios 10 ah=0f")
        assert int(words(text)["eax"], 16) & 0xff == 3
        prompt.error("bios")
        prompt.error("bios 1ff")
        prompt.error("bios 11 cpu=9")
        prompt.error("bios 11 zz=1")
        check_block_moves(prompt)
        prompt.poweroff()


def test_calls_in_bulk(bochs):
    """As by themselves, whichever core asks, and cheaper; all are counted."""
    call = "bios 12 ebx=12345678 "
    with Prompt(bochs(cpus=2, cmdline="")) as prompt:
        for where in ("board=private", "board=private cpu=1", "board=machine",
                      "board=machine cpu=1"):
            one = prompt.ok(call + where)
            many = prompt.ok(f"{call}{where} bulk=254 repeat=3")
            assert many[many.index("regs:"):] == one[one.index("regs:"):]
            assert words(many)["calls"] == "762"
            assert int(words(many)["ticks"]) < int(words(one)["ticks"])
        counted = prompt.ok("exits")
        # The boot core makes those of the board machine for all cores.
        assert f"ints: cpu=0 int=12 count={3 * 763} " in counted
        assert "ints: cpu=1 int=12 count=763 " in counted
        assert "default stack" in prompt.error("bios 12 bulk=2 gs=1")
        prompt.error("bios 12 bulk=255")
        prompt.poweroff()


def test_first_failure_is_explained(bochs):
    """INT 11h of the machine's BIOS loops: its report follows its FAIL."""
    with Prompt(bochs(cmdline="timeout=50")) as prompt:
        prompt.ok("poke 500 eb fe")
        prompt.ok("poke 44 00 05 00 00")
        text = prompt.run("demo")
        head, report = text.split("FAIL: INT 11h, equipment, machine view: "
                                  "expected a return, got timeout")
        assert "report: " not in head
        lines = report.split("\n")
        assert lines[1].startswith("report: core 0, timeout: ")
        assert "cs=0050" in report or "rip=500" in report
        assert report.count("report: core") == 1
        assert text.endswith("'FAIL' lines") or "failed" in text


def test_vmcs_by_name(bochs):
    """Fields by group and by part of a name, with what their bits mean."""
    with Prompt(bochs(cmdline="")) as prompt:
        prompt.ok("bios 12 engine=v86")
        every = prompt.ok("vmcs").split("\n")
        some = prompt.ok("vmcs guest_cs").split("\n")
        assert some[1] == "GUEST_CS_SELECTOR = 2000"
        assert some[3:5] == ["GUEST_CS_ACCESS_RIGHTS = 000000f3",
                             "  data writable accessed DPL=3 present"]
        assert {l for l in some[1:] if l[0] != " "} == {
            l for l in every if l.startswith("GUEST_CS_")}
        assert "\n  VM IOPL" in prompt.ok("vmcs RFLAGS")
        assert "  external-interrupt exiting | NMI exiting" in prompt.ok(
            "vmcs control")
        assert "EXIT_REASON = 00000012 VMCALL" in prompt.ok("vmcs reason")
        prompt.error("vmcs guest_xyz")


def test_completion(bochs):
    """TAB offers commands, options and modules."""
    machine = bochs(cmdline="", modules=programs("hello", "disk"))
    with Prompt(machine) as prompt:
        for keys, line in (("bio\t", "bios "), ("help vm\t", "help vm"),
                           ("bios 12 cp\t", "bios 12 cpu="),
                           ("run he\t", "run hello "),
                           ("run hello ti\t", "run hello timeout="),
                           ("run64 di\t", "run64 disk ")):
            prompt.type(keys + "#\r")
            prompt.child.expect_exact(line)
            prompt.child.expect("(?:ok|error: [^\r\n]*)\r\n")


def test_teletype_is_seen(bochs):
    """INT 10h AH=0Eh: the guest's letters are on the machine's screen."""
    machine = bochs(cmdline="console=com1")
    with Prompt(machine) as prompt:
        for letter in "Zebra":
            prompt.ok(f"bios 10 ah=0e al={ord(letter):x} ebx=7")
        assert any("Zebra" in line for line in machine.screen())


def test_nmis(bochs):
    """The nmi command counts each one, and exits tells of them."""
    with Prompt(bochs(cpus=4, cmdline="")) as prompt:
        for cpu in range(4):
            found = words(prompt.ok(f"nmi cpu={cpu} count=10000"))
            assert found["mode"] == "guest"
            assert found["sent"] == found["counted"] == "10000"
            assert 0 < int(found["exits"]) <= 10000
        assert "nmi" in prompt.ok("exits").lower()
        prompt.error("nmi cpu=7 count=1")
        prompt.poweroff()


def test_reports(bochs):
    """cpus, vmx, vmcs, modules, log: something of each is there."""
    with Prompt(bochs(cpus=2, cmdline="")) as prompt:
        cpus = prompt.ok("cpus").split("\n")
        assert [line.split(":")[0] for line in cpus] == ["cpu 0", "cpu 1"]
        assert words(cpus[1])["feature_control"].endswith("5")
        for name in ("480", "48b", "491"):
            assert name in prompt.ok("vmx cpu=1")
        prompt.ok("bios 11")
        fields = dict(re.findall(r"^(\w+) = ([0-9a-f]+)", prompt.ok("vmcs"),
                                 re.MULTILINE))
        # What a guest may not set is nothing at all.
        assert [int(fields[f"GUEST_{name}"], 16) for name in (
            "IA32_SYSENTER_CS", "IA32_SYSENTER_ESP", "IA32_SYSENTER_EIP",
            "LDTR_SELECTOR", "PENDING_DEBUG_EXCEPTIONS")] == [0] * 5
        assert "modules: 0" in prompt.ok("modules")
        assert re.search(r"clock: TSC at (?:49|50)\.\d{3} MHz, measured against "
                         "the (?:HPET|ACPI PM timer) ", prompt.ok("log"))
        prompt.poweroff()


def test_modules(bochs, directory):
    """Modules by name, and the script module."""
    script = directory / "script.txt"
    script.write_text("# a comment\nmodules\npeek 413 2\n", encoding="ascii")
    serial = bochs(modules=[(script, "script"), (script, "other word")],
                   cmdline="then=poweroff").run_to_end()
    assert "module: name=script" in serial
    assert "module: name=other" in serial
    assert "command: modules" in serial or "mem: 00000413" in serial


def test_reboot(bochs):
    """reboot starts the machine again."""
    machine = bochs(cmdline='run="version" then=reboot')
    machine.start()
    machine.wait_for(r"(?s)version: .*version: ", 60)


def block_move(prompt, source, target, count, limits):
    """INT 15h AH=87h in engine v86, which acts it out; (carry, AH, 64 bytes)."""
    table = bytes(16) + b"".join(
        struct.pack("<HHBBBB", limit, at & 0xffff, at >> 16, 0x93, 0, 0)
        for limit, at in zip(limits, (source, target))) + bytes(16)
    text = prompt.ok(
        f"bios 15 ah=87 cx={count // 2:x} es=5000 si=0 engine=v86 "
        f"put=50000:{table.hex()} put=51000:{bytes(range(64)).hex()} "
        f"put=52000:{'ff' * 64} get={target:x},64")
    shown = "".join(re.findall(r"^mem: \w+: ((?:\w\w ?)+)", text, re.MULTILINE))
    regs = words(text)
    return (int(regs["eflags"], 16) & 1, int(regs["eax"], 16) >> 8 & 0xff,
            bytes.fromhex(shown))


def check_block_moves(prompt):
    """What an emulator's BIOS does not show: segments too short, an overlap."""
    data = bytes(range(64))
    for short in (0, 1):
        limits = [0xffff, 0xffff]
        limits[short] = 0x3e
        assert block_move(prompt, 0x51000, 0x52000, 64, limits) == (
            1, 2, b"\xff" * 64)
        limits[short] = 0x3f
        assert block_move(prompt, 0x51000, 0x52000, 64, limits) == (0, 0, data)
    # Word by word upwards: what is moved is what was moved before.
    for distance in (2, 6):
        assert block_move(prompt, 0x51000, 0x51000 + distance, 32,
                          (0xffff, 0xffff))[2][:32] == (
                              data[:distance] * 32)[:32]


@pytest.mark.parametrize("engine", ["v86", "v86-ept", "real"])
def test_broken_call(bochs, engine):
    """What a call spoils before it is stopped is put right for the next.

    The program masks all lines of the PIC, zeroes vector 11h, opens A20 and
    spins with interrupts off:
        xor ax,ax; mov ds,ax; mov [44h],ax; mov [46h],ax; mov al,2;
        out 92h,al; mov al,0ffh; out 21h,al; cli; jmp $
    """
    program = "31c08ed8a34400a34600b002e692b0ffe621faebfe"
    with Prompt(bochs(cmdline=f"engine={engine}")) as prompt:
        before = words(prompt.ok("bios 11"))["eax"]
        text = prompt.error("bios 60 put=180:00000010 "
                            f"put=10000:{program} timeout=300")
        assert "ended with timeout" in text
        assert words(prompt.ok("bios 11"))["eax"] == before
        assert "interrupt vector 11 restored" in prompt.ok("log")
        # The status of A20, and ticks that go on: IRQ 0 is open again.
        assert words(prompt.ok("bios 15 ax=2402"))["eax"][-2:] == "00"
        first = int(words(prompt.ok("bios 1a"))["edx"], 16)
        prompt.error("bios 16 ah=0 timeout=200")
        assert int(words(prompt.ok("bios 1a"))["edx"], 16) >= first + 3
        prompt.poweroff()
