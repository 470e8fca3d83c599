"""What tools/mutants.py makes of lines of C."""

import fnmatch
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / "tools"))

from mutant_judge import read_table  # noqa: E402 (the path must be set)
from mutants import mutants_of, squeeze  # noqa: E402

# A line, and all that it becomes.
LINES = [
    ("\tif (a < b) {", ["if (a <= b) {", "if (!(a < b)) {"]),
    ("\twhile (n != 0 && ok) {", [
        "while (n == 0 && ok) {", "while (n != 0 || ok) {",
        "while (n != 1 && ok) {", "while (!(n != 0 && ok)) {"]),
    ("\treturn x * 0x10u;", ["return x + 0x10u;", "return x * 0x11u;",
                             "return x * 0xfu;"]),
    ("\tcount += 1;", ["count -= 1;", "count = 1;", "count += 2;",
                       "count += 0;", ";"]),
    ("\tforget(guest);", [";"]),
    ("\tn++;", ["n--;", ";"]),
    ("\tm &= ~mask;", ["m = ~mask;", "m |= ~mask;", "m &= mask;", ";"]),
    ("\treturn !found;", ["return found;"]),
    ("\treturn true;", ["return false;"]),
    ("#define LIMIT 16", ["#define LIMIT 17", "#define LIMIT 15"]),
    ("\tu64 *p = &x;", []),
    ("\tputs(\"a < 1\");", [";"]),
    ("\t/* if (a < b) { */", []),
    ("#include \"a.h\"", []),
    ("static_assert(sizeof(x) == 8, \"as told\");", []),
]


@pytest.mark.parametrize("line, wanted", LINES)
def test_line(line, wanted):
    """Each way to make it wrong, and no other."""
    found = [squeeze(mutant.after) for mutant in mutants_of("x.c", line)]
    assert sorted(found) == sorted(wanted)


def test_statements_stay_whole():
    """What goes on over lines is not taken out by its last one."""
    source = "\tcall(a,\n\t     b);\n\t/* one\n\t * a < b */\n\tcall(c);\n"
    assert [(m.line, squeeze(m.after)) for m in mutants_of("x.c", source)] == [
        (5, ";")]


def test_the_table():
    """Each row is about files that are there, and its tests are there, too."""
    layers = ("arch", "boot", "guest", "lib", "vmm")
    files = [str(path.relative_to(TOP)) for layer in layers
             for path in (TOP / layer).rglob("*.c")]
    for pattern, tests in read_table():
        assert fnmatch.filter(files, pattern), pattern
        for test in tests:
            file, _, name = test.partition("::")
            text = (TOP / "tests" / file).read_text("ascii")
            assert not name or f"def {name.split('[')[0]}(" in text, test


def test_the_tree():
    """Each mutant of the kernel's files changes just its line of code."""
    for file in ("vmm/exit.c", "guest/board/machine_ports.c", "arch/pic.c"):
        source = (TOP / file).read_text("ascii")
        lines = source.split("\n")
        mutants = list(mutants_of(file, source))
        assert len(mutants) > 50
        for mutant in mutants:
            assert lines[mutant.line - 1] == mutant.before != mutant.after
