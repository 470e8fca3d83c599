"""What the console of `make nested` tells about each command of each run."""

import re
from dataclasses import dataclass

# From tools/nested_init: a run of Biosphere, and QEMU's exit status; each with
# the time by Linux.
RUN = re.compile(r"^nested: begin (\S+) ([\d.]+)$(.*?)"
                 r"(?:^nested: end \1 (\d+) ([\d.]+)$|\Z)",
                 re.MULTILINE | re.DOTALL)
# From monitor/script.c, until the next one.
COMMAND = re.compile(r"^command: (.*)$", re.MULTILINE)
SUMMARY = re.compile(r"^SUMMARY: (\d+) passed, (\d+) failed, (\d+) skipped$",
                     re.MULTILINE)
ERROR = re.compile(r"^(?:\[[^]]*\] )?((?:error|panic): .*)$", re.MULTILINE)
OK = re.compile(r"^ok$", re.MULTILINE)


@dataclass
class Outcome:
    """How a command ended; not at all, unless said otherwise."""

    command: str
    counts: tuple = None  # passed, failed, skipped; None without a SUMMARY
    result: str = "did not end"
    good: bool = False


def judge(command, text):
    """The outcome of a command from what it has printed."""
    outcome = Outcome(command)
    summary = SUMMARY.search(text)
    error = ERROR.search(text)
    if summary:
        outcome.counts = tuple(map(int, summary.groups()))
    if error:
        outcome.result = error[1]
    elif OK.search(text):
        outcome.good = "FAIL: " not in text
        outcome.result = "ok" if outcome.good else "FAIL"
    return outcome


def outcomes(text):
    """{(run, command): Outcome} of all that began."""
    found = {}
    for name, _, console, status, _ in RUN.findall(text.replace("\r", "")):
        parts = COMMAND.split(console)
        pairs = list(zip(parts[1::2], parts[2::2]))
        for command, said in pairs:
            found[name, command] = judge(command, said)
        # QEMU ends with 0 when the machine has gone off by itself.
        if pairs and status != "0":
            last = found[name, pairs[-1][0]]
            last.good = False
            last.result = (f"QEMU ended with {status or 'nothing'}; "
                           f"{last.result}")
    return found


def seconds(text):
    """{run: seconds of Linux from QEMU's start to its end}."""
    return {name: float(end) - float(begin) for name, begin, _, _, end
            in RUN.findall(text.replace("\r", "")) if end}
