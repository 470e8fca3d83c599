"""The inputs that fuzzing starts from, made here; others are in corpus/.

SEEDS maps a target's name to a function that returns its seeds. They are
sound examples of what the target reads (the layout of its input is in the
target's source), so that mutation begins behind the first check.
"""

import struct

LIB_NUMBER = struct.Struct("<HB")  # fuzz_take_number: mantissa, form


def number(value):
    """A number as fuzz_take_number() reads it, where it can be that one."""
    for shift in range(64):
        mantissa = value >> shift
        if mantissa < 65536 and mantissa << shift == value:
            return LIB_NUMBER.pack(mantissa, shift & 63)
    raise ValueError(hex(value))


# --- Multiboot2 --------------------------------------------------------------

def tag(kind, body):
    """A tag, padded to 8 bytes."""
    data = struct.pack("<II", kind, 8 + len(body)) + body
    return data + bytes(-len(data) % 8)


def information(*tags):
    """The whole, with its closing tag."""
    body = b"".join(tags) + tag(0, b"")
    return struct.pack("<II", 8 + len(body), 0) + body


def mbi():
    """One of each tag that is read, alone and together."""
    rsdp = b"RSD PTR " + bytes(28)
    entries = b"".join(struct.pack("<QQII", base, length, kind, 0)
                       for base, length, kind in
                       ((0, 0x9fc00, 1), (0x9fc00, 0x400, 2),
                        (0x100000, 0x7ef0000, 1), (0x7ff0000, 0x10000, 3)))
    rgb = struct.pack("<QIIIBBH6B", 0xe0000000, 4096, 1024, 768, 32, 1, 0,
                      16, 8, 8, 8, 0, 8)
    tags = [
        tag(1, b"run=\"demo\" then=poweroff\0"),
        tag(2, b"GRUB 2.06\0"),
        tag(3, struct.pack("<II", 0x200000, 0x201000) + b"script\0"),
        tag(4, struct.pack("<II", 639, 129984)),
        tag(5, struct.pack("<III", 0x80, 0, 0xffffffff)),
        tag(6, struct.pack("<II", 24, 0) + entries),
        tag(8, rgb),
        tag(8, struct.pack("<QIIIBBH", 0xb8000, 160, 80, 25, 16, 2, 0)),
        tag(11, struct.pack("<I", 0x7000000)),
        tag(12, struct.pack("<Q", 0x7000000)),
        tag(14, rsdp[:20]),
        tag(15, rsdp),
        tag(17, struct.pack("<II", 48, 1) + bytes(96)),
        tag(18, b""),
        tag(20, struct.pack("<Q", 0x6000000)),
    ]
    return [information(one) for one in tags] + [information(*tags)]


# --- ACPI --------------------------------------------------------------------

ACPI_BASE = 0xe0000


def table(signature, body):
    """A table with a right checksum."""
    data = bytearray(signature + struct.pack("<IBB", 36 + len(body), 1, 0) +
                     b"OEMID OEMTABLE" + bytes(12) + body)
    data[9] = -sum(data) & 0xff
    return bytes(data)


