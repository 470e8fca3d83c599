"""Memory, time, ports, PCI and the keyboard: each as it is natively."""

import re
import struct
import threading
import time
from pathlib import Path

from machine import Bochs
from services import BUFFER, IPS, SECOND, cases, compare
from services_keys import DISPLAY, Keyboard

SMAP = 0x534d4150
MEMORY = 128 << 20
HIGH = 0x6000000  # RAM that neither the kernel nor a BIOS uses
PIT_HZ = 1193182
TICK_HZ = PIT_HZ / 65536
TIME0 = 946681200  # as Bochs' settings have it


def e820(c):
    """The loop over all entries; (first, end, type) in order of address."""
    entries, following = [], 0
    while not entries or following:
        reply = c.call("15h AX=E820h memory map", 0x15, eax=0xe820,
                       ebx=following, ecx=20, edx=SMAP, es=BUFFER >> 4,
                       put=[(BUFFER, bytes(20))], get=[(BUFFER, 20)])
        assert not reply.carry and reply.eax == SMAP and reply.ecx == 20
        base, size, kind = struct.unpack("<QQI", reply.memory[0])
        entries.append((base, base + size, kind))
        following = reply.ebx
        assert len(entries) < 20
    return sorted(entries)


def grub_map(c):
    """The kernel's memmap, as GRUB gave it, in the form of e820()."""
    kinds = {"RAM": 1, "kernel": 1, "reserved": 2, "ACPI tables": 3,
             "ACPI NVS": 4}
    entries = []
    for first, last, name in re.findall(
            r"^memmap: (\w+)-(\w+) +\d+ bytes, (.*)$",
            c.prompt.ok("memmap"), re.MULTILINE):
        first, end, kind = int(first, 16), int(last, 16) + 1, kinds[name]
        if entries and entries[-1][1:] == (first, kind):
            first = entries.pop()[0]
        entries.append((first, end, kind))
    return entries


def memory_size(c):
    """How much memory there is, by every call that tells."""
    entries = e820(c)
    if not c.native:
        assert entries == grub_map(c)
    assert all(a[1] <= b[0] for a, b in zip(entries, entries[1:]))
    high = next(end for base, end, kind in entries
                if base == 0x100000 and kind == 1)
    reply = c.call("15h AX=E801h memory size", 0x15, ax=0xe801)
    # KiB from 1 MiB to 16 MiB, and 64 KiB from there on.
    assert (reply.ax, reply.cx) == (15 * 1024, 15 * 1024)
    assert reply.bx == reply.dx
    assert high >> 16 <= reply.bx + (16 << 4) <= MEMORY >> 16
    reply = c.call("15h AH=88h extended memory", 0x15, ah=0x88)
    assert not reply.carry
    assert reply.ax in (15 * 1024, 63 * 1024, 0xffff, (high >> 10) - 1024)
    where = c.call("15h AH=C0h configuration", 0x15, ah=0xc0)
    assert not where.carry
    reply = c.call("15h AH=C0h configuration", 0x15, ah=0xc0,
                   get=[((where.es << 4) + where.bx, 10)])
    assert reply.memory[0][:3] == b"\x08\x00\xfc"


# AL = 1 where the 64 bytes at FFFF:0010 are those at 0000:0000.
WRAPS = """
	pushw %ds
	pushw %es
	pushw %cx
	pushw %si
	pushw %di
	xorw %si, %si
	movw %si, %ds
	movw $0xffff, %di
	movw %di, %es
	movw $0x10, %di
	movw $64, %cx
	cld
	repe cmpsb
	movw $0, %ax
	jne 1f
	incw %ax
1:	popw %di
	popw %si
	popw %cx
	popw %es
	popw %ds
	iret
"""


def a20(c):
    """The gate, by the BIOS, and what it does to addresses."""
    service = "15h AX=2400h-2403h A20"
    c.call(service, 0x15, ax=0x2403)
    for opened in (1, 0, 1):
        assert not c.call(service, 0x15, ax=0x2400 + opened).carry
        assert c.call(service, 0x15, ax=0x2402).al == opened
        assert c.code(service, WRAPS).al == 1 - opened


def descriptor(base):
    """A data segment of 64 KiB at a linear address."""
    return struct.pack("<HHBBBB", 0xffff, base & 0xffff, base >> 16 & 0xff,
                       0x93, 0, base >> 24)


