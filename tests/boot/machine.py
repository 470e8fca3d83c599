"""Emulated machines: each boots an ISO in a directory of its own.

The directory keeps the serial log, the emulator's log and its settings.  Only
Python's own library is needed here, for tools/run uses this too;
interactive() alone wants pexpect.
"""

import ctypes
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from image import TOP, make_iso

sys.path.insert(0, str(TOP / "tools"))

from bochs import find as find_bochs  # noqa: E402 (the path must be set first)

# A guest that makes the emulator complain for ever must not fill the disk.
LOG_LIMIT = 256 << 20
# Seconds until a machine is thought to hang; tools/mutate has many that do.
PATIENCE = float(os.environ.get("BIOSPHERE_PATIENCE", 90))
# ... and until its emulator has had too much of the processor (0: never).
CPU_SECONDS = int(os.environ.get("BIOSPHERE_CPU_SECONDS", 0))
# ... and for one that goes off by itself when it has panicked.
PANIC_PATIENCE = 20
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1  # Linux, sys/prctl.h

NO_ACPI = "ACPI: no tables found"  # arch/machine.c
NOT_GIVEN_BACK = "the commands have not given all back"  # monitor/session.c
DEMO = 'run="demo" then=poweroff'


def bound_child():
    """In the new process: no endless log, and no life without the test."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (LOG_LIMIT, LOG_LIMIT))
    if CPU_SECONDS:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class MachineError(Exception):
    """The machine did not do what was waited for; says what it did."""


class Machine:
    """What Bochs and QEMU have in common: start, wait, talk, stop."""

    def __init__(self, directory, cmdline=DEMO, media="cd", memory=128,
                 modules=(), grub_pre=(), files=(), com1=True, kernel=None,
                 iso=None, efi=False, grub_last=()):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.media = media
        self.memory = memory
        self.com1 = com1
        self.serial_log = self.directory / "serial.log"
        self.log = self.directory / "emulator.log"
        for old in (self.serial_log, self.log):
            old.unlink(missing_ok=True)
        self.iso = Path(iso).resolve() if iso else make_iso(
            self.directory, cmdline, modules, grub_pre, files, kernel, efi,
            grub_last)
        self.process = None
        self.socket = None

    def command(self, port):
        """The emulator's argv; COM1 goes to a TCP port, or to a file."""
        raise NotImplementedError

    def environment(self):
        """What the emulator finds in its environment besides ours."""
        return {}

    def start(self, port=None):
        """Starts the emulator and comes back at once."""
        output = open(self.directory / "output.txt", "wb")
        self.process = subprocess.Popen(
            self.command(port), stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, cwd=self.directory,
            env={**os.environ, "SDL_VIDEODRIVER": "dummy",
                 **self.environment()},
            preexec_fn=bound_child)
        output.close()

    def stop(self):
        """Ends the emulator, if it has not ended by itself."""
        if self.socket:
            self.socket.close()
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def serial(self):
        """What the kernel has sent so far, without the carriage returns."""
        if not self.serial_log.exists():
            return ""
        raw = self.serial_log.read_bytes()
        return raw.decode("ascii", "backslashreplace").replace("\r\n", "\n")

    def run_to_end(self, timeout=PATIENCE):
        """Boots, waits until the machine goes off; returns the serial text."""
        self.start()
        end = time.monotonic() + timeout
        panicked = False
        try:
            while not self.is_off(1):
                if not panicked and "panic: " in self.serial():
                    panicked = True
                    end = min(end, time.monotonic() + PANIC_PATIENCE)
                if time.monotonic() > end:
                    self.fail("panicked and did not go off" if panicked
                              else f"still on after {timeout} s")
        finally:
            self.stop()
        self.check_end()
        return self.serial()

    def is_off(self, seconds):
        """Whether the emulator ends within that time."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def check_end(self):
        """The kernel has switched it off, and had all its memory back."""
        if not self.went_off():
            self.fail(f"ended badly: {self.last_words()}")
        if NOT_GIVEN_BACK in self.serial():
            self.fail("something was lost on the way")

    def run_until(self, pattern, timeout=PATIENCE):
        """Boots, waits for a serial line that matches, ends the machine."""
        self.start()
        try:
            self.wait_for(pattern, timeout)
        finally:
            self.stop()
        return self.serial()

    def wait_for(self, pattern, timeout=PATIENCE):
        """Waits for a match in the serial text of a machine that runs."""
        end = time.monotonic() + timeout
        while True:
            ended = self.process.poll() is not None
            match = re.search(pattern, self.serial(), re.MULTILINE)
            if match:
                return match
            if ended:
                self.fail(f"ended before {pattern!r}: {self.last_words()}")
            if time.monotonic() > end:
                self.fail(f"no {pattern!r} in {timeout} s")
            time.sleep(0.05)

    def connect(self, timeout=30):
        """Boots with COM1 on a socket and returns that."""
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(1)
            listener.settimeout(0.2)
            self.start(listener.getsockname()[1])
            end = time.monotonic() + timeout
            while True:
                try:
                    self.socket, _ = listener.accept()
                    break
                except TimeoutError:
                    ended = self.process.poll() is not None
                    if ended or time.monotonic() > end:
                        self.stop()
                        self.fail(f"did not start: {self.last_words()}")
        self.socket.setblocking(True)
        return self.socket

    def interactive(self, timeout=PATIENCE):
        """Boots with COM1 as a pexpect object; its log is the serial log."""
        from pexpect import fdpexpect
        child = fdpexpect.fdspawn(self.connect(), timeout=timeout)
        child.logfile_read = open(self.serial_log, "wb", buffering=0)
        return child

    def fail(self, what):
        """Raises, with the end of the serial log to read."""
        tail = "\n".join(self.serial().splitlines()[-25:])
        raise MachineError(f"{type(self).__name__}: {what}\n"
                           f"serial log ({self.serial_log}) ends:\n{tail}")

    def went_off(self):
        """Whether the machine ended because the kernel switched it off."""
        raise NotImplementedError

    def last_words(self):
        """How the emulator ended, for a message."""
        raise NotImplementedError


class Bochs(Machine):
    """Bochs, headless and with a fixed clock: the same run each time.

    EMULATOR in the environment says which one (tools/bochs.py), if the caller
    does not.
    """

    ROMS = {
        "bochs": None,  # its own
        "seabios": Path("/usr/share/seabios/bios.bin"),
        # With the drivers and services that did not fit into 128 KiB.
        "seabios-256k": Path("/usr/share/seabios/bios-256k.bin"),
        "ovmf": Path("/usr/share/OVMF/OVMF_CODE_4M.fd"),
    }
    OVMF_VARIABLES = Path("/usr/share/OVMF/OVMF_VARS_4M.fd")

    def __init__(self, directory, model="corei7_haswell_4770", cpus=1,
                 bios="bochs", settings=(), debugger=(), questions=(),
                 emulator=None, **others):
        self.program = find_bochs(emulator)
        super().__init__(directory, efi=bios == "ovmf", **others)
        self.model = model
        self.cpus = cpus
        self.bios = bios
        self.settings = list(settings)
        # Commands for Bochs' debugger before the machine is let go.
        self.debugger = list(debugger)
        # ... and when an interrupt ends it; output() has the answers.
        self.questions = list(questions)

    def rom(self):
        """The file of the machine's BIOS."""
        return self.ROMS[self.bios] or self.program.bios()

    def firmware(self):
        """The settings of the machine's BIOS."""
        if self.bios == "ovmf":
            # 4 MiB that end where the processor starts.
            flash = self.directory / "ovmf.rom"
            try:
                flash.write_bytes(self.OVMF_VARIABLES.read_bytes()
                                  + self.rom().read_bytes())
            except FileNotFoundError as error:
                raise MachineError(f"{error.filename} is missing: install "
                                   "the package ovmf") from error
            return [f"romimage: file={flash}, address=0xffc00000",
                    "fw_cfg: enabled=1"]
        fast = "" if "seabios" in self.bios else ", options=fastboot"
        return [f"romimage: file={self.rom()}{fast}"]

    def environment(self):
        return dict(self.program.environment)

    def drive(self):
        """The settings of the one drive."""
        if self.media == "disk":
            return f"type=disk, mode=flat, path={self.iso}"
        return f"type=cdrom, path={self.iso}, status=inserted"

    def serial_settings(self, port):
        """The settings of COM1."""
        if not self.com1:
            return "enabled=0"
        if port:
            return f"enabled=1, mode=socket-client, dev=127.0.0.1:{port}"
        return f"enabled=1, mode=file, dev={self.serial_log}"

    def command(self, port):
        lines = [
            "config_interface: textconfig",
            "display_library: sdl2",
            *self.firmware(),
            f"vgaromimage: file={self.program.vga_bios()}",
            f"memory: guest={self.memory}, host={self.memory}",
            f"cpu: model={self.model}, count={self.cpus}, ips=50000000, "
            "reset_on_triple_fault=0, ignore_bad_msrs=0",
            "clock: sync=none, time0=946681200",
            # SeaBIOS starts the VGA BIOS of a PCI device alone.
            "pci: enabled=1, chipset=i440fx"
            + (", slot1=pcivga" if "seabios" in self.bios else ""),
            "ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14",
            f"ata0-master: {self.drive()}",
            f"boot: {'disk' if self.media == 'disk' else 'cdrom'}",
            f"com1: {self.serial_settings(port)}",
            f"log: {self.log}",
            "panic: action=fatal",
            "error: action=report",
            "info: action=report",
            "debug: action=ignore",
            "sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy",
            "speaker: enabled=0",
            *self.settings,
        ]
        settings = self.directory / "bochsrc"
        settings.write_text("\n".join(lines) + "\n", encoding="ascii")
        # The debugger waits for commands: go, and on an interrupt (see
        # screen) show the text screen and leave.
        script = self.directory / "debugger"
        commands = [*self.debugger, "c", *self.questions,
                    "xp /2000hx 0xb8000", "quit"]
        script.write_text("\n".join(commands) + "\n", encoding="ascii")
        return self.program.command(settings, script)

    def interrupt(self):
        """Ends the machine, with the questions answered."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(10)

    def screen(self):
        """Ends the machine; returns the 25 lines of its text screen."""
        self.interrupt()
        cells = []
        for line in re.findall(r"<bogus\+ +\d+>:(.*)", self.output()):
            cells += [int(cell, 16) & 0xff for cell in line.split()]
        characters = "".join(chr(c) if 32 <= c < 127 else " " for c in cells)
        return [characters[i:i + 80].rstrip()
                for i in range(0, len(characters), 80)]

    def output(self):
        """What Bochs and its debugger have printed."""
        return (self.directory / "output.txt").read_text("latin-1")

    def emulator_log(self):
        """Bochs' own log."""
        return self.log.read_text("latin-1") if self.log.exists() else ""

    def last_words(self):
        panics = re.findall(r"\d+p\[.*", self.emulator_log())
        return panics[-1] if panics else f"exit {self.process.returncode}"

    def went_off(self):
        # SeaBIOS 1.17 makes no ACPI tables of its own: its machine in Bochs
        # has but Bochs' port for that.
        way = ("Shutdown port: shutdown requested"
               if self.bios.startswith("seabios") and NO_ACPI in self.serial()
               else "ACPI control: soft power off")
        return way in self.last_words()

    def entry_failures(self):
        """Bochs' reasons for each VM instruction or entry that failed."""
        return re.findall(
            r"\d+[ep]\[CPU\d+ *\] (.*(?:VMFAIL|VMENTER FAIL|PDPTRs Checks Failed"
            r"|Error when loading guest MSR).*)", self.emulator_log())


