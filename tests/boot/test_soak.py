"""A slice of `make soak`: many calls and interrupts, none lost."""

import re

import pytest
from report import check_report

NAMES = ["calls in private views", "calls in the machine view",
         "timer interrupts", "free pages"]


def check_soak(serial, calls, interrupts, cores):
    """All passed, and as many were made as were asked for."""
    report = check_report(serial)
    assert report.names() == NAMES
    values = dict(report.PASS)
    for name in NAMES[:2]:
        assert values[name] == f"{calls} on each of {cores} cores"
    noted, delivered, counted, others, ticks, in_guest = map(int, re.match(
        r"(\d+) noted, (\d+) delivered, (\d+) counted by INT 1Ch, "
        r"(\d+) of other lines; "
        r"(\d+) ticks at 40:6C and \d+ periods for (\d+) counted, "
        r"each after \d+ us for the \d+ asked for$",
        values[NAMES[2]]).groups())
    assert noted == delivered == counted + others and counted >= interrupts
    assert ticks == in_guest >= interrupts


def test_cores(bochs):
    """Eight cores and the engine that is chosen by itself."""
    machine = bochs(cpus=8, cmdline='run="soak" then=poweroff')
    check_soak(machine.run_to_end(240), 10000, 10000, 8)
    assert machine.entry_failures() == []


@pytest.mark.parametrize("bios", ["bochs", "seabios"])
@pytest.mark.parametrize("engine", ["v86", "v86-ept", "real"])
def test_engines(bochs, engine, bios):
    """Each engine with each BIOS."""
    command = "soak calls=1000 interrupts=10000 period_us=100"
    machine = bochs(model="corei7_skylake_x", bios=bios,
                    cmdline=f'run="{command}" then=poweroff engine={engine}')
    check_soak(machine.run_to_end(120), 1000, 10000, 1)
    assert machine.entry_failures() == []


@pytest.mark.parametrize("vme", ["on", "off"])
def test_oldest(bochs, vme):
    """No preemption timer, no EPT; with and without INT n in hardware."""
    machine = bochs(model="core2_penryn_t9600", cpus=2, cmdline=
                    'run="soak calls=1000 interrupts=10000 period_us=100" then=poweroff '
                    f"vme={vme}")
    check_soak(machine.run_to_end(120), 1000, 10000, 2)
    assert machine.entry_failures() == []
