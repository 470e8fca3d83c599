"""Builds ACPI MADTs: for machines that have other cores than they say."""

import struct


def lapic(apic_id, flags=1):
    """Type 0: a processor by its 8-bit APIC id."""
    return struct.pack("<BBBBI", 0, 8, apic_id, apic_id, flags)


def x2apic(apic_id, flags=1):
    """Type 9: a processor by its 32-bit APIC id."""
    return struct.pack("<BBHIII", 9, 16, 0, apic_id, flags, apic_id)


def ioapic(ioapic_id):
    """Type 1: the one I/O APIC, where Bochs has it."""
    return struct.pack("<BBBBII", 1, 12, ioapic_id, 0, 0xfec00000, 0)


def timer_on_pin_2():
    """Type 2: the PIT's interrupt is on pin 2."""
    return struct.pack("<BBBBIH", 2, 10, 0, 0, 2, 0)


def madt(entries, spoil=0):
    """The whole table; `spoil` is added to the checksum."""
    body = struct.pack("<II", 0xfee00000, 1) + b"".join(entries)
    header = struct.pack("<4sIBB6s8sI4sI", b"APIC", 36 + len(body), 1, 0,
                         b"TESTS ", b"MADT    ", 1, b"TEST", 1)
    table = bytearray(header + body)
    table[9] = (spoil - sum(table)) & 0xff
    return bytes(table)
