"""The kernel's tests of itself, by its command selftest."""

import re

import pytest
from prompt import Prompt
from report import check_report

SELFTEST = 'run="selftest" then=poweroff'
# Of each group some that must be there whatever else is.
NAMES = {"arch MSR that is not there", "arch zeroed pages", "arch symbols",
         "arch clock", "v86 HLT, IF=0", "v86 RDMSR", "v86 VMCALL",
         "v86 VMLAUNCH", "v86 INT n, VME", "v86 INT n, no VME", "v86 TF",
         "v86 wrap at 1 MiB", "v86 registers", "v86 CPUID", "v86 UART",
         "v86 endless, IF=1", "v86 #GP in ring 0", "v86 triple fault",
         "entry CS base", "entry I/O bitmap address", "entry host TR"}
# What calls in real mode change, and leave to the next one as it was.
REAL = ["real nothing", "real LIDT", "real LGDT", "real CR3", "real CR4",
        "real CR0", "real LMSW and CLTS", "real segment limit"]
# A processor older than the preemption timer and unrestricted guests.
OLD = "core2_penryn_t9600"
# What Bochs finds wrong, twice each: at a launch and at a resume.
DAMAGES = ["CS.BASE", "CS.LIMIT", "SS.AR", "TR type", "guest invalid CR4",
           "link pointer", "I/O bitmap A", "host TR selector",
           "host state invalid CR4"]


@pytest.mark.parametrize("bios", ["bochs", "seabios"])
@pytest.mark.parametrize("model", [OLD, "corei7_haswell_4770",
                                   "corei7_icelake_u"])
def test_selftest(bochs, model, bios):
    """All pass; the damaged guests are the only ones Bochs complains of."""
    machine = bochs(model=model, bios=bios, cmdline=SELFTEST)
    serial = machine.run_to_end()
    report = check_report(serial)
    assert NAMES | set(REAL) <= set(report.names())
    assert [name for name, _ in report.SKIP] == (
        ["v86 endless, IF=0", *REAL] if model == OLD else [])
    assert len(re.findall("^guest: self$", serial, re.MULTILINE)) == 2
    failures = machine.entry_failures()
    assert len(failures) == 2 * len(DAMAGES)
    for damage, failure in zip(DAMAGES, failures[::2]):
        assert damage in failure


def test_without_vmx(bochs):
    """What needs no guest is still tested, and the rest is said to be left."""
    serial = bochs(model="p4_prescott_celeron_336",
                   cmdline=SELFTEST).run_to_end()
    report = check_report(serial)
    assert all(name.startswith("arch ") for name in report.names())
    assert len(report.SKIP) == 1 and "VMX" in report.SKIP[0][1]


def test_by_name(bochs):
    """A name picks tests; the guests that BIOS calls are made in live on."""
    with Prompt(bochs(cpus=2, cmdline="vme=off")) as prompt:
        prompt.ok("bios 11 view=private put=5000:5a")
        report = check_report(prompt.ok('selftest "v86 INT n"'))
        assert len(report.names()) == 4
        assert all(name.startswith("v86 INT n") for name in report.names())
        assert len(check_report(prompt.ok("selftest arch")).names()) == 5
        assert "nonsense" in prompt.error("selftest nonsense")
        text = prompt.ok("bios 11 view=private get=5000,1")
        assert re.search(r"^mem: 00005000: 5a", text, re.MULTILINE)
        prompt.poweroff()
