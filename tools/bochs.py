#!/usr/bin/env python3
"""The Bochs that is run: the system's, or a newer one beside it.

    tools/bochs.py bochs3      unpacks Bochs 3.1 of Debian 14, if it is not there

EMULATOR=bochs3 in the environment makes it the one that machines run in.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import suite

SYSTEM = "bochs"
# Of which Debian suite each of the others is.
SUITES = {"bochs3": "forky", "bochs3.0": "trixie"}
PACKAGES = ["bochs", "bochs-sdl", "bochsbios", "vgabios"]
PROGRAM = "usr/bin/bochs-bin"


class NoBochs(Exception):
    """That Bochs is not there; says what to do."""


@dataclass(frozen=True)
class Program:
    """A Bochs: how it is started, and its BIOSes."""

    argv: tuple
    environment: tuple  # of pairs
    share: Path  # has bochs/ and vgabios/
    version: tuple  # (3, 1)
    # Since 3.0 the debugger starts, and reads its commands, only if asked to.
    debugger: bool

    def command(self, settings, script):
        """The command that runs settings, and the debugger's commands."""
        flags = ["-q", "-debugger"] if self.debugger else ["-q"]
        return [*self.argv, *flags, "-f", settings, "-rc", script]

    def bios(self):
        """Its own BIOS."""
        return self.share / "bochs/BIOS-bochs-latest"

    def vga_bios(self):
        """The VGA BIOS of its Debian."""
        return self.share / "vgabios/vgabios.bin"


def known():
    """The names that EMULATOR may have."""
    return [SYSTEM, *SUITES]


def there(name):
    """Whether that Bochs can be run now, without a download."""
    if name == SYSTEM:
        return shutil.which("bochs") is not None
    return name in SUITES and suite.folder(SUITES[name], "bochs").exists()


@lru_cache(maxsize=None)
def find(name=None):
    """The Program of that name, or of EMULATOR, or the system's."""
    name = name or os.environ.get("EMULATOR") or SYSTEM
    if name not in known():
        raise NoBochs(f"EMULATOR={name} is not known: "
                      f"one of {', '.join(known())}")
    if not there(name):
        raise NoBochs("there is no Bochs: type `make run`, which installs it"
                      if name == SYSTEM else
                      f"{name} is not there: type `tools/bochs.py {name}`")
    if name == SYSTEM:
        return ask(["bochs"], {}, Path("/usr/share"))
    root = suite.folder(SUITES[name], "bochs")
    return ask(suite.argv(root, PROGRAM), {
        "BXSHARE": f"{root}/usr/share/bochs",
        "LTDL_LIBRARY_PATH": f"{root}/{suite.LIBRARIES}/bochs/plugins"},
        root / "usr/share")


def ask(argv, environment, share):
    """Completes a Program by what its help says."""
    said = subprocess.run(
        [*argv, "--help"], env={**os.environ, **environment},
        stdin=subprocess.DEVNULL, capture_output=True, text=True)
    words = said.stdout + said.stderr
    version = re.search(r"Bochs x86 Emulator (\d+)\.(\d+)", words)
    if not version:
        last = (words.strip().splitlines() or ["no word"])[-1]
        raise NoBochs(f"{argv[-1]} does not tell its version: {last}")
    return Program(tuple(argv), tuple(environment.items()), share,
                   tuple(map(int, version.groups())),
                   bool(re.search(r"^ *-debugger\b", words, re.MULTILINE)))


def newer():
    """The name of a Bochs from 3.0 on that can be run now; None: there is none."""
    names = [os.environ.get("EMULATOR") or SYSTEM, *SUITES]
    for name in names:
        if there(name) and find(name).version >= (3, 0):
            return name
    return None


def fetch(name):
    """Has that Bochs in the cache; its Program."""
    if name != SYSTEM:
        suite.fetch(SUITES[name], "bochs", PACKAGES, PROGRAM)
    return find(name)


def main():
    """Unpacks the one named, and says which it is."""
    if len(sys.argv) != 2 or sys.argv[1] not in known():
        print(f"usage: tools/bochs.py {'|'.join(known())}", file=sys.stderr)
        return 2
    try:
        program = fetch(sys.argv[1])
    except (suite.SuiteError, NoBochs) as error:
        print(f"{sys.argv[1]} cannot be had: {error}", file=sys.stderr)
        return 1
    print(f"Bochs {'.'.join(map(str, program.version))} is "
          f"{program.argv[-1]}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
