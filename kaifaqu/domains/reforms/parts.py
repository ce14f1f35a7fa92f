"""Parts: what belongs to one record and is seen by whoever sees that: its controls, items, checks, pieces of evidence."""

from typing import Any, ClassVar, cast

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Party
from kaifaqu.kernel.records import Record, RecordQuerySet, field_of, related

LOOKING = ("view", "figures")


def its_party() -> models.ForeignKey:
    """Return the column of the enterprise's party, which sees its own records."""
    return models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, verbose_name=_("企业账户单位"), related_name="+", editable=False)


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
