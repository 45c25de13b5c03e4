"""Substitutes: what is offered to whom and how many of it, who may accept, what is written, what a ship set makes of it."""

from __future__ import annotations

import threading
from datetime import timedelta

import psycopg
import pytest
from small_floor import TODAY, changed, contents, sscc

from db import connection
from db.connection import transaction
from warehouse import attempts, holds, redistribution, stock, substitutes, substituting, sweeping, verify
from warehouse.holds import Terms, Which
from warehouse.reply import InputError

LATER = TODAY + timedelta(days=9)


def approve(small, sku: str, substitute: str, customer: str | None = None, *, approved: int = 1) -> None:
    connection.insert_row(
        "substitute",
        site=small.site.code,
        item_id=small.item(sku),
        substitute_id=small.item(substitute),
        customer_id=connection.value("SELECT id FROM customer WHERE code = ?", customer),
        approved=approved,
    )


def offered(small, *which) -> list[tuple[str, int, str, int]]:
    found = substitutes.offers(small.site, small.today, *which).offers
    return [(one.order, one.line, one.substitute, one.quantity) for one in found]


def accept(small, which: Which, sku: str, quantity: int | None = None):
    return substituting.accept(small.command(reason="CUSTOMER SAYS YES"), which, sku, quantity)


@pytest.fixture
def waiting(small):
    """SO-1 waits for 40 GOWN-L, GOWN-M may stand in for it, and 60 of that are free."""
    small.order("SO-1", ("GOWN-L", 40))
    approve(small, "GOWN-L", "GOWN-M")
    small.stock("GOWN-M", 60)
    return small


# --- what is offered


def test_what_is_free_is_offered_and_nothing_moves(waiting):
    waiting.order("SO-2", ("GOWN-L", 100), ("MASK", 5), promised=LATER)
    assert offered(waiting) == [("SO-1", 1, "GOWN-M", 40), ("SO-2", 1, "GOWN-M", 60)]
    assert offered(waiting, "SO-2") == [("SO-2", 1, "GOWN-M", 60)]
    assert offered(waiting, "SO-2", 2) == []
    assert waiting.reserved("SO-1") == 0


def test_what_its_own_lines_wait_for_is_not_offered(waiting):
    """SO-3 takes 50 or nothing: the 60 are still there, and 10 are nobody's."""
    waiting.order("SO-3", ("GOWN-M", 50), ("MASK", 1), policy="order")
    assert waiting.reserved("SO-3") == 0
    assert offered(waiting) == [("SO-1", 1, "GOWN-M", 10)]
    with pytest.raises(InputError, match="10 of GOWN-M are free beyond what its own lines wait for: take 10, or wait"):
        accept(waiting, Which("SO-1", 1), "GOWN-M", 40)
    waiting.order("SO-4", ("GOWN-M", 70), policy="line")
    assert offered(waiting) == []


def test_a_customers_own_row_decides(small):
    """C3 has its own no to GOWN-M, and its own yes to MASK; the rows for C1 are none of its business."""
    small.order("SO-1", ("GOWN-L", 40))
    approve(small, "GOWN-L", "GOWN-M")
    approve(small, "GOWN-L", "MASK", "C1")
    small.stock("GOWN-M", 60)
    small.stock("MASK", 50)
    assert offered(small) == [("SO-1", 1, "GOWN-M", 40)]
    approve(small, "GOWN-L", "GOWN-M", "C3", approved=0)
    approve(small, "GOWN-L", "MASK", "C3")
    assert offered(small) == offered(small, "SO-1", 1) == [("SO-1", 1, "MASK", 40)]


def test_what_is_past_its_expiry_is_not_offered(small):
    small.order("SO-1", ("GOWN-L", 40))
    approve(small, "GOWN-L", "SERUM")
    small.stock("SERUM", 30, lot="A", expiry=TODAY.isoformat())
    small.stock("SERUM", 9, lot="B", expiry=LATER.isoformat())
    assert offered(small) == [("SO-1", 1, "SERUM", 39)]
    small.now += timedelta(days=1)
    assert offered(small) == [("SO-1", 1, "SERUM", 9)]


def test_a_line_of_whole_cases_is_offered_whole_cases(small):
    small.order("SO-1", ("GOWN-L", 50), full_cases=True)
    approve(small, "GOWN-L", "GOWN-M")
    for number, pieces in enumerate((24, 24, 24), 1):
        small.stock("GOWN-M", pieces, code=sscc(number))
    assert offered(small) == [("SO-1", 1, "GOWN-M", 48)]
    with pytest.raises(InputError, match=r"72 of GOWN-M are free .* and SO-1/1 takes whole cases only: 24 can be had"):
        accept(small, Which("SO-1", 1), "GOWN-M", 40)
    assert accept(small, Which("SO-1", 1), "GOWN-M").quantity == 48
    assert (small.reserved("SO-1", 2), small.line("SO-1")["qty_open"]) == (48, 2)


