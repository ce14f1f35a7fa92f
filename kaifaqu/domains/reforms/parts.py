"""Who sees what follows from something else: parts, which belong to one record, and records of an enterprise's own."""

from typing import Any, ClassVar, cast

from kaifaqu.kernel.records import Record, RecordQuerySet, field_of, related

LOOKING = ("view", "figures")


def reached(record: Any, path: str) -> int | None:
    """Return the number at the end of a path of keys, such as enterprise__party; None where one of them is empty."""
    *keys, last = path.split("__")
    for key in keys:
        record = record and getattr(record, key)
    return record and getattr(record, f"{last}_id")


class Shared(Record):
    """A record that parties see through what it points at, abstract: `shared` names paths of keys, such as enterprise__party.

    Nothing is copied: who sees it follows what it points at, also where that is corrected or filled in later.
    """

    class Meta(Record.Meta):
        abstract = True

    def parties(self) -> set[int]:
        """Return the parties whose members may look at the record: its owner, and those at the ends of the paths."""
        return {pk for path in ("owner", *self.shared) if (pk := reached(self, path))}

    @property
    def party_id(self) -> int | None:
        """Return the party of the enterprise whose record it is: the first that it is shared with."""
        return reached(self, self.shared[0])


class PartQuerySet(RecordQuerySet):
    """Parts, of which everybody sees as much as of what they belong to."""

    def seen_by(self, user: Any) -> "PartQuerySet":
        """Return the parts, archived ones included, of the records that the user may look at."""
        part = cast(type[Part], self.model)
        return self.filter(**{f"{part.belongs_to}__in": cast(Any, part.whole()).objects.seen_by(user)})


class Part(Record):
    """What belongs to one record, abstract; a concrete part names the foreign key to it in `belongs_to`."""

    belongs_to: ClassVar[str] = ""

    objects = PartQuerySet.as_manager()  # type: ignore[misc]  # a manager that narrows by the whole

    class Meta(Record.Meta):
        abstract = True

    @classmethod
    def whole(cls) -> type[Record]:
        """Return the register of what it belongs to."""
        return related(field_of(cls, cls.belongs_to))

    @classmethod
    def right_to(cls, verb: str) -> str:
        """Return the right of what it belongs to, for looking; for what is done to it, its own."""
        return cls.whole().right_to(verb) if verb in LOOKING else super().right_to(verb)

    def parties(self) -> set[int]:
        """Return the parties that see what it belongs to."""
        return getattr(self, self.belongs_to).parties()
