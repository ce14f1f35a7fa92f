"""The papers of a claim against each other, and against what the recycler's ledgers and the application say.

All differences are told together, each with both papers and both values: one that is sent back costs its owner weeks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.subsidies.fuels import compared, form_of
from kaifaqu.domains.subsidies.models import PRINTED, NewPower, SubsidyPaper
from kaifaqu.domains.subsidies.papers import PaperKind
from kaifaqu.kernel.records import field_of
from kaifaqu.registers.vehicles.models import Power
from kaifaqu.registers.vehicles.vin import compact

REGISTER, APPLICATION = "register", "application"  # what is not a paper: the ledgers of vehicles and certificates, and what was handed in
SOURCES = {**dict(PaperKind.choices), REGISTER: _("车辆和证明台账"), APPLICATION: _("补贴申请")}
CERTIFICATE, DEREGISTRATION, INVOICE, NEW_REGISTRATION, OLD_REGISTRATION, IDENTITY, BANK = PaperKind
Told = Mapping[str, Mapping[str, Any]]  # by source, what it says of each fact; what it does not say is None or ""


@dataclass(frozen=True)
class Same:
    """One check: what must be the same wherever it stands, and where that is; the first that says something is compared with the rest."""

    label: str | Promise
    where: tuple[tuple[str, str], ...]  # source and fact


def _on(fact: str, *sources: str) -> tuple[tuple[str, str], ...]:
    return tuple((source, fact) for source in sources)


CHECKS = (
    Same(_("旧车车辆识别代号"), _on("vin", REGISTER, CERTIFICATE, DEREGISTRATION, OLD_REGISTRATION)),
    Same(_("旧车号牌"), _on("plate", REGISTER, CERTIFICATE, DEREGISTRATION, OLD_REGISTRATION)),
    Same(_("姓名"), _on("holder", IDENTITY, REGISTER, CERTIFICATE, DEREGISTRATION, OLD_REGISTRATION, INVOICE, NEW_REGISTRATION, BANK)),
    Same(_("证件号码"), _on("identity", IDENTITY, INVOICE, NEW_REGISTRATION)),
    Same(_("新车车辆识别代号"), _on("vin", INVOICE, NEW_REGISTRATION)),
    Same(_("回收证明编号"), _on("number", REGISTER, CERTIFICATE)),
    Same(_("证明开具日期"), _on("issued_on", REGISTER, CERTIFICATE)),
    Same(_("交车日期"), ((CERTIFICATE, "dated_on"), *_on("handed_over_on", REGISTER, APPLICATION))),
    Same(_("注销日期"), ((DEREGISTRATION, "dated_on"), *_on("deregistered_on", REGISTER, APPLICATION))),
    Same(_("开票日期"), ((INVOICE, "dated_on"), (APPLICATION, "invoiced_on"))),
    Same(_("注册日期"), ((NEW_REGISTRATION, "dated_on"), (APPLICATION, "registered_on"))),
    Same(_("新车类别"), _on("power", NEW_REGISTRATION, APPLICATION)),
    Same(_("新车排量（升）"), _on("displacement", NEW_REGISTRATION, APPLICATION)),
    Same(_("价税合计（万元）"), _on("price", INVOICE, APPLICATION)),
    Same(_("开票地市"), _on("city", INVOICE, APPLICATION)),
)  # fmt: skip
OWNER = CHECKS[2]
OPTIONAL = {"number", "plate", "province", "in_catalogue"}  # what a paper may lack here, and the claim is complete
FROM_REGISTER = {  # what counts as the ledgers have it, where the paper's record leaves it empty
    CERTIFICATE: {"number": "number", "holder": "holder", "vin": "vin", "dated_on": "handed_over_on", "issued_on": "issued_on"},
    DEREGISTRATION: {"dated_on": "deregistered_on"}}  # fmt: skip


def differences(told: Told) -> list[str]:
    """Return a sentence for each contradiction, in the order of the checks."""
    return [*(sentence for check in CHECKS for sentence in _apart(check, told)), *_cars(told), *_plates(told)]


def doubts(told: Told) -> list[str]:
    """Return what is no contradiction and should be looked at: a person confirms it."""
    old = told.get(REGISTER, {})
    if old.get("power") == Power.ELECTRIC and old.get("fuel") == "electric" and (plate := _plate(old)) and form_of(plate) != "green":
        return [_t("旧车登记为纯电动，号牌 {plate} 不是新能源号牌；请核对动力种类，截止日期按新能源车计。").format(plate=plate)]
    return []


def lacking(told: Told) -> list[str]:
    """Return for each paper that is there what its record does not say, though the paper does."""
    found = []
    for kind, names in PRINTED.items():
        if kind in told:
            missing = [str(field_of(SubsidyPaper, name).verbose_name) for name in _asked(kind, names, told[kind])
                       if told[kind].get(name) in (None, "")]
            if missing:
                found.append(_t("「{paper}」还没有填：{names}。").format(paper=SOURCES[kind], names="、".join(missing)))
    return found


def _asked(kind: PaperKind, names: tuple[str, ...], said: Mapping[str, Any]) -> Iterator[str]:
    passed_over = {*OPTIONAL, *(("displacement",) if said.get("power") == NewPower.NEV else ())}
    if kind == NEW_REGISTRATION:
        passed_over.add("identity")  # not every office prints it there
    yield from (name for name in names if name not in passed_over)


def filled(kind: str, said: Mapping[str, Any], register: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a paper says, with what its record leaves to the ledgers."""
    known = {name: register.get(source) for name, source in FROM_REGISTER.get(PaperKind(kind), {}).items()}
    return {name: known.get(name, value) if value in (None, "") else value for name, value in said.items()}


