"""The kernel's tests of itself, by its command selftest."""

import re
import subprocess

import pytest
from image import TOP
from prompt import Prompt
from report import check_report

SELFTEST = 'run="selftest" then=poweroff'
# Of each group some that must be there whatever else is.
NAMES = {"arch MSR that is not there", "arch zeroed pages", "arch symbols",
         "arch clock", "arch NMI watchdog", "arch PICs", "v86 HLT, IF=0",
         "v86 RDMSR", "v86 VMCALL",
         "v86 VMLAUNCH", "v86 INT n, VME", "v86 INT n, no VME", "v86 TF",
         "v86 wrap at 1 MiB", "v86 registers", "v86 CPUID", "v86 UART",
         "v86 endless, IF=1", "v86 #GP in ring 0", "v86 triple fault",
         "entry CS base", "entry I/O bitmap address", "entry host TR",
         "entry-checks V86", "entry-checks protected", "entry-checks 64-bit"}
# What calls in real mode change, and leave to the next one as it was.
REAL = ["real nothing", "real LIDT", "real LGDT", "real CR3", "real CR4",
        "real CR0", "real LMSW and CLTS", "real segment limit"]
# The programs, in the engines that such a processor has.
PROGRAMS = {f"{engine} {name}" for engine in ("v86-ept", "real") for name in (
    "HLT, IF=0", "TF", "TF over MOV SS, CPUID", "VMCALL at offset 2",
    "WRMSR of the revision", "wrap at 1 MiB")} | {"real SMSW, LMSW, real mode"}
# A guest that goes to another core and comes back, which takes two cores.
MOVED = ["moved real", "moved v86", "moved v86-ept"]
# A processor older than the preemption timer and unrestricted guests.
OLD = "core2_penryn_t9600"
# What Bochs finds wrong, twice each: at a launch and at a resume.
DAMAGES = ["CS.BASE", "CS.LIMIT", "SS.AR", "TR type", "guest invalid CR4",
           "link pointer", "I/O bitmap A", "host TR selector",
           "host state invalid CR4"]
# Processor models that have CET, and so VMX_BASIC bit 56.
CET = {"tigerlake", "sapphire_rapids", "arrow_lake", "wildcat_lake"}
# Where an emulator is known to enter, or to say otherwise, than the SDM: which
# versions of Bochs do, on which models.
DIFFERENCES = {
    "posted interrupts are judged under the TPR shadow only":
        lambda machine: True,
    "bits 63:32 of secondary VM-exit controls are not judged":
        lambda machine: True,
    "with VMX_BASIC bit 56 the error-code flag is not judged":
        lambda machine: machine.model in CET,
    "IA32_PERF_GLOBAL_CTRL is not judged": lambda machine: True,
    "bits 63:32 of IA32_PKRS are not judged": lambda machine: True,
    "reserved bits of DEBUGCTL are not judged": lambda machine: True,
    "a 64-bit guest's RIP is not judged": lambda machine: True,
    "a null SS of a 64-bit guest is not judged": lambda machine: True,
    "bits 63:32 of pending debug exceptions are ignored":
        lambda machine: True,
    "a pending single step is not judged": lambda machine: True,
    "HLT is left by any injected event": lambda machine: True,
    "a virtual NMI is injected though blocked":
        lambda machine: machine.program.version < (3, 1),
    "an NMI under blocking by STI gives qualification 0, not 3":
        lambda machine: True,
}
# Each processor has what these are about.
ALWAYS = {text for text in DIFFERENCES if not re.search(
    "posted|secondary|PKRS|64-bit guest|HLT", text)}


