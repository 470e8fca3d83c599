"""Types commands at the prompt of a machine and reads what they say."""

import re

from machine import PATIENCE

PROMPT = "biosphere> "
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Prompt:
    """A `with` block in which the machine is on and waits for commands."""

    def __init__(self, machine, timeout=60):
        self.machine = machine
        self.timeout = min(timeout, PATIENCE)

    def __enter__(self):
        self.child = self.machine.interactive(self.timeout)
        self.child.expect_exact(PROMPT)
        return self

    def __exit__(self, *_):
        self.machine.stop()

    def type(self, keys):
        """Sends keys as they are; no answer is waited for."""
        self.child.send(keys)

    def run(self, command, enter="\r"):
        """Types a command; returns its output, with its last line."""
        self.child.send(command + enter)
        self.child.expect(r"\r\n((?:ok|error: [^\r\n]*))\r\n[^\r\n]*"
                          + re.escape(PROMPT))
        raw = self.child.before + b"\r\n" + self.child.match.group(1)
        text = ESCAPE.sub("", raw.decode("ascii")).replace("\r\n", "\n")
        # The first line is the echo of what was typed.
        return text.split("\n", 1)[1] if "\n" in text else text

    def ok(self, command):
        """A command that must end with `ok`; returns the lines before it."""
        text = self.run(command)
        lines = text.split("\n")
        assert lines.pop() == "ok", text
        return "\n".join(lines)

    def error(self, command):
        """A command that must end with `error: ...`; returns that."""
        last = self.run(command).split("\n")[-1]
        assert last.startswith("error: "), last
        # What; where; what to do.
        assert last.count("; ") >= 2, last
        return last

    def poweroff(self):
        """Switches the machine off, by the command."""
        from pexpect import EOF
        self.child.send("poweroff\r")
        self.child.expect(EOF)
        self.machine.process.wait(20)
        self.machine.check_end()
