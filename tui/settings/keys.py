"""Every setting there is: one table, which reads the file, prints the settings, and writes their reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from devices.feedback import Signal
from devices.scale.protocols import PROTOCOLS
from devices.scale.setup import ScaleSetup
from devices.setup import ScannerSetup
from tui.settings.kinds import NAMES, Database, Guns, Kind, Mark, Number, OneOf, Pattern, Port, Text, Tone, Whole, YesNo
from tui.settings.records import Labels, Limits, Printer
from tui.wedge import WedgeSetup
from warehouse.barcodes.text import MAX_FIELD

SCANNER_SCHEMES = ("socket", "rfc2217", "loop")
FRAMINGS = ("line", "tab", "stx-etx", "idle", "ssi")
SIGNALS = tuple(signal.value for signal in Signal)
SSI_TONES = "zebra-ssi"  # the one profile that a line of packets can carry
NO_TONES = "none"  # the profile that a new one begins with when it says nothing else


@dataclass(frozen=True, slots=True)
class Key:
    """One setting. `environment` and `option` are what stands above the file, in this order."""

    name: str
    kind: Kind
    default: object
    words: str
    environment: str = ""
    option: str = ""
    default_words: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The settings of one thing. `many`: [[name]] with one table each, or [name.OWN] with names of one's own."""

    name: str
    words: str
    keys: tuple[Key, ...]
    many: Literal["", "listed", "named"] = ""

    @property
    def head(self) -> str:
        """How it is written in the file."""
        return {"": f"[{self.name}]", "listed": f"[[{self.name}]]", "named": f"[{self.name}.NAME]"}[self.many]


_ONE = ScannerSetup("")
_SCANNER_KEYS = (
    Key(
        "name",
        NAMES,
        "",
        "What the screen and the log call it; each scanner has its own.",
        default_words='"scanner 1", "scanner 2", ...',
    ),
    Key(
        "port",
        Port(SCANNER_SCHEMES, "a device such as /dev/ttyACM0, socket://host:port, rfc2217://host:port or loop://"),
        _ONE.port,
        "Where it is connected. Without it, the five keys that follow find the device.",
        "DOCKBELL_SCANNER",
        "--scanner",
    ),
    Key(
        "vid",
        Pattern("[0-9A-Fa-f]{4}", 'four hexadecimal digits in quotes, such as "0c2e"', lower=True),
        _ONE.match.vid,
        "USB vendor of the device, as `dockbell scanner list` shows it.",
    ),
    Key(
        "pid",
        Pattern("[0-9A-Fa-f]{4}", 'four hexadecimal digits in quotes, such as "0b61"', lower=True),
        _ONE.match.pid,
        "USB product of the device.",
    ),
    Key("serial", Text(MAX_FIELD, 0), _ONE.match.serial, "The device's own number: it is found in every socket."),
    Key(
        "location",
        Pattern(r"[0-9]+-[0-9]+(\.[0-9]+)*(:[0-9x]+\.[0-9]+)?", 'a place on the USB tree, such as "1-1.2"'),
        _ONE.match.location,
        "The socket that it is plugged into, for scanners without a number of their own.",
    ),
    Key("link", Text(255, 0, "/"), _ONE.match.link, "The name of its link in /dev/serial/by-id."),
    Key("baud", Whole(300, 921_600), _ONE.baud, "Speed of the line, in bits a second."),
    Key("bits", OneOf((7, 8)), _ONE.bits, "Data bits."),
    Key("parity", OneOf(("N", "E", "O", "M", "S")), _ONE.parity, "None, even, odd, mark or space."),
    Key("stop", OneOf((1, 1.5, 2)), _ONE.stop, "Stop bits."),
    Key(
        "framing",
        OneOf(FRAMINGS),
        _ONE.framing,
        "How a scan ends: CR or LF (line), TAB, between STX and ETX, by silence (idle), or Zebra SSI packets.",
    ),
    Key(
        "prefix",
        Mark(),
        _ONE.prefix,
        r"What it sends before each scan, such as '\x02'; it is taken off, and what comes without it is no scan.",
    ),
    Key("gs", Mark(separator=True), _ONE.gs, "What it sends for the GS1 separator when it cannot send GS (1D)."),
    Key("guns", Guns(), _ONE.guns, "The guns of a base: what the base puts before their scans, and their names."),
    Key("idle_ms", Whole(10, 2_000), _ONE.idle_ms, "Silence that ends a scan of the framing idle, in milliseconds."),
    Key("stale_ms", Whole(50, 10_000), _ONE.stale_ms, "After so many milliseconds half a scan is given up."),
    Key("max_frame", Whole(64, 65_536), _ONE.max_frame, "The longest scan, in bytes."),
    Key(
        "feedback",
        Text(24),
        _ONE.feedback,
        "How it is told good from bad: a profile that the program has, or one of [feedback.NAME].",
        option="--feedback",
        default_words=f'"{_ONE.feedback}"; with the framing ssi "{SSI_TONES}"',
    ),
    Key(
        "bounce_ms",
        Whole(0, 5_000),
        _ONE.bounce_ms,
        "The same code again within so many milliseconds is the trigger, not the operator.",
    ),
)

