"""A second build, elsewhere, is the same to the byte, and sizes hold."""

import os
import re
import shutil
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]


def test_second_build(tmp_path):
    """A copy under another name, built from nothing, gives the same files."""
    copy = tmp_path / "another-place"
    shutil.copytree(TOP, copy, ignore=shutil.ignore_patterns(
        "build", ".git", "__pycache__"))
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    run = subprocess.run(["make", "-C", copy, "-j2"], capture_output=True,
                         text=True, env=environment)
    assert run.returncode == 0, run.stdout + run.stderr
    for name in ("biosphere.elf", "biosphere.iso"):
        first = (TOP / "build" / name).read_bytes()
        second = (copy / "build" / name).read_bytes()
        assert first == second, f"{name} differs"


def test_sizes():
    """What the README promises."""
    assert (TOP / "build/biosphere.elf").stat().st_size < 460 * 1024
    assert (TOP / "build/biosphere.iso").stat().st_size < 5_000_000


def test_no_long_division():
    """No signed division of 64 bits, whose quotient Bochs 3.1 gets wrong."""
    code = (TOP / "build/biosphere.dump").read_text("ascii")
    assert re.search(r"\tidiv +%e", code)
    assert re.findall(r"\tidivq.*|\tidiv +%r(?:[a-z]+|\d+)$", code,
                      re.MULTILINE) == []
