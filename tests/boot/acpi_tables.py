"""Builds whole sets of ACPI tables, for firmware that puts them anywhere."""

import struct

from madt import ioapic, lapic, madt

# QEMU's "pc", and any value that is not the machine's own.
PM1A_CONTROL, PM_TIMER = 0x604, 0x608
# Name (_S5_, Package () { 0, 0, 0, 0 })
S5 = bytes.fromhex("08") + b"_S5_" + bytes.fromhex("120604") + bytes(4)


def seal(table, at, length=None):
    """Makes the sum of the first `length` bytes 0 by the one at `at`."""
    table = bytearray(table)
    table[at] = 0
    table[at] = -sum(table[:length]) & 0xff
    return bytes(table)


def table(signature, revision, body):
    """A table with that body."""
    header = struct.pack("<4sIBB6s8sI4sI", signature, 36 + len(body), revision,
                         0, b"TESTS ", b"TABLE   ", 1, b"TEST", 1)
    return seal(header + body, 9)


def fadt(dsdt):
    """As of ACPI 5.0: the DSDT by 64 bits alone."""
    fields = bytearray(268)
    struct.pack_into("<I", fields, 64, PM1A_CONTROL)
    struct.pack_into("<I", fields, 76, PM_TIMER)
    fields[89], fields[91] = 2, 4
    struct.pack_into("<Q", fields, 140, dsdt)
    return table(b"FACP", 5, bytes(fields[36:]))


def rsdp(xsdt):
    """The root pointer of a machine that has no RSDT."""
    old = struct.pack("<8sB6sBI", b"RSD PTR ", 0, b"TESTS ", 2, 0)
    new = seal(old, 8) + struct.pack("<IQB3x", 36, xsdt, 0)
    return seal(new, 32)


def table_set(base, cpus):
    """All there is but the root pointer, in one piece for `base`: the XSDT first."""
    step = 0x1000
    places = [base + (i + 1) * step for i in range(3)]
    entries = [*map(lapic, range(cpus)), ioapic(cpus)]
    made = [table(b"XSDT", 1, struct.pack("<2Q", *places[:2])), madt(entries),
            fadt(places[2]), table(b"DSDT", 2, S5)]
    return b"".join(one.ljust(step, b"\0") for one in made)