_FEEDBACK_KEYS = (
    Key(
        "based_on",
        Text(24),
        "",
        "The profile whose tones it has as long as it does not say otherwise.",
        default_words=f'the profile of this name, else "{NO_TONES}"',
    ),
    *(
        Key(name, Tone(), b"", words, default_words="as in based_on")
        for name, words in zip(
            SIGNALS,
            (
                "Sent for a scan that was saved.",
                "Sent for a scan that was refused.",
                "Sent for a question: nothing is saved yet.",
                "Sent for a scan that was heard and goes on.",
                "Switches the trigger off while a STOP waits to be seen.",
                "Switches it on again.",
            ),
            strict=True,
        )
    ),
)

_SCALE = ScaleSetup()
_SCALE_KEYS = (
    Key(
        "port",
        Port(SCANNER_SCHEMES, "a device such as /dev/ttyUSB0, socket://host:port, rfc2217://host:port or loop://"),
        _SCALE.port,
        "Where it is connected; none: this terminal has no scale, weights are keyed.",
        "DOCKBELL_SCALE",
        "--scale",
    ),
    Key("protocol", OneOf(tuple(PROTOCOLS)), _SCALE.protocol, "What it speaks; see docs/connect-a-scale.md."),
    Key("baud", Whole(300, 921_600), _SCALE.baud, "Speed of the line, in bits a second."),
    Key("bits", OneOf((7, 8)), _SCALE.bits, "Data bits."),
    Key("parity", OneOf(("N", "E", "O", "M", "S")), _SCALE.parity, "None, even, odd, mark or space."),
    Key("stop", OneOf((1, 1.5, 2)), _SCALE.stop, "Stop bits."),
    Key("timeout_s", Number(0.5, 10), _SCALE.timeout_s, "Seconds that a weight may take to settle."),
)

_WEDGE = WedgeSetup()
_PRINTER = Printer()
_LABELS = Labels()
_LIMITS = Limits()

TABLES = (
    Table(
        "station",
        "This terminal.",
        (
            Key(
                "name",
                Text(MAX_FIELD),
                "",
                "The terminal's name; one that bears the code of a dock receives there.",
                "DOCKBELL_STATION",
                "--station",
                default_words="the host's name",
            ),
            Key(
                "database",
                Database(),
                "sqlite:///site.db",
                "Where the site's data is. Three slashes: from the folder that the program is started in; four: from /.",
                "DOCKBELL_DB",
                "--db",
            ),
        ),
    ),
    Table("scanner", "A serial scanner, or a base with its guns; one table for each.", _SCANNER_KEYS, "listed"),
    Table(
        "feedback",
        "The bytes that a family of scanners is sent: a profile of one's own, or other bytes in one that there is.",
        _FEEDBACK_KEYS,
        "named",
    ),
    Table(
        "wedge",
        "Scanners that type like a keyboard.",
        (
            Key("enabled", YesNo(), _WEDGE.enabled, "Whether fast typing is taken for a scan."),
            Key("prefix", Mark(), _WEDGE.prefix, "What the scanner types before each code; it tells a scan at once."),
            Key("gs", Mark(separator=True), _WEDGE.gs, "What the scanner types for the GS1 separator."),
            Key("gap_ms", Whole(5, 200), _WEDGE.gap_ms, "Keys that follow each other faster than this are a scan."),
            Key("end_ms", Whole(10, 1_000), _WEDGE.end_ms, "Silence that ends a scan which no CR ended."),
            Key("least", Whole(2, 20), _WEDGE.least, "Fewer characters than this are typing, however fast."),
            Key("bounce_ms", Whole(0, 5_000), _WEDGE.bounce_ms, "As a scanner's bounce_ms."),
        ),
    ),
    Table("scale", "The scale of this terminal, on a serial port or a network address.", _SCALE_KEYS),
    Table(
        "printer",
        "The label printer of this terminal.",
        (
            Key(
                "url",
                Port(("socket",), "a device such as /dev/ttyUSB1, or socket://host:9100"),
                _PRINTER.url,
                "Where labels go; none: this terminal prints no labels by itself.",
                "DOCKBELL_PRINTER",
            ),
            Key("dpi", OneOf((203, 300)), _PRINTER.dpi, "Dots an inch of its head."),
            Key("width_mm", Whole(40, 220), _PRINTER.width_mm, "Width of a label, in millimetres."),
            Key("height_mm", Whole(20, 300), _PRINTER.height_mm, "Height of a label, in millimetres."),
        ),
    ),
    Table(
        "labels",
        "The numbers that this site gives to cases and pallets.",
        (
            Key(
                "company_prefix",
                Pattern("[0-9]{4,12}", 'the 4 to 12 digits of a GS1 Company Prefix, in quotes, or ""'),
                _LABELS.company_prefix,
                "The site's GS1 Company Prefix; without it cases get licence plates of the program's own.",
            ),
            Key("extension", Whole(0, 9), _LABELS.extension, "The first digit of an SSCC."),
        ),
    ),
    Table(
        "limits",
        "How long this terminal waits.",
        (
            Key(
                "patience_s",
                Number(0.5, 60),
                _LIMITS.patience_s,
                "Seconds that scans queue behind one that is not answered; then they are refused, and heard to be.",
            ),
            Key("latch", YesNo(), _LIMITS.latch, "Whether a STOP at a row of cases must be answered before the next."),
            Key(
                "latch_pause_ms",
                Whole(0, 10_000),
                _LIMITS.latch_pause_ms,
                "How long a STOP keeps the trigger off, where the scanner can.",
            ),
        ),
    ),
)
"""All tables, in the order in which they are told."""
