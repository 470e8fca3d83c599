"""Types on the keyboard of a Bochs whose display is a VNC server.

As much of RFB 3.3 as that takes; the picture is thrown away.
"""

import re
import socket
import struct
import threading
import time

# What Hardware() needs in `settings`.
DISPLAY = 'display_library: rfb, options="timeout=0"'

# X11's names of keys, by number; letters are their own numbers.
KEYSYMS = {"Shift_L": 0xffe1, "Up": 0xff52, "F1": 0xffbe, "Return": 0xff0d,
           "Escape": 0xff1b, "Control_L": 0xffe3, "BackSpace": 0xff08,
           "Tab": 0xff09, "Home": 0xff50, "Left": 0xff51, "End": 0xff57,
           "Delete": 0xffff}


class Keyboard:
    """A connection to the display of a machine that runs."""

    def __init__(self, machine, timeout=30):
        end = time.monotonic() + timeout
        while not (match := re.search(r"listening for connections on port (\d+)",
                                      machine.emulator_log())):
            assert time.monotonic() < end, "no VNC server"
            time.sleep(0.05)
        self.socket = socket.create_connection(("127.0.0.1", int(match[1])))
        self.socket.settimeout(timeout)
        assert self.receive(12).startswith(b"RFB 003.")
        self.socket.sendall(b"RFB 003.003\n")
        assert self.receive(4) == b"\0\0\0\1", "a password is wanted"
        self.socket.sendall(b"\1")
        name_size = struct.unpack_from(">I", self.receive(24), 20)[0]
        self.receive(name_size)
        # The server sends the picture unasked, and the machine stands still
        # until it is taken.
        self.socket.settimeout(None)
        threading.Thread(target=self.discard, daemon=True).start()

    def discard(self):
        """Reads until the connection ends."""
        try:
            while self.socket.recv(1 << 16):
                pass
        except OSError:
            pass

    def receive(self, count):
        """So many bytes from the server."""
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            assert part, "the VNC server is gone"
            data += part
        return data

    def close(self):
        """Lets go of the display."""
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def key(self, name, down):
        """Presses or releases a key."""
        number = KEYSYMS.get(name) or ord(name)
        self.socket.sendall(struct.pack(">BBHI", 4, down, 0, number))

    def press(self, *names):
        """Presses keys one after the other, and releases them backwards."""
        for name in names:
            self.key(name, True)
        for name in reversed(names):
            self.key(name, False)
