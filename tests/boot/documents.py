"""Reads the sessions that the documents show: commands, and what they print.

A session's lines begin with four blanks. Behind `biosphere> ` is a command, and
below it what it prints, of which lines may be left out; `...` ends a line that
is cut, and a line in brackets speaks of what is left out. Numbers may differ.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
INDENT = "    "
PROMPT = "biosphere> "
# A number, by any base, alone or in a word; times and dates among them.
NUMBER = re.compile(r"[0-9a-f]*[0-9][0-9a-f]*|\b[a-f]{2}\b|\b[0-9a-f]{4,}\b")
# How often a poll was repeated is up to the device.
TIMES = re.compile(r" \(\d+ times[^)]*\)")
CUT = "..."


@dataclass
class Command:
    """A command of a document, where it is, and the lines shown below it."""

    text: str
    line: int
    shown: list = field(default_factory=list)


def sessions(path):
    """The commands of a document, in its order."""
    found = []
    shown = None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.startswith(INDENT):
            shown = None
        elif line.startswith(INDENT + PROMPT):
            command = Command(line[len(INDENT + PROMPT):].rstrip(), number)
            # Two or more blanks part a command from a remark.
            command.text = re.split(r" {2,}", command.text)[0]
            found.append(command)
            shown = command.shown
        elif shown is not None:
            shown.append(line[len(INDENT):])
    return found


def plain(line):
    """The line without its numbers, so that two runs are alike."""
    return re.sub(r"[ #]+", " ", NUMBER.sub("#", TIMES.sub("", line))).strip()


def is_remark(line):
    """Whether it stands for what the command prints, and not for a line."""
    return line == CUT or (line.startswith("[") and line.endswith("]"))


def missing(command, output):
    """The first line shown that was not printed, in the order shown."""
    printed = [plain(line) for line in output.split("\n")]
    at = 0
    for line in command.shown:
        if is_remark(line):
            continue
        wanted = plain(line.removesuffix(CUT).rstrip())
        cut = line.endswith(CUT)
        while at < len(printed) and not (
                printed[at].startswith(wanted) if cut
                else printed[at] == wanted):
            at += 1
        if at == len(printed):
            return line
        at += 1
    return None
