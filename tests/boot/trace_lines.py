"""Reads the lines of trace, step and break; see docs/tracing.md."""

import re
from dataclasses import dataclass

LINE = re.compile(
    r"^trace: c(?P<core>\d+) \+(?P<ticks>\d{10,}) (?P<cs>[0-9a-f]{4}):"
    r"(?P<ip>[0-9a-f]{4,16}) (?P<indent> *)(?P<what>.+)$", re.MULTILINE)
DROPPED = re.compile(r"^trace: c(\d+): (\d+) events dropped$", re.MULTILINE)
COUNTS = re.compile(r"^trace: c(\d+):(( [a-z-]+=\d+)+)$", re.MULTILINE)


@dataclass
class Line:
    """One event."""

    core: int
    ticks: int
    place: str
    depth: int
    what: str

    @property
    def count(self):
        """How many times it happened: a fold of the same."""
        times = re.search(r"\((\d+) times", self.what)
        return int(times[1]) if times else 1

    def is_io(self):
        """Whether it is an access to a port."""
        return re.match(r"(in|out|ins|outs) ", self.what) is not None


def lines(text):
    """All event lines of a text."""
    return [Line(int(m["core"]), int(m["ticks"]), f"{m['cs']}:{m['ip']}",
                 len(m["indent"]) // 2, m["what"])
            for m in LINE.finditer(text)]


def dropped(text, core=0):
    """How many events the text says were dropped."""
    return sum(int(n) for c, n in DROPPED.findall(text) if int(c) == core)


def counts(text, core=0):
    """The counts that the command trace shows."""
    found = [m for m in COUNTS.finditer(text) if int(m[1]) == core]
    return {key: int(value)
            for key, value in re.findall(r"([a-z-]+)=(\d+)", found[-1][2])}


def registers(text):
    """The lines `regs:` of a call, as a dictionary."""
    pairs = re.findall(r"(\w+)=([0-9a-f]+)", "".join(
        re.findall(r"^regs: (.*\n)", text + "\n", re.MULTILINE)))
    return {name: int(value, 16) for name, value in pairs}
