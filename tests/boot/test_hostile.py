"""Guests that try to do harm: the host, the other core and the next call stand."""

import re

import pytest
from attempts import run_attempts
from report import check_report, read_report

PENRYN = "core2_penryn_t9600"
HASWELL = "corei7_haswell_4770"
SKYLAKE = "corei7_skylake_x"
XHCI = 0xc0000000  # where Bochs' BIOS puts the first device on PCI

# tests/boot/programs/hostile.S: options, and per kind of engine how it ends.
# Protected mode is refused to virtual-8086 code; REAL has it.
ENTERS = ("refused", "the code at 1000:.* enters protected mode")
ATTEMPTS = [
    ("cx=0", ("timeout", ""), ("timeout", "")),
    ("cx=1", ("timeout", ""), ("timeout", "")),
    ("cx=2", ("timeout", ""), ("timeout", "")),
    ("cx=3", ("timeout", ""), ("timeout", "")),
    ("cx=4", ("timeout", ""), ("timeout", "")),
    ("cx=5", ("ok", ""), ("ok", "")),
    ("cx=6", ("shutdown", ""), ("shutdown", "triple fault")),
    ("cx=7", ("ok", ""), ("ok", "")),
    ("cx=a edx=200000", ENTERS,
     ("refused", "the memory at 200000 is the hypervisor's")),
    ("cx=a edx=fee00300", ENTERS, ("fault", "EPT violation at fee00300")),
    ("cx=a edx=fec00000", ENTERS, ("fault", "EPT violation at fec00000")),
    ("cx=a edx=fed00000", ENTERS, ("fault", "EPT violation at fed00000")),
    ("cx=b", ENTERS, ("fault", "exit 9, TASK_SWITCH")),
    ("cx=c", ("shutdown", ""), ("shutdown", "triple fault")),
    ("cx=d", ("ok", ""), ("ok", "")),
    ("cx=f", ("ok", ""), ("ok", "")),
    ("cx=11", ("ok", ""), ("ok", "")),
    ("cx=10", ENTERS, ("fault", "EPT violation at .*: table is full")),
    ("cx=e", ("ok", ""), ("ok", "")),
    ("cx=e", ("ok", ""), ("ok", "")),
]
VMX_INSTRUCTIONS = 12
CR4_OF_16BIT_CODE = 0x7ff  # up to OSXMMEXCPT
MSRS_READ = (1, 7)  # at most as many as guest/board/msr_policy.c lists


def registers(text):
    """The first two registers that a run ended with."""
    return [int(value, 16) for value in re.search(
        r"^regs: eax=(\w+) ebx=(\w+)", text, re.MULTILINE).groups()]


def sums(text):
    """What `hostile sums` shows of the host."""
    found = re.findall("^sum: (.*): (.*)$", text, re.MULTILINE)
    assert len(found) > 20
    return found


def check_attempt(line, text, expected):
    """How one ended, and what it found."""
    result, why = expected
    assert f" result={result} " in text, line
    if result != "ok":
        assert re.search(rf"^report: core 1, {result}: .*{why}", text,
                         re.MULTILINE), text
        return
    eax, ebx = registers(text)
    if "cx=7 " in line:
        assert eax == VMX_INSTRUCTIONS
    if "cx=e " in line:
        # Nothing of what the run before has left.
        assert (eax, ebx) == (0, 0xffff0ff0)
    if "cx=11 " in line:
        assert eax == CR4_OF_16BIT_CODE
    if "cx=f " in line:
        assert eax == 1000


@pytest.mark.parametrize("model, engine", [
    (PENRYN, "v86"), (HASWELL, "real"), (SKYLAKE, "v86-ept")])
def test_attempts(bochs, directory, model, engine):
    """Each attempt on core 1 ends as it should, and both cores go on."""
    attempts = [(f"run hostile {options} cpu=1 engine={engine} timeout=20",
                 ends[engine == "real"]) for options, *ends in ATTEMPTS]
    sweeps = [f"run hostile cx=8 cpu=1 engine={engine}",
              f"run hostile cx=9 cpu=1 engine={engine} view=isolated"]
    # Registers are compared with those after a first guest.
    begin = [f"bios 12 cpu=1 engine={engine}", "hostile sums"]
    calls = ["hostile sums", "bios 11 cpu=1", "bios 11", "memmap"]
    _, before, *texts = run_attempts(
        bochs, directory, model, "hostile",
        begin + [line for line, _ in attempts] + sweeps + calls)
    for (line, expected), text in zip(attempts, texts):
        check_attempt(line, text, expected)
    msrs, ports, after, other, own, _ = texts[len(attempts):]
    assert sums(before) == sums(after)
    reads, writes = registers(msrs)
    assert MSRS_READ[0] <= reads <= MSRS_READ[1] and writes == 1
    assert " view=isolated result=ok " in ports
    assert registers(ports)[0] == 0
    assert registers(other)[0] == registers(own)[0] != 0


