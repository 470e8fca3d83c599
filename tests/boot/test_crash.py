"""The panic report: complete, printed once, by one core alone.

After it no core is in VMX operation, and the machine does what panic= says.
"""

import re
import time

import pytest
from machine import MachineError
from patch import at_entry, function_address, write_memory

END = r"^panic: this is a bug of Biosphere; all cores are stopped, (.*)$"
UD2 = b"\x0f\x0b"
# What the first line says, and a function on the way there.
KINDS = {
    "null": (r"#PF .*\(vector 14\), error code 0, address 0{16}$",
             "crash_null"),
    "ud": (r"#UD .*\(vector 6\), error code 0,", "crash_ud"),
    # Present, and a write: the code is not writable.
    "text": (r"#PF .*\(vector 14\), error code 3, address ffffffff80101000$",
             "crash_text"),
    # Present, and a fetch: the data is not executable.
    "data": (r"#PF .*\(vector 14\), error code 11, address ffffffff8", None),
    # The address is in the page below one of the stacks.
    "stack": (r"#DF .*\(vector 8\), error code 0, address ffffc000[0-9a-f]+$",
              "use_up_stack"),
    # A field with a name, but in Bochs 3.1, which has all that we know.
    "vmcs": (r"VMREAD of field [0-9a-f]{4} \(([A-Z]\w+|\?)\) failed: "
             r"VMREAD or VMWRITE of a field", "crash_vmcs"),
    # The handler's own stack is all there is to see.
    "nmi": (r"#PF .*\(vector 14\), error code 0, address 0{13}400$",
            "trap_common"),
    "mc": (r"#MC .*\(vector 18\), error code 0,", "crash_mc"),
    # Within a guest's exit, with what that was.
    "mc-exit": (r"#MC .*\(vector 18\), error code 0,", "on_exception_or_nmi"),
    "lock": (r"#PF .*\(vector 14\), error code 0, address 0{13}400$",
             "crash_lock"),
    "twice": (r"pages_put: page [0-9a-f]+000 is free already: it was given "
              r"back twice$", "crash_twice"),
    "stale": (r"pages_get: somebody wrote to page [0-9a-f]+000 after it was "
              r"given back: 0{13}400 at offset 8$", "crash_stale"),
    "nested": (r"crash: the next follows at once$", "crash_nested"),
    "all": (r"crash: on every core$", "panic_together"),
    "talk": (r"crash: the others print$", "crash_talk"),
    "guests": (r"crash: the others are in guests$", "crash_guests"),
}
REGISTERS = ("rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 "
             "rip rflags cs ss cr0 cr3 cr4").split()
ADDRESS = r"panic:   ffffffff8[0-9a-f]{7} (\w[\w.]*)\+[0-9a-f]+$"


def vmx_questions(cpus):
    """What Bochs itself says of each core's VMX."""
    return [f'show "cpu{i}.{what}"' for i in range(cpus)
            for what in ("CR4", "VMX.in_vmx")]


def crash(machine, before):
    """Boots a machine whose command must end it; the lines of the panic."""
    machine.start()
    machine.wait_for(END)
    # Nothing may follow, and no core may start the machine again.
    time.sleep(0.5)
    assert machine.process.poll() is None
    machine.interrupt()
    earlier, panic, report = machine.serial().partition("panic:")
    assert before in earlier
    lines = (panic + report).splitlines()
    assert earlier.endswith("\n")
    assert all(line.startswith("panic: ") for line in lines), report
    return lines


def check_vmx_off(machine):
    """No core is in VMX operation, nor has CR4.VMXE set."""
    cr4 = re.findall(r"^CR4 = (\w+)", machine.output(), re.MULTILINE)
    assert len(cr4) == machine.cpus
    assert all(int(value, 16) & 1 << 13 == 0 for value in cr4)
    assert machine.output().count("in_vmx = false") == machine.cpus


def section(lines, first):
    """The lines with addresses that follow the line `first`; its functions."""
    at = next(i for i, line in enumerate(lines) if re.match(first, line))
    names = []
    for line in lines[at + 1:]:
        match = re.match(ADDRESS, line)
        if not match:
            break
        # The compiler adds ".isra.0" and the like to names.
        names.append(match[1].split(".")[0])
    return names


