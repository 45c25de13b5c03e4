"""The settings that are in force: options before the environment before the file before what is set from the start."""

from __future__ import annotations

import argparse
import os
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from devices.feedback import PROFILES, Signal
from devices.scale.setup import ScaleSetup
from devices.setup import PortMatch, ScannerSetup
from tui.settings import file as file_
from tui.settings.file import File, Place
from tui.settings.keys import NO_TONES, SIGNALS, SSI_TONES, TABLES, Key
from tui.settings.records import Labels, Limits, Printer, Settings, Told
from tui.settings.shape import check
from tui.settings.wrong import WrongValueError, masked, shown
from tui.wedge import WedgeSetup
from warehouse.reply import InputError

DEFAULT = "default"
_OPENED = ("--db", "--scanner")
_URLS = ("database", "port", "url")  # they may hold a password
_MATCH = ("vid", "pid", "serial", "location", "link")
_KEYS = {table.name: {key.name: key for key in table.keys} for table in TABLES}


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The value of one setting and where it came from; `subject` begins a sentence about it."""

    value: Any
    origin: str
    subject: str

    def wrong(self, words: str) -> InputError:
        return InputError(f"{self.subject} {words}.")


_Values = dict[str, _Chosen]


def load(options: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings for one command. Raises InputError, in one sentence, for the first value that cannot be.

    A database or a scanner that an option or the environment names is taken as it is: who opens it says what is
    wrong with it, and a terminal works without its scanner. `dockbell config show` calls `check_by_hand`.
    """
    path = file_.find(options.config, environment)
    file = file_.read(path) if path is not None else File("", {}, {})
    check(file)
    sources = _Sources(file, environment, options)
    feedback = sources.feedback()
    scanners = sources.scanners({*PROFILES, *feedback})
    one = {name: sources.table(name) for name in ("station", "wedge", "scale", "printer", "labels", "limits")}
    _check_scale_apart(one["scale"], scanners)
    return Settings(
        file=path,
        station=one["station"]["name"].value,
        database=one["station"]["database"].value,
        scanners=tuple(_setup(scanner) for scanner in scanners),
        feedback={name: {signal: tones[signal].value for signal in SIGNALS} for name, tones in feedback.items()},
        wedge=WedgeSetup(**_plain(one["wedge"])),
        scale=ScaleSetup(**_plain(one["scale"])),
        printer=Printer(**_plain(one["printer"])),
        labels=Labels(**_plain(one["labels"])),
        limits=Limits(**_plain(one["limits"])),
        told=_told(one, scanners, feedback),
    )


@dataclass(frozen=True, slots=True)
class _Sources:
    """All that settings come from."""

    file: File
    environment: Mapping[str, str]
    options: argparse.Namespace

    def table(self, name: str) -> _Values:
        """A table of which there is one."""
        keys = _KEYS[name].values()
        return {key.name: self._above(key) or self._below(key, (name,)) for key in keys}

    def scanners(self, profiles: Iterable[str]) -> list[_Values]:
        """The scanners of the options, or of the environment, or of the file; `--feedback` is for all of them."""
        feedback = self._above(_KEYS["scanner"]["feedback"])
        found = self._ports() or self._listed()
        for number, scanner in enumerate(found, 1):
            scanner["feedback"] = feedback or scanner["feedback"]
            if not scanner["name"].value:
                scanner["name"] = replace(scanner["name"], value=f"scanner {number}")
        for chosen in [feedback] if feedback else [scanner["feedback"] for scanner in found]:
            if chosen.value not in profiles:
                raise chosen.wrong(f"is {shown(chosen.value)}, which is no profile; there are {_list(profiles)}")
        _check_apart(found)
        return found

    def _ports(self) -> list[_Values]:
        port = _KEYS["scanner"]["port"]
        urls = getattr(self.options, "scanner", None)
        if urls:
            ports = [_by_hand(port, url, port.option) for url in urls]
        else:
            above = self._of_environment(port)
            ports = [above] if above else []
        return [{name: _default(key, name) for name, key in _KEYS["scanner"].items()} | {"port": one} for one in ports]

    def _listed(self) -> list[_Values]:
        found = []
        for number in range(len(self.file.data.get("scanner", ()))):
            place = ("scanner", number)
            scanner = {name: self._below(key, place) for name, key in _KEYS["scanner"].items()}
            if not any(scanner[name].value for name in ("port", *_MATCH)):
                raise InputError(
                    f"{self.file.where(place)}: scanner {number + 1} has no port, "
                    f"and none of {', '.join(_MATCH)} to find it by: give one of them."
                )
            if scanner["framing"].value == "ssi" and scanner["feedback"].origin == DEFAULT:
                scanner["feedback"] = replace(scanner["feedback"], value=SSI_TONES)
            found.append(scanner)
        return found

    def feedback(self) -> dict[str, _Values]:
        """The profiles of the file, each filled up from the one that it is based on."""
        return {name: self._profile(name) for name in self.file.data.get("feedback", {})}

    def _profile(self, name: str) -> _Values:
        profile = {key.name: self._below(key, ("feedback", name)) for key in _KEYS["feedback"].values()}
        base = profile["based_on"]
        if not base.value:
            base = profile["based_on"] = replace(base, value=name if name in PROFILES else NO_TONES)
        if base.value not in PROFILES:
            raise base.wrong(f"is {shown(base.value)}, which the program does not have; there are {_list(PROFILES)}")
        for signal in SIGNALS:
            if profile[signal].origin == DEFAULT:
                profile[signal] = replace(profile[signal], value=PROFILES[base.value].tone(Signal(signal)))
        return profile

    def _above(self, key: Key) -> _Chosen | None:
        """What stands above the file."""
        given = getattr(self.options, key.option.removeprefix("--"), None) if key.option else None
        return _by_hand(key, given, key.option) if given is not None else self._of_environment(key)

    def _of_environment(self, key: Key) -> _Chosen | None:
        text = self.environment.get(key.environment) if key.environment else None
        return _by_hand(key, text, key.environment) if text else None

    def _below(self, key: Key, place: Place) -> _Chosen:
        """What the file says, or what is set from the start."""
        values: Any = self.file.data
        for step in place:
            values = values.get(step, {}) if isinstance(values, dict) else values[step]
        where = self.file.where((*place, key.name))
        subject = f"{where}: {_dotted((*place, key.name))}"
        return _read(key, values[key.name], where, subject) if key.name in values else _default(key, subject)


