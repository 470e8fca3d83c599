"""What one guest must not learn of another or of the host, and the reverse."""

import re

from image import BUILD


def program(name):
    """A 16-bit program of the tests' own, as a module."""
    return (BUILD / "test-programs" / f"{name}.bin", name)


def test_pae_paging(bochs):
    """Turned on by what the host acts out: the guest's tables count."""
    serial = bochs(cmdline='run="run pae engine=real view=private; '
                           'run pae engine=real" then=poweroff',
                   modules=[program("pae")]).run_to_end()
    assert re.findall(r"^regs: eax=(\w+)", serial, re.MULTILINE) == [
        "00000007", "00000007"]