def same_owner(told: Told) -> bool | None:
    """Tell whether the old car, the new one and the applicant's papers bear one name; None while one of them bears none."""
    if [*_apart(OWNER, told)]:
        return False
    names = (told.get(source, {}).get("holder") for source in (IDENTITY, DEREGISTRATION, INVOICE, NEW_REGISTRATION))
    return True if all(names) else None


def _apart(check: Same, told: Told) -> Iterator[str]:
    said = [(source, value) for source, fact in check.where if (value := told.get(source, {}).get(fact)) not in (None, "")]
    for source, value in said[1:]:
        first, known = said[0]
        if plain(value) != plain(known):
            fact = dict(check.where)[source]
            yield _t("{label}不一致：「{one}」写「{known}」，「{other}」写「{value}」。{more}").format(
                label=check.label, one=SOURCES[first], known=in_words(fact, known), other=SOURCES[source], value=in_words(fact, value),
                more=_t("其中一个是 15 位的旧号码，请换发证件或更正。") if fact == "identity" and _is_old_number(known, value) else "")


def _cars(told: Told) -> Iterator[str]:
    """Yield that the new car is the old one."""
    old = told.get(REGISTER, {}).get("vin")
    for kind in (INVOICE, NEW_REGISTRATION):
        if old and compact(told.get(kind, {}).get("vin") or "") == compact(old):
            yield _t("「{paper}」上写的是旧车的车辆识别代号「{vin}」。").format(paper=SOURCES[kind], vin=old)


def _plates(told: Told) -> Iterator[str]:
    """Yield where the form of a plate contradicts what drives the car: the new one's kind, and the old one's cut-off."""
    for source in (NEW_REGISTRATION, REGISTER):
        plate = _plate(told.get(source, {}))
        if plate and not form_of(plate):
            yield _t("「{source}」的号牌「{plate}」不像号牌，请核对。").format(source=SOURCES[source], plate=plate)
    new = told.get(NEW_REGISTRATION, {})
    plate, power = _plate(new), new.get("power")
    is_green = form_of(plate) == "green"
    if plate and power and is_green != (power == NewPower.NEV):
        form = _t("是新能源号牌") if is_green else _t("不是新能源号牌")
        yield _t("「{paper}」的号牌「{plate}」{form}，新车类别却写「{power}」。").format(
            paper=SOURCES[NEW_REGISTRATION], plate=plate, form=form, power=NewPower(power).label)
    old = told.get(REGISTER, {})
    if old.get("fuel") not in (None, "electric") and form_of(_plate(old)) == "green":
        yield _t("旧车号牌「{plate}」是新能源号牌，「{source}」的动力种类却是「{power}」，截止日期会用错。").format(
            plate=_plate(old), source=SOURCES[REGISTER], power=Power(old["power"]).label)


def _plate(said: Mapping[str, Any]) -> str:
    return compared(said.get("plate") or "")


def plain(value: Any) -> Any:
    """Return a value as it is compared: of a text not how it is written."""
    return compared(value) if isinstance(value, str) else value


def _is_old_number(one: str, other: str) -> bool:
    """Tell whether two numbers are those of one person before and after 1999: of 15 digits, and of 18 with the century."""
    short, long = sorted((plain(one), plain(other)), key=len)
    return (len(short), len(long)) == (15, 18) and short == long[:6] + long[8:17]


def in_words(fact: str, value: Any) -> str:
    """Return a value as a sentence tells it; of the number of a person only its end."""
    if fact == "identity":
        return _t("{length} 位，尾号 {end}").format(length=len(plain(value)), end=plain(value)[-4:])
    if fact == "power":
        return str(NewPower(value).label)
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
