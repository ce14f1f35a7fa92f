"""Contents of the dated rules of this floor. They hold lists and tables, which the shapes of the pages do not."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Content:
    """How a kind of rule checks its content, and tells it in words; called with a content, it says what is wrong with it."""

    problems: Callable[[Any], Iterator[str]]
    told: Callable[[Any], str]

    def __call__(self, content: Any) -> str:
        """Return everything that is wrong with the content, or nothing."""
        return "".join(self.problems(content))

    def words(self, content: Any) -> str:
        """Return the content in words; as it stands where it is not right, since it may be older than the check."""
        return self.told(content) if not self(content) else json.dumps(content, ensure_ascii=False)


def day_of(written: Any) -> date | None:
    """Return the day that is written as 2026-01-01, or None."""
    try:
        return date.fromisoformat(written) if isinstance(written, str) and len(written) == 10 else None
    except ValueError:
        return None


def is_word(written: Any) -> bool:
    """Return whether something is written."""
    return isinstance(written, str) and bool(written.strip())


def unknown(entry: Iterable[str], known: set[str], where: str) -> Iterator[str]:
    """Yield a sentence for each name that an entry does not have."""
    for name in entry:
        if name not in known:
            yield _("{where}没有「{name}」这一项，可填：{names}。").format(where=where, name=name, names="、".join(sorted(known)))
