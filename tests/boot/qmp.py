"""Commands for QEMU's monitor while a machine runs."""

import json
import socket
import time


def free_port():
    """A TCP port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Monitor:
    """A QMP connection; `options` are for the machine that will listen."""

    def __init__(self):
        self.port = free_port()
        self.options = ["-qmp", f"tcp:127.0.0.1:{self.port},server=on,wait=off"]
        self.file = None

    def connect(self, timeout=20):
        """To the machine, which has been started."""
        end = time.monotonic() + timeout
        while True:
            try:
                connection = socket.create_connection(("127.0.0.1", self.port))
                break
            except ConnectionRefusedError:
                assert time.monotonic() < end, "QEMU does not listen"
                time.sleep(0.05)
        self.file = connection.makefile("rw")
        self.file.readline()
        self.execute("qmp_capabilities")

    def execute(self, command, **arguments):
        """Runs a command of QMP's and returns what it returned."""
        json.dump({"execute": command, "arguments": arguments}, self.file)
        self.file.write("\n")
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            assert "error" not in answer, answer
            if "return" in answer:
                return answer["return"]

    def type(self, line):
        """Types a line at the monitor that is made for people."""
        assert self.execute("human-monitor-command",
                            **{"command-line": line}) == ""
