#!/usr/bin/env python3
"""Finds what g++ 12 miscompiles inside a full expression with co_await: no warning, then a double free at run time.

Flagged, in the same full expression as a co_await:
  * a lambda with captures         co_await run([x] { ... })          co_spawn(co_await executor, [p = std::move(p)] ...)
  * a braced temporary             co_await f(Options{.host = h})
  * a braced list                  co_await f({"a", "b"})             std::vector<int> v{co_await a(), co_await b()}
  * behind a short circuit         if (cheap() && co_await f())       (it resumes at a trap: an illegal instruction)
and a co_await that decides, in the condition of if, while, do, for or switch: what it awaited is destroyed twice.
  * a condition                    if (co_await ready())              while (co_await next())
Right are `const bool is_ready = co_await ready(); if (is_ready)` and `if (const bool is_ready = co_await ready())`.
The cure is one for all: name the value on the line before, then std::move it in. An empty pair of braces after a type name is
flagged too, since an aggregate may be behind it. Usage: co_await.py FILE...; prints file:line: text, exit 1 when it found any.
"""
import re
import sys

ADVICE = "g++ 12 frees it twice; name it on the line before"
RAW = re.compile(r'R"([^()\\ ]{0,16})\(')
CO_AWAIT = re.compile(r"\bco_await\b")
SHORT_CIRCUIT = re.compile(r"(&&|\|\|)\s*[!(\s]*co_await\b")
# A word before an opening brace that makes it a body, not a value.
BODY_WORDS = {"else", "do", "try", "const", "noexcept", "mutable", "override", "final", "requires"}


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def only_code(text):
    """The same text, equally long, with comments, literals and preprocessor lines blanked; a literal keeps its quotes."""
    out, at, line_start = [], 0, True
    while at < len(text):
        two, char = text[at : at + 2], text[at]
        end = at
        keep = 0
        if two == "//" or (char == "#" and line_start):
            end = text.find("\n", at)
            while end > 0 and text[end - 1] == "\\":
                end = text.find("\n", end + 1)
            end = len(text) if end < 0 else end
        elif two == "/*":
            end = text.find("*/", at + 2)
            end = len(text) if end < 0 else end + 2
        elif char == "R" and RAW.match(text, at) and not (at and (text[at - 1].isalnum() or text[at - 1] == "_")):
            close = ")" + RAW.match(text, at).group(1) + '"'
            end = text.find(close, at)
            end = len(text) if end < 0 else end + len(close)
            keep = 1
        elif char == '"' or (char == "'" and not (at and (text[at - 1].isalnum() or text[at - 1] == "_"))):
            end = at + 1
            while end < len(text) and text[end] != char:
                end += 2 if text[end] == "\\" else 1
            end = min(end + 1, len(text))
            keep = 1
        if end > at:
            piece = blank(text[at:end])
            out.append(char + piece[1:-1] + text[end - 1] if keep and len(piece) > 1 and "\n" not in text[end - 1] else piece)
            line_start = False
            at = end
            continue
        line_start = char == "\n" or (line_start and char in " \t")
        out.append(char)
        at += 1
    return "".join(out)


def match_back(code, close):
    """The position of the bracket that the one at `close` ends, or -1."""
    pairs = {")": "(", "]": "[", "}": "{", ">": "<"}
    open_char, close_char = pairs[code[close]], code[close]
    depth = 0
    for at in range(close, -1, -1):
        if code[at] == close_char:
            depth += 1
        elif code[at] == open_char:
            depth -= 1
            if depth == 0:
                return at
    return -1


def match_forward(code, start):
    pairs = {"(": ")", "[": "]", "{": "}"}
    stack = []
    for at in range(start, len(code)):
        char = code[at]
        if char in pairs:
            stack.append(pairs[char])
        elif stack and char == stack[-1]:
            stack.pop()
            if not stack:
                return at
    return len(code) - 1


