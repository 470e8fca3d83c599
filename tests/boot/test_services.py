"""Video and disks: each service as it is natively.

The scripts run once under the kernel and once without it; see services.py.
"""

import struct

from services import (BUFFER, CD_SECTOR, CYLINDERS, HEADS, SECOND,
                      SECTOR, TRACK, cases, compare, disk_image,
                      kernel_iso)

TEXT = 0xb8000
GRAPHICS = 0xa0000
CD = 0xe0
DISK = 0x80
LINEAR = 0x4000  # a VBE mode's number with its linear framebuffer


def set_mode(c, mode):
    """Sets a mode, and 0Fh tells it again."""
    c.call("10h AH=00h set mode", 0x10, ax=mode)
    reply = c.call("10h AH=0Fh read mode", 0x10, ah=0x0f)
    assert reply.al == mode
    assert reply.ah == (40 if mode == 0x13 else 80)


def text(c):
    """Text and its attributes, the cursor, scrolling."""
    set_mode(c, 3)
    c.call("10h AH=02h, 03h cursor", 0x10, ah=2, dx=0x0305)
    assert c.call("10h AH=02h, 03h cursor", 0x10, ah=3).dx == 0x0305
    at = TEXT + 2 * (3 * 80 + 5)
    written = c.call("10h AH=09h write characters", 0x10, ax=0x0900 + ord("Q"),
                     bx=0x1f, cx=3, get=[(at, 8)])
    assert written.memory[0][:6] == b"Q\x1f" * 3
    reply = c.call("10h AH=08h read character", 0x10, ah=8)
    assert reply.ax == 0x1f00 + ord("Q")
    written = c.call("10h AH=0Ah write characters", 0x10, ax=0x0a00 + ord("z"),
                     cx=2, get=[(at, 8)])
    assert written.memory[0][:6] == b"z\x1fz\x1fQ\x1f"
    reply = c.call("10h AH=08h read character", 0x10, ah=8)
    assert reply.ax == 0x1f00 + ord("z")
    for letter in b"tty\r\n":
        c.call("10h AH=0Eh teletype", 0x10, ax=0x0e00 + letter, bx=7)
    assert c.call("10h AH=02h, 03h cursor", 0x10, ah=3).dx == 0x0400
    reply = c.call("10h AH=13h write string", 0x10, ax=0x1301, bx=0x2e, cx=6,
                   dx=0x0a00, es=BUFFER >> 4, put=[(BUFFER, b"string")],
                   get=[(TEXT + 10 * 160, 12)])
    assert reply.memory[0] == b"".join(bytes([x, 0x2e]) for x in b"string")
    reply = c.call("10h AH=06h scroll up", 0x10, ax=0x0602, bh=7, cx=0,
                   dx=0x184f, get=[(TEXT, 4000)])
    assert reply.memory[0][8 * 160:8 * 160 + 2] == b"s\x2e"


def palette(c):
    """One register, a block of them, and the overscan colour."""
    set_mode(c, 0x13)
    service = "10h AH=10h palette"
    c.call(service, 0x10, ax=0x1010, bx=0x47, dx=0x1100, cx=0x2233)
    reply = c.call(service, 0x10, ax=0x1015, bx=0x47)
    assert (reply.dh, reply.cx) == (0x11, 0x2233)
    colours = bytes(n % 64 for n in range(30))
    c.call(service, 0x10, ax=0x1012, bx=0x80, cx=10, es=BUFFER >> 4,
           put=[(BUFFER, colours)])
    reply = c.call(service, 0x10, ax=0x1017, bx=0x80, cx=10, es=SECOND >> 4,
                   get=[(SECOND, 30)])
    assert reply.memory[0] == colours
    c.call(service, 0x10, ax=0x1001, bx=0x0500)
    assert c.call(service, 0x10, ax=0x1008).bh == 5
    set_mode(c, 3)


