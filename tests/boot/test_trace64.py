"""The command trace on 64-bit programs: each line against what else is known.

The program is an image on this side, too: what capstone reads at a line's RIP
must be an instruction that does such a thing. The lines `mmio:` and `port:`,
the program's text and the number of exits tell the rest.
"""

import re

import pytest
from capstone import CS_ARCH_X86, CS_MODE_64, Cs

from prompt import Prompt
from test_run64 import BUILD, MMIO, PENRYN, PROGRAMS, lines, register, result
from trace_lines import counts, dropped
from trace_lines import lines as events

LOAD = 0x10000
# What machine64 provokes, in its order; it counts them itself.
EXCEPTIONS = ["06h #UD", "0dh #GP error=0000",
              *(f"0eh #PF error=000{code} address={1 << 40:016x}"
                for code in (2, 0, 3, 0, 3))]


def instruction(program, event):
    """The text of the instruction that an event was at."""
    selector, rip = event.place.split(":")
    assert selector == "0008"
    image = (BUILD / f"programs64/{program}.bin").read_bytes()
    offset = int(rip, 16) - LOAD
    found = next(Cs(CS_ARCH_X86, CS_MODE_64).disasm(
        image[offset:offset + 15], 0))
    return f"{found.mnemonic} {found.op_str}"


def as_line(event):
    """The line `mmio:` or `port:` that an event must have beside it."""
    what = re.match(
        r"mmio (read|write) +(\w+) (?:->|<-) (\w+)$", event.what)
    if what:
        kind, address, data = what.groups()
        return (f"mmio: {kind} size={len(data) // 2} "
                f"address={int(address, 16):016x} data={data}")
    kind, port, data = re.match(
        r"(in|out) +(\w+) .*(?:->|<-) (\w+)$", event.what).groups()
    return f"port: {kind} size={len(data) // 2} port={port:0>4} data={data}"


def check_places(program, found):
    """Each event is at an instruction that does what it says."""
    does = {"mmio": r"\[", "out": "out ", "in": "in ",
            "exception 06h": "ud2", "exception 0dh": "wrmsr",
            "exception 0eh": r"\["}
    assert found
    for event in found:
        wanted = next(text for word, text in does.items()
                      if event.what.startswith(word + " "))
        assert re.search(wanted, instruction(program, event)), event


def check_machine(prompt, paging):
    """Everything but exits: what it did, in its order, and nothing else."""
    prompt.ok("trace on port=0-3f7")
    text = prompt.ok(f"run64 machine64 paging={paging}")
    found = events(text)
    assert result(text)["result"] == "ok" and register(text, "rax") == 0
    assert dropped(text) == 0
    check_places("machine64", found)
    accesses = [e for e in found if not e.what.startswith("exception ")]
    assert [as_line(e) for e in accesses] == MMIO
    assert lines(text, "mmio: ", "port: ") == MMIO
    assert [e.what.removeprefix("exception ") for e in found
            if e.what.startswith("exception ")] == EXCEPTIONS
    ticks = [e.ticks for e in found]
    assert ticks == sorted(ticks) and 0 < ticks[0]
    assert ticks[-1] < int(result(text)["ticks"])


def check_text(prompt):
    """What it sends to the UART is what it says."""
    prompt.ok("trace off")
    prompt.ok("trace on io")
    text = prompt.ok("run64 plain64")
    sent = "".join(chr(int(re.search(r"<- (\w+)", e.what)[1], 16)) * e.count
                   for e in events(text)
                   if e.what.startswith("out  3f8 com1 data "))
    assert lines(text, "guest: ") == [f"guest: {sent.strip()}"]


def check_exits(prompt):
    """As many lines as exits, and no more exits than without."""
    prompt.ok("trace off")
    plain = prompt.ok("run64 plain64")
    assert not events(plain)
    prompt.ok("trace on exits")
    text = prompt.ok("run64 plain64")
    found = events(text)
    assert result(text)["exits"] == result(plain)["exits"]
    assert len(found) == int(result(text)["exits"])
    assert found[-1].what.startswith("exit 12 HLT (")
    for event in found:
        if event.what.startswith("exit 30 IO_INSTRUCTION: OUT port 03f8"):
            assert instruction("plain64", event).startswith("out dx")


def check_faults(prompt):
    """Without an IDT: #BP, then what its delivery leads to."""
    prompt.ok("trace off")
    prompt.ok("trace on irq")
    text = prompt.run("run64 machine64 rdi=1")
    assert result(text)["result"] == "shutdown"
    found = events(text)
    assert [e.what for e in found] == [
        "exception 03h #BP",
        found[1].what,
        "exception 08h #DF error=0000"]
    assert found[1].what.startswith("exception 0dh #GP error=")
    assert instruction("machine64", found[0]) == "int3 "


def check_filters(prompt):
    """Kinds, one port, one vector; another core; and all over."""
    prompt.ok("trace off")
    prompt.ok("trace on mmio")
    found = events(prompt.ok("run64 plain64 cpu=1"))
    assert {e.core for e in found} == {1}
    assert [e.what for e in found] == ["mmio write 001fe000 <- 0000cafe",
                                       "mmio read  001fe000 -> 00000012"]
    prompt.ok("trace off")
    prompt.ok("trace on io irq port=80-81 vector=d")
    text = prompt.ok("run64 machine64")
    assert [e.what.split()[:2] for e in events(text)] == [
        ["out", "080"], ["in", "081"], ["exception", "0dh"]]
    seen = counts(prompt.ok("trace"))
    assert seen == {"io": 2, "exception": 1, "dropped": 0}
    prompt.ok("trace off")
    prompt.ok("trace on cpu=1")
    assert not events(prompt.ok("run64 plain64"))


@pytest.mark.parametrize("model", [PENRYN, "corei7_haswell_4770"])
def test_run64(bochs, model):
    """Ports, memory-mapped I/O, exceptions and exits, by EPT and without."""
    machine = bochs(model=model, cpus=2, modules=PROGRAMS, cmdline="")
    with Prompt(machine) as prompt:
        if model == PENRYN:
            check_machine(prompt, "guest")
            check_filters(prompt)
        else:
            check_machine(prompt, "ept")
            check_text(prompt)
            check_exits(prompt)
        check_faults(prompt)
        prompt.poweroff()
    assert not machine.entry_failures()
