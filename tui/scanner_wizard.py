"""Finding out how a scanner is set: its owner scans one test card, the program listens with one guess after another.

The wizard only asks, listens and sounds; what the bytes mean is `devices.recognise`, and writing the settings down
is the command's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from devices.feedback import FeedbackProfile
from devices.recognise import GUESSES, LineGuess, Recognised, recognise
from devices.setup import PortMatch, ScannerSetup
from devices.transport import PORT_LOST, PortError, Transport, is_device, open_transport
from tui.settings.kinds import NAMES
from tui.settings.wrong import WrongValueError
from warehouse.barcodes.text import escaped
from warehouse.reply import InputError

TEST_CARD = "XKTEST"
PATIENCE_S = 30.0  # how long the wizard waits for a scan before it asks whether to go on
QUIET_S = 0.25  # silence that ends a scan whatever its framing
TONE_GAP_S = 0.8
MOST = 8192  # bytes: a line that never falls silent is no scan


@dataclass(frozen=True, slots=True)
class Choice:
    """A port that is there: where, what is known of it, and how to find it again after it was plugged in elsewhere."""

    url: str
    words: str
    match: PortMatch
    feedback: str = ""


@dataclass(slots=True)
class Wizard:
    """The dialogue. `ask` shows a question and answers a line; it raises EOFError where nobody answers any more."""

    ask: Callable[[str], str]
    say: Callable[[str], None]
    profiles: Mapping[str, FeedbackProfile]
    patience_s: float = PATIENCE_S

    def run(self, choices: Sequence[Choice], url: str | None, name: str) -> ScannerSetup:
        """The settings of one scanner; raises InputError where it cannot be found out, and EOFError."""
        chosen = self._given(choices, url) if url else self._choose(choices)
        guess, found = self._find(chosen)
        setup = ScannerSetup(
            name=self._name(name),
            port="" if chosen.match else chosen.url,
            match=chosen.match,
            baud=guess.baud,
            bits=guess.bits,
            parity=guess.parity,
            stop=guess.stop,
            framing=found.framing,
            prefix=found.prefix,
        )
        return replace(setup, feedback=self._listen_to(chosen, guess))

    # --- Which port ---

    def _given(self, choices: Sequence[Choice], url: str) -> Choice:
        known = [choice for choice in choices if choice.url == url]
        return known[0] if known else Choice(url, url, PortMatch())

    def _choose(self, choices: Sequence[Choice]) -> Choice:
        if not choices:
            raise InputError(
                "No serial port is there: plug the scanner in, set it to USB serial (CDC) or RS-232, or name its "
                "port with --port; nothing was written."
            )
        for number, choice in enumerate(choices, 1):
            self.say(f"  {number}  {choice.words}")
        while True:
            said = self.ask(f"Which port is the scanner on [1-{len(choices)}]? ").strip()
            if said.isascii() and said.isdigit() and 1 <= int(said) <= len(choices):
                return choices[int(said) - 1]
            self.say("Key the number before its line.")

    def _name(self, proposed: str) -> str:
        """A name that the settings file takes."""
        while True:
            said = self.ask(f"A name for this scanner [{proposed}]: ").strip() or proposed
            try:
                return NAMES.read(said)
            except WrongValueError as error:
                self.say(escaped(f"The name {error}.", 200))

    # --- How it sends ---

    def _find(self, chosen: Choice) -> tuple[LineGuess, Recognised]:
        guesses = GUESSES if is_device(chosen.url) or chosen.url.startswith("rfc2217:") else GUESSES[:1]
        for guess in guesses:
            port = self._open(chosen.url, guess, first=guess == guesses[0])
            if port is None:
                continue
            self.say(f"Scan the test card {TEST_CARD} now ({guess}).")
            burst = self._one_scan(chosen.url, port)
            found = recognise(burst, TEST_CARD.encode())
            if found is not None:
                self._tell(burst, found)
                return guess, found
            self.say(f"  {len(burst)} bytes that make no sense at {guess}: {shown(burst)}")
        raise InputError(
            f"The test card was not understood at any of {len(guesses)} usual settings: see that it is the card "
            f"{TEST_CARD}, or reset the scanner to its factory settings; nothing was written."
        )

    def _open(self, url: str, guess: LineGuess, *, first: bool) -> Transport | None:
        """The open line; None where it does not know this guess, as some adapters know no parity."""
        try:
            return opened(url, guess)
        except PortError as error:
            if first:
                raise InputError(f"{error} Nothing was written.") from error
            self.say(f"  This port cannot do {guess}.")
            return None

    def _one_scan(self, url: str, port: Transport) -> bytes:
        """The bytes of one scan, as they came; asks on when nothing comes."""
        try:
            while not (burst := _burst(port, self.patience_s)):
                said = self.ask(f"Nothing came in {self.patience_s:.0f} s. ENTER waits on, q gives up: ")
                if said.strip().lower() == "q":
                    raise InputError("Given up; nothing was written.")
        except PORT_LOST as error:
            raise InputError(f"{url} fell silent: plug the scanner in again; nothing was written.") from error
        finally:
            port.close()
        return burst

    def _tell(self, burst: bytes, found: Recognised) -> None:
        self.say(f"  Understood: {shown(burst)}")
        self.say(
            f"  framing {found.framing}, prefix {escaped(found.prefix) or 'none'}, AIM id {found.aim or 'not sent'}"
        )
        if not found.aim:
            self.say("  Set the scanner to send AIM ids (its manual: Code ID or AIM ID): they tell GS1 labels apart.")
        if found.framing == "idle":
            self.say(
                "  It ends a scan with nothing: set the suffix CR if you can; scans are surer and quicker with it."
            )
        if found.odd:
            self.say(f"  It adds {shown(found.odd)} behind the code: switch that off, it would be read as data.")

    # --- How it speaks ---

    def _listen_to(self, chosen: Choice, guess: LineGuess) -> str:
        """The first profile whose tones its owner hears; "none" where it stays silent."""
        names = [name for name in self.profiles if name != "none"]
        if chosen.feedback in names:
            names.insert(0, names.pop(names.index(chosen.feedback)))
        for name in names:
            self.say(f"Listen: one tone for good, then one for bad ({name}; {self.profiles[name].setting}).")
            self._sound(chosen.url, guess, self.profiles[name])
            said = self.ask("Did the scanner speak [y/N, q leaves it silent]? ").strip().lower()
            if said.startswith("y"):
                return name
            if said.startswith("q"):
                break
        return "none"

    def _sound(self, url: str, guess: LineGuess, profile: FeedbackProfile) -> None:
        try:
            port = opened(url, guess)
        except PortError as error:
            self.say(f"  It took no tone: {escaped(str(error))}")
            return
        try:
            port.write(profile.good)
            time.sleep(TONE_GAP_S)
            port.write(profile.bad)
        except PORT_LOST as error:
            self.say(f"  It took no tone: {escaped(str(error))}")
        finally:
            port.close()


def opened(url: str, guess: LineGuess) -> Transport:
    """The line at these settings; raises PortError."""
    return open_transport(url, baud=guess.baud, bytesize=guess.bits, parity=guess.parity, stopbits=guess.stop)


def shown(burst: bytes) -> str:
    """Bytes as people can read and report them."""
    return escaped(burst.decode("latin-1"), 60)


def _burst(port: Transport, patience_s: float) -> bytes:
    """What comes until a quarter of a second of silence; b"" when nothing came in time."""
    until = time.monotonic() + patience_s
    heard = b""
    last = 0.0
    while (time.monotonic() < until or heard) and len(heard) < MOST:
        arrived = port.read()
        if arrived:
            heard += arrived
            last = time.monotonic()
        elif heard and time.monotonic() - last > QUIET_S:
            break
    return heard
