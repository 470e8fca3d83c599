"""Includes run downward only, in no circle, and assembly stays in its headers."""

import re
from functools import cache
from pathlib import Path

from houseplan import (ASSEMBLY, CIRCLES, FOLDERS, GENERATED, LEAVES, OPEN, SYSTEM)

TOP = Path(__file__).resolve().parents[2]
LAYERS = sorted({folder.split("/")[0] for folder in FOLDERS})

SOURCES = sorted(path for layer in LAYERS for path in (TOP / layer).rglob("*")
                 if path.suffix in (".c", ".h", ".S"))
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL)


def folder_of(path):
    """What is before the last slash."""
    return path.rpartition("/")[0]


def allowed(source, bracket, target):
    """Whether the file may include that."""
    if bracket == "<":
        return target in SYSTEM
    if source.startswith("guest/programs/"):
        return target == "guest/abi.h"
    if source.startswith("guest/programs64/"):
        return target in ("guest/abi64.h", "guest/programs64/io64.h")
    if target in GENERATED:
        return source.endswith(".S")
    if source == "boot/main.c":
        return True
    here, there = folder_of(source), folder_of(target)
    if here.startswith("lib"):
        # lib knows no machine, so that what is open is not for it either.
        return there == "lib"
    return here == there or target in OPEN or bool({there, target} & {*FOLDERS.get(here, ())})


@cache
def includes():
    """Every (file, bracket, target) of the kernel."""
    return [(str(path.relative_to(TOP)), bracket, target) for path in SOURCES
            for bracket, target in INCLUDE.findall(path.read_text())]


def circles(edges):
    """The groups of nodes that reach each other, each as a sorted tuple."""
    graph = {}
    for source, target in edges:
        graph.setdefault(source, set()).add(target)

    @cache
    def reach(node):
        seen, todo = set(), [node]
        while todo:
            for other in graph.get(todo.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return seen

    return {tuple(sorted(other for other in reach(node) if node in reach(other)))
            for node in graph if node in reach(node)}


def module(path):
    """A file without its ending: x.c and x.h are one."""
    return path.rpartition(".")[0]


def test_folders():
    """A folder that has files has its place in the plan."""
    found = {folder_of(str(path.relative_to(TOP))) for path in SOURCES}
    found = {folder for folder in found if not folder.startswith("guest/programs")}
    assert found == set(FOLDERS)


def test_plan_has_no_circle():
    """The plan itself: no folder is above what is above it."""
    assert not circles((folder, below) for folder, all_below in FOLDERS.items()
                       for below in all_below)


def test_includes():
    """Each include is one the file may have."""
    wrong = [f"{source}: {target}" for source, bracket, target in includes()
             if not allowed(source, bracket, target)]
    assert not wrong, "\n".join(wrong)


def test_no_circle_of_files():
    """Files include each other in no circle but those with a reason."""
    edges = [(module(source), module(target)) for source, bracket, target in includes()
             if bracket == '"' and module(source) != module(target)
             and target not in LEAVES]
    found = circles(edges)
    new = [circle for circle in found
           if not any(set(circle) <= set(known) for known in CIRCLES)]
    assert not new, "\n".join(map(str, new))
    gone = [known for known in CIRCLES
            if not any(set(circle) <= set(known) for circle in found)]
    assert not gone, "\n".join(map(str, gone))


def test_includes_are_rooted():
    """The path of an include is from the top, and the file is there."""
    wrong = [f"{source}: {target}" for source, bracket, target in includes()
             if bracket == '"' and target not in GENERATED
             and not (TOP / target).is_file()]
    assert not wrong, "\n".join(wrong)


def test_headers_name_one_job():
    """No header collects what the files of a module share: it is named for what it holds."""
    assert not [str(path) for path in SOURCES if re.search("_(parts|common|misc)[.]h$", path.name)]


def test_the_rules_can_fail():
    """The check itself: what must be refused is refused."""
    assert not allowed("lib/fmt.c", '"', "arch/console/log.h")
    assert not allowed("lib/fmt.c", '"', "boot/bootinfo.h")
    assert not allowed("arch/acpi/acpi.c", '"', "vmm/vmx/vmx.h")
    assert not allowed("arch/acpi/acpi.c", '"', "arch/smp.h")
    assert not allowed("vmm/exits.c", '"', "guest/code16/v86.h")
    assert not allowed("vmm/vmx/ept.c", '"', "vmm/exit.h")
    assert not allowed("guest/board/a.c", '"', "guest/bios/bios.h")
    assert not allowed("guest/code16/a.c", '"', "monitor/line/args.h")
    assert not allowed("monitor/shell.c", '"', "proof/leak_check.h")
    assert not allowed("boot/mbi.c", '"', "vmm/vmx/vmx.h")
    assert not allowed("arch/acpi/acpi.c", "<", "stdio.h")
    assert not allowed("arch/acpi/acpi.c", '"', "acpi.h")
    assert not allowed("guest/programs/hello.S", '"', "lib/types.h")
    assert not allowed("guest/programs64/a.c", '"', "lib/types.h")
    assert allowed("guest/programs64/a.c", '"', "guest/abi64.h")
    assert allowed("boot/main.c", '"', "monitor/shell.h")
    assert allowed("guest/bios/a.c", '"', "guest/board/b.h")
    assert allowed("vmm/exits.c", '"', "arch/console/log.h")
    assert circles([("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")]) == {("b", "c")}
    assert not circles([("a", "b"), ("b", "c"), ("a", "c")])


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
