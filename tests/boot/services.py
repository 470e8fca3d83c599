"""Calls of BIOS services: under the kernel, and natively for the truth.

A script is a function that makes calls and asserts what it knows of their
results.  It runs twice on the same emulated hardware: through the kernel's
prompt, and through a boot sector with no hypervisor (native/monitor.S).  Then
every register and every byte of the two runs is compared.
"""

import json
import os
import re
import shutil
import struct
import subprocess
import tempfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from socket import IPPROTO_TCP, TCP_QUICKACK

import pytest
from image import BUILD, make_iso
from machine import Bochs
from prompt import Prompt

NATIVE = Path(__file__).parent / "native"
RESULTS = BUILD / "tests" / "services.jsonl"

BIOSES = ["bochs", "seabios"]
# Without EPT, with EPT alone, with unrestricted guests.
MODELS = ["core2_penryn_t9600", "corei5_lynnfield_750", "corei7_skylake_x"]
# The engines under test, each with the models that have what it needs.
ENGINES = {
    "v86": MODELS,
    "v86-ept": MODELS[1:],
    "real": MODELS[2:],
}

# Memory that the kernel, both BIOSes and the boot sector leave alone.
BUFFER = 0x30000
SECOND = 0x38000
# An interrupt no BIOS uses, for code of a test's own.
OWN_VECTOR = 0x60
OWN_CODE = 0x3f000

GENERAL = ["eax", "ebx", "ecx", "edx", "esi", "edi", "ebp"]
SEGMENTS = ["ds", "es", "fs", "gs"]
CARRY, ZERO = 0x001, 0x040
# CF PF AF ZF SF IF DF OF: not IOPL, which a V86 guest sees as it must be.
FLAGS = 0xed5
INITIAL_FLAGS = 0x202

# What a command line can hold, with room for the registers.
PUT_BYTES = 128
POKE_BYTES = 240

SECTOR, CD_SECTOR = 512, 2048
HEADS, TRACK, CYLINDERS = 16, 63, 8
DISK_BYTES = CYLINDERS * HEADS * TRACK * SECTOR
# Slower than other tests' machines: then a byte on COM1 costs the emulator
# less work. The TSC counts at this rate, too.
IPS = 10_000_000


@dataclass(frozen=True)
class Case:
    """One machine and the engine the calls are made with."""

    bios: str
    model: str
    engine: str

    def __str__(self):
        return f"{self.bios}-{self.model}-{self.engine}"


CASES = [Case(bios, model, engine) for engine, models in ENGINES.items()
         for model in models for bios in BIOSES]


@dataclass
class Reply:
    """The registers by name, the bytes of each get, and how it ended."""

    service: str
    vector: int
    call: str
    ignore: tuple = ()
    regs: dict = field(default_factory=dict)
    memory: list = field(default_factory=list)
    result: str = "ok"
    ticks: int = 0

    def __getattr__(self, name):
        """ax, ah, al and so on, and whole registers, by name."""
        regs = self.__dict__["regs"]
        if name in regs:
            return regs[name]
        whole = {"h": f"e{name[0]}x", "l": f"e{name[0]}x"}.get(
            name[1:], f"e{name}")
        if len(name) != 2 or whole not in regs:
            raise AttributeError(name)
        value = regs[whole] & 0xffff
        return value >> 8 if name[1] == "h" else \
            value & 0xff if name[1] == "l" else value

    @property
    def carry(self):
        """Whether CF is set."""
        return bool(self.regs["eflags"] & CARRY)

    @property
    def zero(self):
        """Whether ZF is set."""
        return bool(self.regs["eflags"] & ZERO)


class CallFailed(AssertionError):
    """A call did not come back; the text has the kernel's report."""