def acpi():
    """The firmware's memory with all tables, by XSDT and by RSDT."""
    madt = struct.pack("<II", 0xfee00000, 1)
    madt += struct.pack("<BBBBI", 0, 8, 0, 0, 1)
    madt += struct.pack("<BBBBI", 0, 8, 1, 1, 1)
    madt += struct.pack("<BBBBII", 1, 12, 2, 0, 0xfec00000, 0)
    madt += struct.pack("<BBBBIH", 2, 10, 0, 0, 2, 0)
    madt += struct.pack("<BBHI", 3, 8, 0, 9)
    madt += struct.pack("<BBBHB", 4, 6, 0xff, 0, 1)
    madt += struct.pack("<BBHQ", 5, 12, 0, 0xfee00000)
    madt += struct.pack("<BBHIII", 9, 16, 0, 300, 1, 300)
    madt += struct.pack("<BBHIB3x", 10, 12, 0, 0xffffffff, 1)
    # \_S5_, Name of Package (4) { 5, 5, 0, 0 }, behind some other name.
    dsdt = b"\x08\x5c_S4_\x12\x04\x02\x00\x00" + \
        b"\x08_S5_\x12\x07\x04\x0a\x05\x0a\x05\x00\x00"
    mcfg = bytes(8) + struct.pack("<QHBBI", 0xe0000000, 0, 0, 255, 0)
    # At I/O ports, and in memory with registers of 32 bits.
    spcr = bytes(4) + struct.pack("<BBBBQ", 1, 8, 0, 1, 0x3f8) + bytes(6) + \
        bytes([7]) + bytes(5) + b"\xff" * 4 + bytes(8) + struct.pack(
            "<II", 1843200, 115200)
    dbg2 = struct.pack("<IIBHBHHHHHHHHH", 44, 1, 0, 38, 1, 0, 0, 0, 0, 0x8000,
                       0, 0, 22, 34) + struct.pack(
                           "<BBBBQI", 0, 32, 0, 3, 0xfe032000, 32)
    seeds = []
    # Sound, and with a byte too many in the MADT.
    for wide, entries in ((True, madt), (False, madt), (True, madt + b"\0")):
        at, rest, addresses = 256, b"", []
        fadt = bytearray(244 - 36)
        struct.pack_into("<I", fadt, 40 - 36, ACPI_BASE + at)  # DSDT
        struct.pack_into("<I", fadt, 64 - 36, 0xb004)
        struct.pack_into("<I", fadt, 76 - 36, 0xb008)
        fadt[91 - 36] = 4
        for one in (table(b"DSDT", dsdt), table(b"APIC", entries),
                    table(b"FACP", bytes(fadt)), table(b"SSDT", dsdt),
                    table(b"MCFG", mcfg), table(b"SPCR", spcr),
                    table(b"DBG2", dbg2)):
            addresses.append(ACPI_BASE + at)
            one += bytes(-len(one) % 16)
            rest += one
            at += len(one)
        form = "<6Q" if wide else "<6I"
        root = table(b"XSDT" if wide else b"RSDT",
                     struct.pack(form, *addresses[1:]))
        rsdp = b"RSD PTR \0OEMID " + bytes([2 if wide else 0]) + \
            struct.pack("<IIQI", ACPI_BASE + 64, 36, ACPI_BASE + 64, 0)
        memory = rsdp.ljust(64, b"\0") + root
        memory = memory.ljust(256, b"\0") + rest
        seeds += [bytes([flags]) + memory for flags in (1, 3)]
    return seeds


# --- Text --------------------------------------------------------------------

def cmdline():
    """Kernel command lines and lists of consoles."""
    return [line.encode() for line in (
        "/boot/biosphere.elf run=\"bios 11; cpus\" then=poweroff",
        "console=com1/9600,screen engine=v86-ept view=private cpus=2",
        "console=2f8/57600,com3,com4/50,none vme=off timeout=3600000",
        "console=none then=halt apic=x2apic",
        "console=spcr,pci/57600,pci:01:1f.7,mmiofe032000/921600", "run=\"it\\\"s\" run=\"",
        "com1/115200,screen", "none", "3f8,screen,/9600,,com2/", "cpus=0",
    )]


def commands():
    """Command lines, after the largest number that is allowed."""
    return [number(0xffff) + line.encode() for line in (
        "bios 12 cpu=1 ax=1234 eflags=0x202", "peek fffff0 16",
        "bios 15 ah=87 es=4000 put=40010:fffff0ff0f93 get=50000,16",
        "run hello at=1000:0100 engine=v86-ept", "nmi cpu=1 count=1000 n=7",
        "log \"two words\" x=", "bios 10 put=1:00 put=2:0102030405060708",
        "a b c d e f =g h== get=1,0 cpu=10000",
    )]


def line_edit():
    """What a person types, with keys."""
    return [b"bios 12\r", b"be\t\r\nbios\x1b[A\x1b[B\r", b"abc\x01d\x05e\x17",
            b"one two\x1b[D\x1b[D\x7f\x1b[3~\x0b\x15\x0c\x03x\r",
            b"x" * 90 + b"\x1b[H\x1b[C\x04\x1b[F\x08\r\x10\x10\x0e",
            b"first\rsecond\r\x1b[A\x1b[A edit\x1b[B\r"]


# --- 16-bit code -------------------------------------------------------------

INSTRUCTIONS = [bytes.fromhex(text) for text in (
    "cc", "cd10", "ce", "cf", "66cf", "9c", "669c", "9d", "669d", "fa", "fb",
    "f4", "e460", "e560", "66e560", "e620", "e720", "ec", "66ed", "ee", "ef",
    "6c", "f36c", "f3666d", "67f36d", "6e", "f36e", "2ef3666f", "67f26f",
    "0f0100", "0f010e3412", "0f0110", "660f011e3412", "0f01e0", "660f01e3",
    "0f012600b0", "0f01f0", "0f0136ff0f", "0f0138", "0f06", "0f08", "0f09",
    "0f20c0", "0f22c0", "0f22d8", "0f20e3", "0f22e0", "0f21c7", "0f23f8",
    "0f30", "0f32", "0fa2", "f0fa", "670f01448b10", "67660f01942500100000",
    "6666666666666666666666666690", "ea5be000f0",
)]


