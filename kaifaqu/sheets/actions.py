"""What people do with changesets: take one back as a whole."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change, named
from kaifaqu.kernel.events import Event
from kaifaqu.kernel.records import Record, references, registers
from kaifaqu.sheets.matching import with_references
from kaifaqu.sheets.models import Changeset, Origin

CHUNK = 500
NAMED = 20  # blockers that a refusal names


@action("changesets.undo", right="changesets.undo", label=_("撤销"))
def undo(changeset: Changeset, *, by: User, version: int, reason: str) -> Iterator[Change]:
    """Plan the changes that bring every record of the changeset back to what it was before; made ones are archived.

    The past stays: what was known in between is what the changeset said. Raise ValidationError that names what is in
    the way: records changed since, records that others refer to since, and those that their register holds back. It does
    so by a class method `held_back(rows)`, which yields the rows that no undo may touch, each with the reason.
    """
    if not reason:
        raise ValidationError(_t("{changeset}：撤销请写明原因。").format(changeset=changeset))
    if changeset.undone_by_id is not None:
        raise ValidationError(_t("{changeset}：已经撤销。").format(changeset=changeset))
    written = _written(changeset)
    for register in written:
        if not by.may(register.right_to("edit"), changeset.owner_id):
            raise PermissionDenied(_t("撤销需要修改「{register}」的权限（{right}）。").format(
                register=register._meta.verbose_name, right=register.right_to("edit")))
    _refuse_blocked(changeset, written, by)
    mark = Change(Changeset(owner_id=changeset.owner_id), {
        "kind": Origin.UNDO, "target": changeset.target, "file_name": str(changeset)[:200],
        "changed": sum(len(seqs) for seqs in written.values()),
    }, reason=reason)
    yield mark
    yield Change(changeset, {"undone_by": mark.result}, reason=reason)
    back: dict[tuple[Any, int], Record] = {}
    for register, seqs in written.items():
        for change in _back(register, changeset, seqs, reason, back):
            back[register, change.result.pk] = change.result
            yield change


def provide() -> None:
    """Give each register the actions that begin a changeset: whoever may do a thing to one record may do it to many."""
    for register in registers().values():
        if register.right_to("create") in actions.registry():
            _begin(register.right_to("import"), register.right_to("edit"), _("导入"))
        for right in {each.right for each in actions.actions_of(register) if each.right and not each.creates}:
            _begin(bulk(register, right), right, _("批量办理"))


def bulk(register: type[Record], right: str) -> str:
    """Return the code of the action that begins a changeset of the register under a right."""
    return f"{register.register}.bulk.{right}"


def _begin(code: str, right: str, label: str | Promise) -> None:
    @action(code, right=right, label=label, creates=Changeset)
    def begin(owner: Party, *, by, version: int = 0, facts: dict, reason: str = "") -> Change:
        return Change(Changeset(owner=owner), facts, reason=reason)


def content(changeset: Changeset) -> dict[type[Record], dict[int, int]]:
    """Return by register the records that the changeset wrote, each with the number of its event."""
    by_label = {register._meta.label_lower: register for register in registers().values()}
    found: dict[type[Record], dict[int, int]] = defaultdict(dict)
    events = Event.objects.filter(changeset=changeset.pk).exclude(subject=Changeset._meta.label_lower)
    for label, pk, seq in events.order_by("seq").values_list("subject", "subject_id", "seq"):
        found[by_label[label]][pk] = seq
    return found


def _written(changeset: Changeset) -> dict[type[Record], dict[int, int]]:
    """Return what the changeset wrote, without the notes that only tell."""
    found = {}
    for register, seqs in content(changeset).items():
        span = min(seqs.values()), max(seqs.values())
        writes = set(register.Version.objects.filter(seq__range=span).values_list("seq", flat=True))
        found[register] = {pk: seq for pk, seq in seqs.items() if seq in writes}
    return found


def _refuse_blocked(changeset: Changeset, written: dict[type[Record], dict[int, int]], by: User) -> None:
    """Raise ValidationError that names what is in the way, as far as the person may see it, and counts the rest."""
    blockers = list(_blockers(changeset, written))
    if not blockers:
        return
    seen = [sentence for records, sentence in blockers if all(by.has_perm(each.right_to("view"), each) for each in records)]
    more = [_t("……共 {count} 处。").format(count=len(seen))] if len(seen) > NAMED else []
    if unseen := len(blockers) - len(seen):
        more.append(_t("另有 {count} 处，涉及您无权查看的记录。").format(count=unseen))
    raise ValidationError([_t("{changeset}：不能撤销，请先处理以下记录：").format(changeset=changeset), *seen[:NAMED], *more])


def _blockers(changeset: Changeset, written: dict[type[Record], dict[int, int]]) -> Iterator[tuple[list[Record], str]]:
    """Yield a sentence for each record that has changed since, is needed by others or held back, with the records it names."""
    for register, seqs in written.items():
        held_back = getattr(register, "held_back", None)
        for keys in _parts(sorted(seqs)):
            last = dict(register.Version.objects.filter(id__in=keys).order_by("seq").values_list("id", "seq"))
            later = _changed(register, seqs, [pk for pk in keys if last[pk] != seqs[pk]])
            live = register.objects.in_bulk(keys if held_back else later)
            with_references([*live.values()])
            yield from (([live[pk]], _t("{record}：这一批之后又有变更。").format(record=named(live[pk]))) for pk in later)
            if held_back:  # asked of what stands now, and of what would stand again
                held = {row.id: why for row, why in held_back([*live.values(), *_before(register, changeset, keys).values()])}
                yield from (([live[pk]], why) for pk, why in held.items())
            first = dict(register.Version.objects.filter(id__in=keys).order_by("-seq").values_list("id", "seq"))
            made = [pk for pk in keys if first[pk] > changeset.pk]
            for other, key in references(register):
                for row in other.objects.current().filter(**{f"{key.name}__in": made}).exclude(pk__in=[*written.get(other, ())]):
                    target = getattr(row, key.name)
                    yield [row, target], _t("{register}「{row}」引用了这一批新增的{record}。").format(
                        register=other._meta.verbose_name, row=named(row), record=named(target))


def _changed(register: type[Record], seqs: dict[int, int], later: list[int]) -> list[int]:
    """Return the records that do not stand as the changeset left them: what was taken back since is in nobody's way."""
    names = [each.attname for each in register._meta.concrete_fields if each.name != "row_version"]
    left = {row[0]: row for row in register.Version.objects.filter(seq__in=[seqs[pk] for pk in later]).values_list(*names)}
    now = {row[0]: row for row in register.objects.filter(pk__in=later).values_list(*names)}
    return [pk for pk in later if left.get(pk) != now.get(pk)]


