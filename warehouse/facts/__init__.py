"""What the rows say, worked out anew from the ledger, the reservations, the orders and the scans alone.

No counter is read to work out another, so one false counter is named once and where it stands. Each fact is a
query with a key. PostgreSQL reads them as WITH clauses; SQLite, whose planner may join such clauses by reading
one of them whole for each row of the other, gets them as temporary tables with an index.
"""

from warehouse.facts.fact import LIVE, POOL, Fact
from warehouse.facts.promises import FILL, NEED, STATE
from warehouse.facts.reading import FACTS, at_hand, rows

__all__ = ["FACTS", "FILL", "LIVE", "NEED", "POOL", "STATE", "Fact", "at_hand", "rows"]