def pixels(c):
    """Drawing by the BIOS in 13h and 12h, and what is in video memory."""
    set_mode(c, 0x13)
    reply = c.call("10h AH=0Ch write pixel", 0x10, ax=0x0c2a, cx=7, dx=2,
                   get=[(GRAPHICS + 2 * 320, 16)])
    assert reply.memory[0][7] == 0x2a
    assert c.call("10h AH=0Dh read pixel", 0x10, ah=0x0d, cx=7, dx=2).al == 0x2a
    reply = c.call("10h AH=09h write characters", 0x10, ax=0x0900 + ord("A"),
                   bx=0x0e, cx=1, get=[(GRAPHICS, 8 * 320)])
    assert 0x0e in reply.memory[0]
    set_mode(c, 0x12)
    c.call("10h AH=0Ch write pixel", 0x10, ax=0x0c0b, cx=639, dx=479)
    assert c.call("10h AH=0Dh read pixel", 0x10, ah=0x0d, cx=639,
                  dx=479).al == 0x0b
    c.call("10h AH=0Dh read pixel", 0x10, ah=0x0d, cx=638, dx=479)
    set_mode(c, 3)
    c.call("10h AH=08h read character", 0x10, ah=8)


def video(c):
    """Everything of INT 10h but VBE."""
    text(c)
    palette(c)
    pixels(c)


def vbe(c):
    """VBE: what there is; modes set, and read back."""
    reply = c.call("10h AX=4F00h VBE information", 0x10, ax=0x4f00,
                   es=BUFFER >> 4, put=[(BUFFER, b"VBE2" + bytes(508))],
                   get=[(BUFFER, 512)])
    assert reply.ax == 0x4f
    assert reply.memory[0][:4] == b"VESA"
    offset, segment = struct.unpack_from("<HH", reply.memory[0], 14)
    # The list of modes may be in the ROM or in the block itself.
    listed = c.call("10h AX=4F00h VBE information", 0x10, ax=0x4f00,
                    es=BUFFER >> 4, get=[((segment << 4) + offset, 128)])
    modes = struct.unpack("<64H", listed.memory[0])
    modes = modes[:modes.index(0xffff)]
    for mode, width, height, depth in ((0x101, 640, 480, 8),
                                       (0x118, 1024, 768, 24),
                                       (0x114, 800, 600, 16)):
        assert mode in modes
        reply = c.call("10h AX=4F01h VBE mode information", 0x10, ax=0x4f01,
                       cx=mode, es=BUFFER >> 4, put=[(BUFFER, bytes(256))],
                       get=[(BUFFER, 256)])
        assert reply.ax == 0x4f
        block = reply.memory[0]
        assert struct.unpack_from("<HH", block, 18) == (width, height)
        assert block[25] == depth
        assert struct.unpack_from("<I", block, 40)[0] >= 0xc0000000
    for mode in (0x101, 0x118 | LINEAR, 0x114 | LINEAR):
        assert c.call("10h AX=4F02h VBE set mode", 0x10, ax=0x4f02,
                      bx=mode).ax == 0x4f
        reply = c.call("10h AX=4F03h VBE read mode", 0x10, ax=0x4f03)
        assert (reply.ax, reply.bx & 0x3fff) == (0x4f, mode & 0x3fff)
    assert c.call("10h AX=4F02h VBE set mode", 0x10, ax=0x4f02,
                  bx=0x3fff).ax != 0x4f
    assert c.call("10h AX=4F02h VBE set mode", 0x10, ax=0x4f02, bx=3).ax == 0x4f
    reply = c.call("10h AX=4F03h VBE read mode", 0x10, ax=0x4f03)
    assert (reply.ax, reply.bx) == (0x4f, 3)
    assert c.call("10h AH=0Fh read mode", 0x10, ah=0x0f).al == 3


def packet(sector, count, buffer=SECOND):
    """A disk address packet."""
    return struct.pack("<BBHHHQ", 16, 0, count, 0, buffer >> 4, sector)


def extended(c, name, ah, drive, sector, count, size):
    """42h or such a call with a packet; returns the bytes read."""
    reply = c.call(name, 0x13, ah=ah, dl=drive, ds=BUFFER >> 4,
                   put=[(BUFFER, packet(sector, count)),
                        (SECOND, b"not read")], get=[(SECOND, count * size)])
    return reply, reply.memory[0]


