"""A scanned frame -> what it means. `read` is the one way in; `text` guards imports too."""

from .cards import CARDS, RESERVED_PREFIX, Card, card, card_for
from .code import Code, Unreadable
from .read import read

__all__ = ["CARDS", "RESERVED_PREFIX", "Card", "Code", "Unreadable", "card", "card_for", "read"]