def check_entry_checks(serial, machine, others=0):
    """Checker and processor agree but for just the known differences."""
    refused = 0
    for kind, damages, refusals, known, untried in re.findall(
            r"^PASS: entry-checks (\S+): (\d+) damages, (\d+) entries refused, "
            r"(\d+) known differences, (\d+) not tried", serial, re.MULTILINE):
        assert int(damages) > 200
        assert 20 < int(untried) < 60
        lines = re.findall(rf"^difference: {kind} guest: (.*): (\d+) of (\d+) ",
                           serial, re.MULTILINE)
        assert ALWAYS <= {text for text, _, _ in lines}
        for text, differ, tried in lines:
            expected = tried if DIFFERENCES[text](machine) else "0"
            assert (text, differ) == (text, expected)
        assert sum(int(differ) for _, differ, _ in lines) == int(known)
        refused += int(refusals)
    assert refused > 600
    assert len(machine.entry_failures()) == refused + others


@pytest.mark.parametrize("bios", ["bochs", "seabios"])
@pytest.mark.parametrize("model", [OLD, "corei7_haswell_4770",
                                   "corei7_icelake_u"])
def test_selftest(bochs, model, bios):
    """All pass; the damaged guests are the only ones Bochs complains of."""
    machine = bochs(model=model, bios=bios, cmdline=SELFTEST)
    serial = machine.run_to_end()
    report = check_report(serial)
    assert NAMES | (set() if model == OLD else PROGRAMS | set(REAL)) <= set(
        report.names())
    assert [name for name, _ in report.SKIP] == (
        ["v86-ept programs", "real programs", "v86 endless, IF=0", *REAL,
         *MOVED, "entry-checks real"] if model == OLD else MOVED)
    assert len(re.findall("^guest: self$", serial, re.MULTILINE)) == 2
    failures = machine.entry_failures()
    for damage, failure in zip(DAMAGES, failures[:2 * len(DAMAGES):2]):
        assert damage in failure
    check_entry_checks(serial, machine, 2 * len(DAMAGES))
    # The report of a refusal names the check, and only that.
    assert re.findall(r"^report: check: (.*)$", serial, re.MULTILINE) == [
        "V86 bases: GUEST_CS_BASE = 0000000000020010, bits 10: "
        "the selector times 16 in virtual-8086 mode"]


def test_entry_checks(bochs):
    """A younger processor too, with two cores; VMCSs are good after runs."""
    machine = bochs(model="corei7_skylake_x", cpus=2, cmdline=(
        'run="selftest moved; selftest entry-checks; bios 11; vmcs check; bios 11 cpu=1 '
        'engine=v86; vmcs check cpu=1; vmcs nonsense" then=poweroff'))
    serial = machine.run_to_end()
    report = check_report(serial)
    assert report.names()[:3] == MOVED and len(report.PASS) == 3 + 4
    check_entry_checks(serial, machine)
    assert len(re.findall(r"^vmcs: all \d+ checks hold$", serial,
                          re.MULTILINE)) == 2
    assert "no field or group has 'nonsense'" in serial


def test_debug_build(bochs, directory):
    """With each entry checked nothing is refused but the damaged guests."""
    run = subprocess.run(
        ["make", "-C", TOP, f"B={directory}/build", "DEBUG=1",
         f"{directory}/build/biosphere.elf"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    machine = bochs(
        kernel=directory / "build/biosphere.elf",
        modules=[(TOP / "build/programs64/machine64.bin", "machine64")],
        cmdline='run="selftest entry; bios 11; bios 13 engine=v86; '
                'run64 machine64" then=poweroff')
    serial = machine.run_to_end()
    check_report(serial)
    assert len(re.findall(r"^(?:bios|run64): .*result=ok", serial,
                          re.MULTILINE)) == 3
    # Of the damages Bochs sees only those that are entered unchecked.
    assert "foresees" in serial
    check_entry_checks(serial, machine)


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
        assert len(check_report(prompt.ok("selftest arch")).names()) == 9
        assert "nonsense" in prompt.error("selftest nonsense")
        text = prompt.ok("bios 11 view=private get=5000,1")
        assert re.search(r"^mem: 00005000: 5a", text, re.MULTILINE)
        prompt.poweroff()
