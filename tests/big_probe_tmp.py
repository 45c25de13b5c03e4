import os
import time

from small_floor import SITE, START, TODAY, SmallFloor

from db import connection
from db.connection import iso, transaction
from warehouse import policy
from warehouse.verify import verify

N = int(os.environ.get("N", "100000"))


def big(small):
    at = iso(START)
    rank = policy.rank(TODAY, 3)
    items = []
    for k in range(1000):
        i = connection.insert(
            "item",
            site=SITE,
            sku=f"S{k}",
            description="d",
            base_unit="ea",
            case_qty_mode="variable",
            lot_control=0,
            expiry_control=0,
        )
        items.append(i)
    dock = small.place("DOCK-1")
    ship = small.place("SHIP-1")
    cust = connection.one("SELECT id FROM customer WHERE code='C3'")[0]

    @transaction
    def fill():
        m = connection.many
        run0 = connection.insert(
            "release_run",
            site=SITE,
            at=at,
            cause="receipt",
            item_id=items[0],
            scan_id="x",
            supply_before=24 * N,
            supply_after=0,
            lines_waiting=0,
            qty_waiting=0,
        )
        connection.execute(
            "INSERT INTO po_line (site,po_id,line,item_id,qty_ordered,expected_on) SELECT site,1,1,1,1,'2026-01-01' FROM site WHERE 1=0"
        )
        m(
            "INSERT INTO order_header (id,site,order_no,customer_id,entered_at) VALUES (?,?,?,?,?)",
            [(k + 1, SITE, f"O{k}", cust, at) for k in range(N // 5 + 1)],
        )
        m(
            "INSERT INTO order_line (id,site,order_id,line,item_id,policy,min_fill_percent,priority,promised_on,rank_on,qty_ordered,qty_reserved,qty_picked,qty_open,min_need,state,waiting_since) VALUES (?,?,?,?,?,'partial',50,3,?,?,24,?,?,0,0,'R',?)",
            [
                (
                    k + 1,
                    SITE,
                    k // 5 + 1,
                    k % 5 + 1,
                    items[k % 1000],
                    TODAY.isoformat(),
                    rank,
                    0 if k % 2 else 24,
                    24 if k % 2 else 0,
                    at,
                )
                for k in range(N)
            ],
        )
        m(
            "INSERT INTO order_line (id,site,order_id,line,item_id,policy,min_fill_percent,priority,promised_on,rank_on,qty_ordered,qty_open,min_need,state,waiting_since) VALUES (?,?,?,?,?,'partial',50,3,?,?,24,24,12,'W',?)",
            [(N + k + 1, SITE, k // 5 + 1, k % 5 + 10, items[k % 1000], TODAY.isoformat(), rank, at) for k in range(N)],
        )
        m(
            "INSERT INTO handling_unit (id,site,code,kind,item_id,status,location_id,order_id,qty,qty_reserved,received_at) VALUES (?,?,?,'CASE',?,'AVAILABLE',?,?,24,?,?)",
            [
                (
                    k + 1,
                    SITE,
                    f"U{k}",
                    items[k % 1000],
                    ship if k % 2 else dock,
                    k // 5 + 1 if k % 2 else None,
                    0 if k % 2 else 24,
                    at,
                )
                for k in range(N)
            ],
        )
        m(
            "INSERT INTO reservation (id,site,line_id,unit_id,item_id,kind,state,qty,qty_picked,run_id,at) VALUES (?,?,?,?,?,'HARD',?,24,?,?,?)",
            [
                (
                    k + 1,
                    SITE,
                    k + 1,
                    k + 1,
                    items[k % 1000],
                    "PICKED" if k % 2 else "OPEN",
                    24 if k % 2 else 0,
                    run0,
                    at,
                )
                for k in range(N)
            ],
        )
        m(
            "INSERT INTO release_verdict (site,run_id,line_id,outcome,qty,short,reason) VALUES (?,?,?,'RELEASED_HARD',24,0,'')",
            [(SITE, run0, k + 1) for k in range(N)],
        )
        m(
            "INSERT INTO pick_task (site,reservation_id,state,at) VALUES (?,?,?,?)",
            [(SITE, k + 1, "DONE" if k % 2 else "OPEN", at) for k in range(N)],
        )
        m(
            "INSERT INTO stock_move (site,at,kind,item_id,qty,from_account,to_account,to_unit_id,to_location_id,to_status,scan_id) VALUES (?,?,'RECEIPT',?,24,'VENDOR','UNIT',?,?,'AVAILABLE',?)",
            [(SITE, at, items[k % 1000], k + 1, dock, f"r{k}") for k in range(N)],
        )
        m(
            "INSERT INTO stock_move (site,at,kind,item_id,qty,from_account,from_unit_id,from_location_id,from_status,to_account,to_unit_id,to_location_id,to_status,to_order_id,scan_id,reservation_id,order_line_id) VALUES (?,?,'PICK',?,24,'UNIT',?,?,'AVAILABLE','UNIT',?,?,'AVAILABLE',?,?,?,?)",
            [
                (SITE, at, items[k % 1000], k + 1, dock, k + 1, ship, k // 5 + 1, f"p{k}", k + 1, k + 1)
                for k in range(1, N, 2)
            ],
        )
        m(
            "INSERT INTO scan_log (scan_id,site,at,station,source,step,raw,payload_hash,verdict,outcome,moves) VALUES (?,?,?,'s','SERIAL','x','x','x','OK','{}',1)",
            [(f"r{k}", SITE, at) for k in range(N)],
        )
        connection.execute(
            "INSERT INTO item_stock (site,item_id,usable,reserved,waiting_lines,waiting_qty) SELECT site,item_id,SUM(CASE WHEN order_id IS NULL THEN qty ELSE 0 END),SUM(qty_reserved),0,0 FROM handling_unit GROUP BY site,item_id"
        )
        connection.execute(
            f"UPDATE item_stock SET waiting_lines={N // 1000}, waiting_qty={N // 1000 * 24} WHERE item_id >= ?",
            items[0],
        )

    fill()


def test_probe(database_url):
    small = SmallFloor()
    t = time.perf_counter()
    big(small)
    print("\nfill", time.perf_counter() - t)
    if "postgres" in database_url:
        connection.execute("ANALYZE")
    last = [None, time.perf_counter()]

    def prog(what, done, of):
        now = time.perf_counter()
        if last[0] and now - last[1] > 0.05:
            print(f"  {last[0]}: {now - last[1]:.2f}")
        last[:] = [what, now]

    t = time.perf_counter()
    v = verify(small.site, prog)
    print(database_url[:6], time.perf_counter() - t, sum(c.rows for c in v.checked))
    print(len(v.violations), v.violations[:5])
