"""The plan of the house: what each folder may include.

A folder may include its own files and what stands behind its name, folders and
single headers; so whatever stands further up is not for it. boot/main.c alone
may include all.
"""

LIB = ("lib",)
ARCH = ("arch", "arch/acpi", "arch/console", "arch/mem", "arch/pci", "arch/usb", *LIB)
VMM = ("vmm", "vmm/vmx", "vmm/vmx/check", *ARCH)
INSN = ("guest", "vmm", "vmm/vmx", "vmm/vmx/check", *ARCH)
BOARD = ("guest/insn", "guest/memory", *INSN)
CODE = ("guest/board", "guest/board/pc", "guest/watch", *BOARD)
GUEST = ("guest/bios", "guest/code16", "guest/code64", "guest/system", *CODE)
MONITOR = ("monitor", "monitor/line", *GUEST)

FOLDERS = {
    "lib": (),
    # What these may have of arch itself is in OPEN.
    "arch/mem": LIB,
    "arch/acpi": LIB,
    "arch/console": ("arch/mem", *LIB),
    "arch/pci": ("arch/acpi", "arch/mem", *LIB),
    "arch/usb": ("arch/console", "arch/mem", "arch/pci", *LIB),
    "arch": ("arch/acpi", "arch/console", "arch/mem", "arch/pci", "arch/usb", *LIB),
    # What it does for a vcpu stands in headers that know no VMX.
    "vmm/vmx": ("vmm/vcpu.h", "vmm/vcpu_setup.h", "vmm/vcpu_state.h", *ARCH),
    "vmm/vmx/check": ("vmm/vmx", "vmm/guest_rights.h", *ARCH),
    "vmm": ("vmm/vmx", "vmm/vmx/check", *ARCH),
    # Headers of plain structs that all guests share.
    "guest": LIB,
    "guest/insn": INSN,
    "guest/memory": INSN,
    # A device knows its bus alone: it is no part of a machine, but a model of one.
    "guest/board/pc": ("guest/board/bus.h", *LIB),
    "guest/board": ("guest/board/pc", *BOARD),
    "guest/watch": ("guest/board", *BOARD),
    "guest/code16": CODE,
    "guest/code64": CODE,
    "guest/system": ("guest/code16", *CODE),
    "guest/bios": ("guest/code16", "guest/code64", *CODE),
    "monitor/line": GUEST,
    "monitor": ("monitor/line", *GUEST),
    "monitor/cmd": MONITOR,
    "proof": MONITOR,
    "proof/bench": ("proof", *MONITOR),
    "proof/hostile": ("proof", *MONITOR),
    "proof/selftest": ("proof", *MONITOR),
    "boot": ARCH,
}

# Who has something to tell logs it or has a line of the machine's page, and who
# finds a bug of ours panics; they have much of arch help to tell it.
LEAVES = {"arch/console/log.h", "arch/inventory.h", "arch/panic.h"}
# For every folder but lib: the boot information, and the machine's instructions,
# registers, time, locks and cores.
OPEN = {"boot/bootinfo.h", "arch/clock.h", "arch/cpu.h", "arch/msr.h", "arch/percpu.h",
        "arch/register_numbers.h", "arch/spinlock.h", "arch/x86.h", *LEAVES}
GENERATED = {"asm_offsets.h"}
SYSTEM = {"stdint.h", "stddef.h", "stdbool.h", "stdarg.h", "assert.h"}
ASSEMBLY = {"arch/cpu.h", "vmm/vmx/vmx_insn.h", "vmm/asm_offsets.c"}

# Circles of files that may be, each with its reason.
CIRCLES = {
    ("guest/board/board", "guest/board/machine_ports"):
        "a board has what each of its devices keeps for its guest",
    ("vmm/entry_check", "vmm/exit", "vmm/refusals", "vmm/trace", "vmm/vcpu", "vmm/vcpu_state",
     "vmm/vmx/vcpu_field"):
        "the run loop has a file for each of its steps",
}
