"""Runs the unit tests of the pure modules, one item per cmocka binary."""

import re
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[1]
NAMES = sorted(path.stem for path in (TOP / "tests/unit").glob("test_*.c"))


@pytest.mark.parametrize("name", NAMES)
def test_unit(name):
    """The binary ran its tests, at least one, and none failed."""
    run = subprocess.run([TOP / "build/unit" / name], capture_output=True,
                         text=True, errors="backslashreplace", timeout=120)
    output = run.stdout + run.stderr
    assert run.returncode == 0, output
    ran = re.search(r"PASSED\s*\] (\d+) test", output)
    assert ran and int(ran[1]) > 0, output
