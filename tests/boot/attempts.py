"""A guest program that tries something, command by command of a script."""

import re

from image import programs


def run_attempts(bochs, directory, model, program, commands, cmdline="console=com1",
                 modules=(), **settings):
    """What each printed; neither the host nor the emulator has complained."""
    script = directory / "script"
    script.write_text("\n".join(commands + ["poweroff"]) + "\n")
    machine = bochs(model=model, cpus=2, cmdline=cmdline,
                    modules=[*programs(program), *modules, (script, "script")],
                    **settings)
    serial = machine.run_to_end(180)
    assert "panic:" not in serial
    assert machine.entry_failures() == []
    texts = re.split("^command: ", serial, flags=re.MULTILINE)[1:]
    for command, text in zip(commands, texts):
        assert text.startswith(command)
    return texts[:len(commands)]
