"""Judges mutants in a copy of the tree: which test is the first to notice.

What is cheap comes first: the compiler (an error of which it makes the same
code is none), the unit tests that link the file, then boots, in the order of
tests/mutants/tests. Each judge has a copy of its own, so that a mutant costs
one compiled file and one link, and several judges can be at work.
"""

import fnmatch
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
PLACE = TOP / "build/mutate"
TABLE = TOP / "tests/mutants/tests"
BUILD_SECONDS = 600
# Of the processor's time, which a busy machine does not make longer: a unit
# test and an emulator that take as much go in circles.
UNIT_SECONDS = 10
EMULATOR_SECONDS = 20
# ... and of the clock's, where a test waits for what does not come.
PATIENCE_SECONDS = 60
BOOT_SECONDS = 300
# Not one program to the compiler, so that a mutant is linked in a second; and
# a warning of the compiler's shall not stand in for a test.
SETTINGS = ["SEPARATE=1", "KERNEL_LIMIT=99999999", "WARN=-w"]
KERNEL = "build/biosphere.elf"


class Failure(Exception):
    """No mutant can be judged; says why."""


class NoMutant(Exception):
    """What should be one does not build."""


def run(command, seconds, **others):
    """Runs it to its end, or ends it; returns (status or None, output)."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True, errors="backslashreplace",
                               start_new_session=True, **others)
    try:
        output, _ = process.communicate(timeout=seconds)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        return None, output
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        raise


def environment(**more):
    """Ours, without what a make above has to say."""
    return {key: value for key, value in os.environ.items()
            if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")} | more


def git(*words):
    """What git says of the person's own tree."""
    return subprocess.run(["git", "-C", TOP, *words], check=True,
                          capture_output=True, text=True).stdout


def symbols(path):
    """The names that an object or program defines for others."""
    output = subprocess.run(["nm", "-g", "--defined-only", path], check=True,
                            capture_output=True, text=True).stdout
    return {line.split()[2] for line in output.splitlines()
            if len(line.split()) == 3}


def read_table():
    """[(pattern of files, [test, ...])] of tests/mutants/tests."""
    rows = []
    for line in TABLE.read_text("ascii").splitlines():
        line = line.split("#")[0].rstrip()
        if line.startswith("\t"):
            rows[-1][1].append(line.strip())
        elif line:
            rows.append((line, []))
    return rows


class Written:
    """A `with` block in which the copy has the mutant."""

    def __init__(self, tree, mutant):
        self.path = tree / mutant.file
        self.source = self.path.read_bytes()
        lines = self.source.decode("ascii").split("\n")
        assert lines[mutant.line - 1] == mutant.before
        lines[mutant.line - 1] = mutant.after
        self.wrong = "\n".join(lines).encode()

    def __enter__(self):
        self.path.write_bytes(self.wrong)

    def __exit__(self, *_):
        self.path.write_bytes(self.source)


