"""An X server without a monitor, for machines whose screen is to be seen."""

import os
import subprocess
import time

# What a Bochs needs in `settings`, and what its window has around the screen.
DISPLAY = "display_library: x"
BAR_ABOVE, BAR_BELOW = 32, 18

TIMEOUT = 20


class Screen:
    """A `with` block in which machines that are started have a window."""

    def __enter__(self):
        reader, writer = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writer), "-nolisten", "tcp",
             "-screen", "0", "1280x1024x24"], pass_fds=[writer],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as number:
            self.name = ":" + number.readline().strip()
        self.before = os.environ.get("DISPLAY")
        os.environ["DISPLAY"] = self.name
        return self

    def __exit__(self, *_):
        if self.before is None:
            del os.environ["DISPLAY"]
        else:
            os.environ["DISPLAY"] = self.before
        self.server.terminate()
        self.server.wait()

    def grab(self):
        """What the machine shows: width, height, bytes red, green, blue."""
        # Without a window's number import would wait for a mouse.
        window = self.output("xdotool", "search", "--name", "Bochs").split()
        data = self.output("import", "-window", str(int(window[-1])),
                           "-depth", "8", "ppm:-")
        _, width, height, _, pixels = data.split(maxsplit=4)
        width, height = int(width), int(height)
        # split() takes white pixels' neighbours for blanks: cut from behind.
        pixels = data[-width * height * 3:]
        return (width, height - BAR_ABOVE - BAR_BELOW,
                pixels[width * 3 * BAR_ABOVE:-width * 3 * BAR_BELOW])

    def wait_for(self, wanted):
        """Grabs until wanted(width, height, pixels); returns the last grab."""
        end = time.monotonic() + TIMEOUT
        while True:
            grabbed = self.grab()
            if wanted(*grabbed) or time.monotonic() > end:
                return grabbed
            time.sleep(0.2)

    def wait_still(self, wanted):
        """The same, but the screen must have stopped changing as well.

        Bochs paints now and then, and a busy machine may see it half done.
        """
        grabs = []

        def still(*grabbed):
            grabs.append(grabbed)
            return wanted(*grabbed) and grabs[-4:] == [grabbed] * 4

        return self.wait_for(still)

    def output(self, *command):
        """Runs a program that draws on nothing; returns its output."""
        return subprocess.run(command, check=True, timeout=TIMEOUT,
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE).stdout


def checksum(pixels):
    """As the command picture counts it: FNV-1a of 32 bits."""
    value = 0x811c9dc5
    for byte in pixels:
        value = (value ^ byte) * 0x01000193 & 0xffffffff
    return value