def test_a_line_on_hold_is_offered_nothing(waiting):
    holds.hold(waiting.command(), [Which("SO-1")], Terms("credit", LATER))
    assert offered(waiting) == []
    with pytest.raises(InputError, match="SO-1/1 is on hold: end the hold first; nothing was changed"):
        accept(waiting, Which("SO-1", 1), "GOWN-M")


def test_a_list_is_cut_and_says_so(waiting):
    for number in range(2, 6):
        waiting.order(f"SO-{number}", ("GOWN-L", number))
    found = substitutes.offers(waiting.site, waiting.today, limit=3)
    assert ([one.order for one in found.offers], found.more) == (["SO-1", "SO-2", "SO-3"], True)
    assert not substitutes.offers(waiting.site, waiting.today, limit=5).more


# --- what is accepted


def test_a_line_is_replaced_by_another_of_its_order(waiting):
    done = accept(waiting, Which("SO-1", 1), "GOWN-M")
    assert (done.order, done.line, done.sku, done.substitute, done.new_line, done.quantity) == (
        *("SO-1", 1, "GOWN-L", "GOWN-M", 2, 40),
    )
    assert [(one.order, one.line, one.sku, one.quantity) for one in done.change.released] == [("SO-1", 2, "GOWN-M", 40)]
    assert (waiting.line("SO-1")["qty_cancelled"], waiting.line("SO-1")["state"]) == (40, "C")
    assert (waiting.line("SO-1", 2)["qty_ordered"], waiting.reserved("SO-1", 2)) == (40, 40)
    assert offered(waiting) == []
    assert connection.rows(
        "SELECT o.line, n.line, s.qty, p.name, s.reason FROM substitution s JOIN order_line o ON o.id = s.line_id "
        "JOIN order_line n ON n.id = s.new_line_id JOIN operator p ON p.id = s.operator_id"
    ) == [(1, 2, 40, "IDA", "CUSTOMER SAYS YES")]


def test_the_new_line_has_the_terms_of_the_old_one(small):
    """Minimum fill, priority, day and place by hand; only what waits is replaced, what is promised stays."""
    small.order("SO-1", ("GOWN-L", 40), ("MASK", 1), fill=20, priority=1, promised=LATER)
    small.stock("GOWN-L", 10)
    holds.pin(small.command(), [Which("SO-1")])
    approve(small, "GOWN-L", "GOWN-M")
    small.stock("GOWN-M", 60)
    accept(small, Which("SO-1", 1), "GOWN-M", 25)
    columns = "promised_on, priority, policy, min_fill_percent, full_cases, pinned, rank_on"
    assert len(set(connection.rows(f"SELECT {columns} FROM order_line WHERE line IN (1, 3)"))) == 1
    assert small.line("SO-1") | {"min_need": 0} == {
        **dict.fromkeys(("qty_picked", "qty_shipped", "min_need"), 0),
        "qty_ordered": 40,
        "qty_cancelled": 25,
        "qty_reserved": 10,
        "qty_open": 5,
        "state": "W",
    }
    assert small.reserved("SO-1", 3) == 25


def test_a_line_that_got_smaller_takes_what_it_could_not(small):
    """30 of 40 are there for a line that ships complete: with 10 of the substitute it has all."""
    small.order("SO-1", ("GOWN-L", 40), policy="line")
    small.stock("GOWN-L", 30)
    approve(small, "GOWN-L", "GOWN-M")
    small.stock("GOWN-M", 10)
    accept(small, Which("SO-1", 1), "GOWN-M")
    assert (small.reserved("SO-1"), small.reserved("SO-1", 2)) == (30, 10)


def test_the_past_of_both_lines_is_told(waiting):
    """The old line waited for 40, then for 15; the new one was entered and served."""
    accept(waiting, Which("SO-1", 1), "GOWN-M", 25)
    lines = stock.lines_by_id(row[0] for row in connection.rows("SELECT id FROM order_line"))
    old, new = sorted(lines.values(), key=lambda one: one.line)
    since = dict(connection.rows("SELECT line, waiting_since FROM order_line"))
    told = attempts.attempts(waiting.site.code, old, since[1], [old, new], 9)
    assert [(one.cause, one.got, one.short) for one in told] == [("entry", 0, 40), ("cancel", 0, 15)]
    told = attempts.attempts(waiting.site.code, new, since[2], [old, new], 9)
    assert [(one.cause, one.got, one.short) for one in told] == [("entry", 25, 0)]