class Judge:
    """A copy of the tree, with what has been found out about its tests."""

    table = read_table()
    sound = set()  # boot tests that have passed without a mutant
    unsound = set()  # ... and those that have failed

    def __init__(self, number, boots):
        """`boots`: a quick look (tools/mutate) with so many; 0: all there are."""
        self.boots = boots
        self.tree = PLACE / f"tree{number}"
        self.symbols = {}
        self.plain = {}

    def make_tree(self):
        """The copy: the files that git knows or would know, as they are now."""
        names = git("ls-files", "-co", "--exclude-standard", "-z").split("\0")
        wanted = {name for name in names if name and (TOP / name).is_file()}
        for path in self.tree.rglob("*"):
            name = str(path.relative_to(self.tree))
            if (path.is_file() and name not in wanted
                    and not name.startswith("build/")):
                path.unlink()
        for name in sorted(wanted):
            source, copy = TOP / name, self.tree / name
            if copy.is_file() and copy.read_bytes() == source.read_bytes():
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)
        wrong = self.build("all", "unit", "build/native/steps")
        if wrong is not None:
            raise Failure(f"the tree does not build:\n{wrong[-2000:]}")
        self.symbols = {path.stem: symbols(self.tree / "build/unit" / path.stem)
                        for path in (self.tree / "tests/unit").glob("test_*.c")}

    def build(self, *targets):
        """Makes those in the copy; returns None, or what went wrong."""
        status, output = run(["make", "-C", str(self.tree), *SETTINGS, *targets],
                             BUILD_SECONDS, env=environment())
        return None if status == 0 else output

    def build_mutant(self, *targets):
        """Makes those of the mutant."""
        if self.build(*targets) is not None:
            raise NoMutant

    def code(self, file):
        """What the compiler makes of the kernel's file, as bytes."""
        stripped = self.tree / "build/stripped.o"
        subprocess.run(["objcopy", "--strip-debug",
                        self.tree / f"build/kernel/{file}.o", stripped],
                       check=True)
        return stripped.read_bytes()

    def is_same_code(self, mutant):
        """Whether nothing can tell, for the compiler makes the same of both."""
        target = f"build/kernel/{mutant.file}.o"
        if mutant.file not in self.plain:
            if self.build(target) is not None:
                raise Failure(f"{target} cannot be made")
            self.plain[mutant.file] = self.code(mutant.file)
        with Written(self.tree, mutant):
            self.build_mutant(target)
            return self.code(mutant.file) == self.plain[mutant.file]

    def units_of(self, file):
        """The unit tests that have the file in them, those about it first."""
        built = self.tree / f"build/host/{file}.o"
        defined = symbols(built) if built.exists() else set()
        texts = {name: (self.tree / f"tests/unit/{name}.c").read_text()
                 for name in self.symbols}
        # What is not pure is included, by a test that makes up the rest.
        found = [name for name, names in self.symbols.items()
                 if f'#include "{file}"' in texts[name]
                 or defined and defined <= names]
        header = f'"{file.removesuffix(".c")}.h"'
        return sorted(found, key=lambda name: (header not in texts[name], name))

    def run_units(self, names):
        """The first unit test that fails, or None."""
        for name in names:
            self.build_mutant(f"build/unit/{name}")
            status, _ = run(
                [self.tree / "build/unit" / name], PATIENCE_SECONDS,
                preexec_fn=lambda: resource.setrlimit(
                    resource.RLIMIT_CPU, (UNIT_SECONDS, UNIT_SECONDS)))
            if status != 0:
                return name
        return None

    def boots_of(self, file):
        """The boot tests of the first row that fits."""
        for pattern, tests in self.table:
            if fnmatch.fnmatch(file, pattern):
                return [test for test in tests if test not in self.unsound][
                    :self.boots or None]
        raise Failure(f"no row of tests/mutants/tests fits {file}")

    def run_boots(self, tests):
        """Runs them up to the first failure; returns its name, or None."""
        status, output = run(
            [sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider",
             "-q", "-x", *(f"tests/{test}" for test in tests)],
            BOOT_SECONDS * len(tests), cwd=self.tree, env=environment(
                BIOSPHERE_PATIENCE=str(PATIENCE_SECONDS),
                BIOSPHERE_CPU_SECONDS=str(EMULATOR_SECONDS)))
        if status == 0:
            return None
        failed = re.search(r"^(?:FAILED|ERROR) tests/(\S+)", output,
                           re.MULTILINE)
        if failed is None or status != 1:
            raise Failure(f"pytest ended with {status}:\n{output[-2000:]}")
        return failed[1]

    def is_sound(self, test):
        """Whether one that has noticed something passes without a mutant."""
        if test in self.sound:
            return True
        if self.build(KERNEL) is None and not self.run_boots([test]):
            self.sound.add(test)
            return True
        print(f"left out: {test} fails without any mutant", flush=True)
        self.unsound.update({test, test.split("::")[0]})
        return False

    def judge(self, mutant):
        """(how, by what): equivalent, killed or survived."""
        if self.is_same_code(mutant):
            return "equivalent", "the same code"
        units = self.units_of(mutant.file)
        with Written(self.tree, mutant):
            test = self.run_units(units)
            if test is not None:
                return "killed", test
        if units and self.boots:
            return "survived", ""
        while True:
            with Written(self.tree, mutant):
                self.build_mutant(KERNEL)
                test = self.run_boots(self.boots_of(mutant.file))
            if test is None:
                return "survived", ""
            if self.is_sound(test):
                return "killed", test.removeprefix("boot/")
