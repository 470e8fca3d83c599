"""Machines with something wrong: each is told in words, and none crashes."""

import re

import pytest
from acpi_tables import seal
from madt import ioapic, lapic, madt, timer_on_pin_2, x2apic
from patch import (at_entry, function_address, information_address,
                   write_memory)
from prompt import PROMPT
from report import check_report
from services import NATIVE, link

CPUS = 'run="demo" then=poweroff'


def cores(serial):
    """The (number, APIC id) of each core the demo shows online."""
    return re.findall(r"^cpu (\d+): apic=(\w+) online=yes", serial,
                      re.MULTILINE)


@pytest.fixture
def bochs_with_madt(bochs, directory):
    """Makes a Bochs whose MADT GRUB has replaced with another."""
    def make(entries, spoil=0, **settings):
        table = directory / "madt.aml"
        table.write_bytes(madt([*entries, ioapic(settings["cpus"]),
                                timer_on_pin_2()], spoil))
        return bochs(files=[("/boot/madt.aml", table)],
                     grub_pre=["insmod acpi",
                               "acpi --exclude=APIC /boot/madt.aml"],
                     cmdline=CPUS, **settings)
    return make


def test_silent_core(bochs_with_madt):
    """A core that is listed and never answers is named and left out."""
    machine = bochs_with_madt([lapic(0), lapic(1), lapic(5)], cpus=2)
    serial = machine.run_to_end()
    check_report(serial)
    assert cores(serial) == [("0", "0"), ("1", "1")]
    assert re.search(r"(?i)apic (id )?5\b.*(silent|answer)", serial)


def test_other_apic_id(qemu, directory):
    """The second core's APIC has another ID than its CPUID tells."""
    rom, table = directory / "rom", directory / "madt.aml"
    rom.write_bytes(seal(link((NATIVE / "apic_id.S").read_text("ascii"), 0),
                         -1))
    table.write_bytes(madt([lapic(0), lapic(5), ioapic(0)]))
    serial = qemu(
        cpus=2, cmdline='run="cpus" then=poweroff',
        options=["-option-rom", rom], files=[("/boot/madt.aml", table)],
        grub_pre=["insmod acpi", "acpi --exclude=APIC /boot/madt.aml"]
        ).run_to_end()
    assert "panic:" not in serial
    assert cores(serial) == [("0", "0"), ("1", "5")]


def test_disabled_and_x2apic_entries(bochs_with_madt):
    """Disabled entries are passed over; type 9 entries count."""
    machine = bochs_with_madt([lapic(0), lapic(7, flags=0), x2apic(1)], cpus=2)
    serial = machine.run_to_end()
    check_report(serial)
    assert cores(serial) == [("0", "0"), ("1", "1")]


def test_bad_checksum(bochs_with_madt):
    """A table that does not add up is refused, and one core is used."""
    machine = bochs_with_madt([lapic(0), lapic(1)], spoil=1, cpus=2)
    serial = machine.run_to_end()
    check_report(serial)
    assert cores(serial) == [("0", "0")]
    assert re.search(r"(?i)checksum", serial)


@pytest.mark.parametrize("value", [1, 3], ids=["locked off", "SMX only"])
def test_feature_control(bochs, value):
    """VMX locked away by the firmware: says so, and what helps."""
    serial = bochs(bios="seabios",
                   grub_pre=["insmod wrmsr", f"wrmsr 0x3a {value}"],
                   cmdline='run="cpus" then=poweroff').run_to_end()
    assert "panic:" not in serial
    assert re.search(rf"^cpu 0: .*vmx=off.*feature_control=0*{value}\b",
                     serial, re.MULTILINE)
    assert re.search(r"(?i)feature.control.*lock", serial)
    assert re.search(r"(?i)firmware|setup", serial)


@pytest.mark.parametrize("tsc, model", [
    (0xfffffffffd000000, "corei7_haswell_4770"),
    (0x7ffffffffd000000, "core2_penryn_t9600"),  # no preemption timer
], ids=["begins anew", "huge"])
def test_tsc(bochs, tsc, model):
    """Times are right whatever the loader has left in core 0's TSC.

    The first value lets it begin anew within the first second; the second is
    as far from the other core's, which began at 0, as can be.
    """
    serial = bochs(model=model, cpus=2, grub_pre=[
        "insmod wrmsr", f"wrmsr 0x10 {tsc:#x}"], cmdline='run="bios 11; '
        'bios 11 cpu=1; nmi cpu=1 count=10; soak calls=10 interrupts=20" '
        'then=poweroff').run_to_end()
    check_report(serial)
    assert "error:" not in serial
    assert "differ from core 0's" in serial
    seconds = [int(s) for s in re.findall(r"^\[ +(\d+)\.", serial,
                                          re.MULTILINE)]
    assert seconds == sorted(seconds) and seconds[-1] < 60


