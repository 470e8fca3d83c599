"""Ends every run with one line: `N passed, N failed, N skipped`."""

from pathlib import Path

TOP = Path(__file__).resolve().parents[1]


def pytest_unconfigure(config):
    """The last hook of a run, after pytest has printed its own summary."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if hasattr(config, "workerinput") or reporter is None:
        return
    stats = reporter.stats
    passed = len(stats.get("passed", [])) + len(stats.get("xpassed", []))
    failed = len(stats.get("failed", [])) + len(stats.get("error", []))
    skipped = len(stats.get("skipped", [])) + len(stats.get("xfailed", []))
    line = f"{passed} passed, {failed} failed, {skipped} skipped"
    summary = TOP / "build" / "test-summary.txt"
    summary.parent.mkdir(exist_ok=True)
    summary.write_text(line + "\n", encoding="ascii")
    print(line, flush=True)
