"""Who answers for a record of a register: one holder of a role at a time, whom another one succeeds."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t

from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.facts import Assignment
from kaifaqu.kernel.records import Record


class OneHolder(Assignment):
    """A role that one person or office at a time has for a subject; a concrete model adds the constraint that says so."""

    class Meta(Assignment.Meta):
        abstract = True

    def clean(self) -> None:
        """Refuse an empty span, another owner's subject, and a row that names neither a person nor an office."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "subject")
        if self.person_id is None and self.office_id is None:
            raise ValidationError(_t("请填写责任人或责任单位。"))


def succeed(register: type[OneHolder], subject: Record, role: str, since: date, reason: str, **facts: Any) -> Iterator[Change]:
    """Yield the end of whoever has the role for the subject until that day, and the new holder, who has it from then on."""
    rows: Any = register.objects.current()
    for held in rows.filter(subject=subject, owner_id=subject.owner_id, role=role, until=None):
        yield Change(held, {"until": since}, reason=reason)
    yield Change(register(owner_id=subject.owner_id), {"subject": subject, "role": role, "since": since, **facts}, reason=reason)
