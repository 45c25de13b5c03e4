"""The demo's warehouse: the Northwind company on one day, as the files that Dockbell imports.

Products, pack descriptions, stock, customers and order quantities are Northwind's facts. What Northwind
does not say (case limits, lots, places, who delivers when) follows from the rules below and from the seed.
The same seed and the same day give the same bytes.

`Dataset.deliveries` is what stands on the trucks: the pieces that are truly in each case, ordered or not.
"""

import csv
import datetime as dt
import itertools
import random
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Literal

CaseMode = Literal["fixed", "variable", "catch_weight"]
LabelKind = Literal["content", "plate", "unit", "bare"]
Mishap = Literal["one too many", "not on the order", "scanned twice"]
Row = Sequence[object]

GS = "\x1d"

# Sixty orders and ninety cases are played at a person's pace in a few minutes.
SHIFT_ORDERS = 60
DOCK_VENDORS = 10
DOCK_CASES = 90

PERISHABLE = frozenset({"Dairy Products", "Meat/Poultry", "Produce", "Seafood"})
SOLD_BY_WEIGHT = frozenset({"Dairy Products", "Meat/Poultry"})
STOCK_DAYS = range(20, 301)
FRESH_DAYS = range(90, 301)
ZONES = "ABCDEFGH"
BAYS = 6

UNIT_WORDS = {
    "bag": "bag",
    "bar": "bar",
    "bottle": "bottle",
    "box": "box",
    "boxe": "box",
    "can": "can",
    "glasse": "glass",
    "jar": "jar",
    "pie": "pie",
    "piece": "piece",
    "pkg": "pack",
    "round": "round",
    "tin": "tin",
}
# A pack description that begins with a measure names one piece; millilitres weigh about a gram.
GRAMS = {"kg": 1000, "k": 1000, "g": 1, "ml": 1, "cc": 1}

# Share of the customers, best revenue first, up to which priority 1, 2, 3 and 4 reach; the rest have 5.
PRIORITY_PERCENT = (10, 30, 55, 80)
# Overseas every line is cleared by customs once; the Iberian forwarder takes an order as one consignment.
SHIP_POLICY = {
    "Argentina": "line",
    "Brazil": "line",
    "Mexico": "line",
    "Venezuela": "line",
    "Portugal": "order",
    "Spain": "order",
}
# Freight is not worth less: a part shipment to these countries needs this share of the line.
MIN_FILL_PERCENT = {"Germany": 25, "UK": 50}

OPERATORS = (
    ("1001", "ANA", "receiver"),
    ("1002", "LEO", "picker"),
    ("1003", "IDA", "lead"),
    ("1004", "KIM", "receiver picker"),
)

# What a packing line prints, in turn: lot-controlled items need their lot on the label or from the keys.
PERISHABLE_LABELS: tuple[LabelKind, ...] = ("content", "unit", "bare", "plate")
DRY_LABELS: tuple[LabelKind, ...] = ("content", "plate", "content", "bare")

HEADERS = {
    "items.csv": "sku description gtin base_unit case_qty_mode nominal_case_qty min_case_qty max_case_qty"
    " lot_control expiry_control weight_unit nominal_piece_weight",
    "barcodes.csv": "sku barcode quantity",
    "vendors.csv": "code name",
    "customers.csv": "code name priority ship_policy min_fill_percent",
    "locations.csv": "code zone kind",
    "operators.csv": "badge name roles",
    "stock.csv": "location sku quantity lot expiry unit_code",
    "purchase_orders.csv": "po vendor line sku quantity expected_on",
    "sales_orders.csv": "order customer line sku quantity promised_on priority ship_policy",
}


@dataclass(frozen=True)
class Label:
    """What is printed on a case, as scanned, and what the receiver keys because the label does not say it.

    `keyed_quantity` is None where the label or the item's fixed case tells the pieces. `weight` is the sticker of the
    vendor's scale, on goods that are sold by weight.
    """

    scans: tuple[str, ...]
    keyed_quantity: int | None = None
    keyed_lot: str | None = None
    keyed_expiry: dt.date | None = None
    weight: str | None = None


@dataclass(frozen=True)
class DeliveredCase:
    """One case on a truck; `barcode` is the item's code on it, `quantity` the pieces truly inside."""

    sscc: str | None
    barcode: str
    sku: str
    quantity: int
    lot: str | None
    expiry: dt.date | None
    label: Label
    mishap: Mishap | None = None