class Caller:
    """Makes calls, one way or the other, and keeps the replies in `log`."""

    # Whether there is no hypervisor between us and the BIOS.
    native = False

    def __init__(self, machine):
        self.machine = machine
        self.bios = machine.bios
        self.log = []

    def call(self, service, vector, put=(), get=(), ignore=(), timeout=None,
             **regs):
        """Calls INT `vector`; returns the Reply.

        `service` is its name in the table, `put` are (address, bytes) pairs
        and `get` (address, count) pairs; `ignore` names what two runs need not
        have alike: registers, "memory", "all".  `timeout` is in
        the machine's own milliseconds, and the kernel's affair alone.
        """
        values = " ".join(f"{name}={value:x}" for name, value in regs.items())
        reply = Reply(service, vector, f"INT {vector:02x}h {values}",
                      ignore=tuple(ignore))
        self.log.append(reply)
        self.make(reply, vector, regs, list(put), list(get), timeout)
        return reply

    def code(self, service, source, put=(), **settings):
        """Runs code of the test's own as an interrupt; it ends with IRET."""
        vector = struct.pack("<HH", 0, OWN_CODE >> 4)
        return self.call(service, OWN_VECTOR, put=[
            (OWN_VECTOR * 4, vector), (OWN_CODE, assemble(source)), *put],
            **settings)

    def write(self, address, data):
        """Writes memory below 1 MiB."""
        raise NotImplementedError

    def read(self, address, count):
        """Reads memory below 1 MiB."""
        raise NotImplementedError

    def make(self, reply, vector, regs, put, get, timeout):
        """Makes the call and fills in the reply."""
        raise NotImplementedError


class KernelCaller(Caller):
    """The command bios, at the prompt."""

    def __init__(self, machine, prompt, engine):
        super().__init__(machine)
        self.prompt = prompt
        self.engine = engine

    def write(self, address, data):
        for at in range(0, len(data), POKE_BYTES):
            part = data[at:at + POKE_BYTES]
            self.prompt.ok(f"poke {address + at:x} {part.hex()}")

    def read(self, address, count):
        return self.bytes_of(self.prompt.ok(f"peek {address:x} {count:x}"))

    @staticmethod
    def bytes_of(text):
        """The bytes of the mem: lines."""
        return b"".join(bytes.fromhex(line.split("|")[0]) for line in
                        re.findall(r"^mem: [0-9a-f]+:(.*)$", text,
                                   re.MULTILINE))

    def make(self, reply, vector, regs, put, get, timeout):
        words = [f"{name}={value:x}" for name, value in regs.items()]
        if sum(len(data) for _, data in put) <= PUT_BYTES:
            words += [f"put={address:x}:{data.hex()}" for address, data in put]
        else:
            for address, data in put:
                self.write(address, data)
        words += [f"get={address:x},{count}" for address, count in get]
        if timeout:
            words.append(f"timeout={timeout}")
        text = self.prompt.run(" ".join(
            [f"bios {vector:02x}", *words, f"engine={self.engine}"]))
        head = re.search(r"^bios: .* engine=(\S+) .* result=(\S+) .*"
                         r"ticks=(\d+)", text, re.MULTILINE)
        if not head:
            reply.result = "error"
            raise CallFailed(f"{reply.call}: {text}")
        reply.result, reply.ticks = head[2], int(head[3])
        lines = "\n".join(re.findall(r"^regs: (.*)$", text, re.MULTILINE))
        reply.regs = {name: int(value, 16) for name, value in
                      re.findall(r"\b([a-z]{2,6})=([0-9a-f]+)", lines)}
        if reply.result != "ok" or head[1] != self.engine:
            raise CallFailed(f"{reply.call}: {text}")
        data = self.bytes_of(text)
        for _, count in get:
            reply.memory.append(data[:count])
            data = data[count:]


