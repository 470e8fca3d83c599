"""The board pc: SeaBIOS in a virtual PC, from the reset to a disk's boot sector."""

import re
import subprocess

import pytest
from image import BUILD
from prompt import Prompt

SEABIOS = "/usr/share/seabios/bios-256k.bin"
VGABIOS = "/usr/share/seabios/vgabios-stdvga.bin"
ROMS = [(SEABIOS, "seabios"), (VGABIOS, "vgabios")]
MEGABYTE = 1 << 20
# Every model with an unrestricted guest that differs in what a PC needs.
MODELS = ["corei5_arrandale_m520", "corei7_ivy_bridge_3770k", "corei7_skylake_x",
          "tigerlake"]


def sector_disk(directory):
    """A disk with the boot sector of tests/boot/programs/sector.S."""
    code = (BUILD / "test-programs/sector.bin").read_bytes()
    assert len(code) <= 510
    path = directory / "sector.img"
    path.write_bytes((code.ljust(510, b"\0") + b"\x55\xaa"
                      + b"this is sector 1\r\n\0").ljust(MEGABYTE, b"\0"))
    return path


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
        prompt.ok('resume until="Could not find"')
        assert any("boot: nothing" in line for line in screen(prompt))
        prompt.poweroff()
        prompt.machine.check_end()
