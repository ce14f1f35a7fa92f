"""Shapes: what the content of a kind of dated rule is made of. One table gives its check, its form, its words and its differences."""

from kaifaqu.shapes.items import NOTHING, Choice, Day, Item, Several, Time, Whole, Word, Words, Yes
from kaifaqu.shapes.rows import Rows
from kaifaqu.shapes.shape import Shape

__all__ = ["NOTHING", "Choice", "Day", "Item", "Rows", "Several", "Shape", "Time", "Whole", "Word", "Words", "Yes"]
