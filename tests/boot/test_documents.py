"""What the documents show is what the kernel says, and how they say to build."""

import re
import subprocess
import sys

import pytest

from documents import INDENT, TOP, missing, sessions
from image import all_programs, sector_disk
from prompt import Prompt

DOCUMENTS = ["README.md", *(f"docs/{path.name}"
                            for path in sorted((TOP / "docs").glob("*.md"))
                            if sessions(path))]
# Other tests end a machine by these.
ENDING = {"poweroff", "reboot", "halt", "crash"}


def can_run(command):
    """Whether it comes back by itself: test_input.py types Ctrl-C."""
    return (command.text.split()[0] not in ENDING
            and not any("result=interrupted" in line
                        for line in command.shown))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_sessions(bochs, directory, document):
    """Each command prints the lines that stand below it."""
    wrong = []
    modules = [*all_programs(), (sector_disk(directory), "sector")]
    with Prompt(bochs(cpus=2, cmdline="", modules=modules), 120) as prompt:
        for command in filter(can_run, sessions(TOP / document)):
            line = missing(command, prompt.run(command.text))
            if line is not None:
                wrong.append(f"{document}:{command.line}: "
                             f"'{command.text}' does not print: {line}")
    assert not wrong, "\n".join(wrong)


def block_behind(text, words):
    """The indented lines that follow these words, without the indent."""
    lines = text[text.index(words):].splitlines()[1:]
    while not lines[0].startswith(INDENT):
        lines.pop(0)
    block = []
    while lines and (lines[0].startswith(INDENT) or not lines[0]):
        block.append(lines.pop(0)[len(INDENT):])
    return "\n".join(block).rstrip() + "\n"


def run(directory, command):
    """The command as a person types it, with nobody at the terminal."""
    return subprocess.run(["sh", "-ec", command], cwd=directory, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          check=False, timeout=300)


def run_tool(directory, *options):
    """tools/run, which `make run` calls, in a directory of the test's own."""
    return subprocess.run(
        [sys.executable, "-B", TOP / "tools/run",
         f"--directory={directory / 'run'}", *options], text=True,
        stdin=subprocess.DEVNULL, capture_output=True, check=False,
        timeout=300)


def test_first_program(directory):
    """README's first program, built and booted by README's own commands."""
    readme = (TOP / "README.md").read_text()
    for name in ("build", "guest", "iso"):
        (directory / name).symlink_to(TOP / name)
    (directory / "first.S").write_text(block_behind(readme, "Here is first.S"))
    build = run(directory, block_behind(readme, "The program is built by"))
    assert build.returncode == 0, build.stderr
    (directory / "my-grub.cfg").write_text(
        "multiboot2 /boot/biosphere.elf run=\"run first\" then=poweroff\n"
        "module2 /boot/first.bin first\nboot\n")
    build = run(directory, block_behind(readme, "**Your own ISO**").replace(
        "/boot/hello.txt=hello.txt", "/boot/first.bin=first.bin"))
    assert build.returncode == 0, build.stderr
    booted = run_tool(directory, f"--iso={directory / 'my.iso'}", "--cpus=1")
    assert booted.returncode == 0, booted.stdout + booted.stderr
    assert "guest: my first guest\n" in booted.stdout
    booted = run_tool(directory, f"--modules=first={directory / 'first.bin'}",
                      "--run=run first; run hello", "--cpus=1")
    assert booted.returncode == 0, booted.stdout + booted.stderr
    assert "guest: my first guest\n" in booted.stdout
    assert "guest: hello from 16-bit code\n" in booted.stdout


def test_run_fails(directory):
    """Its exit status tells of a command that failed, its words of a mistake."""
    booted = run_tool(directory, "--run=run nothing", "--cpus=1")
    assert booted.returncode == 1
    assert "error: no module 'nothing'" in booted.stdout
    assert "Errors: 1; tests that failed: 0." in booted.stderr
    mistake = run_tool(directory, "--modules=first")
    assert mistake.returncode == 1
    assert re.search("MODULES= wants NAME=FILE", mistake.stderr)
    mistake = run_tool(directory, "--iso=nothing.iso")
    assert mistake.returncode == 2
    assert "ISO= names an ISO file" in mistake.stderr