@pytest.mark.parametrize(
    ("which", "sku", "quantity", "words"),
    [
        (Which("SO-9", 1), "GOWN-M", 1, "There is no order line SO-9/1 at this site: name it as ORDER/LINE; nothing"),
        (Which("SO-1"), "GOWN-M", 1, "There is no order line SO-1 at this site"),
        (Which("SO-1", 1), "APRON", 1, "There is no item APRON at this site; nothing was changed"),
        (Which("SO-1", 1), "GOWN-L", 1, "GOWN-L is what SO-1/1 waits for: name another item; nothing was changed"),
        (
            *(Which("SO-1", 1), "MASK", 1),
            r"MASK is not approved in place of GOWN-L for customer C3 \(GOWN-M is\): approve it by a row of "
            r"substitutes.csv \(GOWN-L,MASK,C3\) and 'dockbell import'; nothing was changed",
        ),
        (Which("SO-1", 1), "GOWN-M", 0, "A quantity of 0 is nothing to replace"),
        (Which("SO-1", 1), "GOWN-M", 41, "40 of SO-1/1 wait: 41 cannot be replaced; nothing was changed"),
        (Which("SO-2", 1), "GOWN-M", 70, "60 of GOWN-M are free beyond what its own lines wait for: take 60"),
        (Which("SO-3", 1), "GOWN-L", None, "None of GOWN-L is free beyond what its own lines wait for: wait for more"),
        (Which("SO-4", 1), "GOWN-M", None, "Nothing of SO-4/1 waits any more: 5 are reserved; nothing was changed"),
    ],
)
def test_what_is_refused_changes_nothing(waiting, which, sku, quantity, words):
    waiting.order("SO-2", ("GOWN-L", 80), promised=LATER)
    waiting.order("SO-3", ("MASK", 9))
    approve(waiting, "MASK", "GOWN-L")
    waiting.order("SO-4", ("SERUM", 5))
    waiting.stock("SERUM", 5, lot="A", expiry=LATER.isoformat())
    approve(waiting, "SERUM", "GOWN-M")
    before = contents()
    with pytest.raises(InputError, match=words):
        accept(waiting, which, sku, quantity)
    assert changed(before, contents()) == []


# --- lines that leave together


def watched(order: str) -> int | None:
    return connection.value(
        "SELECT l.line FROM ship_set s JOIN order_header h ON h.id = s.order_id LEFT JOIN order_line l "
        "ON l.id = s.watch_id WHERE h.order_no = ?",
        order,
    )


def test_a_complete_order_is_complete_with_the_substitute(small):
    """The watched line is replaced whole: the order has all before the command is answered."""
    small.order("SO-1", ("GOWN-L", 40), ("MASK", 10), policy="order")
    small.stock("MASK", 10)
    approve(small, "GOWN-L", "GOWN-M")
    small.stock("GOWN-M", 60)
    assert watched("SO-1") == 1
    accept(small, Which("SO-1", 1), "GOWN-M")
    assert [small.reserved("SO-1", line) for line in (1, 2, 3)] == [0, 10, 40]
    assert connection.rows("SELECT state, COUNT(*) FROM pick_task GROUP BY state") == [("OPEN", 2)]


def test_a_set_waits_for_the_rest_of_the_line(small):
    """25 of 40 are replaced: nothing moves, what is kept for the set is not offered again, and then all moves at once."""
    small.order("SO-1", ("GOWN-L", 40), ("MASK", 10), ("MASK", 1), sets=("A", "A", ""))
    small.stock("MASK", 11)
    approve(small, "GOWN-L", "GOWN-M")
    small.stock("GOWN-M", 25)
    accept(small, Which("SO-1", 1), "GOWN-M")
    assert connection.one("SELECT name, n_unsat FROM ship_set") == ("A", 3)
    assert watched("SO-1") == 1
    assert small.line("SO-1")["min_need"] == 15
    assert [small.reserved("SO-1", line) for line in (1, 2, 3, 4)] == [0, 0, 1, 0]
    assert offered(small) == []
    small.stock("GOWN-L", 15)
    assert [small.reserved("SO-1", line) for line in (1, 2, 3, 4)] == [15, 10, 1, 25]