def move(c, source, target, count, **settings):
    """15h AH=87h; the counts and addresses are in bytes."""
    table = bytes(16) + descriptor(source) + descriptor(target) + bytes(16)
    where = "extended" if max(source, target) >= 1 << 20 else "conventional"
    reply = c.call(f"15h AH=87h block move, {where} memory", 0x15, ah=0x87, cx=count // 2,
                   es=BUFFER >> 4, si=0, put=[(BUFFER, table)], **settings)
    assert not reply.carry and reply.ah == 0
    return reply


def block_move(c):
    """To and from memory that real mode does not reach."""
    data = bytes(n * 7 & 0xff for n in range(120))
    c.write(BUFFER + 0x100, data)
    c.write(SECOND, bytes(128))
    reply = move(c, BUFFER + 0x100, SECOND, len(data),
                 get=[(SECOND, len(data) + 2)])
    assert reply.memory[0] == data + bytes(2)
    assert move(c, BUFFER + 0x104, BUFFER + 0x100, 64,
                get=[(BUFFER + 0x100, 120)]).memory[0][:64] == data[4:68]
    # Upwards, so that an overlap repeats what it began with. Bochs moves more
    # than a word at once, where nothing is nearer than that.
    for distance in (32, 48):
        c.write(BUFFER + 0x100, data)
        reply = move(c, BUFFER + 0x100, BUFFER + 0x100 + distance, 72,
                     get=[(BUFFER + 0x100, 120)])
        assert reply.memory[0] == (data[:distance] * 64)[
            :72 + distance] + data[72 + distance:]


def extended_memory(c):
    """To and from memory that real mode does not reach; the end of the ROM."""
    data = bytes(n * 7 & 0xff for n in range(120))
    c.write(SECOND, data)
    move(c, SECOND, HIGH, len(data))
    if not c.native:
        assert c.read(HIGH, len(data)) == data
    reply = move(c, HIGH + 2, SECOND + 0x200, len(data) - 2,
                 get=[(SECOND + 0x200, len(data) - 2)])
    assert reply.memory[0] == data[2:]
    rom = c.machine.rom().read_bytes()
    reply = move(c, 0xffff8000, SECOND, 0x400, get=[(SECOND, 0x400)])
    assert reply.memory[0] == rom[-0x8000:-0x8000 + 0x400]


# EAX = the TSC in units of 65536, ECX = INT 1Ah AH=00h's ticks right before.
CLOCK = """
	pushl %ebx
	pushl %edx
	sti
	movb $0, %ah
	int $0x1a
	movw %cx, %bx
	shll $16, %ebx
	movw %dx, %bx
	rdtsc
	shrdl $16, %edx, %eax
	movl %ebx, %ecx
	popl %edx
	popl %ebx
	iret
"""

# EAX = the TSC in units of 65536; INT 1Ah AH=04h's CX and DX in EBX, and
# AH=02h's in ECX; CF if one of them set it.
DATE = """
	pushw %bp
	movw %sp, %bp
	sti
	movb $4, %ah
	int $0x1a
	jc 1f
	movw %cx, %bx
	shll $16, %ebx
	movw %dx, %bx
	movb $2, %ah
	int $0x1a
	jc 1f
	shll $16, %ecx
	movw %dx, %cx
	rdtsc
	shrdl $16, %edx, %eax
	andb $0xfe, 6(%bp)
	popw %bp
	iret
1:	orb $1, 6(%bp)
	popw %bp
	iret
"""

# INT 1Ah AH=01h with CX:DX, and AH=00h at once.
SET_TICKS = """
	movb $1, %ah
	int $0x1a
	xorw %cx, %cx
	xorw %dx, %dx
	movb $0, %ah
	int $0x1a
	iret
"""

# EAX = ticks at 40:6C that pass while the TSC counts to EBX.
SPIN = """
	pushw %ds
	pushl %ecx
	pushl %edx
	pushl %esi
	movw $0x40, %ax
	movw %ax, %ds
	sti
	movl 0x6c, %esi
	rdtsc
	movl %eax, %ecx
1:	rdtsc
	subl %ecx, %eax
	cmpl %ebx, %eax
	jb 1b
	movl 0x6c, %eax
	subl %esi, %eax
	popl %esi
	popl %edx
	popl %ecx
	popw %ds
	iret
"""