def check(lines, kind, core, cpus):
    """One whole report on that core, and nothing else."""
    first, function = KINDS[kind]
    text = "\n".join(lines)
    assert re.match(rf"panic: core {core}: {first}", lines[0]), lines[0]
    assert len(re.findall(END, text, re.MULTILINE)) == 1
    assert re.match(END, lines[-1])
    registers = text.partition("panic: backtrace, innermost first\n")[0]
    if "vector" in lines[0]:
        for register in REGISTERS:
            assert len(re.findall(rf"\b{register} ?=[0-9a-f]+\b",
                                  registers)) == 1
    functions = section(lines, "panic: backtrace, innermost first$")
    if function and function not in functions:
        # It is where the trap was, not where that returns to.
        assert section(lines, "panic: rip=") == [function]
    # The backtrace ends at 32 frames, which an overflow has many more of.
    if kind not in ("stack", "nmi"):
        assert ("smp_ap_main" if core else "run_crash") in functions
    others = {int(n) for n in re.findall(
        r"^panic: (?:at the same time )?core (\d+)(?:: crash| was stopped)",
        text.split("\n", 1)[1], re.MULTILINE)}
    assert others == set(range(cpus)) - {core}
    # The log's end is in it, with what was not printed.
    assert re.search(r"^panic: log: \[ .*\] command: crash", text,
                     re.MULTILINE)


@pytest.mark.parametrize("kind", ["ud", "text", "data", "nmi", "mc", "mc-exit",
                                  "nested"])
def test_crash(bochs, kind):
    """Each kind on the second core while the first one waits for it."""
    command = f"crash {kind} cpu=1"
    machine = bochs(cpus=2, cmdline=f'run="{command}" then=poweroff',
                    questions=vmx_questions(2))
    lines = crash(machine, f"command: {command}\n")
    check(lines, kind, 1, 2)
    check_vmx_off(machine)
    nested = [line for line in lines if "within this report" in line]
    assert len(nested) == (kind == "nested")


@pytest.mark.parametrize("kind", ["null", "stack"])
def test_crash_boot_core(bochs, kind):
    """On the boot core of four, on the oldest processor."""
    command = f"crash {kind}"
    machine = bochs(model="core2_penryn_t9600", cpus=4,
                    cmdline=f'run="{command}" then=poweroff',
                    questions=vmx_questions(4))
    check(crash(machine, f"command: {command}\n"), kind, 0, 4)
    check_vmx_off(machine)


def test_guest_in_report(bochs):
    """The VMCS of the guest that ran last on the core, by field names."""
    call = "bios 12 cpu=1"
    machine = bochs(cpus=2, cmdline=f'run="{call}; vmcs cpu=1; '
                                    f'crash lock cpu=1" then=poweroff',
                    questions=vmx_questions(2))
    lines = crash(machine, f"command: {call}\n")
    check(lines, "lock", 1, 2)
    fields = dict(line.removeprefix("panic: VMCS: ").split("=")
                  for line in lines if line.startswith("panic: VMCS: "))
    # The call came back to the VMCALL behind its INT 12h.
    assert fields["EXIT_REASON"] == "12"
    assert (fields["GUEST_CS_SELECTOR"], fields["GUEST_RIP"]) == ("2000", "2")
    assert fields["VM_INSTRUCTION_ERROR"] == "0"
    shown = dict(re.findall(r"^(\w+)=([0-9a-f]+)", machine.serial(),
                            re.MULTILINE))
    for name, value in fields.items():
        if name in shown:
            assert int(shown[name], 16) == int(value, 16), name
    assert any(re.match("panic: guest: 5 exits in this run, the last for "
                        "VMCALL$", line) for line in lines)


def test_vmcs_error(bochs):
    """A VMREAD that fails is the reason, and the report goes on to the end."""
    machine = bochs(cpus=2, cmdline='run="crash vmcs cpu=1" then=poweroff')
    lines = crash(machine, "command: crash vmcs cpu=1\n")
    check(lines, "vmcs", 1, 2)
    assert "panic: VMCS: VM_INSTRUCTION_ERROR=c" in lines


def test_all_at_once(bochs):
    """Four cores panic: one speaks, and says why the others did."""
    machine = bochs(cpus=4, cmdline='run="crash all" then=poweroff',
                    questions=vmx_questions(4))
    lines = crash(machine, "command: crash all\n")
    speaker = int(re.match(r"panic: core (\d)", lines[0])[1])
    text = "\n".join(lines)
    assert len(re.findall("crash: on every core$", text, re.MULTILINE)) == 4
    assert len(re.findall(r"^panic: at the same time core \d: ", text,
                          re.MULTILINE)) == 3
    assert f"at the same time core {speaker}" not in text
    check_vmx_off(machine)


