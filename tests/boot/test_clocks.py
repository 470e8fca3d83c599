"""Which clocks a machine has, and what it lacks: told, and lived with."""

import os
import re
import signal
import time

import pytest

MACHINE = 'run="machine; log" then=poweroff'
# No PIC, RTC, HPET, PM timer or PCI; and how to boot it.
LITTLE = "microvm,acpi=on,pic=off,rtc=off,isa-serial=on"
MICROVM = {"media": "virtio", "firmware": "microvm"}
# Longer than the PIT needs to wrap around, and all the others a measurement.
PAUSE = 0.07
RUN = 0.004


def clock(serial):
    """What the log says of the clock: (MHz, the rest)."""
    found = re.search(r"\] clock: TSC at ([\d.]+) MHz, (.*)", serial)
    return float(found[1]), found[2]


@pytest.mark.parametrize("options, source, error", [
    ("q35,hpet=on", "HPET", 0.02), ("q35,hpet=off", "ACPI PM timer", 0.2),
    (f"{LITTLE},pit=on", "PIT", 0.2)])
def test_exact(qemu, options, source, error):
    """Where an instruction takes 8 ns, and the TSC counts each of them."""
    machine = qemu(options=["-machine", options, "-icount",
                            "shift=3,sleep=off"], cmdline=MACHINE,
                   **(MICROVM if options.startswith(LITTLE) else {}))
    rate, told = clock(machine.run_to_end())
    assert abs(rate - 1000) <= error
    assert told.startswith(f"measured against the {source} (CPUID 15h: ")
    assert f"{source}: counts" in told


def stop_at(machine, text):
    """Runs it in slices until it has said so; then it stands still.

    A wait would look too seldom: the kernel needs some ms for all of its start.
    """
    while text not in machine.serial():
        assert machine.process.poll() is None
        os.kill(machine.process.pid, signal.SIGCONT)
        time.sleep(RUN)
        os.kill(machine.process.pid, signal.SIGSTOP)


def pause_again_and_again(machine, until):
    """Stops the whole emulator, whose clocks go on, as an SMI stops a PC."""
    pauses = 0
    while machine.process.poll() is None and until not in machine.serial():
        os.kill(machine.process.pid, signal.SIGSTOP)
        time.sleep(PAUSE)
        os.kill(machine.process.pid, signal.SIGCONT)
        time.sleep(RUN)
        pauses += 1
    return pauses


@pytest.mark.parametrize("options, source", [
    ("q35,hpet=on", "HPET"), ("pc,hpet=off", "ACPI PM timer")])
def test_pauses(qemu, options, source):
    """The rate is right though the machine is stopped again and again."""
    rates = []
    for number in range(2):
        machine = qemu(options=["-machine", options], cmdline=MACHINE)
        machine.start()
        if number:
            stop_at(machine, "] Biosphere ")
            assert pause_again_and_again(machine, " MiB of RAM") > 1
        machine.process.wait(60)
        machine.check_end()
        rate, told = clock(machine.serial())
        assert told.startswith(f"measured against the {source} ")
        rates.append(rate)
    assert abs(rates[0] - rates[1]) < rates[0] / 1000


def test_nothing_of_a_pc(qemu):
    """No PIC, PIT, RTC, HPET, PM timer and PCI: each said once."""
    machine = qemu(options=["-machine", f"{LITTLE},pit=off"], cpus=2,
                   cmdline=MACHINE, **MICROVM)
    serial = machine.run_to_end()
    assert "panic:" not in serial
    rate, told = clock(serial)
    assert rate == 4000
    assert told.startswith(
        "assumed (CPUID 15h: none, MSR_PLATFORM_INFO: none, CPUID 16h: none, "
        "HPET: none, ACPI PM timer: none, PIT: stands still)")
    for warning in ("ACPI: the machine is hardware-reduced",
                    "no PIC answers at port 21h",
                    "no real-time clock answers at port 70h",
                    "no clock of a known rate counts"):
        assert len(re.findall(rf"c0\] warning: {warning}",
                              serial.split("command: ")[0])) == 1
    page = serial.split("command: machine\n")[1].split("\nok\n")[0].split("\n")
    assert len(page) <= 22
    assert max(len(line) for line in page) <= 80
    assert "PICs: none; RTC: none" in "\n".join(page)
    assert re.search("^processor:.*(\n .*)*2 cores", "\n".join(page),
                     re.MULTILINE)
