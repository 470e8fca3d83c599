"""Serial lines that are not com1: named by ACPI, on the PCI bus, in memory."""

import re
import struct

from prompt import Prompt

MANY_TABLES = 70
MEMORY = 1 << 20


def acpi_table(signature, body, revision=1):
    """A table with a right checksum."""
    data = bytearray(signature + struct.pack(
        "<IBB6s8sI4sI", 36 + len(body), revision, 0, b"TESTS ", b"UARTS   ",
        1, b"TEST", 1) + body)
    data[9] = -sum(data) & 0xff
    return bytes(data)


def spcr(port, baud_code):
    """An SPCR of revision 2 that names a 16550 at a port; no PCI function."""
    return acpi_table(b"SPCR", bytes(4) + struct.pack(
        "<BBBBQ", 1, 8, 0, 1, port) + bytes(6) + bytes([baud_code]) +
        bytes(5) + b"\xff" * 4 + bytes(8), 2)


def dbg2(address):
    """A DBG2 of one 16550 in memory, whose registers are of 32 bits."""
    fields = struct.pack("<BHBHHHHHHHHH", 0, 38, 1, 0, 0, 0, 0, 0x8000, 0x12,
                         0, 22, 34)
    return acpi_table(b"DBG2", struct.pack("<II", 44, 1) + fields + struct.pack(
        "<BBBBQI", 0, 32, 0, 3, address, 32))


def like_registers():
    """What the machine sees as UARTs in memory, 4 KiB each.

    The first two have registers of 32 bits that say "sent" and "loop"; the third
    keeps what is written, and never says a thing.
    """
    memory = bytearray(MEMORY)
    for at in (0, 0x1000):
        memory[at + 5 * 4], memory[at + 6 * 4] = 0x60, 0x90
    return memory


def options(directory, named):
    """A second serial port, more tables than 64, two UARTs on a PCI card."""
    made = []
    for number in range(MANY_TABLES):
        made.append((f"table{number}", acpi_table(
            b"TST%d" % (number % 10), bytes([number]))))
    made.append(("named", named))
    chosen = []
    for name, data in made:
        (directory / name).write_bytes(data)
        chosen += ["-acpitable", f"file={directory / name}"]
    (directory / "memory").write_bytes(like_registers())
    for number in range(2):
        chosen += ["-chardev", f"file,id=card{number},"
                               f"path={directory / f'card{number}'}"]
    return [*chosen, "-serial", f"file:{directory / 'com2'}",
            "-device", "pci-serial-2x,chardev1=card0,chardev2=card1",
            "-object", f"memory-backend-file,id=memory,size={MEMORY},"
                       f"share=on,mem-path={directory / 'memory'}",
            "-device", "ivshmem-plain,memdev=memory"]


def test_named_by_tables(qemu, directory):
    """SPCR, the first PCI function, and what is like a UART in memory."""
    machine = qemu(options=options(directory, spcr(0x2f8, 6)),
                   cmdline='console=com1,spcr,pci,mmiod0000000 '
                           'run="machine; pci" then=poweroff')
    serial = machine.run_to_end()
    assert re.findall("warning: (.*)", serial) == [
        "console: no UART at mmiod0000000: there is none; it is left out"]
    # The table's rate is taken, and the card's first UART.
    line = re.search(r"^serial: +((?:.+\n +)*.+)$", serial, re.MULTILINE)[1]
    line = " ".join(line.split())
    assert re.fullmatch(
        r"com1 at port 3f8, 115200 baud, by interrupt; spcr at port 2f8, "
        r"57600 baud, by interrupt; pci at port \w+, 115200 baud, polled", line)
    assert re.search(rf"^acpi: .* {MANY_TABLES + 7} tables", serial,
                     re.MULTILINE)
    # Each has all of it, what was said before it was found too.
    for name in ("com2", "card0"):
        text = (directory / name).read_text("ascii")
        assert set(serial.splitlines()) <= set(text.splitlines())
    assert (directory / "card1").read_bytes() == b""

    address = int(re.search(r"id=1af4:1110 .* bar2=(\w+)", serial)[1], 16)
    machine = qemu(
        options=options(directory, dbg2(address + 0x1000)),
        cmdline=f'console=com1,mmio{address:x}/57600,spcr,'
        f'mmio{address + 0x2000:x} run="machine" then=poweroff')
    serial = machine.run_to_end()
    assert re.findall("warning: (.*)", serial) == [
        f"console: no UART at mmio{address + 0x2000:x}: it is stuck: it never "
        "says that it has sent; it is left out"]
    line = " ".join(serial.split())
    assert f"mmio{address:x} at address {address:x}, 57600 baud, polled; spcr " \
        f"at address {address + 0x1000:x}, 115200 baud, polled" in line
    # Line control, and that data and RTS are on; and the last that was sent.
    memory = (directory / "memory").read_bytes()
    for at in (0, 0x1000):
        assert memory[at + 3 * 4] == 0x03 and memory[at + 4 * 4] == 0x0b
        assert memory[at] == ord("\n")


