"""Includes run downward only, and assembly stays in the two headers for it."""

import re
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]

# What each layer may include from; boot/main.c may include everything.
BELOW = {
    "lib": {"lib"},
    "arch": {"arch", "lib"},
    "vmm": {"vmm", "arch", "lib"},
    "guest": {"guest", "vmm", "arch", "lib"},
    # The list of commands and the session know proof, and are not to.
    "monitor": {"proof", "monitor", "guest", "vmm", "arch", "lib"},
    "proof": {"proof", "monitor", "guest", "vmm", "arch", "lib"},
    "boot": {"boot", "arch", "lib"},
}
OPEN_TO_ALL = {"boot/bootinfo.h", "guest/abi.h"}
GENERATED = {"asm_offsets.h"}
SYSTEM = {"stdint.h", "stddef.h", "stdbool.h", "stdarg.h", "assert.h"}
ASSEMBLY = {"arch/cpu.h", "vmm/vmx/vmx_insn.h", "vmm/asm_offsets.c"}

SOURCES = sorted(path for layer in BELOW for path in (TOP / layer).rglob("*")
                 if path.suffix in (".c", ".h", ".S"))
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL)


def allowed(source, bracket, target):
    """Whether the file may include that."""
    if bracket == "<":
        return target in SYSTEM
    if source.startswith("guest/programs/"):
        return target == "guest/abi.h"
    if source.startswith("guest/programs64/"):
        return target in ("guest/abi64.h", "guest/programs64/io64.h")
    if target in OPEN_TO_ALL or source == "boot/main.c":
        return True
    if target in GENERATED:
        return source.endswith(".S")
    # lib knows no machine, so that the boot information is not for it either.
    layer = source.split("/")[0]
    return "/" in target and target.split("/")[0] in BELOW[layer]


def includes():
    """Every (file, bracket, target) of the kernel."""
    for path in SOURCES:
        for bracket, target in INCLUDE.findall(path.read_text()):
            yield str(path.relative_to(TOP)), bracket, target


def test_includes():
    """Each include is one the layer may have."""
    wrong = [f"{source}: {target}" for source, bracket, target in includes()
             if not allowed(source, bracket, target)]
    assert not wrong, "\n".join(wrong)


def test_includes_are_rooted():
    """The path of an include is from the top, and the file is there."""
    wrong = [f"{source}: {target}" for source, bracket, target in includes()
             if bracket == '"' and target not in GENERATED
             and not (TOP / target).is_file()]
    assert not wrong, "\n".join(wrong)


def test_the_rules_can_fail():
    """The check itself: what must be refused is refused."""
    assert not allowed("lib/fmt.c", '"', "arch/console/log.h")
    assert not allowed("arch/acpi/acpi.c", '"', "vmm/vmx/vmx.h")
    assert not allowed("vmm/exits.c", '"', "guest/v86.h")
    assert not allowed("guest/v86.c", '"', "monitor/line/args.h")
    assert not allowed("boot/mbi.c", '"', "vmm/vmx/vmx.h")
    assert not allowed("arch/acpi/acpi.c", "<", "stdio.h")
    assert not allowed("arch/acpi/acpi.c", '"', "acpi.h")
    assert not allowed("guest/programs/hello.S", '"', "lib/types.h")
    assert not allowed("guest/programs64/a.c", '"', "lib/types.h")
    assert allowed("guest/programs64/a.c", '"', "guest/abi64.h")
    assert allowed("boot/main.c", '"', "monitor/shell.h")
    assert allowed("vmm/exits.c", '"', "arch/console/log.h")


def test_assembly_in_c():
    """No asm in C but in the headers made for it."""
    found = []
    for path in SOURCES:
        source = str(path.relative_to(TOP))
        if path.suffix == ".S" or source in ASSEMBLY or source.startswith(
                "guest/programs64/"):
            continue
        code = COMMENT.sub("", path.read_text())
        if re.search(r"\b(__asm__|__asm|asm)\b", code):
            found.append(source)
    assert not found, "\n".join(found)
