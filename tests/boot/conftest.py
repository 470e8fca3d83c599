"""Fixtures of the boot tests: machines in a directory per test."""

import re
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import machine  # noqa: E402 (the path must be set first)
from bochs import newer  # noqa: E402 (machine has set the path)
from image import BUILD  # noqa: E402


@pytest.fixture
def directory(request):
    """build/tests/NAME, empty at first and kept afterwards."""
    name = f"{request.path.stem}.{request.node.name}"
    path = BUILD / "tests" / re.sub(
        r"[^A-Za-z0-9_.-]+", "-", name).strip("-")
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


@pytest.fixture
def bochs(directory):
    """A function that makes a Bochs; each is stopped after the test."""
    yield from maker(machine.Bochs, directory)


@pytest.fixture
def newer_bochs():
    """The name of a Bochs from 3.0 on; without one the test is skipped."""
    name = newer()
    if not name:
        pytest.skip("no Bochs 3 here; `tools/bochs.py bochs3` unpacks one")
    return name


@pytest.fixture
def qemu(directory):
    """A function that makes a QEMU; each is stopped after the test."""
    yield from maker(machine.Qemu, directory)


def maker(kind, directory):
    """Hands out machines, one directory each, and stops them at the end."""
    machines = []

    def make(**settings):
        place = directory / str(len(machines)) if machines else directory
        machines.append(kind(place, **settings))
        return machines[-1]

    yield make
    for one in machines:
        one.stop()