# EAX = what the TSC counts while INT 15h AH=86h waits CX:DX microseconds;
# EBX = the BIOS's AH, and in bit 8 its carry.
WAIT = """
	pushl %ecx
	pushl %edx
	sti
	pushw %dx
	rdtsc
	popw %dx
	pushl %eax
	movw $0x8600, %ax
	int $0x15
	sbbl %ebx, %ebx
	andl $0x100, %ebx
	movb %ah, %bl
	rdtsc
	popl %ecx
	subl %ecx, %eax
	popl %edx
	popl %ecx
	iret
"""


def near(value, wanted, margin):
    """Within 5 percent, and no less than a margin."""
    return abs(value - wanted) <= max(wanted * 0.05, margin)


def clock(c):
    """Seconds by the TSC, and INT 1Ah AH=00h's ticks, at the same moment."""
    reply = c.code("1Ah AH=00h ticks", CLOCK, ignore=["eax", "ecx"])
    return reply.eax * 65536 / IPS, reply.ecx


def ticks(c):
    """The BIOS's ticks, while it runs and while it does not."""
    reply = c.code("1Ah AH=00h ticks", SPIN, ebx=2 * IPS, ignore=["eax"])
    assert near(reply.eax, 2 * TICK_HZ, 1)
    first, begin = clock(c)
    time.sleep(0.3)
    second, end = clock(c)
    assert near(end - begin, (second - first) * TICK_HZ, 2), second - first
    reply = c.code("1Ah AH=01h set ticks", SET_TICKS, cx=1, dx=0x2345,
                   ignore=["edx"])
    assert reply.cx == 1 and reply.dx in (0x2345, 0x2346)


def date(c):
    """The real-time clock, which began at a known moment."""
    reply = c.code("1Ah AH=02h, 04h time and date", DATE,
                   ignore=["eax", "ebx", "ecx", "edx"])
    assert not reply.carry
    digits = f"{reply.ebx:08x}{reply.ecx >> 8:06x}"
    now = time.mktime(time.strptime(digits, "%Y%m%d%H%M%S"))
    assert abs(now - TIME0 - reply.eax * 65536 / IPS) <= 1.5


def wait(c):
    """INT 15h AH=86h, by another clock."""
    c.call("15h AH=86h wait", 0x15, ah=0x86, cx=0, dx=5000)
    for milliseconds in (100, 1000):
        count = milliseconds * 1000
        reply = c.code("15h AH=86h wait", WAIT, cx=count >> 16,
                       dx=count & 0xffff, ignore=["eax"])
        if c.bios == "bochs":
            assert reply.ebx == 0x186  # not in this BIOS
        else:
            assert near(reply.eax, milliseconds * IPS / 1000, IPS / 500)


def times(c):
    """All that has to do with time."""
    ticks(c)
    date(c)
    wait(c)


# EAX = the 32-bit word of PCI configuration space that EAX names.
CONFIGURATION = """
	pushw %dx
	movw $0xcf8, %dx
	outl %eax, %dx
	movw $0xcfc, %dx
	inl %dx, %eax
	popw %dx
	iret
"""


def pci(c):
    """The PCI BIOS, against configuration space itself."""
    reply = c.call("1Ah AX=B101h PCI BIOS present", 0x1a, ax=0xb101)
    assert not reply.carry and reply.ah == 0
    assert reply.edx == int.from_bytes(b"PCI ", "little")
    reply = c.call("1Ah AX=B102h, B103h find PCI device", 0x1a, ax=0xb102,
                   cx=0x1237, dx=0x8086, si=0)
    assert (reply.ah, reply.bx) == (0, 0)
    reply = c.call("1Ah AX=B102h, B103h find PCI device", 0x1a, ax=0xb103,
                   ecx=0x060100, si=0)
    assert (reply.ah, reply.bx) == (0, 8)
    reply = c.call("1Ah AX=B102h, B103h find PCI device", 0x1a, ax=0xb102,
                   cx=0xdead, dx=0xbeef, si=0)
    assert reply.carry and reply.ah == 0x86
    name = "1Ah AX=B108h-B10Ah read PCI configuration"
    for function in (0, 1 << 3, 1 << 3 | 1, 1 << 3 | 3):
        for register in (0, 8, 0x3c):
            truth = c.code("PCI configuration ports", CONFIGURATION,
                           eax=1 << 31 | function << 8 | register).eax
            for ax, mask in ((0xb108, 0xff), (0xb109, 0xffff),
                             (0xb10a, 0xffffffff)):
                reply = c.call(name, 0x1a, ax=ax, bx=function, di=register)
                assert not reply.carry and reply.ah == 0
                assert reply.ecx & mask == truth & mask


