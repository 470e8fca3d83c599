"""What is done for processors that leak, and what every guest exits for."""

import re

import pytest
from bochs import find
from image import BUILD
from report import check_report

# Its CPUID announces IBRS, STIBP, IBPB and IA32_ARCH_CAPABILITIES.
YOUNG = "tigerlake"
DEBUG_AND_ALIGNMENT = 1 << 1 | 1 << 17
# Bochs 3.0 panics on such a processor where machine64 writes with CR0.WP clear.
NAME = "plain64" if find().version == (3, 0) else "machine64"
PROGRAM = (BUILD / "programs64" / f"{NAME}.bin", NAME)


def fields(serial, name):
    """The values of a field in all the VMCSs shown."""
    return [int(value, 16) for value in
            re.findall(rf"^{name} = ([0-9a-f]+)", serial, re.MULTILINE)]


@pytest.mark.parametrize("word", ["auto", "off"])
def test_engines(bochs, word):
    """Each engine works both ways; #DB and #AC exit from every guest."""
    engines = ["real", "v86", "v86-ept"]
    calls = "; ".join(f"bios 12 engine={engine}; vmcs" for engine in engines)
    serial = bochs(model=YOUNG, modules=[PROGRAM], cmdline=(
        f'run="cpus; {calls}; run64 {NAME}; selftest v86" '
        f'then=poweroff mitigations={word}')).run_to_end()
    barriers = dict(check_report(serial).PASS)["v86 IBPB between guests"]
    assert barriers == (f"{4 if word == 'auto' else 0} in four turns, 0 in one "
                        "guest's")
    cpus = re.findall(r"^cpu \d: .*engine=\S+(.*)$", serial, re.MULTILINE)
    assert cpus == [" mitigations=verw,eibrs,stibp,ibpb,rsb" if word == "auto"
                    else " mitigations=none"]
    assert len(re.findall(r"^bios: .*result=ok", serial,
                          re.MULTILINE)) == len(engines)
    bitmaps = fields(serial, "EXCEPTION_BITMAP")
    assert len(bitmaps) == len(engines)
    assert all(bitmap & DEBUG_AND_ALIGNMENT == DEBUG_AND_ALIGNMENT
               for bitmap in bitmaps)
    assert re.search("^run64: .*result=ok", serial, re.MULTILINE)
    assert len(set(fields(serial, "HOST_RIP"))) == 1


def test_old_microcode(bochs):
    """A processor whose microcode cannot help says what is missing."""
    serial = bochs(model="corei7_haswell_4770",
                   cmdline='run="cpus" then=poweroff').run_to_end()
    assert re.search(r"engine=\S+ mitigations=none "
                     r"missing=l1d-flush,verw,ibrs,ibpb$", serial, re.MULTILINE)