def decode():
    """Every form of instruction."""
    return INSTRUCTIONS


def emulate():
    """Every form, with segments apart and the stack at an edge."""
    seeds = []
    for at, code in enumerate(INSTRUCTIONS):
        esp = (0x100, 0, 2, 6, 0xffff)[at % 5]
        seeds.append(
            struct.pack("<B", 0) + (0x202).to_bytes(3, "little") +
            struct.pack("<7H", 0x100, 0x1000, 0x2000, 0x3000, 0x4000, 0x5000,
                        0x6000) +
            struct.pack("<8I", 0x30, 3, 0x60, 0x10, esp, 0x20, 0xfffe, 0x40) +
            bytes(2) + code)
    return seeds


MMIO = [bytes.fromhex(text) for text in (
    "8a07", "8b07", "488b4708", "66894710", "c60712", "48c7470801020304",
    "0fb607", "0fbe4f01", "4863c8", "480fb74701", "000f", "4883070f", "810712",
    "f60701", "f717", "f71f", "ff07", "fe0f", "8707", "f00fc107", "f00fb10f",
    "0f9407", "0f4407", "a4", "f3aa", "48ab", "f348a5", "ad", "678b07",
    "648b0425000000fe", "8b0512345678", "488b44cb10", "a10000e0fe00000000",
    "88270f", "4488270f")]


def mmio():
    """Forms of what memory-mapped I/O is done with."""
    head = bytes([0]) + bytes(range(8)) + bytes(range(32)) + \
        struct.pack("<IH", 0x10000, 0x202)
    return [head + one + bytes(2) for one in MMIO]


def walk():
    """Pages of each size, and a table that is not there."""
    def entry(table, index, target, bits):
        return struct.pack("<HH", table << 9 | index, target << 8 | bits)
    head = bytes([7, 6, 0]) + (0x201234).to_bytes(6, "little")
    down = entry(0, 0, 1, 7) + entry(1, 0, 2, 7)
    return [head + down + entry(2, 1, 3, 7) + entry(3, 1, 4, 7),
            head + down + entry(2, 1, 0, 0x87), head + down[:4],
            head + entry(0, 0, 1, 7) + entry(1, 0, 0, 0x83),
            bytes([0x2d]) + head[1:] + down + entry(2, 1, 7, 7)]


# --- Programs ----------------------------------------------------------------

def program():
    """Images and stacks that just fit, and holes in the RAM."""
    def one(form, place, size, stack, *holes):
        return bytes([form]) + struct.pack("<HH", 639, 0x9fc0) + \
            struct.pack("<HH", *place) + size.to_bytes(3, "little") + \
            struct.pack("<II", *stack) + bytes([len(holes)]) + \
            b"".join(struct.pack("<HB", *hole) for hole in holes)
    return [one(0, (0x1000, 0), 0xfffa, (0x1000, 0xfffe)),
            one(1, (0x60, 0), 0x1000, (0x9000, 0xfc00), (0x500, 255)),
            one(1, (0x9fbf, 15), 1, (0x60, 4), (0x10, 3), (0x9f0, 7))]


def shadow():
    """Fills, a change of a leaf, and more fills."""
    def fill(linear, access):
        return bytes([access << 3 | 2]) + linear.to_bytes(4, "little")
    head = bytes([7]) + (0x12345).to_bytes(5, "little")
    leaf = bytes([0]) + struct.pack("<H", 1024 + 1) + b"\x05\x90\x00"
    return [head + fill(0x10000, 20) + fill(0x200000, 2) + leaf,
            bytes([6]) + head[1:] + fill(0x1000, 6) + leaf +
            fill(0x201000, 4) + bytes([1]) + fill(0x3000, 16)]


# --- Numbers -----------------------------------------------------------------

