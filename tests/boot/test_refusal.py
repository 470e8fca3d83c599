"""Machines without VMX: a paragraph, the report, the prompt, no crash."""

import re

import pytest
from prompt import Prompt

OFF = 'run="demo; cpus; memmap" then=poweroff'


def check_refusal(serial):
    """Says that and why there is no VMX, and still reports the machine."""
    assert not re.search(r"\bpanic:", serial)
    assert re.search(r"no VMX|VMX is not|without VMX", serial), "no reason"
    assert re.search(r"^cpu 0: .*online=yes vmx=off", serial, re.MULTILINE)
    assert re.search(r"^memmap: ", serial, re.MULTILINE)


def test_p4(bochs):
    """Long mode, but older than VMX."""
    machine = bochs(model="p4_prescott_celeron_336", cmdline=OFF)
    check_refusal(machine.run_to_end())


def test_no_long_mode(bochs):
    """A 32-bit processor: one line on it, and the machine stands still."""
    machine = bochs(model="core_duo_t2400_yonah", cmdline=OFF)
    serial = machine.run_until(r"64-bit|long mode", 30)
    assert "panic:" not in serial


@pytest.mark.parametrize("firmware", ["seabios", "ovmf"])
@pytest.mark.parametrize("model", ["qemu64", "EPYC"])
def test_qemu(qemu, firmware, model):
    """QEMU without KVM has no VMX, whoever's processor it shows."""
    machine = qemu(model=model, cpus=2, firmware=firmware, memory=256,
                   cmdline=OFF)
    serial = machine.run_to_end()
    check_refusal(serial)
    bios = "no ROM-BIOS" if firmware == "ovmf" else "BIOS of 06/23/99"
    assert re.search(rf"^machine: .* MiB of RAM, {bios}$", serial,
                     re.MULTILINE)


def check_page(page):
    """The command machine fits a screen, and says the most important."""
    lines = page.split("\n")
    assert len(lines) <= 22
    assert max(len(line) for line in lines) <= 80
    told = dict(re.findall(r"^(\w+): +(.*)", page, re.MULTILINE))
    assert "hypervisor: TCG" in told["firmware"]
    assert "PICs: yes; RTC: yes" in told["interrupts"]
    assert "AMD" in told["vmx"]
    assert "core 0: no VMX: " in told["warnings"]


def test_prompt_all_the_same(qemu):
    """The prompt works, and a command that needs VMX says why it cannot."""
    with Prompt(qemu(cmdline="")) as prompt:
        assert "version:" in prompt.ok("version")
        check_page(prompt.ok("machine"))
        error = prompt.error("bios 11")
        assert "VMX" in error
        prompt.poweroff()
