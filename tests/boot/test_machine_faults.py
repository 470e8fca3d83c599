"""Machines that lie or break: each fault is told, and survived if it can be."""

import re
import struct
from pathlib import Path

import pytest
from acpi_tables import rsdp, table_set
from patch import (at_entry, find_tag, information_address, read_memory,
                   write_memory)
from prompt import PROMPT, Prompt
from qmp import Monitor

ACPI = 'run="cpus; acpi" then=poweroff'
# 2: the host gives no more memory than it has.
OVERCOMMIT = Path("/proc/sys/vm/overcommit_memory")
TAG_MEMORY_MAP, TAG_OLD_RSDP = 6, 14
EBDA_FREE = 0x9fc80


def online(serial):
    """How many cores the command cpus shows."""
    return len(re.findall(r"^cpu \d+: .*online=yes", serial, re.MULTILINE))


def boot_with(bochs, commands, cmdline=ACPI, cpus=2):
    """Boots, with those debugger commands as the kernel is entered."""
    machine = bochs(cpus=cpus, cmdline=cmdline, debugger=at_entry(commands))
    machine.start()
    machine.process.wait(60)
    assert "panic:" not in machine.serial()
    return machine


@pytest.fixture
def tables(bochs):
    """Where the machine's ACPI tables are, by name, as the kernel found them."""
    serial = bochs(cpus=2, cmdline=ACPI).run_to_end()
    found = re.findall(r"^table: (\w+) address=(\w+) length=(\d+) ok$", serial,
                       re.MULTILINE)
    assert online(serial) == 2
    return {name: (int(address, 16), int(length))
            for name, address, length in found}


def test_bad_acpi_tables(bochs, tables):
    """No table of tables; no MADT to the end; no FADT. Each in a boot."""
    # A length that reaches into nowhere: nothing can be believed.
    rsdt, _ = tables["RSDT"]
    machine = boot_with(bochs, write_memory(rsdt + 4, b"\xff\xff\xff\xff"))
    serial = machine.serial()
    assert online(serial) == 1
    assert re.search("ACPI: table RSDT.*its length is too large", serial)
    # S5 is not known either, so that the emulator's port did it.
    assert "Shutdown port" in machine.last_words()

    # The second core's entry has no length; the checksum is right.
    madt, length = tables["APIC"]
    table = bytearray(read_memory(bochs, madt, length, cpus=2, cmdline=ACPI))
    assert table[52:54] == b"\x00\x08"
    table[53] = 0
    table[9] = (table[9] + 8) & 0xff
    serial = boot_with(bochs, write_memory(madt, table)).serial()
    assert online(serial) == 1
    assert re.search(r"ACPI: MADT: type 0 at 34h: length 0; rest lost", serial)

    # The FADT's checksum, and a table that claims more than there is.
    fadt, _ = tables["FACP"]
    ssdt, _ = tables["SSDT"]
    machine = boot_with(bochs, write_memory(fadt + 9, b"\x00")
                        + write_memory(ssdt + 4, b"\x00\x00\x01\x00"))
    serial = machine.serial()
    assert online(serial) == 2
    assert re.search("ACPI: table FACP.*its checksum is wrong", serial)
    assert re.search("ACPI: table SSDT.*; not used", serial)
    assert "Shutdown port" in machine.last_words()


def test_bad_root_pointer(bochs):
    """The loader's copy is damaged: the BIOS's own is found."""
    settings = {"cpus": 2, "cmdline": ACPI}
    address = information_address(bochs, **settings)
    information = read_memory(bochs, address, 4096, **settings)
    at, _ = find_tag(information, TAG_OLD_RSDP)
    assert information[at + 8:at + 16] == b"RSD PTR "
    spoil = write_memory(address + at + 8, b"X")
    serial = boot_with(bochs, spoil).serial()
    assert re.search("ACPI: RSDP: signature or checksum is wrong", serial)
    assert re.search("ACPI: the loader's root pointer is of no use", serial)
    assert online(serial) == 2


def test_no_acpi(qemu):
    """A machine without ACPI: one core, and no way to switch it off."""
    machine = qemu(cpus=2, cmdline=ACPI, options=["-M", "pc,acpi=off"])
    serial = machine.run_until("^error: the machine is still on.*\n", 30)
    assert re.search("poweroff: ACPI has no FADT; ", serial)
    assert online(serial) == 1