def ept():
    """Maps large, replaces a page in the middle, unmaps around it."""
    def change(gpa, size, hpa, access, kind):
        return b"".join(bytes([form]) + struct.pack("<H", value)
                        for form, value in (gpa, size, hpa)) + \
            bytes([access, kind])
    large = change((1, 1), (1, 8), (1, 16), 7, 6)
    page = change((0, 0x555), (0, 1), (0, 0xb8), 3, 0)
    gone = change((0, 0x550), (0, 16), (0, 0), 0, 0)
    huge = change((2, 1), (2, 1), (2, 3), 5, 6)
    return [bytes([7]) + large + page + gone + huge,
            bytes([0]) + page + page + gone,
            bytes([11, 6]) + large + page + huge + gone]


def tables():
    """As the kernel builds them, and too small a block."""
    return [struct.pack("<IH", 0x110000, 0x4000 - 1),
            struct.pack("<IH", 0xfffff000, 12425), bytes(6)]


def memory():
    """A PC's map, then pages taken and given back."""
    ranges = [(0, 0, 639), (6, 639, 1), (0, 1024, 4000), (3, 1024, 256),
              (4, 5000, 24), (1, 3000, 10)]
    data = bytes([len(ranges)])
    for kind, base, length in ranges:
        data += struct.pack("<BHH", kind, base, length)
    return [data + bytes([1, 1, 5, 39, 128, 1, 130, 225, 0, 8]),
            data[:6] + bytes([1, 65, 0, 8, 128])]


def mtrr():
    """As a BIOS sets them: RAM is WB, a hole below 4 GiB is UC."""
    head = bytes([10]) + b"".join(number(base) + number(end) for base, end in (
        (0, 1 << 20), (0xa0000, 1 << 30), (0, 1 << 34), (3 << 30, 1 << 32)))
    head += struct.pack("<HHH", 0, 0x508, 0xc06) + bytes([6] * 32)
    ranges = b"".join(number(base) + bytes([kind]) + number(mask)
                      for base, mask, kind in (
                          (0, 0xff80000000, 6), (0x80000000, 0xffc0000000, 6),
                          (0xc0000000, 0xffc0000000, 0)))
    return [head + ranges, head]


def pci():
    """Devices with several functions, and bridges with buses behind them."""
    def one(device, function, bus, header, *bars):
        data = struct.pack("<BBB", device, function, bus) + b"\x86\x80\x37" + \
            bytes([3, header])
        for at in range(6):
            data += number(bars[at] if at < len(bars) else 0) + bytes([12])
        return data
    devices = [one(0, 0, 0, 0), one(1, 0, 0, 0x80, 0xc001, 4, 0x38),
               one(1, 1, 0, 0, 0xfe000000), one(2, 0, 0, 1, 0, 0, 0x500),
               one(3, 0, 5, 0, 0xfe00000, 0xc, 1)]
    return [bytes([first, more, len(devices)]) + b"".join(devices)
            for first, more in ((0, 15), (1, 8), (0, 0))]


def usb():
    """A keyboard's and a hub's descriptors, and reports of keys."""
    keyboard = bytes.fromhex("09023b000203 00a031 090400000103010100"
                             "092110010001224100 0705810308000a")
    hub = bytes.fromhex("0902190001010 0e001 090400000109000000 0705810301000c"
                        .replace(" ", ""))
    ports = bytes.fromhex("092904e900326400ff")
    device = bytes.fromhex("120100020000000 86d041cc300640102 0001"
                           .replace(" ", ""))
    report = bytes([8, 2, 0, 4, 5, 0, 0, 0, 0, 0, 1])
    return [b"\0" + one for one in (keyboard, hub, ports, device)] + [
        b"\1" + report + bytes([8]) + bytes(10) + report + bytes([3, 1, 1, 1])]


def keys():
    """Scan codes with prefixes, key events, dead keys."""
    codes = b"".join(bytes([0, code]) for code in bytes.fromhex(
        "1e9e2a1eaae047e0c7e11d45e19dc51d2e9d3aba4547"))
    events = b"".join(bytes([3, key, 2, key]) for key in bytes.fromhex(
        "04352c3504e6142d394b"))
    return [bytes([layout]) + part for layout in range(5)
            for part in (codes, events, bytes([7, 0x61]) + events)]


