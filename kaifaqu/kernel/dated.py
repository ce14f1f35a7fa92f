"""Dated rules: a rule set valid from a day on, with the document it comes from, resolved by the day and by what was known."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World

_kinds: dict[str, "RuleKind"] = {}


@dataclass(frozen=True)
class RuleKind:
    """A kind of rule: its name, the file of its shipped default with source, and the check of its content."""

    code: str
    label: str | Promise
    default: Path
    check: Callable[[Any], str]  # returns a sentence, or nothing when the content is right

    def __post_init__(self) -> None:
        _kinds[self.code] = self

    def shipped(self) -> "Resolved":
        """Return the default that the product ships."""
        return self._shipped

    @cached_property
    def _shipped(self) -> "Resolved":
        text = json.loads(self.default.read_text(encoding="utf-8"))
        return Resolved(text["content"], text["source"], None)


@dataclass(frozen=True)
class Resolved:
    """The rule that holds: its content, its source, and the record that says so (none for a shipped default)."""

    content: Any
    source: str
    record: Any


class DatedRule(Dated):
    """规则：what an owner has laid down for a kind of rule, from a day on, published on a day, superseding an earlier one."""

    register = "rules"
    columns = ("code", "kind", "since", "until", "published_on", "supersedes", "source_document", "content")
    listed = ("code", "kind", "content", "since", "until", "source_document")
    code_prefix = "R"
    revives = False  # another rule may have taken its place since
    kind = models.CharField(_("规则种类"), max_length=80)
    published_on = models.DateField(_("发布日期"))
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("替代"), related_name="+")
    source_document = models.CharField(_("依据文件"), max_length=200)
    content = models.TextField(_("内容"), help_text=_("JSON 格式"))

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("规则")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse an unknown kind, content that the kind does not allow, and a rule that supersedes what it cannot."""
        super().clean()
        kind = _kinds.get(self.kind)
        if kind is None:
            known = "、".join(f"{code}（{_kinds[code].label}）" for code in sorted(_kinds))
            raise ValidationError(_t("没有规则种类「{kind}」。可选：{kinds}。").format(kind=self.kind, kinds=known))
        if self.archived_at is None:
            refuse_foreign(self, "supersedes")
        earlier, met = self.supersedes, {self.pk}
        while earlier is not None:
            if earlier.kind != self.kind or earlier.pk in met:
                raise ValidationError(_t("「替代」应填同一种类的另一条规则，且不能互相替代。"))
            met.add(earlier.pk)
            earlier = earlier.supersedes
        try:
            problem = kind.check(json.loads(self.content))
        except ValueError:
            problem = _t("内容不是有效的 JSON。")
        if problem:
            raise ValidationError(problem)


def kinds() -> dict[str, RuleKind]:
    """Return every kind of rule by its code."""
    return _kinds


def resolve(kind: str, owner_id: int, on: date, world: World) -> Resolved:
    """Return the owner's rule of the kind that held on the day, as known in the world, else the shipped default."""
    return resolve_all(kind, on, world).get(owner_id) or _kinds[kind].shipped()


def by_owner(kind: RuleKind, on: date, world: World, condition: Callable[[Any], models.Q]) -> models.Q:
    """Return the condition on records by the content of their owner's rule of the day; equal contents are asked once."""
    held = resolve_all(kind.code, on, world)
    contents = {json.dumps(rule.content, sort_keys=True): rule.content for rule in held.values()}
    found = ~models.Q(owner_id__in=sorted(held)) & condition(kind.shipped().content)
    for content in contents.values():
        found |= models.Q(owner_id__in=sorted(owner for owner in held if held[owner].content == content)) & condition(content)
    return found


def every(world: World) -> list[Any]:
    """Return all rules, as known in the world; they are read once."""
    return world.once(DatedRule, lambda: [*world.rows(DatedRule).order_by("since", "published_on", "id")])


def resolve_all(kind: str, on: date, world: World) -> dict[int, Resolved]:
    """Return by owner the rules of the kind that held on the day; an owner without one follows the shipped default.

    Of several the latest holds. A superseded rule no longer does, once its successor is published and has begun.
    """
    rules = world.once((DatedRule, kind), lambda: [
        Resolved(json.loads(rule.content), rule.source_document, rule) for rule in every(world) if rule.kind == kind])
    superseded = {each.record.supersedes_id for each in rules if max(each.record.since, each.record.published_on) <= on}
    return {
        each.record.owner_id: each for each in rules if each.record.since <= on
        and (each.record.until is None or each.record.until > on) and each.record.id not in superseded}