def test_typed_at(qemu):
    """The prompt on a PCI card: what is typed there comes in by polling."""
    machine = qemu(uart="pci-serial", cmdline="console=pci:00:03.0")
    with Prompt(machine) as prompt:
        assert "pci:00:03.0 at port" in prompt.ok("machine")
        assert "version:" in prompt.ok("version")
        prompt.poweroff()


def test_none_there(qemu):
    """What is not there is named, with the reason, and the others are used."""
    serial = qemu(cmdline='console=spcr,pci,pci:00:01.0,com1 '
                          'run="version" then=poweroff').run_to_end()
    for name, why in (
            ("spcr", "ACPI has no table SPCR or DBG2 that names a 16550"),
            ("pci", "no serial controller is on the PCI buses"),
            ("pci:00:01.0", "that PCI function is no serial controller")):
        assert f"warning: console: no UART at {name}: {why}; it is left out\n" \
            in serial


# The last pages of the ACPI tables' range, in which the Bochs BIOS has none.
UART_PAGE, OTHER_PAGE = 0x7ffe000, 0x7fff000


def copy_from(page, engine):
    """INT 15h/87h: 32 bytes of that page to 6000h, in a command."""
    table = b"".join(
        struct.pack("<HHBBBB", 0xffff, base & 0xffff, base >> 16 & 0xff, 0x93,
                    0, base >> 24) for base in (page, 0x6000))
    return (f"bios 15 ax=8700 cx=10 es=500 si=0 engine={engine} "
            f"put=5010:{table.hex()} put=6004:00000000 get=6000,20")


def test_not_for_guests(bochs):
    """No guest gets the page of a UART in memory; the one behind it is open."""
    commands = [copy_from(page, engine) for engine in ("real", "v86-ept")
                for page in (OTHER_PAGE, UART_PAGE)]
    serial = bochs(
        cmdline=f'console=com1,mmio{UART_PAGE:x} run="{"; ".join(commands)}; '
        'machine" then=poweroff',
        grub_pre=["insmod memrw"],
        grub_last=[f"write_dword {page + 4 * register:#x} {value:#x}"
                   for page in (UART_PAGE, OTHER_PAGE)
                   for register, value in ((1, 0x12345678), (5, 0x60),
                                           (6, 0x90))]).run_to_end()
    assert "panic:" not in serial
    assert f"mmio{UART_PAGE:x} at address" in serial
    answers = re.split("^command: ", serial, flags=re.MULTILINE)[1:5]
    for answer, is_open in zip(answers, (True, False, True, False)):
        assert ("mem: 00006000: 00 00 00 00 78 56 34 12" in answer) == is_open
    assert f"EPT violation at {UART_PAGE:x}: out of range" in answers[1]
    assert f"from {UART_PAGE:x} to 6000 refused: not the guest's memory" in \
        answers[3]
