r"""The LaTeX that reports may use, read into a tree and written as Typst mathematics.

Both writers draw the same subset: letters, numbers, ``+ - = < > ( ) [ ] | / , ; : ! '``, ``^`` and ``_``,
``\frac``, ``\sqrt[n]{}``, ``\left … \right``, accents (``\bar \dot \ddot \hat \tilde \vec \overline``),
``\mathrm \text \mathbf``, Greek letters, functions such as ``\tanh``, the signs of :data:`SIGNS`, spaces,
and ``aligned`` with ``&`` and ``\\``. Anything else is refused by name, so that no report loses a symbol.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from joulebook.core.errors import InputError, Issue

__all__ = ["FUNCTIONS", "GREEK", "SIGNS", "Node", "break_points", "parse", "to_typst"]

GREEK = dict(
    zip(
        [
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "varepsilon",
            "zeta",
            "eta",
            "theta",
            "vartheta",
            "iota",
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "pi",
            "rho",
            "sigma",
            "tau",
            "upsilon",
            "phi",
            "varphi",
            "chi",
            "psi",
            "omega",
            "Gamma",
            "Delta",
            "Theta",
            "Lambda",
            "Xi",
            "Pi",
            "Sigma",
            "Phi",
            "Psi",
            "Omega",
        ],
        "αβγδϵεζηθϑικλμνξπρστυϕφχψωΓΔΘΛΞΠΣΦΨΩ",
        strict=True,
    )
)
FUNCTIONS = ("exp", "ln", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arctan", "min", "max", "det")
SIGNS = {
    "cdot": "⋅", "times": "×", "pm": "±", "mp": "∓", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠",
    "neq": "≠", "approx": "≈", "equiv": "≡", "sim": "∼", "propto": "∝", "to": "→", "rightarrow": "→", "in": "∈",
    "infty": "∞", "partial": "∂", "nabla": "∇", "int": "∫", "oint": "∮", "sum": "∑", "prod": "∏", "ldots": "…",
    "cdots": "⋯", "circ": "∘", "degree": "°", "prime": "′", "ell": "ℓ", "lbrace": "{", "rbrace": "}",
}  # fmt: skip
_SPACES = {",": "thin", ":": "med", ";": "thick", " ": "space", "!": "", "quad": "quad", "qquad": "quad quad"}
_ACCENTS = {
    "bar": "macron", "overline": "overline", "dot": "dot", "ddot": "dot.double", "hat": "hat", "tilde": "tilde",
    "vec": "arrow", "underline": "underline",
}  # fmt: skip
_UPRIGHT = {"mathrm", "text", "operatorname", "textrm", "mathbf", "textbf"}
_DELIMITERS = {
    "(": "(",
    ")": ")",
    "[": "[",
    "]": "]",
    "|": "|",
    ".": "",
    "{": "{",
    "}": "}",
    "lbrace": "{",
    "rbrace": "}",
}
_TOKEN = re.compile(r"\\([A-Za-z]+|.)|([{}^_&])|(\s+)|([0-9]+(?:\.[0-9]+)?)|(.)", re.DOTALL)
_PLAIN = set("+-=<>()[]|/,;:!'.*~")
_SHOWN = {"*": "∗", "'": "′", "-": "−"}


@dataclass(frozen=True)
class Node:
    """A piece of an equation.

    Parameters
    ----------
    kind : str
        ``"letter"``, ``"number"``, ``"sign"``, ``"space"``, ``"words"``, ``"function"``, ``"break"``, ``"align"``,
        ``"group"``, ``"frac"``, ``"sqrt"``, ``"root"``, ``"accent"``, ``"fence"`` or ``"scripts"``.
    text : str
        What it prints, or which accent it is.
    children : tuple of tuple of Node
        Its arguments; for scripts: base, below, above.
    """

    kind: str
    text: str = ""
    children: tuple[tuple[Node, ...], ...] = ()


def parse(latex: str) -> tuple[Node, ...]:
    """Read an equation.

    Parameters
    ----------
    latex : str
        Without dollar signs.

    Returns
    -------
    tuple of Node
        From left to right.

    Raises
    ------
    InputError
        If it holds a command outside the subset, or braces that do not match.
    """
    reader = _Reader(latex)
    nodes = reader.read_until(None)
    if not nodes:
        raise InputError(Issue("latex", latex, "must not be empty", r"Write an equation such as E = m c^2"))
    return nodes


class _Reader:
    """A reader of one equation: a list of tokens and a position."""

    def __init__(self, latex: str) -> None:
        self.latex = latex
        body = re.sub(r"\\(begin|end)\{aligned\}", "", latex)
        self.tokens = [found for found in _TOKEN.finditer(body) if found.group(3) is None]
        self.body = body
        self.at = 0

    def fault(self, rule: str, hint: str = "") -> InputError:
        return InputError(Issue("latex", self.latex, rule, hint))

    def peek(self) -> str:
        return self.tokens[self.at].group(0) if self.at < len(self.tokens) else ""

    def read_until(self, end: str | None) -> tuple[Node, ...]:
        nodes: list[Node] = []
        while self.at < len(self.tokens):
            token = self.peek()
            if token == end:
                self.at += 1
                return tuple(nodes)
            if token in {"}", "\\right"}:
                raise self.fault(f"{token} without its beginning", "Check the braces")
            if token in {"^", "_"}:
                nodes.append(self.scripts(nodes.pop() if nodes else Node("group", children=((),))))
            else:
                nodes.append(self.one())
        if end is not None:
            raise self.fault(f"ends before its {end}", "Check the braces")
        return tuple(nodes)

    def scripts(self, base: Node) -> Node:
        parts: dict[str, tuple[Node, ...]] = {}
        while self.peek() in {"^", "_"}:
            mark = self.peek()
            self.at += 1
            if mark in parts:
                raise self.fault(f"two {mark} in a row", "Put the inner ones into braces")
            parts[mark] = self.argument()
        return Node("scripts", children=((base,), parts.get("_", ()), parts.get("^", ())))

    def argument(self) -> tuple[Node, ...]:
        if self.at >= len(self.tokens):
            raise self.fault("ends where an argument should stand")
        if self.peek() == "{":
            self.at += 1
            return self.read_until("}")
        return (self.one(),)

    def one(self) -> Node:
        found = self.tokens[self.at]
        self.at += 1
        command, special, _, number, character = found.groups()
        if command is not None:
            return self.command(command)
        if special == "{":
            return Node("group", children=(self.read_until("}"),))
        if special == "&":
            return Node("align")
        if number is not None:
            return Node("number", number)
        if character in _PLAIN:
            return Node("space", "space") if character == "~" else Node("sign", _SHOWN.get(character, character))
        if character.isalpha() or character in SIGNS.values() or character in "−°µ′²³":
            return Node("letter" if character.isalpha() else "sign", character)
        raise self.fault(f"{character!r} cannot be drawn", "Use a LaTeX command for it")

    def command(self, name: str) -> Node:
        if name == "\\":
            return Node("break")
        if name in _SPACES:
            return Node("space", _SPACES[name])
        if name in GREEK:
            return Node("letter", GREEK[name])
        if name in FUNCTIONS:
            return Node("function", name)
        if name in SIGNS:
            return Node("sign", SIGNS[name])
        if name in {"%", "#", "$", "&", "_", "{", "}", "|"}:
            return Node("sign", "‖" if name == "|" else name)
        if name in {"frac", "dfrac", "tfrac"}:
            return Node("frac", children=(self.argument(), self.argument()))
        if name == "sqrt":
            return self.root()
        if name in _ACCENTS:
            return Node("accent", _ACCENTS[name], (self.argument(),))
        if name in _UPRIGHT:
            return Node("words", self.words(), () if name not in {"mathbf", "textbf"} else ((),))
        if name == "left":
            return self.fence()
        known = ", ".join(f"\\{word}" for word in ("frac", "sqrt", "left", "mathrm", "text", *FUNCTIONS[:4], "cdot"))
        raise self.fault(
            f"\\{name} is outside the LaTeX that reports draw", f"There are {known} and more: see the docs"
        )

    def root(self) -> Node:
        if self.peek() != "[":
            return Node("sqrt", children=(self.argument(),))
        self.at += 1
        degree = self.read_until("]")
        return Node("root", children=(degree, self.argument()))

    def fence(self) -> Node:
        opening = self.delimiter()
        inside = self.read_until("\\right")
        closing = self.delimiter()
        return Node("fence", f"{opening} {closing}", (inside,))

    def delimiter(self) -> str:
        mark = self.peek().removeprefix("\\")
        if mark not in _DELIMITERS:
            raise self.fault(f"\\left or \\right before {mark!r}", f"Allowed: {' '.join(_DELIMITERS)}")
        self.at += 1
        return _DELIMITERS[mark]

    def words(self) -> str:
        start = self.tokens[self.at].start() if self.at < len(self.tokens) else len(self.body)
        if self.peek() != "{":
            self.at += 1
            return self.body[start : start + 1]
        depth, begin = 0, self.at
        for index in range(begin, len(self.tokens)):
            token = self.tokens[index].group(0)
            depth += {"{": 1, "}": -1}.get(token, 0)
            if depth == 0:
                self.at = index + 1
                text = self.body[start + 1 : self.tokens[index].start()]
                return re.sub(r"\\([,;:! ])", " ", text).replace("{", "").replace("}", "").replace("\\", "")
        raise self.fault("ends before its }", "Check the braces")


def to_typst(latex: str) -> str:
    r"""Write an equation as Typst mathematics.

    Parameters
    ----------
    latex : str
        Without dollar signs.

    Returns
    -------
    str
        For Typst's mathematics mode.

    Raises
    ------
    InputError
        If the equation is outside the subset.

    Examples
    --------
    >>> to_typst(r"\frac{1}{r^2} \partial_r c")
    'frac(1 , r ^(2)) ∂ _(r) c'
    """
    return _write(parse(latex))


def _write(nodes: tuple[Node, ...]) -> str:
    return " ".join(text for text in (_write_one(node) for node in nodes) if text)


def _write_one(node: Node) -> str:
    kind, inner = node.kind, node.children
    if kind in {"letter", "number", "space"}:
        return node.text
    if kind == "sign":
        return _escape_sign(node.text)
    if kind == "function":
        return f'op("{node.text}")'
    if kind == "words":
        quoted = '"' + node.text.replace('"', "") + '"'
        return f"bold({quoted})" if inner else quoted
    if kind == "group":
        return _write(inner[0]) or '""'
    if kind == "frac":
        return f"frac({_write(inner[0])} , {_write(inner[1])})"
    if kind == "sqrt":
        return f"sqrt({_write(inner[0])})"
    if kind == "root":
        return f"root({_write(inner[0])} , {_write(inner[1])})"
    if kind == "accent":
        return f"{node.text}({_write(inner[0])})"
    if kind == "fence":
        opening, closing = (_escape_sign(mark) for mark in node.text.split(" "))
        return f"lr({opening} {_write(inner[0])} {closing})"
    if kind == "scripts":
        base = _write(inner[0]) or '""'
        below = f" _({_write(inner[1])})" if inner[1] else ""
        above = f" ^({_write(inner[2])})" if inner[2] else ""
        return base + below + above
    return {"break": "\\", "align": "&"}[kind]


def _escape_sign(sign: str) -> str:
    return "\\" + sign if sign and sign in "()[]{}/,;|#$&_" else sign


def break_points(latex: str, longest: int = 70) -> list[str]:
    """Split a long equation at its outermost plus, minus and equals signs.

    Parameters
    ----------
    latex : str
        Without dollar signs.
    longest : int
        Number of printed signs up to which it stays whole.

    Returns
    -------
    list of str
        Pieces in order; each but the first begins with its sign.

    Examples
    --------
    >>> break_points("a = b + (c - d)", longest=5)
    ['a ', '{}= b ', '{}+ (c - d)']
    """
    printed = re.sub(r"[{}^_\s]", "", re.sub(r"\\(left|right|mathrm|text|frac)|\\[A-Za-z,;:!]+", "-", latex))
    if len(printed) <= longest or "aligned" in latex:
        return [latex]
    pieces, depth = [""], 0
    for found in _TOKEN.finditer(latex):
        token = found.group(0)
        depth += {"{": 1, "(": 1, "[": 1, "\\left": 1}.get(token, 0)
        depth -= {"}": 1, ")": 1, "]": 1, "\\right": 1}.get(token, 0)
        if (
            depth == 0
            and token in {"+", "-", "="}
            and not pieces[-1].rstrip().endswith(("^", "_", "="))
            and pieces[-1].strip()
        ):
            pieces.append("{}")
        pieces[-1] += token
    return pieces
