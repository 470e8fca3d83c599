"""A slice of `make fuzz`: each target, from its seeds, some thousand inputs."""

import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / "tests/fuzz"))

import runner  # noqa: E402 (path set first)

RUNS = 20_000
# Those that take more than a tenth of a millisecond an input.
SLOW_RUNS = 4_000
SLOW = {"acpi", "ept", "vmx", "vga", "line_edit", "surface", "pc"}
SEED = 1


@pytest.mark.parametrize("name", runner.NAMES)
def test_fuzz(name, tmp_path):
    """It came to its end, having seen all inputs."""
    log = tmp_path / "log"
    runs = SLOW_RUNS if name in SLOW else RUNS
    with log.open("w") as output:
        status = runner.start(name, runs, SEED, output).wait(120)
    text = log.read_text(errors="replace")
    assert status == 0, text
    assert runner.result(text)[0] >= runs, text


def test_every_target_has_seeds():
    """And a corpus; none is for a target that is gone."""
    assert sorted(runner.SEEDS) == runner.NAMES
    assert sorted(path.name for path in runner.KEPT.iterdir()) == runner.NAMES