def word_before(code, at):
    """The word that ends right before `at`, spaces skipped, and where it starts."""
    end = at
    while end > 0 and code[end - 1].isspace():
        end -= 1
    start = end
    while start > 0 and (code[start - 1].isalnum() or code[start - 1] in "_:"):
        start -= 1
    return code[start:end], start, end


def lambda_before(code, brace):
    """Where the capture list of the lambda whose body opens at `brace` starts, or -1."""
    at = brace - 1
    while True:
        while at >= 0 and code[at].isspace():
            at -= 1
        if at < 0:
            return -1
        if code[at] == "]":
            start = match_back(code, at)
            # a subscript follows a value, an attribute is doubled; a capture list follows neither
            return start if start >= 0 and is_capture_list(code, start) else -1
        if code[at] == ")":
            at = match_back(code, at) - 1
            if at < -1:
                return -1
        elif code[at] in ">&*" or code[at].isalnum() or code[at] in "_:<,":
            # a trailing return type or a specifier: `-> Task<void>`, `mutable`, `noexcept`
            at -= 1
        elif code[at] == "-":
            at -= 1
        else:
            return -1


def is_capture_list(code, start):
    at = start - 1
    while at >= 0 and code[at].isspace():
        at -= 1
    if at < 0:
        return True
    if code[at] in "])" or code[at] == "[":
        return False
    word, _, _ = word_before(code, start)
    return word in ("", "return", "co_return", "co_await", "co_yield") or not (code[at].isalnum() or code[at] == "_")


def kind_of_brace(code, brace):
    """body (statements), lambda (statements, but part of an expression) or value (an initializer)."""
    at = brace - 1
    while at >= 0 and code[at].isspace():
        at -= 1
    if at < 0 or code[at] in ";{}":
        return "body" if at < 0 or code[at] != "{" or not inside_value(code, at) else "value"
    if code[at] in "=(,?[" or code[at] == "<":
        return "value"
    if code[at] == ":":
        return "body" if re.search(r"(case\b[^;{}]*|default\s*|public\s*|private\s*|protected\s*):$", code[:at + 1]) else "value"
    if lambda_before(code, brace) >= 0:
        return "lambda"
    word, start, _ = word_before(code, brace)
    if code[at] == ")":
        return "body"
    if word in BODY_WORDS:
        return "body"
    if word in ("return", "co_return", "co_yield", "co_await"):
        return "value"
    head = code[max(code.rfind(c, 0, start) for c in ";{}") + 1 : brace]
    if re.match(r"\s*(template\b.*|inline\s+)?(namespace|class|struct|union|enum|extern)\b", head, re.S):
        return "body"
    if re.search(r"\)\s*(const\s*|noexcept\s*|override\s*|final\s*|&\s*)*->[^;{}()]*$", head):
        return "body"
    return "value"


def inside_value(code, brace):
    return kind_of_brace(code, brace) == "value"


def line_of(text, at):
    return text.count("\n", 0, at) + 1


