"""The dated rule of this room: the schemes of the years, as documents laid them down one after the other.

Each row is what one document lays down. It has two days of its own: on `announced_on` it is told, on `published_on` the
notice is out by which it is handled, also for what was applied for before. In between it is announced and not implemented.
What a row does not say stays as the documents of the scheme said before.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.subsidies.papers import FURTHER
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.shapes import Choice, Day, Rows, Several, Shape, Whole, Word, Yes

FIRST_YEAR, LAST_YEAR = 2024, 2100
LAST_DAY = f"{LAST_YEAR}-12-31"
Row = dict[str, Any]
SPANS = (("since", "until"), ("documents_since", "documents_until"))
KINDS = NEV, FUEL = ("nev", "fuel")  # of new cars
TOLD, HANDLED = "announced_on", "published_on"  # the two days of a row
OF_A_ROW = ("scheme", "document", "cites", TOLD, "notice", HANDLED)
OF_A_YEAR = ("since", "until", "until_open", "documents_since", "documents_until", "documents_open", "documents_late", "source")


def _what_contradicts(content: Any) -> Iterator[str]:
    """Yield what is wrong between the items of a row, and with a scheme that lacks what it cannot do without."""
    for number, row in enumerate(content["rows"], 1):
        published = row.get("published_on")
        if (published is None) != (not row.get("notice")):
            yield _t("第 {number} 行：「实施文件」和「实施文件公布日期」要一起填，或者都空着。").format(number=number)
        elif published is not None and published < row["announced_on"]:
            yield _t("第 {number} 行：「实施文件公布日期」不能早于「宣布日期」。").format(number=number)
        for first, last in SPANS:
            if first in row and last in row and row[last] < row[first]:
                yield _t("第 {number} 行：「{last}」不能早于「{first}」。").format(number=number, first=LABELS[first], last=LABELS[last])
        for kind in KINDS:
            if f"{kind}_share" in row and kind not in row:
                yield _t("第 {number} 行：按比例补贴的要写明上限「{label}」。").format(number=number, label=LABELS[kind])
        for name, value in row.items():
            if isinstance(value, str) and value > LAST_DAY and isinstance(BY_PATH.get(name), Day):
                yield _t("第 {number} 行：「{label}」{day} 太远，请核对。").format(number=number, label=LABELS[name], day=value)
    for scheme in schemes(content):  # as soon as the first of its documents is handled by, nothing may be lacking
        handled = [row[HANDLED] for row in content["rows"] if row["scheme"] == scheme and HANDLED in row]
        known = terms(content, scheme, date.fromisoformat(min(handled))) if handled else None
        lacking = [str(LABELS[name]) for name in NEEDED if known is not None and name not in known.values]
        if lacking:
            yield _t("{scheme} 年的方案到 {day} 还缺：{names}。").format(scheme=scheme, day=min(handled), names="、".join(lacking))


def _year_after(rows: list[Row]) -> Row:
    """Return the row of the year after the last scheme: all that its documents laid down, but what no two years have alike.

    Which document says so, when it came and in which span it holds only the new notice tells: these stay empty, to be typed.
    """
    last = max((row["scheme"] for row in rows if isinstance(row.get("scheme"), int)), default=None)
    known = last and _joined(last, (row for row in rows if row.get("scheme") == last and row.get("announced_on")), "announced_on")
    if not known:
        return {}
    return {"scheme": known.scheme + 1} | {name: value for name, value in known.values.items() if name not in OF_A_YEAR}


def _brief(row: Row) -> str:
    """Return a row in a few words: the year, the document, and what is paid by it."""
    years = _t("{scheme} 年").format(scheme=row["scheme"]) if row.get("scheme") else _t("新的一行")
    return " · ".join(filter(None, (years, str(row.get("document") or ""), "、".join(paid_words(row)))))


def paid_words(laid: Any) -> Iterator[str]:
    """Yield what is paid for each kind of new car, as far as it is laid down."""
    for kind, words in ((NEV, _t("新能源车 {paid}")), (FUEL, _t("燃油车 {paid}"))):
        share, most = laid.get(f"{kind}_share"), laid.get(kind)
        if isinstance(most, int):
            paid = _t("车价的 {percent}%，最多 {amount} 元") if share else _t("{amount} 元")
            yield words.format(paid=paid.format(percent=percent(share or 0), amount=f"{most:,}"))


def percent(share: int) -> str:
    """Return a share in ten-thousandths as per cent."""
    return f"{share // 100}" + f".{share % 100:02}".rstrip("0").rstrip(".")


def _told(content: Any) -> str:
    """Return the schemes in words: what each pays by all that its documents announce."""
    told = ((scheme, terms(content, scheme, date.max)) for scheme in schemes(content))
    return "；".join(_t("{scheme} 年：{paid}").format(scheme=scheme, paid="、".join(paid_words(known))) for scheme, known in told if known)


ITEMS = (
    Whole(path="scheme", label=_("年度"), help=_("哪一年的方案"), least=FIRST_YEAR, most=LAST_YEAR),
    Word(path="document", label=_("宣布文件"), help=_("文号；这些内容由它宣布。")),
    Word(path="cites", label=_("条款"), help=_("条、款；没有写明的空着。"), optional=True),
    Day(path="announced_on", label=_("宣布日期")),
    Word(path="notice", label=_("实施文件"), optional=True, help=_("文号；按它办理。还没有的空着。")),
    Day(path="published_on", label=_("实施文件公布日期"), optional=True),
    Day(path="since", label=_("申请自"), optional=True), Day(path="until", label=_("申请至（含）"), optional=True),
    Yes(path="until_open", label=_("截止以后由当地公布")),
    Day(path="documents_since", label=_("单证日期自"), optional=True),
    Day(path="documents_until", label=_("单证日期至（含）"), optional=True),
    Day(path="documents_open", label=_("自何日起的单证没有写明"), optional=True,
        help=_("早于「单证日期自」、能不能用没有写明的，从哪一天起")),
    Day(path="documents_late", label=_("何日以后的单证没有写明"), optional=True,
        help=_("没有「单证日期至」、晚到哪一天没有写明的，写没有疑问的最后一天")),
    Day(path="petrol", label=_("汽油车注册登记不晚于"), optional=True),
    Day(path="diesel", label=_("柴油车注册登记不晚于"), optional=True),
    Day(path="other", label=_("其他燃料车注册登记不晚于"), optional=True),
    Day(path="electric", label=_("新能源车注册登记不晚于"), optional=True),
    Day(path="owned_by", label=_("登记在本人名下不晚于"), optional=True),
    Yes(path="owned_open", label=_("当日含不含没有写明")),
    Whole(path="nev", label=_("购买新能源乘用车"), unit=_("元/辆"), least=1, optional=True, help=_("按比例的写上限")),
    Whole(path="nev_share", label=_("新能源乘用车按价格的"), unit=_("万分之一"), least=1, most=10_000, optional=True),
    Whole(path="fuel", label=_("购买燃油乘用车"), unit=_("元/辆"), least=1, optional=True, help=_("按比例的写上限")),
    Whole(path="fuel_share", label=_("燃油乘用车按价格的"), unit=_("万分之一"), least=1, most=10_000, optional=True),
    Whole(path="displacement", label=_("燃油乘用车排量不超过"), unit=_("毫升"), least=1, optional=True),
    Yes(path="once", label=_("一年只补一次")), Yes(path="not_replaced", label=_("不与置换更新补贴同享")),
    Yes(path="same_province", label=_("开票地和注册地同省")),
    Several(path="papers", label=_("还要交的单证"), optional=True,
            of=Choice(path="", label=_("单证"), choices={kind.value: kind.label for kind in FURTHER}),
            help=_("回收证明、注销证明书、新车发票和新车登记证书总是要交。一样也没有勾的照这一年先前的文件；先前也没有的：身份证和银行卡要交，"
                   "旧车的登记证书在规定了登记在本人名下日期时要交。")),
    Whole(path="acceptance_days", label=_("受理期限"), unit=_("天"), least=1, optional=True),
    Whole(path="review_days", label=_("审核期限"), unit=_("天"), least=1, optional=True),
    Whole(path="payment_days", label=_("拨付期限"), unit=_("天"), least=1, optional=True),
    Word(path="office", label=_("由谁决定"), optional=True), Word(path="source", label=_("文本出处"), optional=True),
)  # fmt: skip
GROUPS = (
    (_("文件"), ("scheme", "document", "cites", "announced_on", "notice", "published_on", "office", "source")),
    (_("期间"), ("since", "until", "until_open", "documents_since", "documents_until", "documents_open", "documents_late")),
    (_("旧车"), ("petrol", "diesel", "other", "electric", "owned_by", "owned_open")),
    (_("新车和金额"), ("nev", "nev_share", "fuel", "fuel_share", "displacement")),
    (_("其他条件"), ("once", "not_replaced", "same_province")),
    (_("办理"), ("papers", "acceptance_days", "review_days", "payment_days")),
)
BY_PATH = {item.path: item for item in ITEMS}
LABELS = {item.path: item.label for item in ITEMS}
NEEDED = ("since", "until", "documents_since", "petrol", "diesel", "other", "electric", "nev", "fuel", "displacement", "office")
SCHEMES = RuleKind(
    "subsidies.schemes", _("汽车报废更新补贴方案"), Path(__file__).parent / "data" / "schemes.json", Shape(
        (Rows(path="rows", label=_("文件所定"), title="document", entry=Shape(ITEMS, groups=GROUPS),
              follows=_year_after, again=_("照上一年的方案新增一行"), brief=_brief),), also=_what_contradicts, tell=_told))


@dataclass(frozen=True)
class Terms:
    """What a scheme's documents lay down together by a day: the values, and for each the row that says so."""

    scheme: int
    values: dict[str, Any]
    rows: dict[str, Row]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str) -> Any:
        """Return what is laid down, or None where nothing is."""
        return self.values.get(name)

    def source(self, *names: str) -> str:
        """Return the documents, with their clauses, that lay these down; without names, all of them."""
        told = [self.rows[name] for name in names or self.rows if name in self.rows]
        return "；".join(dict.fromkeys(cited(row) for row in told))


