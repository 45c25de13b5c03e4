"""A scanned frame -> what it means. `read` is the one way in; `text` guards imports too."""

from .cards import CARDS, RESERVED_PREFIX, Card, card
from .read import Code, Unreadable, read

__all__ = ["CARDS", "RESERVED_PREFIX", "Card", "Code", "Unreadable", "card", "read"]