def test_while_others_print(bochs):
    """No line is torn, no core left out; TSCs that differ do not show in the times."""
    machine = bochs(cpus=4, cmdline='run="crash talk" then=poweroff',
                    grub_pre=["insmod wrmsr", "wrmsr 0x10 0x100000000000"],
                    questions=vmx_questions(4))
    lines = crash(machine, "command: crash talk\n")
    check(lines, "talk", 0, 4)
    check_vmx_off(machine)
    serial = machine.serial()
    assert re.search(r"warning: the TSCs of 3 cores differ from core 0's, "
                     r"that of core \d most, by \d{11,} us", serial)
    printed = serial.partition("command: crash talk\n")[2].partition("panic:")
    times, cores = [], []
    for line in printed[0].splitlines():
        match = re.match(r"\[ +(\d+\.\d{6}) c([123])\] talk: a line that must "
                         r"not be torn$", line)
        assert match, line
        times.append(float(match[1]))
        cores.append(match[2])
    # A core waits for two others' lines between its clock and its line.
    assert all(later > earlier - 0.02
               for earlier, later in zip(times, times[1:]))
    assert len(times) >= 8 and times[-1] < 5
    # Among any five lines is one of each.
    assert all(len(set(cores[i:i + 5])) == 3 for i in range(len(cores) - 4))


ACTIONS = {
    "halt": "switch the machine off or reset it",
    "reboot": "the machine starts again",
    "poweroff": "the machine goes off",
}


@pytest.mark.parametrize("action", ACTIONS)
def test_action(bochs, action):
    """What becomes of the machine, with the other cores in guests."""
    cpus = 4
    machine = bochs(cpus=cpus, cmdline='run="crash guests cpu=1" '
                                       f'then=poweroff panic={action}',
                    questions=vmx_questions(cpus))
    if action == "halt":
        lines = crash(machine, "command: crash guests cpu=1\n")
        check(lines, "guests", 1, cpus)
        check_vmx_off(machine)
    elif action == "reboot":
        machine.run_until(f"(?s){END[1:-1]}.*{cpus} of {cpus} cores in VMX "
                          "operation.*^panic: core 1")
    else:
        machine.run_to_end()
    end = re.search(END, machine.serial(), re.MULTILINE)
    assert end[1] == ACTIONS[action]


@pytest.mark.parametrize("name, action", [("read_memory_map", "halt"),
                                          ("machine_check_init_core",
                                           "poweroff")])
def test_early(bochs, name, action):
    """Before there is a console, and before there are other cores and VMX.

    The debugger puts a UD2 where the function begins.
    """
    machine = bochs(cpus=2, cmdline=f"panic={action}", debugger=at_entry(
        write_memory(function_address(name), UD2)))
    if action == "halt":
        serial = machine.run_until(END)
    else:
        # ACPI's tables are read; the clock's rate is not known yet.
        serial = machine.run_to_end()
    text = serial[serial.index("panic:"):]
    lines = text.splitlines()
    assert re.match(r"panic: core 0: #UD .*\(vector 6\)", lines[0])
    assert section(lines, "panic: rip=") == [name]
    assert all(line.startswith("panic: ") for line in lines)


def test_refused(bochs):
    """What is no crash leaves the machine as it was."""
    machine = bochs(model="p4_prescott_celeron_336",
                    cmdline='run="crash nonsense" then=poweroff')
    serial = machine.run_to_end()
    assert re.search(r"^error: unknown kind 'nonsense'; ", serial,
                     re.MULTILINE)
    assert "panic:" not in serial


def test_leak(bochs):
    """A page that a command keeps is told of, and no test passes with it."""
    machine = bochs(cmdline='run="bios 11; crash leak" then=poweroff')
    with pytest.raises(MachineError, match="something was lost"):
        machine.run_to_end()
    before, after = re.search(
        r"error: the commands have not given all back: expected (\d+) free "
        r"pages afterwards, got (\d+)$", machine.serial(),
        re.MULTILINE).groups()
    assert int(after) == int(before) - 1
