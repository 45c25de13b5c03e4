r"""Labels: words, bars and matrices placed in millimetres, and how a ZPL printer takes them.

Pure. Commands, their letters and the special characters inside the symbols are those of Zebra's "ZPL II Programming
Guide" (^BC, ^BX, ^FH, ^CI). Whatever stands in a field goes through ^FH with the indicator \, so that a lot of
`^XZ` is printed and steers nothing.
"""

import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Elements = tuple[tuple[str, str], ...]
"""Application identifiers of GS1 with their values, in the order in which they are encoded."""

Code = str | Elements
"""What a symbol holds: a text of printable ASCII, or elements of GS1."""

FNC1: Final = "\x1d"
"""Stands in a message for the character that marks GS1 symbols and ends values of unknown length."""

MM_PER_INCH: Final = 25.4

# What hand scanners read without trouble (GS1 General Specifications 5.12.3: 0.495 mm and more for logistic labels,
# 0.25 mm at the least), and the empty space that the symbols want around them, in modules.
LARGEST_MODULE, SMALLEST_MODULE = 0.51, 0.249
BAR_QUIET, MATRIX_QUIET = 10, 1

# What a square Data Matrix holds (ISO/IEC 16022, table 7): modules along a side, codewords of data.
_MATRIX_SIZES = (
    *((10, 3), (12, 5), (14, 8), (16, 12), (18, 18), (20, 22), (22, 30), (24, 36), (26, 44)),
    *((32, 62), (36, 86), (40, 114), (44, 144), (48, 174), (52, 204)),
)

# The first two digits of the AIs whose length is known without a separator (General Specifications, 7.8.5).
_KNOWN_LENGTH = frozenset(
    {*("00", "01", "02", "03", "04", "20", "41"), *map(str, range(11, 20)), *map(str, range(31, 37))}
)

_PLAIN = frozenset((string.ascii_letters + string.digits + " .,:()/+-=_").encode())
_NARROW, _WIDE = frozenset(" .,:;!'|/()[]Iijlft"), frozenset("MWmw@%&-+=<>#~")


class LabelError(Exception):
    """A label that cannot be printed as it should be; the text is one sentence: what, why, what next."""


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text with its upper left corner at x, y; set smaller, then cut, where it is wider than `width`."""

    x: float
    y: float
    height: float
    width: float
    text: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A Code 128 in the middle of a box, its empty space included; of elements, a GS1-128."""

    x: float
    y: float
    width: float
    height: float
    code: Code


@dataclass(frozen=True, slots=True)
class Matrix:
    """A Data Matrix in the upper left corner of a square; of elements, a GS1 DataMatrix."""

    x: float
    y: float
    size: float
    code: Code


@dataclass(frozen=True, slots=True)
class Label:
    """One label, or one page: its size and what is on it."""

    width: float
    height: float
    parts: tuple[Words | Bars | Matrix, ...]


# --- What a symbol holds, and how large it gets ---------------------------------------------------------------


def message(code: Code) -> str:
    """What a symbol encodes, with FNC1 in front of elements and behind each value of unknown length but the last.

    Raises LabelError for what no symbol of ours can hold.
    """
    if isinstance(code, str):
        text = code
    else:
        ended = [ai + value + ("" if ai[:2] in _KNOWN_LENGTH else FNC1) for ai, value in code]
        text = FNC1 + "".join(ended).removesuffix(FNC1)
    if not text or any(not " " <= char <= "~" for char in text.replace(FNC1, "")):
        raise LabelError("A code with other characters than printable ASCII has no bars: give it another code.")
    return text


def bar_modules(code: Code) -> int:
    """How wide a Code 128 is, in modules, without its empty space."""
    text = message(code)
    symbols = len(text) - len(_digits(text)) // 2 if _by_twos(text) else len(text)
    return 11 * (symbols + 2) + 13  # start, check, and a stop that is two modules wider


def matrix_modules(code: Code) -> int:
    """How many modules a side of a Data Matrix has at the most: printers may find a shorter way to encode it."""
    text, used, place = message(code), 0, 0
    while place < len(text):
        place += 2 if text[place : place + 2].isdigit() and len(text) > place + 1 else 1
        used += 1
    for modules, codewords in _MATRIX_SIZES:
        if used <= codewords:
            return modules
    raise LabelError(f"A code of {len(text)} characters is too long for a Data Matrix: give it a shorter one.")


