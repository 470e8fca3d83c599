"""The command trace: what a guest does, a line each, and nothing lost unsaid."""

import re

import pytest

from prompt import Prompt
from trace_lines import counts, dropped, lines, registers

ENGINES = [("core2_penryn_t9600", "v86"), ("corei7_haswell_4770", "v86-ept"),
           ("corei7_haswell_4770", "real")]
# INT 13h AH=42h: sector 16 of the boot CD, its volume descriptor, to 7C0:0.
PACKET = "50000:10000100" + "0000c007" + "1000000000000000"
READ = f"bios 13 ah=42 dl=e0 ds=5000 si=0 put={PACKET}"


def exits_count(text, kind, number, cpu=0):
    """What `exits` counts of a port or an INT."""
    found = re.search(rf"^{kind}: cpu={cpu} \w+={number} count=(\d+)", text,
                      re.MULTILINE)
    return int(found[1]) if found else 0


def check_read(prompt):
    """A disk read reads like strace; its counts agree with `exits`."""
    plain = registers(prompt.ok(READ + " get=7c00,6"))
    prompt.ok("trace on io int")
    prompt.ok("exits reset")
    text = prompt.ok(READ + " get=7c00,6")
    assert registers(text) == plain
    assert "mem: 00007c00: 01 43 44 30 30 31" in text
    found = lines(text)
    call = [l for l in found if l.what.startswith("int 13h")]
    assert len(call) == 2
    assert call[0].what.startswith("int 13h ah=42 extended read: ax=4200 ")
    assert call[0].place == "2000:0000" and call[1].place == "2000:0002"
    back = re.match(r"int 13h -> cf=0 zf=\d ax=(\w+)", call[1].what)
    assert int(back[1], 16) == plain["eax"]
    inside = [l for l in found if call[0].ticks < l.ticks < call[1].ticks]
    ata = [l for l in inside if l.is_io() and " ata0 " in l.what]
    assert all(l.depth == 1 for l in ata)
    assert any(l.what == "out  1f7 ata0 command <- a0" for l in ata)
    assert any(re.match(r"outs 1f0 ata0 data <- 6 x 2 bytes", l.what)
               for l in ata)
    assert any(re.match(r"ins  1f0 ata0 data -> (512 x 4|1024 x 2) bytes, "
                        r"to es:di=07c0:0000", l.what) for l in ata)
    assert any(l.what.startswith("in   1f7 ata0 status -> ") and l.count > 1
               for l in ata)
    # The ring, what was printed of it, and the exit statistics.
    exits = prompt.ok("exits")
    for port in ("01f7", "03f6", "01f0", "01f2"):
        times = sum(1 if "x" in l.what.split("->")[-1] else l.count
                    for l in found
                    if l.is_io() and l.what.split()[1].zfill(4) == port)
        assert times == exits_count(exits, "ports", port)
    assert exits_count(exits, "ints", "13") == 1
    ticks = [l for l in found if l.what.startswith("int 1ch ")
             and "->" not in l.what]
    assert exits_count(exits, "ints", "1c") == len(ticks)
    assert 'port=01f7 ' in exits and "ata0 status, ata0 command" in exits
    return counts(prompt.ok("trace"))


def check_one_string(prompt):
    """OUTSB without REP is one element."""
    prompt.ok("trace off")
    prompt.ok("trace on io port=80")
    found = lines(prompt.ok("run outs dx=80"))
    assert [re.search(r"<- (\d+) x 1 byte", l.what)[1] for l in found
            if l.what.startswith("outs 080 ")] == ["1"]


def check_interrupts(prompt):
    """Those that come while a BIOS call waits are a level deeper than it."""
    prompt.ok("trace off")
    prompt.ok("trace on int irq")
    found = [l for l in lines(prompt.ok("bios 15 ah=86 cx=2 dx=0"))
             if l.what.startswith("irq ")]
    # One may have waited for the call, before its first instruction.
    assert {l.depth for l in found if l.place != "2000:0000"} == {1}


