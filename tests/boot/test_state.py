"""What one guest must not learn of another or of the host, and the reverse."""

import re

import pytest
from image import BUILD
from patch import at_entry, function_address, write_memory
from report import check_report

HASWELL = "corei7_haswell_4770"
PENRYN = "core2_penryn_t9600"
TIGER_LAKE = "tigerlake"
# Which guests can put a value there at all; into other places none can.
WHO = {
    "XMM registers": "real shadow64 ept64",
    "MXCSR": "real shadow64 ept64",
    "MMX registers": "v86 v86-ept real shadow64 ept64",
    "x87 control word": "v86 v86-ept real shadow64 ept64",
    "CR2": "v86 v86-ept real shadow64 ept64",
    **{f"DR{n}": "v86 v86-ept real" for n in (0, 1, 2, 3, 6, 7)},
    **{name: "shadow64 ept64" for name in (
        "R8-R15", "SWAPGS", "IA32_FS_BASE", "IA32_GS_BASE",
        "IA32_KERNEL_GS_BASE")},
}
NOBODY = {
    *(f"IA32_{name}" for name in (
        "SYSENTER_CS SYSENTER_ESP SYSENTER_EIP STAR LSTAR CSTAR FMASK EFER "
        "PAT DEBUGCTL SPEC_CTRL TSC_AUX XSS U_CET S_CET BNDCFGS PKRS "
        "PERF_GLOBAL_CTRL TSC_DEADLINE APIC_BASE").split()),
    *(f"CR4.{name}" for name in "OSXSAVE PKE CET PCIDE VMXE SMXE".split()),
    "XGETBV", "XSETBV", "XSAVE (EAX)", "AVX", "RDPKRU", "RDTSCP", "RDPID",
    "RDPMC", "SYSENTER", "SYSCALL",
}


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
    serial = machine.run_until(r"^SUMMARY: .*\n")
    assert re.search(rf"^FAIL: {test}[^:]*: expected {what} afterwards, got \d+$",
                     serial, re.MULTILINE)
    assert "0 passed, 1 failed" in serial


@pytest.mark.parametrize("model", [PENRYN, HASWELL, TIGER_LAKE])
def test_state(bochs, model):
    """What a guest of one kind puts somewhere, no other finds, nor the host."""
    serial = bochs(model=model, cmdline='run="selftest state" then=poweroff'
                   ).run_to_end()
    report = check_report(serial)
    kinds = {name.removeprefix("state RAM, ") for name in report.names()
             if name.startswith("state RAM")}
    assert kinds == ({"v86", "shadow64"} if model == PENRYN else
                     {"v86", "v86-ept", "real", "shadow64", "ept64"})
    put = {name: values for name, values in report.PASS}
    for name in NOBODY:
        assert put[f"state {name}"] == "put by nobody"
    for name, who in WHO.items():
        by = " ".join(kind for kind in who.split() if kind in kinds)
        assert put[f"state {name}"] == f"put by {by}"
    assert len(put) == len(WHO) + len(NOBODY) + len(kinds) + 1
