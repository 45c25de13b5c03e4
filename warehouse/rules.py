"""What a site may decide for itself: each rule with its form, its default and what it means. Kept in `site_rule`.

`dockbell site` shows and sets them; docs/site.md is held to this table by a test.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from db import connection
from db.connection import instant, transaction
from warehouse import command_log, policy
from warehouse.barcodes.text import digits_only
from warehouse.reply import InputError

if TYPE_CHECKING:
    from collections.abc import Collection

    from warehouse.orders import Command

DEFAULT: Final = "default"  # as a value: what the program does by itself


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the site. `form` is a whole number from 0 to a bound, or one of several words."""

    name: str
    default: str
    words: str
    choices: tuple[str, ...] = ()
    most: int = 0

    @property
    def form(self) -> str:
        """What its value may be, for people."""
        return ", ".join(self.choices) if self.choices else f"0 to {self.most}"

    def read(self, text: str) -> str:
        """The value that a text means, as it is kept; raises InputError for a text of another form."""
        if self.choices:
            if text in self.choices:
                return text
        elif digits_only(text) and len(text) <= 9 and int(text) <= self.most:
            return str(int(text))
        raise InputError(f"'{text}' is no value of {self.name}: it takes {self.form}, or default; nothing was changed.")


_ACTIONS = ("NONE", "WARN", "REJECT")
_YES_NO = ("yes", "no")

RULES: Final = (
    Rule("receiving.blind", "choice", "whether receivers see what is expected", ("never", "choice", "always")),
    Rule("receiving.unordered", "no", "goods without an order are free at once; no: they go to hold", _YES_NO),
    Rule("receiving.same_as_last", "yes", "F9 repeats the last count", _YES_NO),
    Rule("receiving.identical_max", "10", "most cases that are entered at once as n x q", most=1000),
    Rule("over.percent", "5", "more than ordered that is accepted, of items without lot control", most=1000),
    Rule("over.action", "REJECT", "what happens above that", _ACTIONS),
    Rule("over.lot_percent", "0", "the same of items with lot control", most=1000),
    Rule("over.lot_action", "REJECT", "what happens above that", _ACTIONS),
    Rule("under.percent", "2", "less than ordered at which a line may be closed short", most=100),
    Rule("under.action", "WARN", "what closing a receipt does with a line that is shorter", _ACTIONS),
    Rule("early.days", "5", "days before the expected day that are accepted", most=3650),
    Rule("early.action", "WARN", "what happens before that", _ACTIONS),
    Rule("late.days", "10", "days after the expected day that are accepted", most=3650),
    Rule("late.action", "WARN", "what happens after that", _ACTIONS),
    Rule("life.warn_percent", "66", "a case with less of its shelf life left is questioned", most=100),
    Rule("life.hold_percent", "33", "a case with less of its shelf life left goes to hold", most=100),
    Rule("weight.percent", "2", "how far a case's weight may be from its nominal weight", most=100),
    Rule(
        "release.patience_days",
        str(policy.PATIENCE_DAYS),
        f"days until an order that ships complete holds what it can get; {policy.NEVER_CLAIMS}: never",
        most=policy.NEVER_CLAIMS,
    ),
    Rule("history.receipts", "30", "receipts that the pack history looks back", most=1000),
    Rule("history.cases", "500", "cases that the pack history looks back", most=10_000),
    Rule("history.months", "24", "months that the pack history looks back", most=240),
    Rule("promise.late_days", "1", "days from today on which a late delivery is counted", most=365),
    Rule("promise.stage_days", "1", "days from receipt on which goods in a stage are counted", most=365),
)
BY_NAME: Final = {rule.name: rule for rule in RULES}


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a site as they are now."""

    values: dict[str, str]

    def word(self, name: str) -> str:
        """A rule that is one of several words."""
        return self.values.get(name, BY_NAME[name].default)

    def number(self, name: str) -> int:
        """A rule that is a whole number."""
        return int(self.word(name))

    def yes(self, name: str) -> bool:
        """A rule that is yes or no."""
        return self.word(name) == "yes"


def of_site(site: str) -> Rules:
    """The rules of this site, read anew: another terminal may have changed them."""
    return Rules(dict(connection.rows("SELECT name, value FROM site_rule WHERE site = ?", site)))


@dataclass(frozen=True, slots=True)
class Setting:
    """A rule as it stands: its value, and who set it when; neither where the program's default holds."""

    rule: Rule
    value: str
    set_by: str | None
    set_at: datetime | None


def settings(site: str) -> tuple[Setting, ...]:
    """Every rule, in the order of the table."""
    found = connection.rows(
        "SELECT r.name, r.value, o.name, r.set_at FROM site_rule r LEFT JOIN operator o ON o.id = r.set_by "
        "WHERE r.site = ?",
        site,
    )
    own = {name: (value, by, instant(at)) for name, value, by, at in found}
    return tuple(Setting(rule, *own.get(rule.name, (rule.default, None, None))) for rule in RULES)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What became of a rule; `default` says that the program's own value holds again."""

    name: str
    before: str
    after: str
    default: bool


@transaction
def put(command: Command, name: str, text: str) -> RuleChange:
    """Set a rule of the site for all of its terminals, from their next input on; `default` takes it away.

    Raises InputError for a name that is no rule and for a value of another form.
    """
    if name not in BY_NAME:
        raise InputError(f"There is no rule {name}: 'dockbell site' shows them; nothing was changed.")
    if connection.patience.attempt and (stored := command_log.outcome_of(command.command_id)) is not None:
        return RuleChange(**stored["rule"])
    rule, site = BY_NAME[name], command.site.code
    value = None if text == DEFAULT else rule.read(text)
    before = of_site(site).word(name)
    if value is None:
        connection.execute("DELETE FROM site_rule WHERE site = ? AND name = ?", site, name)
    else:
        connection.execute(
            "INSERT INTO site_rule (site, name, value, set_by, set_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (site, name) "
            "DO UPDATE SET value = excluded.value, set_by = excluded.set_by, set_at = excluded.set_at",
            *(site, name, value, command.person.id, command.cause.at),
        )
    change = RuleChange(name, before, rule.default if value is None else value, value is None)
    words, outcome = f"{name} {text}", {"reason": command.reason, "rule": asdict(change)}
    command_log.record(command.cause, "site", words, outcome, moves=0)
    return change


def told_nothing(site: str, roles: Collection[str]) -> bool:
    """Whether people with these roles are never told what is expected: the site counts blind, and they are no lead."""
    return "lead" not in roles and of_site(site).word("receiving.blind") == "always"