class Qemu(Machine):
    """QEMU without KVM: a machine with no VMX; by BIOS or by UEFI.

    The firmware "ovmf32" is one of 32 bits, and is on a q35 only.
    """

    # Debian has it with Secure Boot only, that is in flash for SMM.
    OVMF32 = Path("/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd")
    OVMF32_VARIABLES = Path("/usr/share/OVMF/OVMF32_VARS_4M.fd")

    ROMS = {
        "ovmf": "/usr/share/ovmf/OVMF.fd",
        "microvm": "/usr/share/seabios/bios-microvm.bin",
    }

    def __init__(self, directory, cpus=1, firmware="seabios", model="qemu64",
                 options=(), uart=None, **others):
        super().__init__(directory, efi=firmware.startswith("ovmf"), **others)
        self.cpus = cpus
        self.firmware = firmware
        self.model = model
        self.options = list(options)
        # Of another kind than COM1: QEMU's name of the device.
        self.uart = uart

    def command(self, port):
        if not self.com1:
            serial = "none"
        elif port:
            serial = f"tcp:127.0.0.1:{port}"
        else:
            serial = f"file:{self.serial_log}"
        lines = ["-serial", serial]
        if self.uart:
            lines = ["-serial", "none", "-chardev",
                     f"socket,id=line,host=127.0.0.1,port={port}",
                     "-device", f"{self.uart},chardev=line"]
        drive = ["-drive", f"file={self.iso},format=raw,snapshot=on"]
        if self.media == "virtio":
            drive[1] += ",if=none,id=disk"
            drive += ["-device", "virtio-blk-device,drive=disk"]
        elif self.media == "cd":
            drive = ["-cdrom", self.iso]
        if self.firmware in self.ROMS:
            drive += ["-bios", self.ROMS[self.firmware]]
        elif self.firmware == "ovmf32":
            drive += self.flash32()
        return ["qemu-system-x86_64", "-accel", "tcg", "-cpu", self.model,
                "-smp", str(self.cpus), "-m", str(self.memory), "-display",
                "none", "-nic", "none", "-no-reboot", "-monitor", "none",
                "-D", self.log, *lines, *drive, *self.options]

    def flash32(self):
        """The options for the flash of a 32-bit firmware."""
        variables = self.directory / "variables.fd"
        variables.write_bytes(self.OVMF32_VARIABLES.read_bytes())
        flash = "if=pflash,format=raw"
        return ["-machine", "q35,smm=on", "-global",
                "driver=cfi.pflash01,property=secure,value=on", "-drive",
                f"{flash},unit=0,readonly=on,file={self.OVMF32}", "-drive",
                f"{flash},unit=1,file={variables}"]

    def last_words(self):
        output = (self.directory / "output.txt").read_text("latin-1").strip()
        return f"exit {self.process.returncode} {output}"

    def went_off(self):
        # -no-reboot turns a reset into an exit with 0 as well; a test that
        # must tell them apart reads the serial log.
        return self.process.returncode == 0
