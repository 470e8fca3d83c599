"""The board pc: SeaBIOS in a virtual PC, from the reset to a disk's boot sector."""

import re
import subprocess

import pytest
from attempts import run_attempts
from image import ROMS, programs, sector_disk
from prompt import Prompt

# Every model with an unrestricted guest that differs in what a PC needs.
MODELS = ["corei5_arrandale_m520", "tigerlake"]


def result(text, word="boot"):
    """The fields of the `boot:` or `resume:` line."""
    line, = re.findall(f"^{word}: (.*)$", text, re.MULTILINE)
    return dict(field.split("=") for field in line.split())


def screen(prompt):
    """The lines of the PC's text screen."""
    lines = prompt.ok("screen").split("\n")
    assert all(line.startswith("screen: ") or line == "screen:" for line in lines)
    return [line[8:] for line in lines]


def test_whole_way(bochs, directory):
    """POST, boot, the clock, keys, power-off and reset, each seen from outside."""
    with Prompt(bochs(memory=256, cmdline="", cpus=2,
                      modules=[*ROMS, (sector_disk(directory), "disk")])) as prompt:
        text = prompt.ok('boot disk=disk until="clock ticks"')
        assert result(text)["result"] == "stopped"
        assert result(text)["board"] == "pc"
        assert re.findall("^guest: (.*)$", text, re.MULTILINE) == [
            "sector 0 runs", "this is sector 1", "the clock ticks"]
        shown = screen(prompt)
        assert len(shown) == 25
        assert "SeaBIOS (version" in shown[0]
        assert "the clock ticks" in shown
        log = prompt.ok("screen log")
        for words in ("Found QEMU fw_cfg", "Found 5 PCI devices",
                      "PS2 keyboard initialized", "Found 1 serial ports",
                      "ata0-0: Biosphere disk ATA-6", "Booting from 0000:7c00",
                      "Start SeaVGABIOS"):
            assert words in log
        prompt.ok("keys A")
        text = prompt.ok('resume until="A was typed"')
        assert result(text, "resume")["result"] == "stopped"
        prompt.ok("keys r")
        text = prompt.ok("resume")
        assert result(text, "resume")["result"] == "reset"
        text = prompt.ok('resume until="clock ticks"')
        assert "guest: sector 0 runs" in text
        prompt.ok("keys q")
        text = prompt.ok("resume")
        assert result(text, "resume")["result"] == "poweroff"
        assert "no PC is switched on" in prompt.error("resume")
        # On another core, and given up by `stop` in the middle.
        prompt.ok('boot disk=disk cpu=1 mem=4 until="sector 1"')
        prompt.ok("stop")
        assert "no PC is switched on" in prompt.error("screen")
        prompt.ok('boot until="No bootable device"')
        text = prompt.run("resume timeout=100 until=never")
        assert result(text, "resume")["result"] == "timeout"
        assert "the text has not appeared" in text
        prompt.poweroff()
        prompt.machine.check_end()


@pytest.mark.parametrize("model", MODELS)
def test_boot_sector(bochs, directory, model):
    """From the reset to the boot sector's last words."""
    serial = bochs(model=model, memory=256,
                   modules=[*ROMS, (sector_disk(directory), "disk")],
                   cmdline='run="boot disk=disk until=ticks" then=poweroff').run_to_end()
    assert result(serial)["result"] == "stopped"
    assert "guest: the clock ticks" in serial


def regs(text):
    """The registers of a call, by name."""
    return {name: int(value, 16) for name, value in
            re.findall(r" (e?[a-z]{2}[a-z]*)=([0-9a-f]{8}|[0-9a-f]{4})\b", text)}


def test_bios_calls(bochs):
    """Calls and programs on a PC that has finished POST, and beside the machine's."""
    with Prompt(bochs(memory=256, cmdline="", cpus=2,
                      modules=[*ROMS, *programs("hello", "disk")])) as prompt:
        text = prompt.ok("bios 12 board=pc")
        assert "engine=whole view=pc result=ok" in text
        assert regs(text)["eax"] == 639
        assert regs(prompt.ok("bios 12 board=machine"))["eax"] == 639
        # Sector 0 of its disk: VMCALL, and the mark.
        text = prompt.ok("bios 13 board=pc ax=0201 cx=1 dx=80 bx=1000 get=1000,3 get=11fe,2")
        assert regs(text)["eax"] & 0xff00 == 0
        assert "mem: 00001000: 0f 01 c1" in text
        assert "mem: 000011fe: 55 aa" in text
        assert regs(prompt.ok("bios 10 board=pc ah=0f"))["eax"] == 0x5003
        # It waits for the timer, and its clock stands still between calls.
        text = prompt.ok("bios 15 board=pc ah=86 cx=1 dx=0 repeat=2")
        assert "result=ok" in text
        text = prompt.ok("run hello board=pc cpu=1")
        assert "view=pc result=ok" in text
        text = prompt.run("bios 16 board=pc ah=0 timeout=100")
        assert "result=timeout" in text
        assert "result=ok" in prompt.ok("bios 11 board=pc")
        assert "bulk" in prompt.error("bios 11 board=pc bulk=5")
        assert "trace, step and break" in prompt.error("step 11 board=pc")
        prompt.poweroff()
        prompt.machine.check_end()


