"""Two receivers on one truck: the same receipt, whoever is first, and nothing of the one is lost to the other."""

from __future__ import annotations

import threading

from receiving_dock import GOWN, MASK, healthy
from small_floor import sscc

from db import connection
from warehouse.reply import Verdict

ROUNDS = 12


def test_at_the_same_moment_they_open_one_receipt_and_count_on_it(small):
    """Each round both scan at once, of two items and of one; the first cases of the day meet as well."""
    small.order("SO-1", ("GOWN-L", 40))
    small.purchase_order("PO-2", ("GOWN-L", 10_000), ("MASK", 10_000))
    hands = [small.hand("1001", "DOCK-1"), small.hand("1004", "DOCK-2")]
    for hand in hands:
        hand.scan("PO-2")
    met = threading.Barrier(2)
    wrong: list[object] = []

    def work(number: int) -> None:
        try:
            for turn in range(ROUNDS):
                item = GOWN if turn % 2 else (GOWN, MASK)[number]
                met.wait(20)
                reply = hands[number].case(sscc(1000 * number + turn), item, 20 + turn % 3)
                if reply.verdict is not Verdict.OK:
                    wrong.append(reply.message)
        except Exception as error:  # noqa: BLE001 - told where the test is
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []
    pieces = 2 * sum(20 + turn % 3 for turn in range(ROUNDS))
    assert connection.rows("SELECT cases, pieces FROM receipt") == [(2 * ROUNDS, pieces)]
    assert connection.value("SELECT SUM(qty_received) FROM po_line") == pieces
    assert small.reserved("SO-1") == 40
    assert healthy(small)


def test_the_second_count_of_a_case_in_two_hands_is_told_whose_it_is(small, ana):
    kim = small.hand("1004", "DOCK-2")
    kim.all("PO-1", f"]C100{sscc(1)}", f"]E0{GOWN}")
    ana.all(f"]C100{sscc(1)}", f"]E0{GOWN}", "=22")
    told = kim.type("24")
    assert (told.template, "ANA" in " ".join(told.message)) == ("case_known", True)
    assert connection.value("SELECT SUM(qty) FROM capture") == 22