CODE_NMI = b"\xcd\x02\xc3"  # int $2; ret
# testb %dil, %dil; jnz 1f; movabs $0xffff8000fee00080, %rax;
# movl $0xff, (%rax); 1: ret: all priorities masked, but on core 0
CODE_TPR_HIGH = (b"\x40\x84\xff\x75\x10\x48\xb8\x80\x00\xe0\xfe\x00\x80\xff"
                 b"\xff\xc7\x00\xff\x00\x00\x00\xc3")
CODE_LOOP = b"\xeb\xfe"  # 1: jmp 1b


def test_early_nmi(bochs):
    """An NMI before there are pages for its stack: told, and all goes on."""
    machine = bochs(debugger=at_entry(write_memory(
        function_address("pages_watch"), CODE_NMI)),
        cmdline='run="bios 11; exits" then=poweroff')
    serial = machine.run_to_end()
    assert "panic:" not in serial
    assert re.search(r"^bios: int=11 .* result=ok", serial, re.MULTILINE)
    assert re.search(r"warning: core 0: an NMI from outside", serial)


def test_no_local_apic(bochs):
    """What needs a local APIC is left out where there is none, and says so."""
    serial = bochs(model="core2_penryn_t9600",  # no preemption timer either
                   grub_pre=["insmod wrmsr", "wrmsr 0x1b 0xfee00100"],
                   cmdline='run="demo; selftest v86; selftest arch; '
                   'soak calls=10 interrupts=20" then=poweroff').run_to_end()
    check_report(serial)
    assert "error:" not in serial
    assert "warning: no local APIC" in serial
    assert "SKIP: external-interrupt exiting: there is no local APIC" in serial


def test_moved_local_apic(bochs):
    """Core 0's local APIC is put where the other core has its own."""
    serial = bochs(cpus=2, grub_pre=["insmod wrmsr",
                                     "wrmsr 0x1b 0xfed10900"],
                   cmdline='run="bios 11 cpu=1; nmi cpu=0 count=10" '
                   'then=poweroff').run_to_end()
    assert "error:" not in serial
    assert "local APIC is at fed10000, and by the ACPI tables at fee00000" \
        in serial
    assert re.search(r"^bios: int=11 cpu=1 .* result=ok", serial, re.MULTILINE)


def test_deaf_core(bochs):
    """A core that starts but takes no interrupts is named and left out."""
    machine = bochs(
        cpus=2, cmdline='run="cpus" then=poweroff',
        debugger=at_entry(write_memory(function_address("lapic_init_core"),
                                       CODE_TPR_HIGH)))
    serial = machine.run_to_end()
    assert "panic:" not in serial
    assert cores(serial) == [("0", "0")]
    assert "core with APIC ID 1 has started and takes no interrupts" in serial


def test_lost_core(bochs):
    """A core that is lost at work in the start is named; nothing hangs."""
    machine = bochs(cpus=2, cmdline=CPUS, debugger=at_entry(write_memory(
        function_address("answer"), CODE_LOOP)))
    serial = machine.run_until(r"stopped$", 60)
    assert "error: core 1 (APIC ID 1) does not come back from reading its TSC" \
        in serial
    assert "cpus=1 on the command line goes without it" in serial


NONSENSE = ("foo =bar run= then=maybe cpus=0 cpus=abc console=com9/1 engine=\\\" "
            "timeout=99999999999999999999 view=both vme=perhaps " + "x" * 400)


def test_nonsense_command_line(bochs):
    """Each bad word is reported; the others still count."""
    serial = bochs(cmdline=f'{NONSENSE} run="version" then=poweroff '
                           'console=com1').run_to_end()
    assert "panic:" not in serial
    assert "version:" in serial
    for word in ("foo", "then=maybe", "cpus=0", "engine=", "view=both", "xxx"):
        assert re.search(rf"{word}.*ignored|ignored.*{word}", serial), word


def test_no_serial_port(bochs):
    """Without a UART the kernel does not hang, and the screen tells."""
    machine = bochs(com1=False, cmdline='run="demo" then=poweroff')
    machine.run_to_end()


def test_no_serial_port_screen(bochs):
    """Without a UART the text screen has the summary, up to the end."""
    machine = bochs(com1=False,
                    debugger=[f"pb {function_address('power_off'):#x}"])
    machine.start()
    machine.process.wait(60)
    screen = "\n".join(machine.screen())
    assert re.search(r"^SUMMARY: \d+ passed, 0 failed", screen, re.MULTILINE)


@pytest.mark.parametrize("offset, value", [(0, 4), (0, 16), (0, 0xffffffff),
                                           (12, 7), (12, 0xfffffff0)])
def test_truncated_information(bochs, offset, value):
    """Sizes in the information that cannot be: told, and nothing read there.

    Offset 0 is the size of the whole, 12 that of the first tag.
    """
    address = information_address(bochs, cmdline="")
    machine = bochs(cmdline="", debugger=at_entry(
        [f"setpmem {address + offset:#x} 4 {value:#x}"]))
    # What is left may or may not be enough to go on with.
    serial = machine.run_until(f"{PROMPT}|[Ss]topped", 60)
    assert "panic:" not in serial
    assert re.search(r"warning: boot loader: .*(size|bytes)", serial)