def common_disk(c, kind, drive):
    """The calls that CDs and disks both have; returns 48h's parameters."""
    c.call(f"13h AH=00h reset, {kind}", 0x13, ah=0, dl=drive)
    c.call(f"13h AH=15h type, {kind}", 0x13, ah=0x15, dl=drive)
    reply = c.call(f"13h AH=41h extensions, {kind}", 0x13, ah=0x41, dl=drive,
                   bx=0x55aa)
    assert not reply.carry and reply.bx == 0xaa55 and reply.cx & 1
    reply = c.call(f"13h AH=48h parameters, {kind}", 0x13, ah=0x48, dl=drive,
                   ds=BUFFER >> 4,
                   put=[(BUFFER, struct.pack("<H", 0x1e) + bytes(28))],
                   get=[(BUFFER, 0x1e)])
    assert not reply.carry
    return struct.unpack_from("<QH", reply.memory[0], 16)


def disk(c):
    """INT 13h on the hard disk: what is read is what is in the image."""
    image = disk_image()
    assert common_disk(c, "disk", DISK) == (len(image) // SECTOR, SECTOR)
    reply = c.call("13h AH=08h geometry, disk", 0x13, ah=8, dl=DISK)
    assert (reply.dh, reply.cl & 63) == (HEADS - 1, TRACK)
    # (The last cylinder is kept for tests, as some BIOSes still do.)
    assert reply.ch + 1 in (CYLINDERS, CYLINDERS - 1)
    for cylinder, head, sector, count in ((0, 0, 1, 1), (3, 5, 60, 3),
                                          (6, 15, 56, 8)):
        reply = c.call("13h AH=02h read, disk", 0x13, ax=0x0200 + count,
                       cx=cylinder << 8 | sector, dx=head << 8 | DISK,
                       es=SECOND >> 4, get=[(SECOND, count * SECTOR)])
        at = ((cylinder * HEADS + head) * TRACK + sector - 1) * SECTOR
        assert not reply.carry
        assert reply.memory[0] == image[at:at + count * SECTOR]
    name = "13h AH=42h read, disk"
    for sector, count in ((0, 1), (1000, 7), (len(image) // SECTOR - 2, 2)):
        reply, data = extended(c, name, 0x42, DISK, sector, count, SECTOR)
        assert not reply.carry and reply.ah == 0
        assert data == image[sector * SECTOR:(sector + count) * SECTOR]
    # Beyond the end, beyond the track, and a disk that is not there.
    assert extended(c, name, 0x42, DISK, 1 << 20, 1, SECTOR)[0].carry
    assert c.call("13h AH=02h read, disk", 0x13, ax=0x0201, cx=0x3f | 9 << 8,
                  dx=HEADS << 8 | DISK, es=SECOND >> 4).carry
    assert c.call("13h AH=02h read, disk", 0x13, ax=0x0201, cx=1, dx=DISK + 1,
                  es=SECOND >> 4).carry
    # Written sectors are in the image file.
    data = bytes(range(256)) * 2
    reply = c.call("13h AH=03h write, disk", 0x13, ax=0x0301, cx=0x0205,
                   dx=0x0700 | DISK, es=SECOND >> 4, put=[(SECOND, data)])
    assert not reply.carry
    at = ((2 * HEADS + 7) * TRACK + 4) * SECTOR
    assert c.machine.disk.read_bytes()[at:at + SECTOR] == data


def cd(c):
    """INT 13h on the CD: what is read is what is in the ISO."""
    image = kernel_iso().read_bytes()
    assert common_disk(c, "CD", CD)[1] == CD_SECTOR
    c.call("13h AH=08h geometry, CD", 0x13, ah=8, dl=CD, ignore=["ebx"])
    name = "13h AH=42h read, CD"
    for sector, count in ((16, 1), (17, 2), (500, 1)):
        reply, data = extended(c, name, 0x42, CD, sector, count, CD_SECTOR)
        assert not reply.carry
        assert data == image[sector * CD_SECTOR:(sector + count) * CD_SECTOR]
    c.call("13h AH=02h read, CD", 0x13, ax=0x0201, cx=1, dx=CD,
           es=SECOND >> 4)


@cases()
def test_video(directory, case):
    """INT 10h: modes, text, palette, pixels."""
    compare(directory, case, video)


@cases()
def test_vbe(directory, case):
    """INT 10h AX=4F00h to 4F03h."""
    compare(directory, case, vbe)


@cases()
def test_disk(directory, case):
    """INT 13h on a hard disk."""
    compare(directory, case, disk)


@cases()
def test_cd(directory, case):
    """INT 13h on a CD."""
    compare(directory, case, cd)
