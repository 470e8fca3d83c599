"""SeaBIOS's own 32-bit code, entered by an SMI or without, and its USB disks.

INT 1Ah AH=BBh is answered by 32-bit code whether there is a TPM or not; it
goes there by SMI where the chipset has SMM, else through LGDT and MOV CR0.
"""

import struct

import pytest
from bochs import find
from services import MODELS, SECTOR, Hardware, NativeCaller

NO_TPM = 0x23  # the TCG's code for it
PCI = "pci: enabled=1, chipset=i440fx, slot1=pcivga"
# Without the chipset's power management there is no SMI.
CHIPSETS = {"smi": PCI, "no-smi": PCI + ', advopts="noacpi"'}
HASWELL = "corei7_haswell_4770"
STICK_SECTORS = 10 << 11


@pytest.fixture(scope="module")
def stick(tmp_path_factory):
    """A USB disk whose sectors begin with their number."""
    path = tmp_path_factory.mktemp("usb") / "stick.img"
    path.write_bytes(b"".join(struct.pack("<I", n).ljust(SECTOR, b"\x5a")
                              for n in range(STICK_SECTORS)))
    return path


def usb(stick, chipset):
    """The settings of a machine with that disk as its first.

    SeaBIOS finds it at Bochs 2.7's EHCI controller alone, and not at 3.1's.
    """
    place, slot = (("usb_ehci", ", slot2=usb_ehci") if find().version < (3, 0)
                   else ("usb_uhci", ""))
    return [CHIPSETS[chipset].replace("slot1=pcivga", f"slot1=pcivga{slot}"),
            f'{place}: enabled=1, port1=disk, options1="path:{stick}"']


@pytest.mark.parametrize("chipset", CHIPSETS)
def test_without_a_hypervisor(directory, stick, chipset):
    """The truth that the other tests here hold on to."""
    machine = Hardware(directory, bios="seabios-256k", model=MODELS[-1],
                       boot="disk", settings=usb(stick, chipset))
    try:
        caller = NativeCaller(machine, machine.connect())
        reply = caller.call("TPM", 0x1a, eax=0xbb00, ebx=0x1234)
        assert (reply.eax, reply.ebx) == (NO_TPM, 0x1234)
    finally:
        machine.stop()


@pytest.mark.parametrize("model,engine,runs_32_bit", [
    (HASWELL, "real", True), (HASWELL, "v86-ept", False),
    (MODELS[0], "v86", False)])
@pytest.mark.parametrize("chipset", CHIPSETS)
def test_call(bochs, stick, chipset, model, engine, runs_32_bit):
    """The engine real runs it twice; the others refuse it, and go on."""
    sector = 7
    serial = bochs(
        model=model, bios="seabios-256k", settings=usb(stick, chipset),
        cmdline=f'engine={engine} run="bios 1a ax=bb00 bx=1234; '
        "bios 1a ax=bb00 bx=1234; bios 11; "
        f"bios 13 ax=0201 cx={sector + 1:x} dx=80 bx=7c00 get=7c00,8; "
        'version"').run_until(r"^biosphere> ")
    calls = serial.split("command: ")[1:]
    for call in calls[:2]:
        if runs_32_bit:
            assert "result=ok" in call
            assert f"eax={NO_TPM:08x} ebx=00001234" in call
        else:
            assert "result=refused" in call
            assert "enters protected mode" in call
            assert ("by an SMI" in call) == (chipset == "smi")
            carry = int(call.split("eflags=")[1].split()[0], 16) & 1
            assert carry == 1
    assert "result=ok" in calls[2]
    assert f"mem: 00007c00: {sector:02x} 00 00 00 5a 5a 5a 5a" in calls[3]
