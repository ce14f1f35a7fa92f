"""What people do with premises: divide a building, split and join units, end a lease; entry and correction come from the kernel."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.records import field_of
from kaifaqu.kernel.units import text
from kaifaqu.registers.premises.models import Building, Lease, Unit


@action("buildings.divide", right="building_units.edit", label=_("划分单元"))
def divide(
    building: Building, *, by: User, version: int, since: Annotated[date, _("自何日起划分")],
    parts: Annotated[list, _("各单元，每行一个：单元号 楼层 面积（平方米）")], reason: str = "",
) -> Iterator[Change]:
    """Plan the units of a building from a day on, one for each line."""
    for name, floor, area in _lines(parts, 3):
        yield Change(Unit(owner_id=building.owner_id), {
            "building": building, "name": name, "floor": _floor(floor), "area": area, "since": since}, reason=reason)


@action("building_units.split", right="building_units.edit", label=_("再划分"))
def split(
    unit: Unit, *, by: User, version: int, split_on: Annotated[date, _("自何日起再划分")],
    parts: Annotated[list, _("各部分，每行一个：单元号 面积（平方米）")], reason: str = "",
) -> Iterator[Change]:
    """Plan that a unit ends on a day and its parts begin; raise ValidationError where they are not as large as it was."""
    areas = [(name, _area(area)) for name, area in _lines(parts, 2)]
    if len(areas) < 2:
        raise ValidationError(_t("{unit}：至少分成两部分。").format(unit=unit))
    if (total := sum((area for _name, area in areas), Decimal(0))) != unit.area:
        raise ValidationError(_t("{unit}：各部分合计 {total} 平方米，应等于原单元的 {area} 平方米，请核对。").format(
            unit=unit, total=text(total), area=text(unit.area)))
    yield Change(unit, {"until": split_on}, reason=reason)
    for name, area in areas:
        yield Change(Unit(owner_id=unit.owner_id), {
            "building": unit.building, "name": name, "floor": unit.floor, "area": area, "since": split_on, "part_of": unit}, reason=reason)


@action("building_units.join", right="building_units.edit", label=_("合并"))
def join(
    unit: Unit, *, by: User, version: int, joined_on: Annotated[date, _("自何日起合并")],
    others: Annotated[list, _("并入的单元号，每行一个")], name: Annotated[str, _("合并后的单元号")], reason: str = "",
) -> Iterator[Change]:
    """Plan that units of one building end on a day, and one as large as all of them begins."""
    wanted = {each.strip() for each in others if each.strip()} - {unit.name}
    there = Unit.objects.current().filter(Unit.on(joined_on), building=unit.building, name__in=wanted).exclude(pk=unit.pk).order_by("id")
    found = {each.name: each for each in there}
    if not wanted or (missing := wanted - {*found}):
        raise ValidationError(_t("{building}：{day} 没有单元 {names}，请核对单元号。").format(
            building=unit.building, day=joined_on, names="、".join(sorted(missing)) if wanted else "—"))
    for each in (unit, *found.values()):
        yield Change(each, {"until": joined_on}, reason=reason)
    area = sum((each.area for each in found.values()), unit.area)
    yield Change(Unit(owner_id=unit.owner_id), {
        "building": unit.building, "name": name, "floor": unit.floor, "area": area, "since": joined_on}, reason=reason)


@action("leases.end", right="leases.edit", label=_("退租"))
def end(lease: Lease, *, by: User, version: int, ended_on: date, end_reason: str = "") -> Change:
    """Plan that a tenant has left: the unit is free again from that day on."""
    if lease.ended_on is not None:
        raise ValidationError(_t("{lease}：已于 {day} 退租。").format(lease=lease, day=lease.ended_on))
    return Change(lease, {"ended_on": ended_on, "end_reason": end_reason}, reason=end_reason)


def _lines(parts: Iterable[str], words: int) -> Iterator[list[str]]:
    """Yield the words of each line; raise ValidationError for a line with others, and where there is none."""
    told = [part.replace("，", " ").replace(",", " ").split() for part in parts]
    told = [line for line in told if line]
    wrong = [" ".join(line) for line in told if len(line) != words]
    if wrong or not told:
        raise ValidationError(
            [_t("「{line}」不是{count}项，请用空格隔开。").format(line=line, count=words) for line in wrong] or _t("请每行写一个部分。"))
    yield from told


def _floor(told: str) -> int:
    try:
        return int(told.removesuffix("层"))
    except ValueError:
        raise ValidationError(_t("「{told}」不是楼层，请写数字，如 2；地下写 -1。").format(told=told)) from None


def _area(told: str) -> Decimal:
    """Return the area; raise ValidationError for what is none."""
    area = field_of(Unit, "area").to_python(told)
    assert isinstance(area, Decimal)
    return area
