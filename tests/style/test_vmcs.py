"""The code of guests speaks of a processor, and names no field of the VMCS."""

import re

from test_layers import COMMENT, INCLUDE, SOURCES, TOP

# Headers of VMX that guests may know, each with its reason.
OPEN_TO_GUESTS = {
    "vmm/vmx/ept.h": "tables of guest-physical memory",
    "vmm/vmx/ept_host.h": "the same in the kernel's pages",
    "vmm/vmx/exit_reasons.h": "exits and events in the SDM's words",
    "vmm/vmx/vmx.h": "what this core can do",
    "vmm/vmx/vmx_caps.h": "whether an engine can be had",
}
FIELD = re.compile(r"\b(VMCS_\w+|vmcs_\w+|vmread\w*|vmwrite\w*)")


def fields(text):
    """What a C text names of the VMCS, comments and strings aside."""
    return FIELD.findall(COMMENT.sub("", text))


def wrong_headers(text):
    """What it includes of VMX that is not open to guests."""
    return [target for _, target in INCLUDE.findall(text)
            if target.startswith("vmm/vmx/") and target not in OPEN_TO_GUESTS]


def guest_sources():
    """(path from the top, text) of each file of guest/."""
    for path in SOURCES:
        name = str(path.relative_to(TOP))
        if name.startswith("guest/"):
            yield name, path.read_text()


def test_no_fields():
    """vmm/vcpu_state.h and its neighbours have names for what is meant."""
    found = [f"{name}: {field}" for name, text in guest_sources()
             for field in fields(text)]
    assert not found, "\n".join(found)


def test_no_vmx_headers():
    """Nor are the headers included that would make that possible."""
    found = [f"{name}: {target}" for name, text in guest_sources()
             for target in wrong_headers(text)]
    assert not found, "\n".join(found)


def test_each_open_header_is_used():
    """What no guest includes any more leaves the list."""
    used = {target for _, text in guest_sources()
            for _, target in INCLUDE.findall(text)}
    assert set(OPEN_TO_GUESTS) <= used


def test_the_rules_can_fail():
    """The check itself: what must be refused is refused."""
    assert fields("u64 a = vmcs_read(VMCS_GUEST_RIP);") == [
        "vmcs_read", "VMCS_GUEST_RIP"]
    assert fields("vmwrite_sure(0x681e, 0);") == ["vmwrite_sure"]
    assert not fields("/* its VMCS is current */ vcpu_rip(vcpu); \"VMCS_\"")
    assert wrong_headers('#include "vmm/vmx/vmcs.h"\n') == ["vmm/vmx/vmcs.h"]
    assert not wrong_headers('#include "vmm/vcpu_state.h"\n')
