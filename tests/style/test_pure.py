"""A pure file needs nothing but pure files, and has no variables of its own."""

import re
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
LIBRARY = "build/host/libpure.a"  # all files marked pure, and nothing else
STRING = {"memcmp", "memcpy", "memmove", "memset", "strchr", "strcmp", "strlen",
          "strncmp"}
SANITIZERS = re.compile(r"__(asan|ubsan)_|_GLOBAL_OFFSET_TABLE_$")
VARIABLE = re.compile(r"\sO\s+(\.data|\.bss)(?!\.rel)\S*\s+[0-9a-f]+\s+(?:\.hidden\s+)?(\S+)$",
                      re.MULTILINE)


def symbols(kind):
    """The names nm gives with that option."""
    run = subprocess.run(["nm", "-P", kind, LIBRARY], capture_output=True, text=True,
                         cwd=TOP, check=True)
    return {line.split()[0] for line in run.stdout.splitlines()
            if line and not line.endswith(":")}


def test_needs():
    """What pure files call is in pure files, or in the C library."""
    needed = symbols("-u") - symbols("--defined-only") - STRING
    assert not {name for name in needed if not SANITIZERS.match(name)}


def test_no_variables():
    """All their data is constant."""
    table = subprocess.run(["objdump", "-t", LIBRARY], capture_output=True, text=True,
                           cwd=TOP, check=True).stdout
    found = [name for _, name in VARIABLE.findall(table) if not name.startswith("__")]
    assert "fmt_vsnprintf" in table
    assert not found


def test_a_variable_is_found():
    """The reading itself."""
    assert VARIABLE.findall("0 l     O .bss\t0000000000000008 counter")
    assert not VARIABLE.findall("0 l     O .data.rel.ro.local\t0000000000000008 names")


def test_stems_are_unique():
    """An archive keeps one object of each name."""
    run = subprocess.run(["ar", "t", LIBRARY], capture_output=True, text=True, cwd=TOP,
                         check=True)
    names = run.stdout.split()
    assert len(names) == len(set(names)) > 60
