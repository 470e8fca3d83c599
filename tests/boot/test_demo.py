"""The demo on every VMX model, number of cores, BIOS and medium."""

import os
import re

import pytest
from bochs import find
from machine import DEMO
from patch import at_entry
from report import check_report

# From the oldest (no EPT, no preemption timer, no x2APIC) to the newest.
MODELS = [
    "core2_penryn_t9600",
    "corei5_lynnfield_750",
    "corei5_arrandale_m520",
    "corei7_sandy_bridge_2600k",
    "corei7_ivy_bridge_3770k",
    "corei7_haswell_4770",
    "broadwell_ult",
    "corei7_skylake_x",
    "corei3_cnl",
    "corei7_icelake_u",
    "tigerlake",
]
if os.environ.get("EMULATOR") and find().version >= (3, 0):
    MODELS += ["sapphire_rapids", "arrow_lake"]
    if find().version >= (3, 1):
        MODELS.append("wildcat_lake")


def check_cores(serial, cpus):
    """The demo shows that many cores, each with VMX on."""
    lines = re.findall(r"^cpu (\d+): (.*)$", serial, re.MULTILINE)
    assert [int(number) for number, _ in lines] == list(range(cpus))
    for _, values in lines:
        assert "online=yes" in values and "vmx=on" in values


@pytest.mark.parametrize("model", MODELS)
def test_models(bochs, model):
    """Two cores of each model; Bochs saw no entry fail."""
    machine = bochs(model=model, cpus=2, cmdline=DEMO)
    serial = machine.run_to_end()
    check_report(serial)
    check_cores(serial, 2)
    assert machine.entry_failures() == []


@pytest.mark.parametrize("cpus", [1, 4, 8])
def test_cores(bochs, cpus):
    """One core, and as many as there is time for."""
    machine = bochs(cpus=cpus, cmdline=DEMO)
    serial = machine.run_to_end(180)
    check_report(serial)
    check_cores(serial, cpus)
    assert machine.entry_failures() == []


@pytest.mark.parametrize("engine", ["v86", "v86-ept", "real"])
def test_engines(bochs, engine):
    """All of the demo by each engine, with the local APICs in x2APIC mode."""
    machine = bochs(cpus=4, cmdline=f"{DEMO} engine={engine} apic=x2apic")
    serial = machine.run_to_end()
    report = check_report(serial)
    assert any(f"engine {engine}" in name for name in report.names())
    assert machine.entry_failures() == []


def test_without_vme(bochs):
    """INT n emulated, on a processor whose VME is not to be trusted."""
    check_report(bochs(cpus=2, cmdline=f"{DEMO} engine=v86 vme=off").run_to_end())


@pytest.mark.parametrize("cpus", [1, 2])
def test_at_most(bochs, cpus):
    """cpus= leaves the others alone."""
    serial = bochs(cpus=4, cmdline=f"{DEMO} cpus={cpus}").run_to_end()
    check_report(serial)
    check_cores(serial, cpus)


@pytest.mark.parametrize("model", ["core2_penryn_t9600", "corei7_haswell_4770",
                                   "corei7_icelake_u"])
def test_seabios(bochs, model):
    """Another BIOS in the guest, and FEATURE_CONTROL left unlocked."""
    machine = bochs(model=model, bios="seabios", cmdline=DEMO)
    serial = machine.run_to_end(120)
    check_report(serial)
    check_cores(serial, 1)
    assert machine.entry_failures() == []


@pytest.mark.parametrize("bios", ["bochs", "seabios"])
def test_disk(bochs, bios):
    """The ISO as a hard disk."""
    serial = bochs(media="disk", bios=bios).run_to_end()
    check_report(serial)


def test_trampoline_page(bochs):
    """The page that other cores start from is again what it was."""
    page = 0x9e000
    machine = bochs(cpus=2, cmdline=f'run="memmap; peek {page:x} 1000" then=poweroff',
                    debugger=at_entry([f"xp /4096bx {page:#x}"]))
    serial = machine.run_to_end()
    # The last one below 640 KiB that is RAM.
    assert re.search(f"^memmap: \\w+-0*{page + 0xfff:x} .*RAM$", serial,
                     re.MULTILINE)
    before = bytes(int(byte, 16) for line in re.findall(
        r"<bogus\+ +\d+>:(.*)", machine.output()) for byte in line.split()[:8])
    after = bytes.fromhex("".join(re.findall(
        r"^mem: \w+: ((?:\w\w ?)+)", serial, re.MULTILINE)))
    assert len(after) == 4096 and before[:4096] == after


def test_small_memory(bochs):
    """8 MB of RAM are enough."""
    check_report(bochs(memory=8).run_to_end())


def test_again_the_same(bochs):
    """Nothing in a run is left to chance: two give the same log."""
    first = bochs(cpus=2, cmdline=DEMO).run_to_end()
    second = bochs(cpus=2, cmdline=DEMO).run_to_end()
    assert first == second
