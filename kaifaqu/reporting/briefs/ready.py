"""The templates that come with the product: the half-year paragraph, the monthly project brief, the director's week."""

from importlib import resources
from typing import NamedTuple

from kaifaqu.reporting.briefs.models import Rhythm


class Ready(NamedTuple):
    """A template as it comes: its name, how often it is made, and its text."""

    name: str
    rhythm: str
    body: str


def _read(file: str, name: str, rhythm: str) -> Ready:
    return Ready(name, rhythm, resources.files(__package__).joinpath(f"data/{file}.md").read_text(encoding="utf-8"))


READY = (
    _read("half_year", "半年项目建设情况", Rhythm.HALF),
    _read("month", "项目建设月报", Rhythm.MONTH),
    _read("week", "主任一周要情", Rhythm.WEEK),
)
