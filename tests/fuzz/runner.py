"""Runs fuzz targets: their seeds, the run, and what a finding leaves."""

import ctypes
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/fuzz"))

from seeds import SEEDS  # noqa: E402 (path set first)

BUILD = TOP / "build/fuzz"
# What runs have found worth keeping: a file for each target, with an input a
# line, in hex. Together they reach each edge that any input has reached.
KEPT = TOP / "tests/fuzz/corpus"
FINDINGS = BUILD / "findings"
NAMES = sorted(path.stem.removeprefix("fuzz_")
               for path in (TOP / "tests/fuzz").glob("fuzz_*.c"))
# The longest input: a few of what the target reads.
INPUT_BYTES = {"acpi": 2048, "mbi": 2048, "decode": 32, "tables": 8}
INPUT_BYTES_ELSE = 512
# One input takes microseconds; this many seconds are a hang.
HANG_SECONDS = 10
ADDR_NO_RANDOMIZE = 0x0040000  # Linux, sys/personality.h
LIBC = ctypes.CDLL(None)
DONE = re.compile(r"^#(\d+)\s+DONE\s+cov: (\d+)", re.MULTILINE)


def empty(directory):
    """Makes it, with nothing in it."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory


def write_corpus(name):
    """The seeds and what is kept; returns the directory."""
    corpus = empty(BUILD / "corpus" / name)
    kept = (KEPT / name).read_text("ascii").split()
    for number, data in enumerate([*SEEDS[name](), *map(bytes.fromhex, kept)]):
        (corpus / f"start{number:04}").write_bytes(data)
    return corpus


def keep(name):
    """Keeps what the last run has found; returns how many inputs that is.

    Only as many as it takes to reach every edge: how often each was passed
    does not count.
    """
    least = empty(BUILD / "least" / name)
    subprocess.run([BUILD / f"fuzz_{name}", "-merge=1", "-use_counters=0",
                    f"-max_len={longest(name)}", least,
                    BUILD / "corpus" / name],
                   check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   preexec_fn=fixed_addresses)
    # An empty one would be no line; every run tries that first by itself.
    inputs = sorted(filter(None, (path.read_bytes()
                                  for path in least.iterdir())),
                    key=lambda data: (len(data), data))
    (KEPT / name).write_text(
        "".join(data.hex() + "\n" for data in inputs), "ascii")
    return len(inputs)


def fixed_addresses():
    """In the new process: what is compared are addresses, too.

    With them fixed a run is the same each time. A container may forbid it;
    then runs differ in which inputs they choose, and nothing else is lost.
    """
    LIBC.personality(ADDR_NO_RANDOMIZE)


def longest(name):
    """The length of its inputs, at most."""
    return INPUT_BYTES.get(name, INPUT_BYTES_ELSE)


def start(name, runs, seed, output):
    """The target as a process that writes what it says to the file output."""
    corpus = write_corpus(name)
    FINDINGS.mkdir(parents=True, exist_ok=True)
    command = [BUILD / f"fuzz_{name}", f"-runs={runs}", f"-seed={seed}",
               f"-max_len={longest(name)}", f"-timeout={HANG_SECONDS}",
               "-reload=0", f"-artifact_prefix={FINDINGS}/{name}-", corpus]
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=1",
                       UBSAN_OPTIONS="print_stacktrace=1")
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                            stderr=subprocess.STDOUT, env=environment,
                            preexec_fn=fixed_addresses)


def result(text):
    """(inputs, covered edges) of a run that came to its end, or None."""
    done = DONE.search(text)
    return (int(done[1]), int(done[2])) if done else None