Known = Callable[[Any, int, date], Terms | None]  # of a rule's content and a scheme the terms, as they were known on a day


def cited(row: Row) -> str:
    """Return the document of a row with its clause, and by which notice it is handled if that is another."""
    notice = row.get("notice")
    by = _t("（按 {notice} 办理）").format(notice=notice) if notice and notice != row["document"] else ""
    return f"{row['document']}{row.get('cites', '')}{by}"


def schemes(content: Any) -> list[int]:
    """Return the years that have a scheme, the latest first."""
    return sorted({row["scheme"] for row in content["rows"]}, reverse=True)


def known(content: Any, day: date) -> list[int]:
    """Return the years of which a scheme was handled by the day, the latest first."""
    return [scheme for scheme in schemes(content) if terms(content, scheme, day)]


def begun(content: Any, day: date) -> list[int]:
    """Return the years by whose scheme, as it was known on the day, one could apply by then, the latest first."""
    return [scheme for scheme in schemes(content) if (found := terms(content, scheme, day)) and found["since"] <= str(day)]


def terms(content: Any, scheme: int, day: date) -> Terms | None:
    """Return what the scheme's documents that are handled by the day lay down; None where there is none yet."""
    return _joined(scheme, (row for row in content["rows"] if _is_out(row, day)), HANDLED)


