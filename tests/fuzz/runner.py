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


def write_seeds(name):
    """An empty corpus but for the seeds; returns its directory."""
    corpus = BUILD / "corpus" / name
    shutil.rmtree(corpus, ignore_errors=True)
    corpus.mkdir(parents=True)
    for number, seed in enumerate(SEEDS[name]()):
        (corpus / f"seed{number:03}").write_bytes(seed)
    return corpus


def fixed_addresses():
    """In the new process: what is compared are addresses, too.

    With them fixed a run is the same each time. A container may forbid it;
    then runs differ in which inputs they choose, and nothing else is lost.
    """
    LIBC.personality(ADDR_NO_RANDOMIZE)


def start(name, runs, seed, output):
    """The target as a process that writes what it says to the file output."""
    corpus = write_seeds(name)
    FINDINGS.mkdir(parents=True, exist_ok=True)
    longest = INPUT_BYTES.get(name, INPUT_BYTES_ELSE)
    command = [BUILD / f"fuzz_{name}", f"-runs={runs}", f"-seed={seed}",
               f"-max_len={longest}", f"-timeout={HANG_SECONDS}",
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
