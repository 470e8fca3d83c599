"""Single-line mutants of C: what can be made wrong in a line, and how.

Works on text alone: comments and strings are left out, and the code is spaced
as clang-format spaces it, which tells a product from a pointer.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One line of a file in a wrong form; line counts from 1."""

    file: str
    line: int
    before: str
    after: str

    def __str__(self):
        return (f"{self.file}:{self.line}: {squeeze(self.before)}  ->  "
                f"{squeeze(self.after)}")


def squeeze(text):
    """Without the blanks around it, and one where there are several."""
    return " ".join(text.split())


SKIPPED = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""",
                     re.DOTALL)
NUMBER = re.compile(r"(?<![\w.])(0x[0-9a-fA-F]+|\d+)([uU]?[lL]{0,2})(?![\w.])")
# Operators that stand alone between blanks, or at the end of a line.
SWAPS = {"<": ["<="], "<=": ["<"], ">": [">="], ">=": [">"], "==": ["!="],
         "!=": ["=="], "&&": ["||"], "||": ["&&"], "+": ["-"], "-": ["+"],
         "*": ["+"], "/": ["*"], "%": ["/"], "<<": [">>"], ">>": ["<<"],
         "&": ["|"], "|": ["&"], "^": ["|"], "+=": ["-=", "="],
         "-=": ["+=", "="], "|=": ["=", "&="], "&=": ["=", "|="],
         "^=": ["="], "<<=": [">>="], ">>=": ["<<="]}
OPERATOR = re.compile(
    r"(?<=\s)(" + "|".join(map(re.escape, sorted(SWAPS, key=len, reverse=True)))
    + r")(?=\s|$)")
STEP = re.compile(r"\+\+|--")
BOOLEAN = re.compile(r"\b(true|false)\b")
NOT = re.compile(r"(?<![\w)])!(?=[\w(])|~(?=[\w(])")
CONDITION = re.compile(r"^(\s*(?:\} else )?(?:if|while) \()(.*)(\) \{)$")
DECLARATION = re.compile(
    r"^(?:static|const|extern|struct|enum|union|typedef|unsigned|signed|int|"
    r"long|char|bool|void|size_t|va_list|u8|u16|u32|u64|s8|s16|s32|s64|return|"
    r"case|default|goto|static_assert|__attribute__)\b")
STATEMENT = re.compile(r"^(?:\*|\+\+|--|\()?[A-Za-z_].*;$")
# What is no code that runs: nothing in such a line is worth a change.
NO_CODE = re.compile(r"static_assert|__attribute__|_Pragma|^\s*#")
DEFINED_NUMBER = re.compile(r"^\s*#define \w+ \(?-?(?:0x[0-9a-fA-F]+|\d+)\w*\)?\s*$")


def blank(match):
    """As long, with the newlines kept; quotes stay, for a place is a value."""
    text = match.group()
    if text[0] == "'":
        return "'" + "_" * (len(text) - 2) + "'"
    if text[0] == '"':
        return '"' + "_" * (len(text) - 2) + '"'
    return re.sub(r"[^\n]", " ", text)


def code_lines(source):
    """The lines with comments and the insides of strings left out."""
    lines = SKIPPED.sub(blank, source).split("\n")
    for i in range(1, len(lines)):
        # Of a macro's definition all lines are its first one's.
        if lines[i - 1].endswith("\\") and "#" in lines[i - 1].lstrip()[:1]:
            lines[i] = "#" + lines[i][1:]
    return [line.rstrip() for line in lines]


def numbers_near(text, suffix):
    """The numbers one more and one less, written the same way."""
    value = int(text, 0)
    show = hex if text.startswith("0x") else str
    return [show(near) + suffix for near in (value + 1, value - 1) if near >= 0]


def balanced(text):
    """Whether each bracket of the text is closed in it."""
    depth = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if depth < 0:
            return False
    return depth == 0


def begins_statement(previous):
    """Whether a line behind this one (of code) begins a statement."""
    return previous == "" or previous.rstrip()[-1:] in ";{}:"


def replacements(code, previous):
    """(start, end, text) for each way to make a line of code wrong."""
    if NO_CODE.search(code):
        if not DEFINED_NUMBER.match(code):
            return
        found = list(NUMBER.finditer(code))[-1]
        for text in numbers_near(*found.groups()):
            yield found.start(), found.end(), text
        return
    for found in OPERATOR.finditer(code):
        for text in SWAPS[found[1]]:
            yield found.start(), found.end(), text
    for found in STEP.finditer(code):
        yield found.start(), found.end(), "--" if found[0] == "++" else "++"
    for found in BOOLEAN.finditer(code):
        yield (found.start(), found.end(),
               "false" if found[0] == "true" else "true")
    for found in NOT.finditer(code):
        yield found.start(), found.end(), ""
    for found in NUMBER.finditer(code):
        for text in numbers_near(*found.groups()):
            yield found.start(), found.end(), text
    condition = CONDITION.match(code)
    if condition and balanced(condition[2]):
        yield condition.start(2), condition.start(2), "!("
    statement = code.strip()
    if (STATEMENT.match(statement) and not DECLARATION.match(statement)
            and balanced(statement) and begins_statement(previous)):
        yield len(code) - len(code.lstrip()), len(code), ";"


def mutants_of(file, source):
    """All mutants of a file's text."""
    original = source.split("\n")
    previous = ""
    for number, code in enumerate(code_lines(source), 1):
        if code.strip() == "":
            continue
        before = original[number - 1]
        for start, end, text in replacements(code, previous):
            after = before[:start] + text + before[end:]
            if text == "!(":
                # The bracket that closes the condition closes this one, too.
                close = len(code) - len(") {")
                after = (before[:start] + "!(" + before[start:close] + ")"
                         + before[close:])
            yield Mutant(file, number, before, after)
        previous = code