def test_nonsense_memory_map(bochs):
    """Ranges unsorted, overlapping, empty, endless, beyond the address width.

    Then one without RAM below 1 MiB, where other cores would start.
    """
    cmdline = 'run="memmap; bios 12 cpu=1" then=poweroff'
    settings = {"cpus": 2, "cmdline": cmdline}
    address = information_address(bochs, **settings)
    information = read_memory(bochs, address, 4096, **settings)
    at, size = find_tag(information, TAG_MEMORY_MAP)
    entry_size, = struct.unpack_from("<I", information, at + 8)
    assert entry_size == 24
    count = (size - 16) // entry_size
    entries = [
        (0x100000, 0x7000000, 1),          # RAM, twice with the next one
        (0x80000, 0x3f80000, 1),
        (0x5000000, 0x10000, 2),           # a hole in it
        (0x3000000, 0, 1),                 # nothing
        (1 << 40, 1 << 30, 1),             # 40 address bits end here
        (0xffffffff00000000, 0xffffffff, 1),
        (0, 0x80000, 1),
    ][:count]
    assert count >= 6
    patch = b"".join(struct.pack("<QQII", *entry, 0) for entry in entries)
    machine = boot_with(bochs, write_memory(address + at + 16, patch), cmdline)
    assert machine.went_off()
    serial = machine.serial()
    assert len(re.findall("memory map: .* reach beyond address bit 39; cut",
                          serial)) == 2
    regions = [(int(a, 16), int(b, 16)) for a, b in re.findall(
        r"^memmap: (\w+)-(\w+) ", serial, re.MULTILINE)]
    assert all(a <= b for a, b in regions)
    assert all(b < c for (_, b), (c, _) in zip(regions, regions[1:]))
    assert re.search(r"^memmap: 0{9}5000000-0{9}500ffff .*reserved$", serial,
                     re.MULTILINE)
    assert re.search("^bios: int=12 cpu=1 .*result=ok", serial, re.MULTILINE)

    assert struct.unpack_from("<Q", information, at + 16)[0] == 0
    patch = struct.pack("<I", 2)
    machine = boot_with(bochs, write_memory(address + at + 16 + 16, patch),
                        cmdline)
    serial = machine.serial()
    assert re.search("no free page below 640 KiB to start the other cores",
                     serial)
    assert re.search("^error: .*cpu", serial, re.MULTILINE)
    assert machine.went_off()


def test_much_memory(qemu):
    """RAM above 4 GiB is seen, and mapped: 64 GiB, which nobody touches."""
    size = 5120 if OVERCOMMIT.read_text() == "2\n" else 65536
    top = (size << 20) + (1 << 30)  # 3 GiB of it are below 4 GiB
    serial = qemu(memory=size, options=[
        "-object", f"memory-backend-ram,id=ram,size={size}M,reserve=off",
        "-machine", "memory-backend=ram"],
        cmdline=f'run="memmap; peek {top - 16:x} 10" then=poweroff'
        ).run_to_end()
    # All but the first megabyte's upper part and what the kernel covers.
    told = int(re.search(r"(\d+) MiB of RAM", serial)[1])
    assert size - 4 < told < size
    assert re.search(f"^memmap: 0000000100000000-{top - 1:016x} .*RAM$",
                     serial, re.MULTILINE)
    assert re.search(f"^mem: {top - 16:x}: (00 ){{16}}", serial, re.MULTILINE)


def high_machine(qemu, directory, base, options, grub):
    """Boots with all ACPI tables from `base` on; what is said."""
    pointer = struct.unpack("<9I", rsdp(base))
    # GRUB looks in the BIOS's extended data area first; this part is free.
    grub = ["insmod memrw", *(f"write_dword {EBDA_FREE + 4 * i:#x} {dword:#x}"
                              for i, dword in enumerate(pointer)), *grub]
    serial = qemu(cpus=2, cmdline='run="memmap; cpus; acpi" then=poweroff',
                  options=options, grub_pre=grub).run_to_end()
    assert "panic:" not in serial
    assert re.findall(r"^table: (\w+) address=(\w+) length=\d+ ok$", serial,
                      re.MULTILINE) == [
        (name, f"{base + 0x1000 * i:x}")
        for i, name in enumerate(("XSDT", "APIC", "FACP", "DSDT"))]
    # Off by what the DSDT says, as no error tells.
    assert online(serial) == 2 and serial.endswith("ok\n")
    return serial


