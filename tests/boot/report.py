"""Reads the PASS/FAIL/SKIP/SUMMARY lines of a serial log."""

import re
from dataclasses import dataclass, field

SUMMARY = re.compile(r"^SUMMARY: (\d+) passed, (\d+) failed, (\d+) skipped$",
                     re.MULTILINE)
LINE = re.compile(r"^(PASS|FAIL|SKIP): ([^:\n]+)(?:: (.*))?$", re.MULTILINE)


@dataclass
class Report:
    """The lines by kind, each a (name, values) pair, and the sum of all summaries."""

    PASS: list = field(default_factory=list)
    FAIL: list = field(default_factory=list)
    SKIP: list = field(default_factory=list)
    summary: tuple = None

    def names(self):
        """The names of all that passed."""
        return [name for name, _ in self.PASS]


def read_report(serial):
    """Parses a serial log."""
    report = Report()
    for kind, name, values in LINE.findall(serial):
        getattr(report, kind).append((name, values))
    summaries = SUMMARY.findall(serial)
    if summaries:
        report.summary = tuple(sum(map(int, column))
                               for column in zip(*summaries))
    return report


def check_report(serial):
    """Asserts a log of a run with nothing wrong in it; returns the report."""
    assert not re.findall(r"^.*\bpanic:.*$", serial, re.MULTILINE)
    report = read_report(serial)
    assert report.FAIL == []
    assert report.summary, "no SUMMARY line"
    passed, failed, skipped = report.summary
    assert failed == 0
    assert passed == len(report.PASS) and passed > 0
    assert skipped == len(report.SKIP)
    return report