def test_an_order_of_one_line_that_ships_complete(small):
    small.order("SO-1", ("GOWN-L", 40), policy="order")
    small.stock("GOWN-L", 30)
    approve(small, "GOWN-L", "GOWN-M")
    small.stock("GOWN-M", 10)
    accept(small, Which("SO-1", 1), "GOWN-M")
    assert [small.reserved("SO-1", line) for line in (1, 2)] == [30, 10]


def test_a_station_that_dies_before_the_set_had_its_turn(small):
    """Of both lines of a set some is replaced by what the set watches: its needs are right at once, the sweep does the rest."""
    small.order("SO-1", ("GOWN-L", 15), ("GOWN-M", 20), policy="order")
    approve(small, "GOWN-L", "GOWN-M")
    small.stock("GOWN-L", 1)
    small.stock("GOWN-M", 34)
    connection.execute("UPDATE ship_set SET watch_id = (SELECT id FROM order_line WHERE line = 2)")
    connection.execute("UPDATE order_line SET min_need = CASE line WHEN 2 THEN 20 ELSE 2147483647 END")
    transaction(substituting.accept.__wrapped__)(small.command(), Which("SO-1", 1), "GOWN-M", 14)
    assert small.line("SO-1", 2)["min_need"] == 34
    assert verify.verify(small.site).violations == ()
    assert sweeping.sweep(small.site, small.now, force=True).missed == ()
    assert [small.reserved("SO-1", line) for line in (1, 2, 3)] == [1, 20, 14]


def test_a_set_that_claims_takes_it_at_once(small):
    small.order("SO-1", ("GOWN-L", 40), ("MASK", 10), policy="order", patience=0)
    approve(small, "GOWN-L", "GOWN-M")
    small.stock("GOWN-M", 25)
    accept(small, Which("SO-1", 1), "GOWN-M")
    assert [small.reserved("SO-1", line) for line in (1, 2, 3)] == [0, 0, 25]
    assert connection.rows("SELECT state FROM pick_task") == [("WAITING",)]


def test_what_is_owed_for_the_replaced_pieces_is_written_off(small):
    small.order("SO-1", ("GOWN-L", 20), ("MASK", 10), policy="order", patience=0)
    small.stock("GOWN-L", 20)
    small.order("SO-2", ("GOWN-L", 15), promised=LATER)
    redistribution.lend(small.command(), Which("SO-1", 1), Which("SO-2", 1), 15)
    approve(small, "GOWN-L", "GOWN-M")
    small.stock("GOWN-M", 15)
    accept(small, Which("SO-1", 1), "GOWN-M")
    assert connection.one("SELECT qty, repaid, written_off FROM loan") == (15, 0, 15)
    assert small.reserved("SO-1", 3) == 15


# --- several at once


def test_two_leads_accept_the_same_pieces(waiting):
    """Both were offered 60: one gets them, the other is told; nothing is promised twice."""
    waiting.order("SO-2", ("GOWN-L", 60))
    waiting.order("SO-3", ("GOWN-L", 60))
    commands = {order: waiting.command() for order in ("SO-2", "SO-3")}
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def act(order: str) -> None:
        together.wait()
        try:
            outcomes.append(f"{substituting.accept(commands[order], Which(order, 1), 'GOWN-M', 60).quantity} replaced")
        except InputError as error:
            outcomes.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(order,)) for order in commands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert min(outcomes) == "60 replaced"
    assert max(outcomes).startswith("None of GOWN-M is free")
    assert connection.value("SELECT SUM(qty_reserved) FROM order_line") == 60


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_import_that_writes_lines_holds_it_up_without_its_items_being_locked(waiting, database_url):
    """Imports number lines under the lock of the site: meanwhile the act lets go of its items again and again."""
    done: list[int] = []
    command = waiting.command()

    def act() -> None:
        done.append(substituting.accept(command, Which("SO-1", 1), "GOWN-M", None).new_line)
        connection.close()

    with psycopg.connect(database_url) as other:
        other.execute("SELECT 1 FROM site FOR NO KEY UPDATE")
        other.execute(
            "INSERT INTO order_line (site, order_id, line, item_id, policy, min_fill_percent, priority, promised_on, "
            "rank_on, qty_ordered, qty_open, qty_cancelled, min_need, state, waiting_since) SELECT site, order_id, 2, item_id, policy, 0, "
            "priority, promised_on, rank_on, 1, 0, 1, 0, 'C', waiting_since FROM order_line"
        )
        thread = threading.Thread(target=act)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        other.execute("SELECT 1 FROM item_stock FOR UPDATE")
    thread.join(10)
    assert done == [3]