def test_acpi_tables_in_high_memory(qemu, directory):
    """Above 4 GiB, in RAM."""
    base, file = 0x120000000, directory / "tables"
    file.write_bytes(table_set(base, 2))
    serial = high_machine(
        qemu, directory, base, ["-m", "5120", "-device",
                                f"loader,file={file},addr={base},force-raw=on"],
        [])
    assert re.search("^memmap: 0000000100000000-000000017fffffff .*RAM$",
                     serial, re.MULTILINE)


def test_acpi_tables_in_high_reserved_memory(qemu, directory):
    """Above 4 GiB, in what is no RAM: a card's memory, in a reserved range."""
    base, file = 0xfd00000000, directory / "tables"
    file.write_bytes(table_set(base, 2).ljust(0x10000, b"\0"))
    serial = high_machine(
        qemu, directory, base,
        ["-object", f"memory-backend-file,id=card,mem-path={file},size=64K,"
                    "share=on", "-device", "ivshmem-plain,memdev=card,addr=10"],
        ["insmod setpci", "setpci -s 0:10.0 18.l=c",
         f"setpci -s 0:10.0 1c.l={base >> 32:x}"])
    assert re.search("^memmap: 000000fd00000000-.*reserved$", serial,
                     re.MULTILINE)


def test_no_console(bochs):
    """console=none, and no UART besides: it works in silence."""
    machine = bochs(com1=False, cmdline='run="version" then=poweroff console=none')
    machine.run_to_end()
    assert machine.serial() == ""


def test_one_core_locked(bochs, directory):
    """A BIOS that locks VMX off on all cores but the first: that one works."""
    with open("/usr/share/bochs/BIOS-bochs-latest", "rb") as file:
        rom = file.read()
    # mov ecx, 3ah; rdmsr; or eax, 5: in the code that the other cores run.
    code = bytes.fromhex("66b93a0000000f326683c805")
    assert rom.count(code) == 1
    patched = directory / "bios.bin"
    patched.write_bytes(rom.replace(code, code[:-1] + b"\x01"))
    machine = bochs(cpus=3, settings=[f"romimage: file={patched}, "
                                      "options=fastboot"],
                    cmdline='run="cpus; bios 12 cpu=1; bios 12" then=poweroff')
    serial = machine.run_to_end()
    assert "1 of 3 cores in VMX operation" in serial
    assert len(re.findall("error: core 1: no VMX: IA32_FEATURE_CONTROL "
                          r"\(MSR 3Ah\) is 1: ", serial)) == 1
    assert "error: core 2" not in serial
    assert re.search("^error: VMX is off; core 1: ", serial, re.MULTILINE)
    assert re.search("^bios: int=12 cpu=0 .*result=ok", serial, re.MULTILINE)


def test_spurious_interrupts(bochs):
    """Counted, and each told once; a vector that nobody sends as a warning."""
    serial = bochs(cmdline='run="selftest arch; selftest arch; exits; log" '
                           'then=poweroff').run_to_end()
    assert serial.count("PASS: arch interrupts that mean nothing") >= 2
    # In Bochs the slave's request is acknowledged as line 15.
    assert serial.count("PASS: arch request that vanishes: 1 counted, in "
                        "service 00 and 00") >= 2
    assert re.search("^faults: nmis_from_outside=0 spurious_interrupts=12 "
                     "machine_checks=0$", serial, re.MULTILINE)
    log = serial.partition("command: log\n")[2]
    for vector, what in (("0f", "a spurious one of the PIC"),
                         ("77", "a spurious one of the PIC"),
                         ("ff", "a spurious one of the local APIC"),
                         ("99", "which nobody sends")):
        assert log.count(f"interrupt vector {vector}h, {what}") == 1


def test_kept_request(qemu):
    """QEMU's PIC, as KVM's, keeps what Bochs's lets go, and is left clean."""
    serial = qemu(cmdline='run="selftest arch; selftest arch" '
                          'then=poweroff').run_to_end()
    assert serial.count("SKIP: arch request that vanishes: this PIC keeps a "
                        "request that its device has withdrawn") == 2
    assert serial.count("SKIP: arch MSR that is not there: this machine has "
                        "an answer for any MSR") == 2
    assert serial.count(" 0 failed, 2 skipped") == 2