KEYS = [(("a",), 0x1e61), (("Shift_L", "B"), 0x3042), (("Up",), 0x4800),
        (("F1",), 0x3b00), (("Return",), 0x1c0d)]


def wait_until(c, condition):
    """Lets the BIOS take its interrupts until it has what was typed."""
    for _ in range(200):
        c.code("", SPIN, ebx=IPS // 20)
        # How many times is a matter of luck.
        c.log.pop()
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("what was typed did not arrive")


def keys(c):
    """Keys pressed before the call, during it, and held."""
    keyboard = Keyboard(c.machine)
    assert c.call("16h AH=01h look for key", 0x16, ah=1, ignore=["eax"]).zero
    assert c.call("16h AH=02h shift state", 0x16, ah=2).al & 3 == 0
    for names, code in KEYS:
        keyboard.press(*names)
        # The buffer's head and tail in the BIOS data area.
        wait_until(c, lambda: c.read(0x41a, 2) != c.read(0x41c, 2))
        reply = c.call("16h AH=01h look for key", 0x16, ah=1)
        assert not reply.zero and reply.ax == code
        assert c.call("16h AH=00h read key", 0x16, ah=0).ax == code
        wait_until(c, lambda: c.read(0x417, 1)[0] & 3 == 0)
    assert c.call("16h AH=01h look for key", 0x16, ah=1, ignore=["eax"]).zero
    for down in (2, 0):
        keyboard.key("Shift_L", down != 0)
        wait_until(c, lambda: c.read(0x417, 1)[0] & 2 == down)
        assert c.call("16h AH=02h shift state", 0x16, ah=2).al & 3 == down
    timer = threading.Timer(0.2, keyboard.press, "x")
    timer.start()
    reply = c.call("16h AH=00h read key", 0x16, ah=0, timeout=100000000)
    assert reply.ax == 0x2d78
    timer.join()
    keyboard.close()


def ports(c):
    """COM2 and LPT1: what is sent is in their files."""
    c.call("14h AH=00h initialise", 0x14, ax=0x00e3, dx=1)
    for letter in b"serial":
        c.call("14h AH=01h send", 0x14, ax=0x0100 + letter, dx=1)
    reply = c.call("14h AH=03h status", 0x14, ah=3, dx=1)
    assert reply.ah & 0x60 == 0x60
    assert c.machine.com2.read_bytes() == b"serial"
    c.call("17h AH=01h initialise", 0x17, ah=1)
    for letter in b"printed\n":
        c.call("17h AH=00h print", 0x17, al=letter)
    c.call("17h AH=02h status", 0x17, ah=2)
    assert c.machine.lpt1.read_bytes() == b"printed\n"


def equipment(c):
    """What the machine has, against the BIOS data area."""
    bda = [(0x410, 2), (0x413, 2)]
    reply = c.call("11h equipment", 0x11, get=bda)
    assert reply.ax == int.from_bytes(reply.memory[0], "little")
    reply = c.call("12h memory size", 0x12, get=bda)
    assert reply.ax == int.from_bytes(reply.memory[1], "little")
    # All registers come back, and go in, in full.
    c.call("11h equipment", 0x11, eax=0x12345678, ebx=0x9abcdef0,
           ecx=0x0fedcba9, edx=0x87654321, esi=0x13579bdf, edi=0x2468ace0,
           ebp=0xfdb97531, ds=0x1234, es=0x5678, fs=0x9abc, gs=0xdef0)


def machine(c):
    """Short scripts for one machine."""
    equipment(c)
    memory_size(c)
    pci(c)
    ports(c)


def a20_and_move(c):
    """Two that have to do with memory beyond the first megabyte."""
    a20(c)
    block_move(c)


@cases()
def test_machine(directory, case):
    """INT 11h, 12h, 14h, 15h (sizes), 17h and the PCI BIOS."""
    compare(directory, case, machine)


@cases()
def test_a20_and_move(directory, case):
    """INT 15h AX=2400h to 2403h; AH=87h within the first megabyte."""
    compare(directory, case, a20_and_move)


@cases()
def test_extended_memory(directory, case):
    """INT 15h AH=87h beyond."""
    compare(directory, case, extended_memory)


@cases()
def test_times(directory, case):
    """INT 1Ah AH=00h, 02h, 04h; INT 15h AH=86h."""
    compare(directory, case, times)


@cases()
def test_keys(directory, case):
    """INT 16h, with keys typed from outside."""
    compare(directory, case, keys, settings=(DISPLAY,))
