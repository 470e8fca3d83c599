"""What a header declares is defined, and called: no code lies dead."""

import re
from functools import cache

from test_layers import SOURCES, TOP

# Declared, defined, and called by nothing in the kernel: why it stays.
NO_CALLER = {
    "keys_set_taker": "for a keyboard of a guest's",
    "acpi_power_press_button": "for a power button of a PC's",
    "i8042_mouse_moved": "for a mouse of a PC's",
    "i8254_count": "how the tests see what a counter holds",
    "ept_check": "what the tests and fuzzers hold EPT tables against",
    "shadow64_lookup": "how the tests see what the shadow tables say",
}
# Called by its own file alone, and by no test: why it is not static.
OWN_FILE_ONLY = {}

NOT_CODE = re.compile(r"(/\*.*?\*/|//[^\n]*)|\"(?:\\.|[^\"\\\n])*\"|"
                      r"'(?:\\.|[^'\\\n])+'", re.DOTALL)
PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*$", re.MULTILINE)
# At the outermost level: a type, a name, parameters; then ';' or a body.
FUNCTION = re.compile(
    r"(?<=[;\0])(?!\s*typedef)\s*(?:__attribute__\(\(\w+\)\)\s*)?"
    r"(?:\w+[\s*]+)+(\w+)\((?:[^;\0()]|\([^()]*\))*\)"
    r"\s*(?:__attribute__[^;\0]*)?(?=([;\0]))")
WORD = re.compile(r"\w+")


def strip(text):
    """The text without comments, and with 0 for strings."""
    return NOT_CODE.sub(lambda found: " " if found[1] else "0", text)


@cache
def code(path):
    """What strip() leaves of a file."""
    return strip(path.read_text())


def outermost(text):
    """C without directives, and with \\0 in place of what is in braces."""
    text, count = PREPROCESSOR.sub("", text), 1
    while count:
        text, count = re.subn(r"\{[^{}]*\}", "\0", text)
    return ";" + text


def functions(text):
    """(name, whether it has a body) for each function of a C text."""
    return [(name, end == "\0") for name, end in
            FUNCTION.findall(outermost(text))]


def count_words(paths):
    """How often each word stands in each of the files: {word: {path: n}}."""
    words = {}
    for path in paths:
        for word in WORD.findall(code(path)):
            files = words.setdefault(word, {})
            files[path] = files.get(path, 0) + 1
    return words


def kernel_sources():
    """What the kernel is made of; programs for guests are not."""
    return [path for path in SOURCES if "programs" not in path.parent.name
            and "programs" not in path.parent.parent.name]


@cache
def survey():
    """Lists: declared only; never called; called by their own file alone."""
    sources = kernel_sources()
    words = count_words(sources)
    tests = count_words((TOP / "tests").rglob("*.[ch]"))
    defined = {name for path in sources if path.suffix == ".c"
               for name, body in functions(code(path)) if body}
    for path in sources:
        if path.suffix == ".S":
            defined |= set(re.findall(r"^\s*\.globl\s+(\w+)", code(path),
                                      re.MULTILINE))
    undefined, uncalled, private = [], [], []
    for header in (path for path in sources if path.suffix == ".h"):
        for name, inline in functions(code(header)):
            files = words[name]
            if not inline and name not in defined:
                undefined.append(name)
            elif sum(files.values()) == (1 if inline else 2):
                uncalled.append(name)
            elif not inline and len(files) == 2 and files[header] == 1 and name not in tests:
                private.append(name)
    return undefined, uncalled, private


def test_declared_is_defined():
    """A header declares no function that is nowhere."""
    assert not survey()[0]


def test_defined_is_called():
    """The kernel calls each function of its headers, or a reason is here."""
    assert sorted(survey()[1]) == sorted(NO_CALLER)


def test_shared_is_shared():
    """What only its own file calls is static there."""
    assert sorted(survey()[2]) == sorted(OWN_FILE_ONLY)


def test_functions_are_found():
    """The reading itself: declarations, bodies, attributes, pointers."""
    text = """
        #define f(x) g(x)
        struct s { int (*call)(void); };
        int a(void); /* b(void); */
        const char *c(int (*back)(int x), u8 n)
                __attribute__((format(printf, 1, 2)));
        static inline int d(void) { if (1) { return e(1); } return 0; }
        extern int table[8];
        u64 g(const struct s *s);
    """
    assert functions(strip(text)) == [("a", False), ("c", False), ("d", True),
                               ("g", False)]
    assert len([path for path in kernel_sources() if path.suffix == ".h"]) > 50