def check_by_hand(settings: Settings) -> None:
    """Raises InputError for a database or a scanner that is none, whoever named it."""
    ports = [(f"scanner.{number}.port", scanner.port) for number, scanner in enumerate(settings.scanners, 1)]
    for place, value in [("station.database", settings.database), *ports]:
        key = _KEYS[place.partition(".")[0]][place.rpartition(".")[2]]
        _read(key, value, "", settings.origins[place])


def _by_hand(key: Key, value: str, origin: str) -> _Chosen:
    return _Chosen(value, origin, origin) if key.option in _OPENED else _read(key, value, origin, origin)


def _read(key: Key, value: object, origin: str, subject: str) -> _Chosen:
    try:
        return _Chosen(key.kind.read(value), origin, subject)
    except WrongValueError as error:
        raise InputError(f"{subject} {error}.") from error


def _default(key: Key, subject: str) -> _Chosen:
    return _Chosen(socket.gethostname() if key.option == "--station" else key.default, DEFAULT, subject)


def _check_apart(scanners: list[_Values]) -> None:
    """Each has a name and a port of its own."""
    for name in ("name", "port"):
        seen: dict[str, int] = {}
        for number, scanner in enumerate(scanners, 1):
            value = scanner[name].value
            if value and value in seen:
                raise scanner[name].wrong(f"is {shown(value)}, as that of scanner {seen[value]}: give each its own")
            seen[value] = number


def _check_scale_apart(scale: _Values, scanners: list[_Values]) -> None:
    port = scale["port"]
    for number, scanner in enumerate(scanners, 1):
        if port.value and port.value == scanner["port"].value:
            raise port.wrong(f"is {shown(port.value)}, as that of scanner {number}: give each its own")


# --- records --------------------------------------------------------------------------------------------


def _plain(values: _Values) -> dict[str, Any]:
    return {name: chosen.value for name, chosen in values.items()}


def _setup(scanner: _Values) -> ScannerSetup:
    values = _plain(scanner)
    match = PortMatch(**{name: values.pop(name) for name in _MATCH})
    return ScannerSetup(match=match, **values)


def _told(one: dict[str, _Values], scanners: list[_Values], feedback: dict[str, _Values]) -> tuple[Told, ...]:
    tables: dict[str, dict[str, _Values]] = {name: {name: values} for name, values in one.items()}
    tables["scanner"] = {f"scanner.{number}": values for number, values in enumerate(scanners, 1)}
    tables["feedback"] = {f"feedback.{name}": values for name, values in feedback.items()}
    return tuple(
        Told(f"{place}.{name}", _as_data(name, chosen.value), chosen.origin)
        for table in TABLES
        for place, values in tables[table.name].items()
        for name, chosen in values.items()
    )


def _as_data(name: str, value: Any) -> Any:
    match value:
        case bytes():
            return value.hex(" ")
        case str():
            return masked(value) if name in _URLS else value
        case Mapping():
            return dict(value)
        case _:
            return value


def _dotted(place: Place) -> str:
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in place)


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