@pytest.mark.parametrize("model,engine", ENGINES)
def test_disk_read(bochs, directory, model, engine):
    """INT, ports, filters, protected mode, and off again."""
    program = directory / "outs.bin"
    program.write_bytes(bytes.fromhex("6ecb"))  # outsb; lret
    machine = bochs(model=model, cmdline=f"engine={engine}",
                    modules=[(program, "outs")])
    with Prompt(machine) as prompt:
        seen = check_read(prompt)
        assert seen["dropped"] == 0 and seen["int"] == seen["int-return"]
        # Filters: one port; one INT.
        prompt.ok("trace off")
        prompt.ok("trace on io port=1f2-1f3")
        found = lines(prompt.ok(READ))
        assert found and {l.what.split()[1] for l in found} == {"1f2", "1f3"}
        prompt.ok("trace off")
        prompt.ok("trace on int vector=10")
        assert not lines(prompt.ok("bios 11"))
        found = lines(prompt.ok("bios 10 ah=0f"))
        assert [l.what[:8] for l in found] == ["int 10h ", "int 10h "]
        check_one_string(prompt)
        check_interrupts(prompt)
        check_block_move(prompt, engine)
        # Off: nothing is noted, no exit more than before, no page lost.
        prompt.ok("trace off")
        assert prompt.ok("trace") == "trace: off"
        text = prompt.ok("bios 11")
        assert "trace:" not in text
        assert int(re.search(r"exits=(\d+)", text)[1]) <= 2
        pages = free_pages(prompt)
        prompt.ok("trace on exits")
        assert free_pages(prompt) < pages
        assert "exit 18 VMCALL" in prompt.ok("bios 11")
        prompt.ok("trace off")
        assert free_pages(prompt) == pages
        prompt.poweroff()
    assert not machine.entry_failures()


def free_pages(prompt):
    """How many pages the kernel has left."""
    return int(re.search(r"pages: (\d+) free", prompt.ok("memmap"))[1])


def check_block_move(prompt, engine):
    """INT 15h AH=87h: the host's own in V86, protected mode in real mode."""
    prompt.ok("trace on int exits")
    text = prompt.ok(
        "bios 15 ah=87 cx=8 es=4000 get=50000,5 "
        "put=40010:fffff0ff0f930000ffff000005930000")
    assert "mem: 00050000: ea 5b e0 00 f0" in text
    what = [l.what for l in lines(text)]
    exits = [w for w in what if w.startswith("exit ")]
    assert len(exits) == int(re.search(r" exits=(\d+) ", text)[1])
    assert exits[-1].startswith("exit 18 VMCALL (")
    # What each exit cost: together less than the call.
    costs = [int(re.search(r"\((\d+) ticks\)$", w)[1]) for w in exits]
    assert all(costs) and sum(costs) < int(re.search(r" ticks=(\d+)$", text,
                                                     re.MULTILINE)[1])
    notes = [w for w in what if w.startswith("note: ")]
    if engine == "real":
        assert [n.split(":")[1].strip() for n in notes] == [
            "protected mode", "real mode again"]
    else:
        assert not notes


def test_flood(bochs):
    """A small ring and much to note: printed and dropped make up all."""
    with Prompt(bochs(cpus=2, cmdline="")) as prompt:
        prompt.ok("trace on io int irq size=100")
        text = prompt.ok("bios 10 ah=3 repeat=1000")
        assert "calls=1000" in text
        seen = counts(prompt.ok("trace"))
        printed = sum(l.count for l in lines(text))
        assert dropped(text) == seen["dropped"] > 0
        total = sum(n for kind, n in seen.items() if kind != "dropped")
        assert printed + seen["dropped"] == total >= 2000
        # Strings are one event each, and none of those here.
        assert seen["int"] == seen["int-return"] >= 1000
        # While another core's guest runs, the boot core prints: the same sum.
        text = prompt.ok("bios 10 ah=3 repeat=1000 cpu=1")
        seen = counts(prompt.ok("trace"), core=1)
        found = lines(text)
        assert {l.core for l in found} == {1}
        assert sum(l.count for l in found) + dropped(text, 1) == 2000
        assert seen["int"] == 1000 and seen["dropped"] == dropped(text, 1)
        prompt.error("trace on size=0")
        prompt.error("trace on size=65536 nonsense")
        prompt.error("trace on port=1f8-1f0")
        prompt.error("trace on cpu=7")
        prompt.error("trace perhaps")
        prompt.ok("trace off")
        prompt.poweroff()


def test_regions(bochs):
    """peek shows the VMXON region and the VMCS, and the guest goes on after."""
    with Prompt(bochs(cpus=2, cmdline="")) as prompt:
        assert "revision=2b" in prompt.ok("peek vmxon 10 cpu=1")
        prompt.error("peek vmcs 10")
        prompt.ok("bios 11 cpu=1")
        text = prompt.ok("peek vmcs 10 cpu=1")
        address = re.search(r"vmcs: cpu=1 address=(\w+) revision=2b shadow=0 "
                            r"abort=0; ", text)[1]
        assert f"mem: {int(address, 16):08x}: 2b 00 00 00 00 00 00 00" in text
        assert f"{address}" in prompt.ok("vmx cpu=1")
        prompt.ok("bios 11 cpu=1")
        prompt.error("peek 0 10 cpu=1")
        prompt.poweroff()
