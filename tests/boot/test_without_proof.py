"""A kernel without the layer that tries it from inside (make PROOF=0)."""

import os
import subprocess

from image import BUILD, TOP
from report import check_report

CORE = BUILD / "core"
PROOF = ["selftest", "soak", "bench", "hostile", "crash"]


def make_core():
    """Builds it in a folder of its own; the Makefile checks its size."""
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    run = subprocess.run(
        ["make", "-j2", "PROOF=0", "B=build/core", "build/core/biosphere.elf"],
        cwd=TOP, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return CORE / "biosphere.elf"


def test_demo_without_proof(bochs):
    """The demo passes; proof's commands and their heading are not there."""
    machine = bochs(kernel=make_core(), cmdline=(
        f'run="demo; help; {"; ".join(PROOF)}" then=poweroff'))
    serial = machine.run_to_end()
    check_report(serial)
    assert "\nThe monitor:\n" in serial
    assert "Tests and measurements" not in serial
    for name in PROOF:
        assert f"error: unknown command '{name}'" in serial
    names = (CORE / "biosphere.nm").read_text()
    assert " command_run\n" in names
    for name in ("selftest_begin", "hostile_program", "entry_damages"):
        assert name not in names