def module_size(room: float, modules: int, dot: float = 0) -> float:
    """The width of one module, in millimetres: the largest that leaves all of them in the room.

    With `dot`, the width of a printer's dot, it is a whole number of these. Raises LabelError where it would be too
    small to be read.
    """
    module = min(room / modules, LARGEST_MODULE)
    if dot:
        module = int(module / dot + 1e-6) * dot
    if module < SMALLEST_MODULE:
        least = SMALLEST_MODULE if not dot else dot * -(-SMALLEST_MODULE // dot)
        raise LabelError(
            f"A code needs {modules * least:.0f} mm on the label and has {room:.0f} mm: use larger labels, and set "
            "width_mm and height_mm of [printer] to their size."
        )
    return module


def _by_twos(text: str) -> bool:
    """Whether a Code 128 can be digits by twos (subset C), which takes half the room."""
    digits = _digits(text)
    return len(digits) % 2 == 0 and len(digits) >= 4 and digits.isascii() and digits.isdigit()


def _digits(text: str) -> str:
    return text.removeprefix(FNC1)


def fitted(text: str, height: float, width: float, measure: Callable[[str], float]) -> tuple[str, float]:
    """The text and the height at which it is not wider than `width`: down to half of it, then it is cut.

    `measure` tells the width of a text whose height is 1.
    """
    wide = measure(text) * height
    if wide <= width:
        return text, height
    if wide <= 2 * width:
        return text, height * width / wide
    height /= 2
    while text and measure(text + "...") * height > width:
        text = text[:-1]
    return text.rstrip() + "...", height


# --- ZPL ------------------------------------------------------------------------------------------------------


def zpl(label: Label, dpi: int, copies: int = 1) -> bytes:
    """The label for a printer with so many dots an inch; raises LabelError when a symbol does not fit its box."""
    dots = dpi / MM_PER_INCH
    body = "".join(_part(part, dots) for part in label.parts)
    size = f"^PW{round(label.width * dots)}^LL{round(label.height * dots)}^LH0,0"
    quantity = f"^PQ{copies}" if copies > 1 else ""
    return f"^XA^CI28{size}{body}{quantity}^XZ\n".encode("ascii")


def _part(part: Words | Bars | Matrix, dots: float) -> str:
    match part:
        case Words():
            return _words(part, dots)
        case Bars():
            return _bars(part, dots)
        case Matrix():
            return _matrix(part, dots)


def _words(part: Words, dots: float) -> str:
    text, height = fitted(part.text, part.height, part.width, _printed_width)
    size = max(10, round(height * dots))  # the printer's own font comes no smaller
    return f"{_at(part.x, part.y, dots)}^A0N,{size},{size}{_field(_escaped(text))}" if text else ""


def _printed_width(text: str) -> float:
    """How wide the printer's font 0 sets a text of height 1, rather too much than too little."""
    return sum(map(_letter_width, text))


def _letter_width(letter: str) -> float:
    if letter in _NARROW or letter in _WIDE:
        return 0.34 if letter in _NARROW else 0.9
    if not letter.isascii():
        return 1.0
    return 0.62 if letter.isupper() else 0.5 if letter.islower() or letter.isdigit() else 0.6


def _bars(part: Bars, dots: float) -> str:
    text, modules = message(part.code), bar_modules(part.code)
    module = round(module_size(part.width, modules + 2 * BAR_QUIET, 1 / dots) * dots)
    x = part.x + (part.width - modules * module / dots) / 2
    # >; begins subset C and >: subset B; >8 is FNC1, and >0 is a > of the data.
    data = ">8".join(_escaped(run.replace(">", ">0")) for run in text.split(FNC1))
    start = ">;" if _by_twos(text) else ">:"
    return f"{_at(x, part.y, dots)}^BY{module}^BCN,{round(part.height * dots)},N,N,N{_field(start + data)}"


def _matrix(part: Matrix, dots: float) -> str:
    modules = matrix_modules(part.code) + 2 * MATRIX_QUIET
    module = round(module_size(part.size, modules, 1 / dots) * dots)
    # _1 is FNC1, and two of _ are one of the data.
    data = "_1".join(_escaped(run.replace("_", "__")) for run in message(part.code).split(FNC1))
    return f"{_at(part.x, part.y, dots)}^BXN,{module},200,0,0,1,_{_field(data)}"


def _at(x: float, y: float, dots: float) -> str:
    return f"^FO{round(x * dots)},{round(y * dots)}"


def _field(data: str) -> str:
    return f"^FH\\^FD{data}^FS"


def _escaped(text: str) -> str:
    return "".join(chr(byte) if byte in _PLAIN else f"\\{byte:02X}" for byte in text.encode())