@dataclass(frozen=True)
class Delivery:
    """What a vendor's truck brings today for one purchase order; not always what was ordered."""

    po: str
    vendor: str
    cases: tuple[DeliveredCase, ...]


@dataclass(frozen=True)
class Dataset:
    """A folder ready to import, the trucks of the day, and the badge that plays each role."""

    folder: Path
    deliveries: tuple[Delivery, ...]
    badges: Mapping[str, str]


@dataclass(frozen=True)
class _Packing:
    unit: str
    mode: CaseMode
    nominal: int
    least: int
    most: int
    grams: int | None = None  # of a piece, where cases are sold by weight

    def cases(self, pieces: int) -> int:
        return max(-(-pieces // self.most), round(pieces / self.nominal))

    def fills_cases(self, pieces: int) -> bool:
        """Whether the pieces make cases of which none is below the item's limit."""
        return self.cases(pieces) * self.least <= pieces


@dataclass(frozen=True)
class _Product:
    number: int
    name: str
    vendor: int
    category: int
    packing: _Packing
    perishable: bool
    in_stock: int
    on_order: int
    discontinued: bool

    @property
    def sku(self) -> str:
        return f"NW-{self.number:02d}"

    @property
    def gtin(self) -> str:
        # Prefix 2 is for numbers that stay inside a company: no real product has this one.
        return with_check_digit(f"2000410000{self.number:02d}")

    @property
    def case_gtin(self) -> str:
        return with_check_digit("1" + self.gtin[:-1])


@dataclass(frozen=True)
class _Customer:
    code: str
    name: str
    country: str

    @property
    def ship_policy(self) -> str:
        return SHIP_POLICY.get(self.country, "partial")


@dataclass(frozen=True)
class _OrderLine:
    product: int
    quantity: int
    revenue: Decimal


@dataclass(frozen=True)
class _Order:
    number: int
    customer: str
    ordered_on: dt.date
    required_on: dt.date
    shipped_on: dt.date | None
    lines: tuple[_OrderLine, ...]


@dataclass(frozen=True)
class _Northwind:
    products: Mapping[int, _Product]
    vendors: Mapping[int, str]
    customers: Mapping[str, _Customer]
    orders: tuple[_Order, ...]


@dataclass(frozen=True)
class _PurchaseLine:
    product: _Product
    quantity: int
    serves: int  # the waiting pieces that this line lets go

    @property
    def cases(self) -> int:
        return self.product.packing.cases(self.quantity)


@dataclass(frozen=True)
class _PurchaseOrder:
    number: str
    vendor: int
    days_ahead: int
    lines: tuple[_PurchaseLine, ...]


@dataclass(frozen=True)
class _Load:
    """One case before its label is printed."""

    product: _Product
    pieces: int
    kind: LabelKind
    lot: str | None
    expiry: dt.date | None
    mishap: Mishap | None = None


@dataclass(frozen=True)
class _Truck:
    order: _PurchaseOrder
    loads: tuple[_Load, ...]


def build(folder: Path, *, today: dt.date, seed: int) -> Dataset:
    """Write the shift's files into the folder and tell what its trucks bring."""
    northwind = _read_northwind()
    orders = _shift_orders(northwind.orders)
    purchases = _purchase_orders(northwind.products.values(), _waiting(northwind.products, orders))
    # One supply for stock and trucks: a lot number stands for one item and one expiry.
    lots = _lots(random.Random(f"{seed} lots"))
    stock = tuple(_stock_rows(northwind.products.values(), today, lots, random.Random(f"{seed} stock")))
    rng = random.Random(f"{seed} trucks")
    trucks = _with_mishaps(_trucks(purchases, today, lots, rng), _strays(northwind.products.values(), purchases))

    tables: dict[str, Iterable[Row]] = {
        "items.csv": _item_rows(northwind.products.values()),
        "barcodes.csv": ((p.sku, p.case_gtin, p.packing.nominal) for p in northwind.products.values()),
        "vendors.csv": ((_vendor_code(number), name) for number, name in northwind.vendors.items()),
        "customers.csv": _customer_rows(northwind),
        "locations.csv": _location_rows(),
        "operators.csv": OPERATORS,
        "stock.csv": stock,
        "purchase_orders.csv": _purchase_rows(purchases, today),
        "sales_orders.csv": _sales_rows(northwind, orders, today),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        _write(folder / name, rows)
    return Dataset(folder, tuple(_delivery(truck, rng) for truck in trucks), _badges())


def with_check_digit(body: str) -> str:
    """The digits with their GS1 mod-10 check digit: GTIN, SSCC and our own licence plates."""
    weighted = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(body)))
    return body + str(-weighted % 10)


# --- Northwind's facts


def _read(name: str) -> list[dict[str, str]]:
    with files("tui.demo").joinpath("northwind", name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _read_northwind() -> _Northwind:
    return _Northwind(
        products={product.number: product for product in _read_products()},
        vendors={int(row["SupplierID"]): row["CompanyName"] for row in _read("suppliers.csv")},
        customers={customer.code: customer for customer in _read_customers()},
        orders=tuple(_read_orders()),
    )


def _read_customers() -> Iterator[_Customer]:
    for row in _read("customers.csv"):
        yield _Customer(row["CustomerID"], row["CompanyName"], row["Country"])


def _read_products() -> Iterator[_Product]:
    categories = {row["CategoryID"]: row["CategoryName"] for row in _read("categories.csv")}
    for row in _read("products.csv"):
        category = categories[row["CategoryID"]]
        yield _Product(
            number=int(row["ProductID"]),
            name=row["ProductName"],
            vendor=int(row["SupplierID"]),
            category=int(row["CategoryID"]),
            packing=_packing(row["QuantityPerUnit"], by_weight=category in SOLD_BY_WEIGHT),
            perishable=category in PERISHABLE,
            in_stock=int(row["UnitsInStock"]),
            on_order=int(row["UnitsOnOrder"]),
            discontinued=row["Discontinued"] == "1",
        )


def _read_orders() -> Iterator[_Order]:
    lines: dict[str, list[_OrderLine]] = {}
    for row in _read("order_details.csv"):
        quantity = int(row["Quantity"])
        revenue = Decimal(row["UnitPrice"]) * quantity * (1 - Decimal(row["Discount"]))
        line = _OrderLine(int(row["ProductID"]), quantity, revenue)
        lines.setdefault(row["OrderID"], []).append(line)
    for row in _read("orders.csv"):
        shipped = row["ShippedDate"]
        yield _Order(
            number=int(row["OrderID"]),
            customer=row["CustomerID"],
            ordered_on=dt.date.fromisoformat(row["OrderDate"]),
            required_on=dt.date.fromisoformat(row["RequiredDate"]),
            shipped_on=dt.date.fromisoformat(shipped) if shipped else None,
            lines=tuple(lines[row["OrderID"]]),
        )


def _packing(description: str, *, by_weight: bool) -> _Packing:
    """How an item comes, from its pack description.

    "24 - 12 oz bottles" and "10 boxes x 20 bags" are cases of 24 bottles and of 10 boxes. "1 kg pkg." is one
    piece: two dozen of them to a case, fewer where the case would weigh more than 100 kg. Boxes and cans are
    packed by machine and their cases are always full; all others hold up to a quarter less or a sixth more.
    """
    words = re.findall(r"[a-z]+", description.lower())
    unit = next((UNIT_WORDS[word.removesuffix("s")] for word in words if word.removesuffix("s") in UNIT_WORDS), "ea")
    match = re.match(r"(\d+) ?(\S+)", description)
    if match is None:
        raise ValueError(f"pack description without a number: {description}")
    count, measure = int(match[1]), match[2]
    nominal = min(24, 100_000 // (count * GRAMS[measure])) if measure in GRAMS else count
    if unit in {"box", "can"}:
        return _Packing(unit, "fixed", nominal, nominal, nominal)
    mode: CaseMode = "catch_weight" if by_weight and measure in GRAMS else "variable"
    grams = count * GRAMS[measure] if mode == "catch_weight" else None
    return _Packing(unit, mode, nominal, nominal - max(1, nominal // 4), nominal + max(1, nominal // 6), grams)


# --- What waits, and what is bought for it


def _shift_orders(orders: Iterable[_Order]) -> list[_Order]:
    """The orders on the floor: all that Northwind never shipped, filled up with those that left last.

    An order that left last is new or was held up for long, so that some promises lie in the past.
    """
    by_departure = sorted(orders, key=lambda order: (order.shipped_on or dt.date.max, order.number))
    return sorted(by_departure[-SHIFT_ORDERS:], key=lambda order: order.number)


def _waiting(products: Mapping[int, _Product], orders: Iterable[_Order]) -> Counter[int]:
    """Pieces of each product that the orders want beyond what is in stock."""
    wanted: Counter[int] = Counter()
    for order in orders:
        for line in order.lines:
            wanted[line.product] += line.quantity
    # Unary plus drops the products of which there is enough.
    return +Counter({number: pieces - products[number].in_stock for number, pieces in wanted.items()})


def _purchase_orders(products: Iterable[_Product], waiting: Counter[int]) -> list[_PurchaseOrder]:
    """One order per vendor and day: today's trucks, tomorrow's, and in three days what nobody waits for."""
    lines = [
        _purchase_line(product, waiting[product.number])
        for product in products
        if not product.discontinued and (product.on_order or waiting[product.number])
    ]
    todays = _todays_lines(lines)
    grouped: dict[tuple[int, int], list[_PurchaseLine]] = {}
    for line in lines:
        days_ahead = 0 if line.product.number in todays else 1 if line.serves else 3
        grouped.setdefault((days_ahead, line.product.vendor), []).append(line)
    return [
        _PurchaseOrder(f"PO-{number}", vendor, days_ahead, tuple(grouped[days_ahead, vendor]))
        for number, (days_ahead, vendor) in enumerate(sorted(grouped), start=1001)
    ]


def _purchase_line(product: _Product, waiting: int) -> _PurchaseLine:
    """What Northwind has on order, and whole cases for those who would still wait."""
    nominal = product.packing.nominal
    more_cases = -(-max(0, waiting - product.on_order) // nominal)
    return _PurchaseLine(product, product.on_order + more_cases * nominal, waiting)


def _todays_lines(lines: Iterable[_PurchaseLine]) -> set[int]:
    """The products that come today: from the vendors most pieces wait for, the best served per case."""
    served: Counter[int] = Counter()
    for line in lines:
        served[line.product.vendor] += line.serves
    vendors = {vendor for vendor, _ in served.most_common(DOCK_VENDORS)}
    chosen: set[int] = set()
    cases_left = DOCK_CASES
    for line in sorted(lines, key=lambda line: (-line.serves / line.cases, line.product.number)):
        fits = line.cases <= cases_left and line.product.packing.fills_cases(line.quantity)
        if fits and line.serves and line.product.vendor in vendors:
            chosen.add(line.product.number)
            cases_left -= line.cases
    return chosen


# --- The trucks


def _trucks(
    purchases: Iterable[_PurchaseOrder], today: dt.date, lots: Iterator[str], rng: random.Random
) -> list[_Truck]:
    """Today's purchase orders, each product with its own lot and its own kind of label."""
    perishable_labels, dry_labels = itertools.cycle(PERISHABLE_LABELS), itertools.cycle(DRY_LABELS)
    trucks = []
    for order in purchases:
        if order.days_ahead:
            continue
        loads: list[_Load] = []
        for line in order.lines:
            perishable = line.product.perishable
            kind = next(perishable_labels if perishable else dry_labels)
            lot, expiry = _lot_and_expiry(line.product, today, FRESH_DAYS, lots, rng)
            pieces_per_case = _fill_cases(line.product.packing, line.quantity, rng)
            loads += (_Load(line.product, pieces, kind, lot, expiry) for pieces in pieces_per_case)
        trucks.append(_Truck(order, tuple(loads)))
    return trucks


def _fill_cases(packing: _Packing, quantity: int, rng: random.Random) -> list[int]:
    """Spread the ordered pieces over cases as a vendor packs them: a little more in one, less in the next."""
    count = packing.cases(quantity)
    even, left = divmod(quantity, count)
    pieces = [even + (case < left) for case in range(count)]
    for fuller in range(0, count - 1, 2):
        emptier = fuller + 1
        room = min(packing.most - pieces[fuller], pieces[emptier] - packing.least, max(1, packing.nominal // 8))
        swing = rng.randint(min(1, room), room)
        pieces[fuller] += swing
        pieces[emptier] -= swing
    rng.shuffle(pieces)
    return pieces


def _lots(rng: random.Random) -> Iterator[str]:
    return (f"L{number}" for number in rng.sample(range(1000, 10_000), 1000))


def _lot_and_expiry(
    product: _Product, today: dt.date, days_left: range, lots: Iterator[str], rng: random.Random
) -> tuple[str, dt.date] | tuple[None, None]:
    """A lot of its own for what perishes, nothing for what does not."""
    if not product.perishable:
        return None, None
    return next(lots), today + dt.timedelta(days=rng.choice(days_left))


def _strays(products: Iterable[_Product], purchases: Iterable[_PurchaseOrder]) -> dict[int, _Product]:
    """For each vendor a product that is on no purchase order: what arrives by mistake."""
    ordered = {line.product.number for order in purchases for line in order.lines}
    strays: dict[int, _Product] = {}
    for product in products:
        if product.number not in ordered and not product.discontinued and not product.perishable:
            strays.setdefault(product.vendor, product)
    return strays


def _with_mishaps(trucks: list[_Truck], strays: Mapping[int, _Product]) -> list[_Truck]:
    """Four trucks go wrong: a case too many, a case short, a stray product, a case scanned twice."""
    untouched = {truck.order.number: truck for truck in trucks}
    done: dict[str, _Truck] = {}

    def change(truck: _Truck, loads: Iterable[_Load]) -> None:
        done[truck.order.number] = replace(untouched.pop(truck.order.number), loads=tuple(loads))

    over = next(truck for truck in trucks if not truck.loads[-1].product.perishable)
    change(over, (*over.loads, replace(over.loads[-1], mishap="one too many")))

    short = max(untouched.values(), key=lambda truck: len(truck.loads))
    change(short, short.loads[:-1])

    mixed = next(truck for truck in untouched.values() if truck.order.vendor in strays)
    product = strays[mixed.order.vendor]
    stray = _Load(product, product.packing.nominal, "content", None, None, "not on the order")
    middle = len(mixed.loads) // 2
    change(mixed, (*mixed.loads[:middle], stray, *mixed.loads[middle:]))

    # Only a label that says everything by itself is saved by its first scan.
    twice = next(truck for truck in untouched.values() if truck.loads[0].kind == "content")
    change(twice, (replace(twice.loads[0], mishap="scanned twice"), *twice.loads[1:]))
    return [done.get(truck.order.number, truck) for truck in trucks]


def _delivery(truck: _Truck, rng: random.Random) -> Delivery:
    serials = itertools.count(rng.randint(100_000, 900_000))
    cases = tuple(_labelled(load, _sscc(truck.order.vendor, next(serials))) for load in truck.loads)
    return Delivery(truck.order.number, _vendor_code(truck.order.vendor), cases)


def _sscc(vendor: int, serial: int) -> str:
    # GS1 keeps prefix 952 for examples: no real case has this number.
    return with_check_digit(f"39521{vendor:03d}{serial:09d}")


def _labelled(load: _Load, sscc: str) -> DeliveredCase:
    """Print the label of a case.

    content: one symbol says it all; plate: the case's number, then the item's code; unit: the case's number,
    then the item's code with lot and expiry; bare: the item's code alone, and the case gets a number of ours.
    """
    product, fixed = load.product, load.product.packing.mode == "fixed"
    lot_symbols = "" if load.lot is None or load.expiry is None else f"17{load.expiry:%y%m%d}10{load.lot}"
    keyed_quantity = None if fixed else load.pieces
    if load.kind == "content":
        # 02 and 37 count what is inside, so they name the piece; a trade item's own code is 01.
        symbol = f"]C100{sscc}020{product.gtin}37{load.pieces}" + (GS + lot_symbols if lot_symbols else "")
        scans = (symbol, symbol) if load.mishap == "scanned twice" else (symbol,)
        return _case(load, sscc, product.gtin, Label(scans))
    if load.kind == "unit":
        label = Label((f"]C100{sscc}", f"]C101{product.case_gtin}{lot_symbols}"), keyed_quantity)
        return _case(load, sscc, product.case_gtin, label)
    if load.kind == "plate":
        label = Label((f"]C100{sscc}", f"]I1{product.case_gtin}"), keyed_quantity, load.lot, load.expiry)
        return _case(load, sscc, product.case_gtin, label)
    # An unmarked carton of varying content: the receiver opens it and scans a piece.
    code, symbol = (product.case_gtin, "]I1") if fixed else (product.gtin, "]E0")
    return _case(load, None, code, Label((symbol + code,), keyed_quantity, load.lot, load.expiry))


def _case(load: _Load, sscc: str | None, barcode: str, label: Label) -> DeliveredCase:
    grams = load.product.packing.grams
    if grams is not None:
        # Pieces that are cut are never just what they should be: this vendor's are one per cent too heavy.
        label = replace(label, weight=f"]C13103{load.pieces * grams * 101 // 100:06d}")
    return DeliveredCase(sscc, barcode, load.product.sku, load.pieces, load.lot, load.expiry, label, load.mishap)


# --- The files


def _item_rows(products: Iterable[_Product]) -> Iterator[Row]:
    for product in products:
        packing, control = product.packing, "yes" if product.perishable else "no"
        case = (packing.mode, packing.nominal, packing.least, packing.most)
        weight = ("kg", f"{packing.grams / 1000:.3f}") if packing.grams else ("", "")
        yield (product.sku, product.name, product.gtin, packing.unit, *case, control, control, *weight)


def _customer_rows(northwind: _Northwind) -> Iterator[Row]:
    priorities = _priorities(northwind)
    for code, customer in northwind.customers.items():
        min_fill = MIN_FILL_PERCENT.get(customer.country)
        yield code, customer.name, priorities[code], customer.ship_policy, min_fill


def _priorities(northwind: _Northwind) -> dict[str, int]:
    """Who has bought for more comes first: the best tenth has priority 1, and so on down PRIORITY_PERCENT."""
    revenue = dict.fromkeys(northwind.customers, Decimal(0))
    for order in northwind.orders:
        revenue[order.customer] += sum(line.revenue for line in order.lines)
    ranked = sorted(revenue, key=lambda code: (-revenue[code], code))
    return {code: 1 + bisect_right(PRIORITY_PERCENT, place * 100 // len(ranked)) for place, code in enumerate(ranked)}


def _location_rows() -> Iterator[Row]:
    yield "DOCK-1", "DOCK", "dock"
    yield "STAGE-1", "STAGE", "staging"
    yield "QUAR-1", "QUAR", "quarantine"
    yield "SHIP-1", "SHIP", "ship"
    for zone, bay, level in itertools.product(ZONES, range(1, BAYS + 1), (1, 2)):
        yield _place(zone, bay, level), zone, "storage"


def _place(zone: str, bay: int, level: int) -> str:
    return f"{zone}-{bay:02d}-{level}"


def _stock_rows(products: Iterable[_Product], today: dt.date, lots: Iterator[str], rng: random.Random) -> Iterator[Row]:
    """Northwind's stock in up to three places: loose on the lower level, handling units on the upper one."""
    # Stations draw their plates from the low numbers; ours come from the nineties.
    plates = (f"LP{with_check_digit(str(serial))}" for serial in itertools.count(90_000_001))
    for product in products:
        if not product.in_stock:
            continue
        zone, bay = ZONES[product.category - 1], product.number % BAYS + 1
        upper = (_place(zone, bay, 2), _place(zone, bay % BAYS + 1, 2))
        shares = _shares(product.in_stock, rng.choice((1, 2, 2, 3)), rng)
        has_loose = len(shares) == len(upper) + 1 or rng.random() < 0.7
        places = (_place(zone, bay, 1), *upper) if has_loose else upper
        for number, (place, pieces) in enumerate(zip(places, shares, strict=False)):
            lot, expiry = _lot_and_expiry(product, today, STOCK_DAYS, lots, rng)
            plate = None if has_loose and number == 0 else next(plates)
            yield place, product.sku, pieces, lot, expiry, plate


def _shares(total: int, count: int, rng: random.Random) -> list[int]:
    """Split a quantity at random into so many parts, or fewer when there are not enough pieces."""
    cuts = sorted(rng.sample(range(1, total), min(count, total) - 1))
    return [after - before for before, after in itertools.pairwise((0, *cuts, total))]


def _purchase_rows(purchases: Iterable[_PurchaseOrder], today: dt.date) -> Iterator[Row]:
    for order in purchases:
        expected_on = today + dt.timedelta(days=order.days_ahead)
        for number, line in enumerate(order.lines, start=1):
            yield (
                order.number,
                _vendor_code(order.vendor),
                number,
                line.product.sku,
                line.quantity,
                expected_on,
            )


def _sales_rows(northwind: _Northwind, orders: Iterable[_Order], today: dt.date) -> Iterator[Row]:
    """The orders with all dates moved by the same days: the newest order was entered today."""
    priorities = _priorities(northwind)
    offset = today - max(order.ordered_on for order in northwind.orders)
    for order in orders:
        policy = northwind.customers[order.customer].ship_policy
        terms = (order.required_on + offset, priorities[order.customer], policy)
        for number, line in enumerate(order.lines, start=1):
            sku = northwind.products[line.product].sku
            yield f"SO-{order.number}", order.customer, number, sku, line.quantity, *terms


def _vendor_code(number: int) -> str:
    return f"V-{number:02d}"


def _badges() -> Mapping[str, str]:
    """The first operator of each role."""
    badges: dict[str, str] = {}
    for badge, _, roles in OPERATORS:
        for role in roles.split():
            badges.setdefault(role, badge)
    return MappingProxyType(badges)


def _write(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(HEADERS[path.name].split())
        writer.writerows(rows)
