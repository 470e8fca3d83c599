"""How `make nested` judges a console."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

from nested_report import outcomes, seconds  # noqa: E402 (path set first)

CONSOLE = """\
nested: up 6.12
nested: begin one 10.00\r
[    0.000000 c0] Biosphere
command: demo
PASS: a
SUMMARY: 1 passed, 0 failed, 2 skipped
ok
command: selftest
FAIL: b: expected 1 got 2
SUMMARY: 3 passed, 1 failed, 0 skipped
error: not all went well; selftest; see the FAIL lines above
script: line 2 of 'script' ended with an error; going on
command: nmi cpu=1 count=100
nmi: cpu=1 mode=guest sent=100 counted=100 exits=100
ok
nested: end one 0 15.50
nested: begin two 16.00
command: demo
PASS: a
[    1.000000 c0] panic: no
nested: end two 0 20.00
nested: begin three 21.00
command: nmi
ok
command: soak
ok
nested: end three 143 22.25
nested: begin four 23.00
command: demo
SUMMARY: 1 passed, 0 failed, 0 skipped
"""


def test_outcomes():
    """Each command by itself; what did not end, or not well, is not good."""
    found = {key: (o.good, o.counts, o.result)
             for key, o in outcomes(CONSOLE).items()}
    assert found == {
        ("one", "demo"): (True, (1, 0, 2), "ok"),
        ("one", "selftest"): (False, (3, 1, 0), "error: not all went well; "
                              "selftest; see the FAIL lines above"),
        ("one", "nmi cpu=1 count=100"): (True, None, "ok"),
        ("two", "demo"): (False, None, "panic: no"),
        ("three", "nmi"): (True, None, "ok"),
        ("three", "soak"): (False, None, "QEMU ended with 143; ok"),
        ("four", "demo"): (False, (1, 0, 0),
                           "QEMU ended with nothing; did not end"),
    }


def test_seconds():
    """Of those that have come to an end."""
    assert seconds(CONSOLE) == {"one": 5.5, "two": 4.0, "three": 1.25}
