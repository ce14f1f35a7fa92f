"""The item catalogue as a dated rule: which approvals there are, who gives them, how long each takes and what each waits for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.reforms.packages_schedule import bridged, cycle, longest
from kaifaqu.kernel import dated
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.world import World
from kaifaqu.shapes import Rows, Several, Shape, Whole, Word


@dataclass(frozen=True)
class Item:
    """One item of a catalogue."""

    code: str
    label: str
    body: str
    phase: str
    statutory: int
    promised: int
    needs: tuple[str, ...]
    materials: str


def catalogue_of(owner_id: int, on: date) -> dict[str, Item]:
    """Return the owner's catalogue of the day by code, in its order."""
    return _items(dated.resolve(CATALOGUE.code, owner_id, on, World()).content)


def chosen_of(catalogue: dict[str, Item], codes: list[str]) -> dict[str, tuple[str, ...]]:
    """Return what each chosen item, by default every one, needs among the chosen. Raise ValidationError for unknown codes."""
    unknown = [each for each in codes if each not in catalogue]
    if unknown:
        raise ValidationError(_t("事项目录里没有「{unknown}」。可选：{known}。").format(
            unknown="、".join(unknown), known="、".join(f"{each.code}（{each.label}）" for each in catalogue.values())))
    found = bridged({each.code: each.needs for each in catalogue.values()}, codes or list(catalogue))
    return {code: tuple(needs) for code, needs in found.items()}


def _items(content: Any) -> dict[str, Item]:
    return {
        code: Item(code, each["label"], each["body"], each["phase"], each["statutory"], each["promised"],
                   tuple(each.get("needs", ())), each.get("materials", ""))
        for code, each in content["items"].items()
    }  # fmt: skip


def _problems_between(content: Any) -> Iterator[str]:
    """Yield what is wrong between the items: one that needs what is not there, and a circle."""
    items = _items(content)
    for each in items.values():
        for code in each.needs:
            if code not in items:
                yield _t("事项「{item}」的前置事项「{code}」不在目录里，请改正代码或补上这个事项。").format(item=each.label, code=code)
    if circle := cycle({each.code: [code for code in each.needs if code in items] for each in items.values()}):
        yield _t("前置事项绕成了一圈：{names}。请去掉其中一个前置。").format(names=" → ".join(items[code].label for code in circle))


def _told(content: Any) -> str:
    """Return the catalogue in words: how many items, and the working days of the longest paths."""
    items = _items(content).values()
    needs = {each.code: each.needs for each in items}
    statutory, promised = (
        longest({each.code: getattr(each, kind) for each in items}, needs) for kind in ("statutory", "promised"))
    return _t("{count} 个事项，最长路径法定 {statutory} 个工作日、承诺 {promised} 个工作日").format(
        count=len(needs), statutory=statutory, promised=promised)


ITEM = Shape((
    Word(path="label", label=_("事项"), help=_("事项的名称。")),
    Word(path="body", label=_("审批部门"), help=_("单位的编号或名称；与单位台账相同的，列出的事项直接归它承办。")),
    Word(path="phase", label=_("办理阶段"), help=_("如立项用地规划、工程建设许可、施工许可。")),
    Whole(path="statutory", label=_("法定时限"), unit=_("个工作日"), least=1, most=999),
    Whole(path="promised", label=_("承诺时限"), unit=_("个工作日"), least=1, most=999),
    Several(path="needs", label=_("前置事项"), of=Word(path="", label=_("代码")), optional=True,
            help=_("先要办完的事项的代码，几个之间写「、」；没有的不写。")),
    Word(path="materials", label=_("申请材料"), help=_("要交的材料，几份之间写「；」。"), optional=True),
    Word(path="basis", label=_("依据"), help=_("规定时限的文件；没有公布的，写明是默认值。"), optional=True),
), ascending=(("promised", "statutory"),))  # fmt: skip
CATALOGUE = RuleKind("reforms.items", _("审批事项目录"), Path(__file__).parent / "data" / "items.json", Shape((
    Rows(path="items", label=_("事项"), entry=ITEM, title="label", key=Word(
        path="code", label=_("代码"), help=_("如 filing；前置事项用它来指。"))),
), also=_problems_between, tell=_told))  # fmt: skip