def vmx():
    """Haswell's and Penryn's registers as Bochs has them."""
    haswell = (0xd810000000002b, 0x7f00000016, 0xf7f9fffe0401e172,
               0x7fffff00036dff, 0xffff000011ff, 0x200401e0, 0x80000021,
               0xffffffff, 0x2000, 0x1727ff, 0x34, 0x47fff00000000,
               0xf0106334141, 0x7f00000016, 0xf7f9fffe04006172,
               0x7fffff00036dfb, 0xffff000011fb, 1, 0, 0)
    head = struct.pack("<IIHQ", 0x80, 0x200, 0x681e, 0x80000031)
    cpuid = struct.pack("<8I", 0x0d, 0x756e6547, 0x6c65746e, 0x49656e69,
                        0x306c3, 0x10800, 0x77faf3bf, 0xbfebfbff)
    return [head + absent.to_bytes(3, "little") + cpuid +
            struct.pack("<20Q", *haswell) for absent in (0xc0000, 0xe1000)]


def lib():
    """Conversions with flags; text that is a number."""
    seeds = []
    for flags in range(0, 128, 5):
        for letter in range(7):
            seeds.append(struct.pack("<QHBHHBB", 0xffffffffdeadbeef, 40, flags,
                                     12, 5, letter, letter % 6) + b"1f 20%d")
    return seeds[::9] + [bytes(17) + text for text in (
        b"18446744073709551615", b"ffffffffffffffff", b"0x10", b"00 01 ff")]


# --- Screens -------------------------------------------------------------------

