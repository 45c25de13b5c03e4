"""Promise dates: what can still be promised of an item, the day each waiting line can expect, and whom a change moves."""