class Reader:
    """Walks the code once and cuts it into full expressions; each remembers its co_awaits, lambdas and braced values."""

    def __init__(self, code):
        self.code = code
        self.found = []

    def run(self):
        self.statements(0, len(self.code))
        return sorted(set(self.found))

    def statements(self, at, end):
        """A sequence of statements: each ends at a semicolon outside brackets, or with the body that it opens."""
        while at < end:
            at = self.statement(at, end)

    def statement(self, at, end):
        parts = {"await": [], "suspects": []}
        at = self.expression(at, end, parts, statement=True)
        self.close(parts)
        return at

    def close(self, parts):
        if parts["await"]:
            self.found.extend(parts["suspects"])

    def expression(self, at, end, parts, statement):
        code = self.code
        while at < end:
            char = code[at]
            if char == ";":
                if statement:
                    return at + 1
                self.close(parts)  # the parts of a for header are full expressions of their own
                parts["await"], parts["suspects"] = [], []
            elif char == "c" and CO_AWAIT.match(code, at) and not (at and (code[at - 1].isalnum() or code[at - 1] == "_")):
                parts["await"].append(at)
                at += len("co_await")
                continue
            elif char in "([":
                close = match_forward(code, at)
                head, _, _ = word_before(code, at)
                if char == "[" and is_capture_list(code, at) and self.opens_lambda(close):
                    if code[at + 1 : close].strip():
                        parts["suspects"].append((at, "a lambda with captures inside an expression with co_await"))
                    at = close + 1
                    continue
                if char == "(" and head in ("for", "while", "if", "constexpr", "switch"):
                    self.condition(head, at + 1, close)
                    inner = {"await": [], "suspects": []}
                    self.expression(at + 1, close, inner, statement=False)
                    self.close(inner)
                else:
                    self.expression(at + 1, close, parts, statement=False)
                at = close + 1
                continue
            elif char == "{":
                close = match_forward(code, at)
                kind = kind_of_brace(code, at)
                if kind == "value":
                    if self.is_temporary(at):
                        parts["suspects"].append((at, "a braced value inside an expression with co_await"))
                    self.expression(at + 1, close, parts, statement=False)
                else:
                    self.statements(at + 1, close)
                    if kind == "body" and statement:
                        return close + 1
                at = close + 1
                continue
            elif char == "}":
                return at + 1
            at += 1
        return end

    def condition(self, head, start, end):
        """The part of a head that decides: after the last semicolon, between the two of a for; none in a range-for."""
        parts = self.split(start, end)
        if head == "for":
            parts = parts[1:2]
        begin, stop = parts[-1] if parts else (end, end)
        text = self.code[begin:stop]
        found = CO_AWAIT.search(text)
        declares = head in ("if", "switch") and re.match(r"\s*(const\s+)?[\w:]+(<[^=]*>)?(\s*[&*])*\s+\w+\s*=[^=]", text)
        if found and not declares:
            self.found.append((begin + found.start(), "a co_await in a condition"))

    def split(self, start, end):
        """The (begin, end) of the parts between semicolons that stand outside brackets."""
        parts, at, begin = [], start, start
        while at < end:
            if self.code[at] in "([{":
                at = match_forward(self.code, at)
            elif self.code[at] == ";":
                parts.append((begin, at))
                begin = at + 1
            at += 1
        return parts + [(begin, end)]

    def opens_lambda(self, close):
        """What follows a capture list: parameters, a template list, or the body."""
        at = close + 1
        while at < len(self.code) and self.code[at].isspace():
            at += 1
        return at < len(self.code) and (self.code[at] in "({<" or self.code.startswith("mutable", at))

    def is_temporary(self, brace):
        """`Type name{...}` and `Type name = {...}` initialise a variable: suspect only if a co_await stands inside the braces."""
        code = self.code
        close = match_forward(code, brace)
        if CO_AWAIT.search(code, brace, close):
            return True
        before = code[:brace].rstrip()
        if before.endswith("="):
            return False
        start = max(before.rfind(c) for c in ";{}") + 1
        head = before[start:].strip()
        return not re.fullmatch(r"(const\s+|static\s+|constexpr\s+)*[\w:]+(<.*>)?(\s*[&*])*\s+\w+", head, re.S) or bool(
            re.match(r"(return|co_return|co_await|co_yield)\b", head)
        )


def check(text):
    """[(line, what)] of one file's text."""
    code = only_code(text)
    if not CO_AWAIT.search(code):
        return []
    found = [(line_of(code, at), what + ": " + ADVICE) for at, what in Reader(code).run()]
    for hit in SHORT_CIRCUIT.finditer(code):
        found.append((line_of(code, hit.start()), "a co_await behind && or ||: g++ 12 resumes it at a trap; use two statements"))
    return sorted(set(found))


def main(paths):
    bad = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for line, what in check(text):
            bad += 1
            print(f"{path}:{line}: {what}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
