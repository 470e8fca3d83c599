"""A slice of `make fuzz`: each target, from its seeds, some thousand inputs."""

import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / "tests/fuzz"))

import runner  # noqa: E402 (path set first)

RUNS = 20_000
SEED = 1


@pytest.mark.parametrize("name", runner.NAMES)
def test_fuzz(name, tmp_path):
    """It came to its end, having seen all inputs."""
    log = tmp_path / "log"
    with log.open("w") as output:
        status = runner.start(name, RUNS, SEED, output).wait(120)
    text = log.read_text(errors="replace")
    assert status == 0, text
    assert runner.result(text)[0] >= RUNS, text


def test_every_target_has_seeds():
    """And no seeds are for a target that is gone."""
    assert sorted(runner.SEEDS) == runner.NAMES
