"""Format of the sources: clang-format, ASCII, lengths, headers."""

import re
import subprocess
from pathlib import Path

import pytest
from houseplan import FOLDERS

TOP = Path(__file__).resolve().parents[2]
LAYERS = sorted({folder.split("/")[0] for folder in FOLDERS})
NO_CODE = {"__pycache__", "corpus"}
CODE = sorted(path for folder in (*LAYERS, "tests", "tools", "iso")
              for path in (TOP / folder).rglob("*")
              if path.is_file() and not NO_CODE & set(path.parts))
C_FILES = [path for path in CODE if path.suffix in (".c", ".h")]
KERNEL = [path for path in CODE if path.parts[len(TOP.parts)] in LAYERS]

LINE_COLUMNS = 100
# "About 500"; a unit test is a table of cases, and may be a longer one.
FILE_LINES = 550
UNIT_TEST_LINES = 900
FUNCTION_LINES = 70


def name(path):
    """The path from the top, for a message."""
    return str(path.relative_to(TOP))


# Others format a few constructs otherwise, whatever .clang-format says.
CLANG_FORMAT = "14"


def test_clang_format():
    """clang-format would change nothing (`make format` lets it)."""
    said = subprocess.run(["clang-format", "--version"], capture_output=True,
                          text=True, check=True).stdout
    version = re.search(r"version (\d+)", said)[1]
    if version != CLANG_FORMAT:
        pytest.skip(f"the format is that of clang-format {CLANG_FORMAT} "
                    f"(Debian 12), this one is {version}")
    run = subprocess.run(["clang-format", "--dry-run", *map(name, C_FILES)],
                         capture_output=True, text=True, cwd=TOP)
    assert run.returncode == 0
    files = {line.split(":")[0] for line in run.stderr.splitlines()
             if "warning: code should be clang-formatted" in line}
    assert not files, "\n".join(sorted(files))


def test_ascii():
    """Nothing but ASCII, and each file ends with one newline."""
    wrong = []
    for path in CODE:
        data = path.read_bytes()
        if not data.isascii() or not data.endswith(b"\n"):
            wrong.append(name(path))
    assert not wrong, "\n".join(wrong)


def test_lines():
    """No line over 100 columns, none with blanks at its end."""
    wrong = []
    for path in CODE:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            columns = len(line.expandtabs(8))
            if columns > LINE_COLUMNS or line != line.rstrip():
                wrong.append(f"{name(path)}:{number}")
    assert not wrong, "\n".join(wrong)


def test_file_lengths():
    """A file that has grown too long wants to be two."""
    wrong = []
    for path in CODE:
        lines = len(path.read_text().splitlines())
        unit = path.parent == TOP / "tests/unit"
        if lines > (UNIT_TEST_LINES if unit else FILE_LINES):
            wrong.append(f"{name(path)}: {lines} lines")
    assert not wrong, "\n".join(wrong)


def test_function_lengths():
    """No function is much longer than a screen."""
    wrong = []
    for path in C_FILES:
        start = None
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line == "{":
                start = number
            elif line == "}" and start:
                if number - start > FUNCTION_LINES:
                    wrong.append(f"{name(path)}:{start}")
                start = None
    assert not wrong, "\n".join(wrong)


def test_opening_comments():
    """Each file of the kernel says first what it is for."""
    wrong = [name(path) for path in KERNEL if path.suffix in (".c", ".h", ".S")
             and not path.read_text().startswith("/*")]
    assert not wrong, "\n".join(wrong)


def test_preprocessor():
    """Headers say #pragma once; .c files have no conditional code."""
    wrong = []
    for path in KERNEL:
        text = path.read_text()
        if path.suffix == ".h" and "\n#pragma once\n" not in text:
            wrong.append(name(path))
        if path.suffix == ".c" and re.search(r"^\s*#\s*if", text, re.M):
            wrong.append(name(path))
    assert not wrong, "\n".join(wrong)
