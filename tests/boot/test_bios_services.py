"""The kernel's own BIOS services, on each BIOS, medium and engine."""

import pytest
from report import check_report

NAMES = ["services INT 15h E820", "services INT 13h read"]


@pytest.mark.parametrize("media", ["cd", "disk"])
@pytest.mark.parametrize("bios", ["bochs", "seabios"])
@pytest.mark.parametrize("engine", ["v86", "v86-ept", "real"])
def test_services(bochs, engine, bios, media):
    """The loader's memory map, and the boot disk's own bytes."""
    machine = bochs(model="corei7_skylake_x", bios=bios, media=media, cmdline=
                    'run="selftest services" then=poweroff '
                    f"engine={engine}")
    report = check_report(machine.run_to_end())
    assert report.names() == NAMES
    assert machine.entry_failures() == []
    sector = 512 if media == "disk" else 2048
    assert f"{sector}-byte sectors, error 0" in dict(report.PASS)[NAMES[1]]