class NativeCaller(Caller):
    """The boot sector native/monitor.S, over COM1."""

    native = True
    ORDER = ["edi", "esi", "ebp", "esp", "ebx", "edx", "ecx", "eax",
             "gs", "fs", "es", "ds", "eflags"]
    FORMAT = "<8I5H"

    def __init__(self, machine, connection):
        super().__init__(machine)
        self.socket = connection
        self.socket.settimeout(60)
        assert self.receive(7) == b"native\n"

    def receive(self, count):
        """So many bytes from the machine."""
        data = b""
        while len(data) < count:
            self.socket.setsockopt(IPPROTO_TCP, TCP_QUICKACK, 1)
            part = self.socket.recv(count - len(data))
            assert part, f"the native machine ended: {self.log[-1:]}"
            data += part
        return data

    @staticmethod
    def where(address, count):
        """An address and a count as the boot sector wants them."""
        return struct.pack("<HHH", address >> 4, address & 15, count)

    def write(self, address, data):
        self.socket.sendall(b"P" + self.where(address, len(data)) + data)
        assert self.receive(1) == b"."

    def read(self, address, count):
        self.socket.sendall(b"G" + self.where(address, count))
        return self.receive(count)

    def make(self, reply, vector, regs, put, get, timeout):
        for address, data in put:
            self.write(address, data)
        values = dict.fromkeys(self.ORDER, 0)
        values["eflags"] = INITIAL_FLAGS
        for name, value in regs.items():
            if name in values:
                values[name] = value
            elif name[1] in "hl":
                values[f"e{name[0]}x"] |= value << 8 * (name[1] == "h")
            else:
                values[f"e{name}"] |= value
        self.socket.sendall(b"C" + bytes([vector]) + struct.pack(
            self.FORMAT, *(values[name] for name in self.ORDER)))
        block = self.receive(struct.calcsize(self.FORMAT))
        reply.regs = dict(zip(self.ORDER, struct.unpack(self.FORMAT, block)))
        reply.memory = [self.read(address, count) for address, count in get]


@lru_cache(None)
def assemble(source):
    """The bytes of 16-bit code that runs at offset 0."""
    return link(f"\t.code16\n{source}\n", 0)


@lru_cache(None)
def boot_sector():
    """The bytes of native/monitor.S."""
    return link((NATIVE / "monitor.S").read_text("ascii"), 0x7c00)