def test_chipset(bochs, directory):
    """The machine's BIOS reaches the HPET, but neither APICs, messages nor our USB."""
    run = "run hostile view=machine engine=real cx=a edx="
    # As if firmware had the controller, and its SMIs with it.
    firmware = [f"write_dword {XHCI + 0x500:#x} 0x10401", f"write_dword {XHCI + 0x504:#x} 0xe011"]
    hpet, *others, legacy = run_attempts(
        bochs, directory, HASWELL, "hostile",
        [f"{run}{address:x}" for address in (
            0xfed00000, 0xfec00000, 0xfee00020, 0xfee01000, XHCI)]
        + [f"peek {XHCI + 0x500:x} 8"],
        cmdline="usb=on", grub_pre=["insmod memrw", *firmware], settings=[
            'usb_xhci: enabled=1, port3=keyboard, options3="speed:low"'])
    assert " result=ok " in hpet
    # Its capabilities, which nobody can write: revision 1, 64 bits.
    assert registers(hpet)[0] & 0x20ff == 0x2001
    for text in others:
        assert " result=fault " in text
        assert re.search("^report: .*EPT violation at (fe|c0000000)", text, re.MULTILINE)
    # The firmware has let go, and what made SMIs is off.
    assert re.search(r": 01 04 00 \w\w 00 00 00 \w\w ", legacy)


def check_ends(serial, count, engines, core=1):
    """Every program is counted, and the usual ways to end have been seen."""
    lines = re.findall(
        rf"^hostile: engine=(\S+) cpu={core} seed=1 programs=(\d+) ok=(\d+) "
        r"timeout=(\d+) fault=(\d+) refused=(\d+) shutdown=(\d+) ms=\d+$",
        serial, re.MULTILINE)
    assert [line[0] for line in lines] == engines
    for engine, *numbers in lines:
        programs_run, *ends = map(int, numbers)
        assert programs_run == sum(ends) == count
        # Few are refused or shut down, some in each hundred end otherwise.
        assert all(n > 0 for n in ends[:3]), engine


# A null SS that no processor has: see is_emulators_own() in
# proof/hostile/hostile_guest.c.
EMULATORS_OWN = {"VMENTER FAIL: VMCS guest CS.RPL != SS.RPL",
                 "VMENTER FAIL: VMCS guest SS.RPL <> SS.DPL"}
ENGINES = ["v86", "v86-ept", "real", "run64-guest", "run64-ept"]


@pytest.mark.parametrize("model, count, engines", [
    (PENRYN, 40, ["v86", "run64-guest"]), (HASWELL, 300, ENGINES)])
def test_random(bochs, model, count, engines):
    """A slice of `make hostile`, and a failure made short."""
    machine = bochs(model=model, cpus=2, cmdline=(
        f'run="hostile count={count}; hostile count=9 engine=v86 expect=ok '
        'seed=3; version" then=poweroff'))
    serial = machine.run_to_end(180)
    first, second, _ = re.split("^command: ", serial,
                                flags=re.MULTILINE)[1:4]
    report = check_report(first)
    assert len(report.PASS) == len(engines) + 1
    assert set(machine.entry_failures()) <= EMULATORS_OWN
    check_ends(first, count, engines)

    # Not all of nine end well; that is a failure where it was asked for.
    report = read_report(second)
    assert len(report.FAIL) == 1 and "error: " in second
    found = re.search(r"^hostile engine=v86 seed=3 index=\d program=(\w+) "
                      r"timeout_us=100 cpu=1$", second, re.MULTILINE)
    assert 1 <= len(found.group(1)) // 2 <= 4


def check_meanwhile(text, hostile_core, other_core):
    """A part of the serial log: programs on one core, calls on the other."""
    report = check_report(text)
    check_ends(text, 60, ENGINES, hostile_core)
    calls = re.findall(rf"^PASS: BIOS calls on core {other_core} meanwhile: "
                       r"(\d+) right; (\d+) ticks in (\d+) us$", text,
                       re.MULTILINE)
    assert len(calls) == len(ENGINES)
    assert len(report.PASS) == 2 * len(ENGINES) + 1
    for right, ticks, us in calls:
        assert int(right) > 100
        # Ticks are the boot core's: 18.2 times a second. They were more when
        # what the PIC kept between calls was counted twice.
        assert abs(int(ticks) - int(us) * 18.2065e-6) <= 2
        assert (int(us) > 20_000) == (other_core == 0)


def test_calls_meanwhile(bochs):
    """Either core makes BIOS calls while the other has hostile guests."""
    machine = bochs(model=HASWELL, cpus=2, cmdline=(
        'run="hostile count=60 calls=on; hostile count=60 calls=on cpu=0; '
        'version" then=poweroff'))
    serial = machine.run_to_end(180)
    first, second, _ = re.split("^command: ", serial,
                                flags=re.MULTILINE)[1:4]
    check_meanwhile(first, 1, 0)
    check_meanwhile(second, 0, 1)
    assert set(machine.entry_failures()) <= EMULATORS_OWN