# As in test_hostile.py: what the program tries, and how that ends here.
ATTEMPTS = [
    *((f"cx={number}", "timeout") for number in range(5)), ("cx=5", "ok"),
    ("cx=6", "shutdown"), ("cx=7", "ok"), ("cx=8", "timeout"), ("cx=9", "timeout"),
    ("cx=a edx=200000", "ok"), ("cx=a edx=fee00300", "ok"), ("cx=b", "fault"),
    ("cx=c", "shutdown"), ("cx=f", "ok"), ("cx=10", "timeout"), ("cx=11", "ok")]


def test_hostile(bochs, directory):
    """Programs that try to do harm: nothing of the host's has changed."""
    before, *texts = run_attempts(
        bochs, directory, "corei7_haswell_4770", "hostile",
        ["hostile sums", *(f"run hostile {what} board=pc cpu=1 timeout=20"
                           for what, _ in ATTEMPTS),
         "hostile sums", "bios 11 board=pc", "bios 11"], modules=ROMS)
    for (what, expected), text in zip(ATTEMPTS, texts):
        assert f" result={expected} " in text, what
    after, pc, machine = texts[len(ATTEMPTS):]
    found = re.findall("^sum: (.*)$", before, re.MULTILINE)
    assert len(found) > 20
    assert found == re.findall("^sum: (.*)$", after, re.MULTILINE)
    assert "view=pc result=ok" in pc and "view=machine result=ok" in machine


def test_uefi(bochs, newer_bochs, directory):
    """Where there is no BIOS a call goes to a PC of ours by itself."""
    serial = bochs(emulator=newer_bochs, bios="ovmf", memory=512, model="corei7_skylake_x",
                   modules=[*ROMS, (sector_disk(directory), "disk")],
                   cmdline='run="bios 12; boot disk=disk until=ticks" then=poweroff'
                   ).run_to_end(180)
    assert re.search("^bios: int=12 .* view=pc result=ok", serial, re.MULTILINE)
    assert result(serial)["result"] == "stopped"
    assert "guest: the clock ticks" in serial


def test_mistakes(bochs):
    """What is missing is said, and the machine goes on."""
    with Prompt(bochs(memory=128, cmdline="", modules=ROMS)) as prompt:
        assert "no module 'x'" in prompt.error("boot disk=x")
        assert "no module 'x'" in prompt.error("boot bios=x")
        assert "whole pages" in prompt.error("boot bios=vgabios")
        prompt.error("boot mem=0")
        assert "no memory left" in prompt.error("boot mem=3000")
        prompt.error("keys a")
        prompt.ok("version")
    with Prompt(bochs(model="corei5_lynnfield_750", cmdline="",
                      modules=ROMS)) as prompt:
        assert "unrestricted guest" in prompt.error("boot")


def syslinux_disk(directory):
    """A FAT image with SYSLINUX, by the packages of the same name."""
    disk = directory / "syslinux.img"
    config = directory / "syslinux.cfg"
    config.write_text("DEFAULT none\nPROMPT 1\nTIMEOUT 0\nSAY the menu of a test\n",
                      encoding="ascii")
    disk.write_bytes(bytes(2880 << 10))
    for command in (["mkfs.vfat", "-F", "12", disk],
                    ["mcopy", "-i", disk, config, "::/syslinux.cfg"],
                    ["syslinux", "--install", disk]):
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL,
                       capture_output=True)
    return disk


def test_syslinux(bochs, directory):
    """SYSLINUX from a FAT image: its prompt, and what is typed there."""
    with Prompt(bochs(memory=256, cmdline="",
                      modules=[*ROMS, (syslinux_disk(directory), "disk")])) as prompt:
        prompt.ok("boot disk=disk until=boot:")
        shown = screen(prompt)
        assert any(line.startswith("SYSLINUX 6.") for line in shown)
        assert "the menu of a test" in shown
        assert shown[shown.index("the menu of a test") + 1] == "boot:"
        prompt.ok('keys "nothing{Enter}"')
        prompt.ok('resume until="No such file"')
        assert any("boot: nothing" in line for line in screen(prompt))
        prompt.poweroff()
        prompt.machine.check_end()