def _before(register: type[Record], changeset: Changeset, keys: list[int]) -> dict[int, Any]:
    """Return by record the version before the changeset, where there is one; the changeset's own event is its first."""
    keys_to_others = [each.name for each in register._meta.concrete_fields if each.is_relation and each.name != "owner"]
    versions = register.Version.objects.select_related(*keys_to_others) if keys_to_others else register.Version.objects.all()
    return {version.id: version for version in versions.filter(id__in=keys, seq__lt=changeset.pk).order_by("seq")}


def _back(
    register: type[Record], changeset: Changeset, seqs: dict[int, int], reason: str, back: dict[tuple[Any, int], Record],
) -> Iterator[Change]:  # fmt: skip
    """Yield for each record the change to its version before the changeset; one that had none is archived.

    A record that refers to others of the changeset sees them as they will be: `back` holds what was planned already.
    """
    columns = [each for each in register._meta.concrete_fields if each.name not in ("id", "owner", "row_version")]
    for keys in _parts(sorted(seqs)):
        before = _before(register, changeset, keys)
        for record in register.objects.filter(pk__in=keys).order_by("id"):
            version = before.get(record.pk)
            for each in columns:
                if each.is_relation and (planned := back.get((each.related_model, getattr(version or record, each.attname)))):
                    setattr(version or record, each.name, planned)
            facts = {"archived_at": clock.now()} if version is None else {each.name: getattr(version, each.name) for each in columns}
            yield Change(record, facts, reason=reason)


def _parts(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start:start + CHUNK]
