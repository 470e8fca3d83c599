"""A machine that runs for minutes and whose lines are shown as they come."""

import signal
import sys
import time

from machine import Bochs, MachineError
from report import read_report


def follow(machine, patience_seconds):
    """Prints the serial log as it grows, until the machine ends."""
    shown = 0
    end = time.monotonic() + patience_seconds
    while True:
        ended = machine.process.poll() is not None
        text = machine.serial()
        sys.stdout.write(text[shown:])
        sys.stdout.flush()
        shown = len(text)
        if ended:
            return
        if time.monotonic() > end:
            machine.fail(f"not done in {patience_seconds} s")
        time.sleep(1)


def run(directory, patience_seconds, **settings):
    """Boots, waits, sees to it that Bochs ends; returns an exit status."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    machine = Bochs(directory, **settings)
    try:
        machine.start()
        follow(machine, patience_seconds)
    except MachineError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        machine.stop()
    summary = read_report(machine.serial()).summary
    failures = machine.entry_failures()
    if not machine.went_off() or summary is None or failures:
        print(f"Bochs: {machine.last_words()} {failures[:1]}",
              file=sys.stderr)
        return 1
    return 0 if summary[1] == 0 and summary[0] > 0 else 1
