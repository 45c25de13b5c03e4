"""block, unblock, accept as a lead orders them from the command line: one transaction each, on record, applied once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from db import connection
from warehouse import command_log, serials
from warehouse.blocks.acting import as_json, do
from warehouse.completing import releasing

if TYPE_CHECKING:
    from warehouse.blocks.choosing import Act
    from warehouse.blocks.targets import Target
    from warehouse.orders import Command


def block(command: Command, target: Target) -> dict[str, Any]:
    """Stop the goods; answers what was done, as the command prints it. Raises CannotError (an InputError)."""
    return _ordered(command, "block", target)


def unblock(command: Command, target: Target) -> dict[str, Any]:
    """Stopped goods go on hold; the stop of a lot ends. Raises CannotError (an InputError)."""
    return _ordered(command, "unblock", target)


def accept(command: Command, target: Target) -> dict[str, Any]:
    """Goods on hold are free stock again, and are released. Raises CannotError (an InputError)."""
    return _ordered(command, "accept", target)


def _ordered(command: Command, act: Act, target: Target) -> dict[str, Any]:
    while True:
        serials.ensure(command.site.code, "unit")  # loose stock of another status is a row, and a plate, of its own
        try:
            return _apply(command, act, target)
        except serials.NoneInHandError:
            continue


@releasing
def _apply(command: Command, act: Act, target: Target) -> dict[str, Any]:
    stored = command_log.outcome_of(command.command_id) if connection.patience.attempt else None
    if stored is not None:
        return dict(stored["done"])
    done = do(command.cause, act, target, command.today)
    told = as_json(done)
    if done.already is None:
        outcome = {"reason": command.reason, "done": told}
        command_log.record(command.cause, act, str(target), outcome, moves=done.moves)
    return told
