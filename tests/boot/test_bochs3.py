"""A slice of the tests in Bochs 3, wherever there is one.

`make test EMULATOR=bochs3` runs all boot tests there.
"""

import re

import pytest
from bochs import find
from image import BUILD
from report import check_report
from services import Case, differences, run_kernel, run_native
from test_demo import check_cores
from test_selftest import check_entry_checks
from test_services import disk

# The oldest, the first with user interrupts, and the newest, of 3.1.
MODELS = ["core2_penryn_t9600", "sapphire_rapids", "wildcat_lake"]
COMMANDS = 'run="demo; selftest; exits reset; step 11; exits" then=poweroff'


def needs(name, version, what):
    """Skips the test where that Bochs is older."""
    if find(name).version < version:
        pytest.skip(f"{what} wants Bochs {version[0]}.{version[1]}")


@pytest.mark.parametrize("model", MODELS)
def test_slice(bochs, newer_bochs, model):
    """Demo, self-tests and steps, in one boot."""
    if model == MODELS[-1]:
        needs(newer_bochs, (3, 1), model)
    machine = bochs(emulator=newer_bochs, model=model, cpus=2, cmdline=COMMANDS)
    serial = machine.run_to_end(180)
    demo, rest = serial.split("command: selftest\n")
    check_report(demo)
    check_cores(demo, 2)
    selftest, step = rest.split("command: exits reset\n")
    check_report(selftest)
    # Nine damages of single fields besides, each at a launch and a resume.
    check_entry_checks(selftest, machine, 18)
    steps = re.findall(r"^trace: .* step ", step, re.MULTILINE)
    counts = dict(re.findall(r"^exits: cpu=0 reason=(\d+) \S+ count=(\d+) ",
                             step, re.MULTILINE))
    assert len(steps) > 5
    if model == "core2_penryn_t9600":
        assert "37" not in counts
    else:
        # By the monitor trap flag, one exit an instruction. Whether it works
        # is known only after the first, the INT: that one may be trapped.
        assert int(counts.get("0", 0)) <= 1
        assert int(counts["37"]) >= len(steps) - 1


def test_services(directory, newer_bochs):
    """A disk's services in a guest as natively, on the same machine."""
    truth = run_native("bochs", disk, (("emulator", newer_bochs),))
    log = []
    run_kernel(directory, Case("bochs", "corei7_skylake_x", "real"), disk, log,
               emulator=newer_bochs)
    assert len(log) == len(truth) > 10
    assert [what for pair in zip(log, truth) for what in differences(*pair)] == []


def test_uefi(bochs, newer_bochs):
    """UEFI with VMX: no BIOS to run, and everything else works."""
    needs(newer_bochs, (3, 1), "OVMF")
    program = BUILD / "programs64/plain64.bin"
    machine = bochs(emulator=newer_bochs, bios="ovmf", memory=512, cpus=2,
                    model="corei7_skylake_x", modules=[(program, "plain64")],
                    cmdline='run="demo; run64 plain64" then=poweroff')
    serial = machine.run_to_end(180)
    report = check_report(serial)
    check_cores(serial, 2)
    assert "VMX operation on every core" in report.names()
    assert [name for name, why in report.SKIP if "UEFI" in why] == ["BIOS calls"]
    assert re.search(r"^run64: .* result=ok", serial, re.MULTILINE)
    assert machine.entry_failures() == []
