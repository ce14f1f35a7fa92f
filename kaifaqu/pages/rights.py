"""Rights in words: which there are, register by register, how they are chosen in a form, and how they are told."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _

from kaifaqu.kernel import actions
from kaifaqu.kernel.access import Grant, Role
from kaifaqu.kernel.records import registers
from kaifaqu.pages import domains, manners
from kaifaqu.pages.inputs import Boxes

FEW = 2  # rights that a table names; of more it says how many there are
ORDER = ("view", "figures", "edit")  # of the rights on one register; the others follow
Groups = list[tuple[str, list[tuple[str, str]]]]


def groups(among: Iterable[str] | None = None) -> Groups:
    """Return the rights, by default all, under the name of the register that they are about, each in words.

    Those on registers of a domain that is off are kept with their role, and not shown.
    """
    meanings, known = actions.rights(), registers()
    found: dict[str, list[str]] = {}
    for right in meanings if among is None else among:
        if not _is_off(right):
            found.setdefault(right.partition(".")[0], []).append(right)
    order = sorted(known, key=lambda name: known[name]._meta.app_label == "kernel")  # as the registers stand beside a page
    places = {name: place for place, name in enumerate([*order, *(name for name in found if name not in known)])}
    return [
        (_named(name), [(right, _meaning(right, meanings)) for right in sorted(found[name], key=_place)])
        for name in sorted(found, key=lambda name: places[name])
    ]  # fmt: skip


def _is_off(right: str) -> bool:
    register = registers().get(right.partition(".")[0])
    return register is not None and domains.is_off(register)


def _named(name: str) -> str:
    """Return the name of what a right is about: of a register, or of what can be looked at besides."""
    return str(registers()[name]._meta.verbose_name) if name in registers() else _("事件") if name == "events" else name


def _meaning(right: str, meanings: dict[str, str]) -> str:
    verb = right.rpartition(".")[2]
    return {"view": _("查看"), "figures": _("只看数字（不含记录）")}.get(verb) or str(meanings.get(right, right))


def _place(right: str) -> tuple[int, str]:
    verb = right.rpartition(".")[2]
    return ORDER.index(verb) if verb in ORDER else len(ORDER), right


def words(rights: Iterable[str]) -> str:
    """Return the rights in words, a line a register."""
    return "\n".join(f"{name}：{'；'.join(meaning for _right, meaning in each)}" for name, each in groups(rights))


def brief(rights: Iterable[str]) -> str:
    """Return a few rights in words, of many their number."""
    told = [*rights]
    if len(told) <= FEW:
        return words(told).replace("\n", "；")
    return _("{count} 项权限，涉及 {registers} 类台账").format(count=len(told), registers=len(groups(told)))


def changed(before: str, after: str, row: Any) -> tuple[str, str]:
    """Return the rights that were taken away, and those that were added."""
    one, other = before.split(), after.split()
    lost, gained = ([right for right in these if right not in those] for these, those in ((one, other), (other, one)))
    added = _("增加 {rights}").format(rights=words(gained).replace("\n", "；")) if gained else _("没有增加")
    return words(lost).replace("\n", "；"), added


class RightsBoxes(Boxes):
    """A box a right, a row a register."""

    template_name = "pages/widgets/rights.html"


class RightsInput(forms.CharField):
    """The rights of a role, as the names that are stored, in one order; those `kept` are not shown, and stay."""

    def __init__(self, kept: Iterable[str] = (), **options: Any):
        self.kept = frozenset(kept)
        super().__init__(widget=RightsBoxes(choices=groups()), **options)

    def to_python(self, value: Any) -> str:
        return " ".join(sorted({*str(value or "").split()} | self.kept))

    def prepare_value(self, value: Any) -> str:
        return self.to_python(value)


def _rights(column: models.Field, form: Any) -> forms.Field:
    held = form.record.rights.split() if form.record else ()
    return RightsInput([right for right in held if _is_off(right)], label=column.verbose_name)


def _right(column: models.Field, form: Any) -> forms.Field:
    return forms.ChoiceField(label=column.verbose_name, choices=[("", "—"), *groups()])


def declare() -> None:
    """Let rights be chosen and told in words wherever they stand in a record."""
    manners.column(
        Role, "rights", typed=_rights, changed=changed,
        told=lambda value, row: words(value.split()), brief=lambda value, row: brief(value.split()))
    manners.column(Grant, "right", typed=_right, told=lambda value, row: words([value]))