def link(source, origin):
    """Assembles and links a flat binary."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "code.S").write_text(source, encoding="ascii")
        subprocess.run(["gcc", "-m32", "-c", "code.S"], check=True, cwd=place)
        subprocess.run(["ld", "-m", "elf_i386", "-Ttext", hex(origin), "-e",
                        hex(origin), "--oformat", "binary", "-o", "code.bin",
                        "code.o"], check=True, cwd=place)
        return (place / "code.bin").read_bytes()


@lru_cache(None)
def disk_image():
    """The disk: the boot sector, then sectors that differ in every word."""
    words = (n * 2654435761 & 0xffffffff
             for n in range(SECTOR // 4, DISK_BYTES // 4))
    return boot_sector() + struct.pack(f"<{DISK_BYTES // 4 - SECTOR // 4}I",
                                       *words)


@lru_cache(None)
def kernel_iso():
    """The CD that boots the kernel, the same in all of these machines."""
    # One for each process of the test run.
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    place = BUILD / "tests" / f"services.{worker}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    # The screen is the BIOS's alone, so that text stays where it was put.
    return make_iso(place, "console=com1")


class Hardware(Bochs):
    """A Bochs with the CD, a disk, and files behind COM2 and LPT1."""

    def __init__(self, directory, boot="cdrom", **others):
        super().__init__(directory, iso=kernel_iso(), **others)
        self.disk = self.directory / "disk.img"
        self.disk.write_bytes(disk_image())
        self.com2 = self.directory / "com2.out"
        self.lpt1 = self.directory / "lpt1.out"
        self.settings = [
            "ata1: enabled=1, ioaddr1=0x170, ioaddr2=0x370, irq=15",
            f"ata1-master: type=disk, mode=flat, path={self.disk}, "
            f"cylinders={CYLINDERS}, heads={HEADS}, spt={TRACK}",
            f"com2: enabled=1, mode=file, dev={self.com2}",
            f"parport1: enabled=1, file={self.lpt1}",
            f"boot: {boot}",
            f"cpu: model={self.model}, count=1, ips={IPS}, "
            "reset_on_triple_fault=0, ignore_bad_msrs=0",
            *self.settings,
        ]

    def stop(self):
        """Ends the emulator; the disk is too large to be kept."""
        super().stop()
        self.disk.unlink(missing_ok=True)
        self.disk.with_suffix(".img.lock").unlink(missing_ok=True)


def run_kernel(directory, case, script, log, **settings):
    """Runs the script under the kernel; its replies go to `log`."""
    machine = Hardware(directory, bios=case.bios, model=case.model, **settings)
    with Prompt(machine) as prompt:
        be_quick(machine.socket, prompt.child)
        caller = KernelCaller(machine, prompt, case.engine)
        caller.log = log
        script(caller)
        prompt.poweroff()
    assert machine.entry_failures() == []


@lru_cache(None)
def run_native(bios, script, settings):
    """Runs the script with no hypervisor; returns the replies."""
    place = kernel_iso().parent / f"{bios}.{script.__name__}"
    machine = Hardware(place, bios=bios, model=MODELS[-1], boot="disk",
                       **dict(settings))
    try:
        caller = NativeCaller(machine, machine.connect())
        script(caller)
    finally:
        machine.stop()
    return caller.log


def be_quick(connection, child):
    """Acknowledges each packet at once while `child` waits for output.

    The emulator sends byte by byte, and the host would have it wait for 40 ms
    with what follows the first.
    """
    read = child.read_nonblocking

    def read_quickly(*arguments, **settings):
        connection.setsockopt(IPPROTO_TCP, TCP_QUICKACK, 1)
        return read(*arguments, **settings)

    child.read_nonblocking = read_quickly


def differences(reply, truth):
    """What is not as it is natively, in words."""
    if reply.call != truth.call:
        return [f"another call: {reply.call} for {truth.call}"]
    if "all" in truth.ignore:
        return []
    found = []
    for name in [*GENERAL, *SEGMENTS, "eflags"]:
        mask = FLAGS if name == "eflags" else 0xffffffff
        got, wanted = reply.regs[name] & mask, truth.regs[name] & mask
        if got != wanted and name not in truth.ignore:
            found.append(f"{name}={got:x}, natively {wanted:x}")
    for number, (got, wanted) in enumerate(zip(reply.memory, truth.memory)):
        if got != wanted and "memory" not in truth.ignore:
            at = next(i for i, pair in enumerate(zip(got, wanted))
                      if pair[0] != pair[1])
            found.append(f"get {number} differs from byte {at}: "
                         f"{got[at:at + 16].hex()}, natively "
                         f"{wanted[at:at + 16].hex()}")
    return [f"{reply.call}: {what}" for what in found]


def judge(log, truth, failed):
    """The result of each service: of its worst call, in one word."""
    ranks = ["ok", "absent", "differs", "refused", "timeout", "fault",
             "shutdown", "error"]
    results = {}
    for reply, native in zip(log, truth):
        result = reply.result
        if result == "ok":
            if differences(reply, native) or (failed and reply is log[-1]):
                result = "differs"
            elif reply.vector == 0x15 and native.carry and native.ah == 0x86:
                result = "absent"
        worst = results.setdefault(reply.service, result)
        if ranks.index(result) > ranks.index(worst):
            results[reply.service] = result
    return results


def compare(directory, case, script, **settings):
    """Runs the script both ways; asserts that it went alike.

    Whatever comes of it is a line in RESULTS.
    """
    truth = run_native(case.bios, script, tuple(settings.items()))
    log, failed = [], True
    try:
        run_kernel(directory, case, script, log, **settings)
        failed = False
    finally:
        line = json.dumps({"script": script.__name__, "bios": case.bios,
                           "model": case.model, "engine": case.engine,
                           "services": judge(log, truth, failed)})
        with open(RESULTS, "a", encoding="ascii") as results:
            results.write(line + "\n")
    found = [what for pair in zip(log, truth) for what in differences(*pair)]
    assert not found, "\n".join(found)
    assert len(log) == len(truth)


def cases(pending=()):
    """Parametrises a test over all machines and engines.

    `pending` gives a reason for each engine that cannot do this.
    """
    pending = dict(pending)
    return pytest.mark.parametrize("case", [
        pytest.param(case, id=str(case), marks=pytest.mark.xfail(
            strict=True, reason=pending[case.engine])
            if case.engine in pending else ())
        for case in CASES])