def test_nmi_and_machine_checks(qemu):
    """From QEMU's monitor: an NMI, a #MC that is survived, one that is not."""
    monitor = Monitor()
    machine = qemu(cpus=2, cmdline="panic=poweroff", options=monitor.options)
    machine.start()
    machine.wait_for(PROMPT)
    monitor.connect()
    monitor.type("nmi")
    machine.wait_for("warning: core [01]: an NMI from outside: no cause is "
                     r"known; port 61h is \w\wh, port 92h \w\wh")
    # Uncorrected, but the processor's context is good and RIP valid.
    monitor.type("mce 1 3 0xbd00000000000134 0x5 0x777000 0x8c")
    machine.wait_for("warning: core 1: machine check: bank 3: uncorrected "
                     "error, code 0134 \\(cache, data, data read, "
                     "level 0\\); status bd00000000000134, "
                     "address 777000")
    monitor.type("nmi")
    assert "panic:" not in machine.serial()
    # Processor context corrupt.
    monitor.type("mce 1 2 0xbe00000000000145 0x4 0x888000 0")
    machine.wait_for("^panic: core 1: #MC machine check")
    machine.process.wait(20)
    assert machine.went_off()
    serial = machine.serial()
    assert serial.partition("panic:")[0].count("an NMI from outside") == 1
    # Told by the panic, or by the boot core right before.
    assert re.search("(panic|warning): core 1: machine check: bank 2: "
                     "uncorrected error, code 0145 \\(cache, data, data write, "
                     "level 1\\), processor context corrupt; status "
                     "be00000000000145, address 888000$", serial, re.MULTILINE)


def test_machine_check_of_another_core(qemu):
    """All cores are told; the one whose banks have not raised it goes on."""
    monitor = Monitor()
    # Intel's, as newer QEMUs want it for errors that all cores are told of.
    machine = qemu(cpus=2, model="Nehalem", cmdline="panic=poweroff",
                   options=monitor.options)
    machine.start()
    machine.wait_for(PROMPT)
    monitor.connect()
    # The other core gets a bank whose error is not enabled, and RIP valid.
    monitor.type("mce -b 1 3 0xbd00000000000134 0x5 0x777000 0x8c")
    machine.wait_for("warning: core 1: machine check: bank 3: uncorrected")
    machine.wait_for("warning: core 0: machine check: bank 1: uncorrected")
    machine.wait_for("warning: core 0: a machine check that none of its banks "
                     "has raised; it was another core's")
    assert "panic:" not in machine.serial()
    # One that nobody else is told of, and no bank either: that is fatal.
    monitor.type("mce 0 1 0xa000000000000134 0xd 0 0")
    machine.wait_for("^panic: core 0: #MC machine check")
    machine.process.wait(20)
    assert machine.went_off()


def test_corrected_machine_checks(qemu):
    """Nobody is interrupted for them: a command looks, and so does the prompt."""
    monitor = Monitor()
    with Prompt(qemu(cpus=2, cmdline="", options=monitor.options)) as prompt:
        monitor.connect()
        for count, (where, bank, status, words) in enumerate([
                # A DIMM, with the address; a cache; and one more there.
                (0, 4, "9c00000000000091", "0091 (memory controller, read, "
                                           "channel 1)"),
                (1, 2, "900000000000110a", "110a (cache, generic, error, "
                                           "level 2)"),
                (1, 2, "9000000000000005", "0005 (internal parity)")]):
            monitor.type(f"mce {where} {bank} 0x{status} 0 0x123000 0x8c")
            address = ", address 123000" if status[1] == "c" else ""
            warning = (f"warning: core {where}: machine check: bank {bank}: "
                       f"corrected error, code {words}; status {status}"
                       f"{address}")
            # The last one is found without a command; on a slow machine the
            # others are as well, and then told before it.
            if count < 2:
                text = prompt.ok("exits")
                assert f"machine_checks={count + 1}" in text
                if warning.encode() in prompt.child.before:
                    continue
            prompt.child.expect_exact(warning)
        prompt.poweroff()
