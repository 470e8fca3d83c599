"""What one guest must not learn of another or of the host, and the reverse."""

import re

import pytest
from image import BUILD
from patch import at_entry, function_address, write_memory

HASWELL = "corei7_haswell_4770"
PENRYN = "core2_penryn_t9600"


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


@pytest.mark.parametrize("function, model, test, what", [
    ("pages_put", HASWELL, "arch zeroed pages", r"\d+ free pages"),
    ("vcpu_unload", HASWELL, "v86 CMOS", "0 loaded VMCSs"),
    ("lapic_timer_stop", PENRYN, "v86 endless, I",
     "0 timers of the local APIC"),
])
def test_leaks_are_named(bochs, function, model, test, what):
    """A self-test that leaves something behind fails, and says what.

    The debugger puts a RET where the function begins that would give it back.
    """
    machine = bochs(model=model, cmdline=f'run="selftest \\"{test}\\""',
                    debugger=at_entry(write_memory(
                        function_address(function), b"\xc3")))
    serial = machine.run_until(r"^SUMMARY: .*$")
    assert re.search(rf"^FAIL: {test}[^:]*: expected {what} afterwards, got \d+$",
                     serial, re.MULTILINE)
    assert "0 passed, 1 failed" in serial