def announced(content: Any, scheme: int, day: date) -> Terms | None:
    """Return what is announced by the day and not implemented yet; None where nothing is."""
    return _joined(scheme, (row for row in content["rows"] if row[TOLD] <= str(day) and not _is_out(row, day)), TOLD)


def told(content: Any, scheme: int, day: date) -> Terms | None:
    """Return what the scheme's documents that are announced by the day say, implemented or not; None where there is none yet."""
    return _joined(scheme, (row for row in content["rows"] if row[TOLD] <= str(day)), TOLD)


def applied_by(content: Any, day: date, known: Known) -> Terms | None:
    """Return the terms, as they are known on a day, by which one may apply on it: of two schemes the newer; None where by none."""
    found = (known(content, scheme, day) for scheme in schemes(content))
    return next((each for each in found if each and each["since"] <= str(day) <= each["until"]), None)


def judging(content: Any, applied_on: str, invoiced_on: str | None, as_of: date) -> Terms | None:
    """Return the terms, as they are known on a day, by which an application is judged, as the sums do; None where no scheme had begun.

    Of those under which one might apply it is the newest whose documents may be as old as the invoice, else the newest; where
    none was open any more, the latest. Under one whose last day is announced locally one might still apply.
    """
    begun = [each for scheme in schemes(content) if (each := terms(content, scheme, as_of)) and each["since"] <= applied_on]
    still = [each for each in begun if applied_on <= each["until"] or each.get("until_open")]
    fitting = [each for each in still if invoiced_on and each["documents_since"] <= invoiced_on]
    return next(iter(fitting or still or begun), None)


def _is_out(row: Row, day: date) -> bool:
    """Tell whether the notice by which a row is handled is out."""
    return HANDLED in row and row[HANDLED] <= str(day)


def _joined(scheme: int, rows: Iterable[Row], order: str) -> Terms | None:
    values: dict[str, Any] = {}
    said: dict[str, Row] = {}
    for row in sorted((row for row in rows if row["scheme"] == scheme), key=lambda row: row[order]):
        laid_down = {name: value for name, value in row.items() if name not in OF_A_ROW}
        values |= laid_down
        said |= dict.fromkeys(laid_down, row)
    return Terms(scheme, values, said) if values else None