def screen_words(bpp, width, height, more, channels):
    """What the loader tells of a screen, as fuzz_surface.c reads it."""
    pitch = width * ((bpp + 7) // 8) + more
    return (bytes((0, bpp)) + number(width) + number(height) + number(pitch)
            + bytes(channels))


def surface():
    """Each format, with each kind of order."""
    seeds = []
    for bpp, channels in ((32, (16, 8, 8, 8, 0, 8)), (24, (0, 8, 8, 8, 16, 8)),
                          (16, (11, 5, 5, 6, 0, 5)), (15, (10, 5, 5, 5, 0, 5)),
                          (32, (20, 10, 10, 10, 0, 10))):
        words = screen_words(bpp, 60, 40, 4 * (bpp % 3), channels)
        cells = b"\0" + number(8) + number(5) + b"\5" + b"B\x07i\x1eo\xf0\0\x70"
        area = number(3) + number(4) + number(50) + number(30)
        picture = b"\2" + area + b"\6\4\0\x0a" + bytes(range(40))
        seeds += [words + b"\0" + cells, words + b"\1" + cells + b"\1" + area,
                  words + b"\0" + picture + cells]
    return seeds


def text_screen():
    """Lines, alone and in bursts, on small screens and large ones."""
    return [bytes((cols, rows)) + b"".join(
        bytes((len(line),)) + line for line in lines)
        for cols, rows in ((0, 0), (6, 1), (39, 4), (39, 24))
        for lines in ([b"line\n"] * 60, [b"a\tb\x08\r\nc"] * 20,
                      [b"\n" * 31] * 8)]


def vga_mode(misc, sequencer, crtc, graphics, attribute):
    """A mode's registers, some of them: {index: value} of each block."""
    def indexed(port, registers):
        return b"".join(bytes([(port - 0x3c0) * 8, index, value])
                        for index, value in registers.items())

    mode = bytes([1, 0x12, misc]) + indexed(0x3c4, sequencer)
    mode += indexed(0x3d4, {0x11: 0} | crtc) + indexed(0x3ce, graphics)
    for index, value in attribute.items():
        mode += bytes([2, 0x2a, 1, 0x10, index, 1, 0x10, value])
    return mode + bytes([2, 0x2a, 1, 0x10, 0x20])


def vga():
    """Text, CGA, planes, chained and not, VBE; each with accesses and strings."""
    write = bytes([4]) + (0x18123).to_bytes(3, "little") + b"A"
    read = bytes([5]) + (0x18122).to_bytes(3, "little")
    fill = bytes([7, 8]) + struct.pack("<H", 9000) + bytes(3) + b"\x5a\0\0"
    move = bytes([6, 0]) + struct.pack("<H", 200) + b"\x99\x12\0\x11\x22\0"
    sizes = {1: 79, 7: 0x1f, 9: 0x4f, 0x12: 0x8f, 0x13: 40, 0x17: 0xa3}
    neutral = {3: 0, 5: 0, 6: 5, 8: 0xff}
    modes = [
        vga_mode(0x67, {1: 0, 2: 3, 4: 2}, sizes, neutral | {5: 0x10, 6: 0x0e}, {0x10: 12}),
        vga_mode(0x63, {1: 9, 2: 3, 4: 2}, sizes | {1: 39, 9: 0xc1, 0x17: 0xa2},
                 neutral | {5: 0x30, 6: 0x0f}, {0x12: 3}),
        vga_mode(0xe3, {1: 1, 2: 15, 4: 6}, sizes | {9: 0x40, 0x17: 0xe3},
                 neutral | {1: 5, 5: 2}, {0x12: 15, 0x13: 3}),
        vga_mode(0x63, {1: 1, 2: 15, 4: 14}, sizes | {9: 0x41, 0x14: 0x40},
                 neutral | {5: 0x40}, {0x10: 0x41}),
        vga_mode(0x63, {1: 1, 2: 5, 4: 6}, sizes | {9: 0x41, 0x17: 0xe3},
                 neutral | {5: 0x41}, {0x10: 0x41})]
    vbe = [b"".join(bytes([3, index]) + struct.pack("<H", value) for index, value in
                    ((1, 640), (2, 200), (3, depth), (4, 0x41), (5, 1), (8, 8)))
           for depth in (4, 8, 15, 16, 24, 32)]
    return [mode + write + read + fill + move for mode in
            modes + [modes[3] + one for one in vbe]]


def pc():
    """A BIOS's first steps with each device; a sector and a packet."""
    first = (0x00, 0x20, 0x40, 0x60, 0x64, 0x61, 0x70, 0x80, 0x92, 0xa0, 0xc0, 0x170,
             0x1ce, 0x1f0, 0x376, 0x3b0, 0x3c0, 0x3d0, 0x3f6, 0x3f8, 0x402, 0x4d0,
             0x510, 0xcf8)

    def place(port):
        near = [start for start in first if 0 <= port - start < 10]
        if not near:
            return b"\xff" + port.to_bytes(2, "little")
        return bytes([first.index(near[-1]) + len(first) * (port - near[-1])])

    def write(*pairs, width=0):
        return b"".join(bytes([2 | width << 3]) + place(port) + value.to_bytes(
            1 << max(width - 1, 0), "little") for port, value in pairs)

    def read(*ports):
        return b"".join(b"\0" + place(port) for port in ports)

    pics = write((0x20, 0x11), (0x21, 8), (0x21, 4), (0x21, 1), (0xa0, 0x11),
                 (0xa1, 0x70), (0xa1, 2), (0xa1, 1), (0x21, 0), (0xa1, 0))
    later = b"\x0f\xff\xff\x06\x1e"
    def command(base, code):
        return write(*((base + i, v) for i, v in enumerate((0, 1, 3, 0, 0, 0xe0, code))
                       if i), (base + 7, code))
    string = b"\x15" + place(0x1f0) + b"\xff\0\1"
    packet = (write((0x171, 0), (0x174, 0), (0x175, 8), (0x176, 0xa0), (0x177, 0xa0))
              + write(*((0x170, word) for word in (0x28, 0, 0, 0x100, 0x100, 0)),
                      width=2) + string)
    return [
        pics + write((0x43, 0x34), (0x40, 0xff), (0x40, 1)) + later * 3 + read(0x40, 0x40),
        pics + write((0x64, 0x60), (0x60, 0x45), (0x64, 0xaa)) + later + read(0x60, 0x64),
        pics + write((0x70, 11), (0x71, 0x72)) + later * 2 + write((0x70, 12)) + read(0x71),
        pics + command(0x1f0, 0x20) + string + read(0x1f7),
        command(0x1f0, 0x30) + b"\x15" + place(0x1f0) + b"\xff\0\0\5" + read(0x1f7),
        command(0x1f0, 0xec) + string + packet + read(0x177),
        write((0xcf8, 0x80000058), width=3) + write((0xcfd, 0x30), (0xcfe, 0x33)),
        write((0x510, 0x19), width=2) + b"\x05" + place(0x511) + b"\xff\0\1",
        write((0x3fb, 0x83), (0x3f8, 1), (0x3fb, 3), (0x3fa, 0xc7), (0x3f9, 15),
              (0x3f8, 0x41)) + read(0x3fa, 0x3fd) + later,
        b"".join(write((0x43, mode << 1 | 0x30), (0x40, 9), (0x40, 0)) + later
                 for mode in range(6)) + write((0x43, 0xc2)) + read(0x40, 0x40, 0x40),
    ]


SEEDS = {function.__name__: function for function in (
    mbi, acpi, cmdline, commands, line_edit, decode, emulate, ept, tables,
    memory, mtrr, pci, usb, keys, vmx, lib, mmio, walk, program, shadow, surface,
    text_screen, vga, pc)}
