"""The panic report: complete, printed once, by one core alone."""

import re
import time

import pytest

END = r"^panic: this is a bug of Biosphere"
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
    "panic": (r"crash: the command was given$", None),
    "vmcs": (r"VMREAD of field [0-9a-f]{4} \([A-Z]\w+\) failed: "
             r"VMREAD or VMWRITE of a field", "crash_vmcs"),
}
REGISTERS = ("rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 "
             "rip rflags cs ss cr0 cr3 cr4").split()


def crash(machine, command):
    """Runs a command that must end the machine; the lines of the panic."""
    machine.start()
    machine.wait_for(END)
    # Nothing may follow, and no core may start the machine again.
    time.sleep(0.5)
    assert machine.process.poll() is None
    machine.stop()
    serial = machine.serial()
    before, _, after = serial.partition(f"command: {command}\n")
    assert "panic:" not in before
    lines = after.splitlines()
    assert all(line.startswith("panic: ") for line in lines), after
    return lines


def check(lines, kind, core):
    """One whole report on that core, and nothing else."""
    first, function = KINDS[kind]
    text = "\n".join(lines)
    assert re.match(rf"panic: core {core}: {first}", lines[0]), lines[0]
    assert len(re.findall(r"^panic: core ", text, re.MULTILINE)) == 1
    assert len(re.findall(END, text, re.MULTILINE)) == 1
    assert re.match(END, lines[-1])
    if "vector" in lines[0]:
        for register in REGISTERS:
            assert len(re.findall(rf"\b{register} ?=[0-9a-f]+\b", text)) == 1
    backtrace = lines.index("panic: backtrace, innermost first")
    for line in lines[backtrace + 1:-1]:
        assert re.match(r"panic:   ffffffff8[0-9a-f]{7} \w[\w.]*\+[0-9a-f]+$",
                        line), line
    functions = re.findall(r"^panic:   [0-9a-f]{16} ([\w.]+)\+", text,
                           re.MULTILINE)
    # The compiler adds ".isra.0" and the like to names.
    functions = [name.split(".")[0] for name in functions]
    assert function is None or function in functions
    # The backtrace ends at 32 frames, which an overflow has many more of.
    if kind != "stack":
        assert ("smp_ap_main" if core else "run_crash") in functions


@pytest.mark.parametrize("kind", KINDS)
def test_crash(bochs, kind):
    """Each kind on the second core while the first one waits for it."""
    command = f"crash {kind} cpu=1"
    machine = bochs(cpus=2, cmdline=f'run="{command}" then=poweroff')
    check(crash(machine, command), kind, 1)


@pytest.mark.parametrize("kind", ["null", "stack"])
def test_crash_boot_core(bochs, kind):
    """On the boot core of four, on the oldest processor."""
    command = f"crash {kind}"
    machine = bochs(model="core2_penryn_t9600", cpus=4,
                    cmdline=f'run="{command}" then=poweroff')
    check(crash(machine, command), kind, 0)


def test_refused(bochs):
    """What is no crash leaves the machine as it was."""
    machine = bochs(model="p4_prescott_celeron_336",
                    cmdline='run="crash nonsense" then=poweroff')
    serial = machine.run_to_end()
    assert re.search(r"^error: unknown kind 'nonsense'; ", serial,
                     re.MULTILINE)
    assert "panic:" not in serial
