"""Pages of the figures: the catalogue of definitions, and one figure with the records behind it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from kaifaqu.kernel import access, clock, events, indicators
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.figures import Figure, Group
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import Record, registers
from kaifaqu.pages import domains, manners
from kaifaqu.pages.asked import day, period
from kaifaqu.pages.explaining import explain
from kaifaqu.pages.exporting import file_of
from kaifaqu.pages.grouping import GroupFigure, narrowed
from kaifaqu.pages.initials import initials
from kaifaqu.pages.reading import Reader, Table
from kaifaqu.pages.series import chart, series
from kaifaqu.pages.views import Request, page_of
from kaifaqu.sheets import exporting

CHOICES = 200  # parties to choose a scope from; of more its code is typed


@login_required
@require_safe
def figures(request: Request) -> HttpResponse:
    """List the definitions of all figures; a definition is open to everybody who signs in."""
    words = request.GET.get("q", "").lower().split()
    told = {each: f"{each.code} {each.label} {each.basis} {initials(str(each.label))}".lower() for each in domains.catalogue().values()}
    found = [each for each, text in told.items() if all(word in text for word in words)]
    return render(request, "pages/figures.html", {"figures": found, "q": " ".join(words)})


@login_required
@require_safe
def figure(request: Request, code: str) -> HttpResponse:
    """Show one figure as this person may see it: definition, value, groups and the records behind it."""
    definition = _found(code)
    asked = _asked(request, definition)
    context: dict[str, Any] = {"definition": definition, "asked": asked}
    try:
        by = indicators.dimension(definition, asked["by"]) if "by" in asked else None
        figure = _figure(definition, asked, request.user, by)
        group = asked.get("group", "") if by else ""  # of one group no difference is explained
        compared = None if group else _compared(definition, figure, asked.get("against", ""), request.user)
    except (ValueError, LookupError) as problem:
        return render(request, "pages/figure.html", {**context, "problem": problem.args[0]}, status=400)
    whole, figure = figure, narrowed(figure, group) if group else figure
    page = page_of(request, figure.records)
    months = [] if group else series(definition, figure.period, figure.scope, figure.world.known, request.user)
    return render(request, "pages/figure.html", {
        **context, "figure": figure, "whole": whole, "page": page, "tables": list(_tables(request.user, page, figure.world.known)),
        "registers": list({part.register for part in figure.indicator.parts()}),
        "months": months, "chart": chart(months), "users": list(users_of(definition)),
        "notes": [] if figure.closed else manners.notes_on(request.user, figure),
        "compared": compared, "before": None if group or "against" in asked else _comparable(figure.period),
        "exports": behind(figure), "groups": _groups(whole), "scopes": scopes(definition, request.user, asked.get("scope", "")),
        "explanations": explain(*compared, Reader(request.user)) if compared else [],
    })  # fmt: skip


@login_required
@require_GET
def export(request: Request, code: str, format: str) -> HttpResponse | FileResponse:
    """Hand out the records behind a figure as a file, as known in its world; of several registers, those of one."""
    definition = _found(code)
    asked = _asked(request)
    try:
        by = indicators.dimension(definition, asked["by"]) if "by" in asked else None
        figure = _figure(definition, asked, request.user, by)
    except (ValueError, LookupError) as problem:
        return render(request, "pages/figure.html", {"definition": definition, "asked": asked, "problem": problem.args[0]}, status=400)
    if figure.closed:
        raise PermissionDenied(figure.reason)
    if "group" in asked and by:
        figure = narrowed(figure, asked["group"])
    found = {model.register: (model, rows) for model, rows in behind(figure).items()}
    register = asked.get("register") or next(iter(found), "")
    if register not in found or format not in exporting.FORMATS:
        raise Http404
    model, rows = found[register]
    filters = _("指标「{label}」{period}背后的记录").format(label=figure.indicator.label, period=figure.period.label)
    return file_of(
        f"{definition.label}_{figure.period.text}_{model._meta.verbose_name}.{format}", exporting.FORMATS[format].media,
        lambda stream: exporting.export(rows, model, request.user, format, stream, filters=filters, known=figure.world.known))


def behind(figure: Figure) -> dict[type[Record], QuerySet]:
    """Return by register the rows behind an open figure, as known in its world; of a ratio those of both sides, each once."""
    conditions: dict[type[Record], Q] = {}
    for model, condition in _conditions(figure):
        conditions[model] = conditions.get(model, Q()) | condition
    return {
        model: figure.world.rows(model).filter(condition, owner_id__in=figure.scope).order_by("code", "id")
        for model, condition in conditions.items()
    }


def _conditions(figure: Figure) -> Iterator[tuple[type[Record], Q]]:
    """Yield the registers behind the figure, each with what its rows fulfil; nothing where the records are closed."""
    if figure.closed:
        return
    if figure.numerator is not None and figure.denominator is not None:
        yield from _conditions(figure.numerator)
        yield from _conditions(figure.denominator)
    elif isinstance(figure.indicator, indicators.Indicator):
        of_group = figure.rows if isinstance(figure, GroupFigure) else None
        condition = figure.indicator.where(figure.period, figure.world) if of_group is None else Q(id__in=of_group.order_by().values("id"))
        yield figure.indicator.register, condition


def _groups(figure: Figure) -> list[Group]:
    """Return the groups of the figure, the largest value first; those without one stand last."""
    return sorted(figure.groups, key=lambda group: (group.value is None, -(group.value or 0)))


def scopes(definition: indicators.Definition, user: User, asked: str = "") -> list[tuple[str, str]]:
    """Return the parties whose figure the person may see, code and name; none where there are too many to choose from.

    What is asked for and is not a single party of these stands first, as it was written: an address may name several.
    """
    parties = Party.objects.current().filter(pk__in=_seen(definition, user)).order_by("code")[:CHOICES + 1]
    found = [(party.code, str(party)) for party in parties]
    if not found or len(found) > CHOICES:
        return []
    return found if not asked or asked in dict(found) else [(asked, asked), *found]


def _seen(definition: indicators.Definition, user: User) -> frozenset[int]:
    """Return the parties whose figure the person may see."""
    registers_read = {part.register for part in definition.parts()} or {DatedRule}
    return frozenset.intersection(*(
        frozenset(user.owners(each.right_to("view"))) | frozenset(user.owners(each.right_to("figures"))) for each in registers_read))


def _own(definition: indicators.Definition, user: User) -> str:
    """Return the code of the party that is meant where none is named: one that the person works for, if the installation's is not his."""
    seen = _seen(definition, user)
    if not seen or access.scope() & seen:
        return ""
    return Party.objects.current().filter(pk__in=seen & {*user.units()}).order_by("code").values_list("code", flat=True).first() or ""


def _found(code: str) -> indicators.Definition:
    """Return the definition of the code; there is no page for a code without one, nor while its domain is off."""
    try:
        return domains.find(code)
    except LookupError as problem:
        raise Http404(problem.args[0]) from None


def _asked(request: Request, definition: indicators.Definition | None = None) -> dict[str, str]:
    """Return what the address asks for, periods and days as the kernel reads them; without a period this year's."""
    asked = {"period": this_year(), **{name: text for name, text in request.GET.dict().items() if text}}
    if definition is not None and "scope" not in asked and (own := _own(definition, request.user)):  # a page, not a file
        asked["scope"] = own
    spelt = {"period": period, "against": period, "known": day}
    return {name: spelt[name](text) if name in spelt else text for name, text in asked.items()}


def _figure(definition: indicators.Definition, asked: dict[str, str], user: User, by: indicators.Dimension | None = None) -> Figure:
    """Return the figure that is asked for. Raise ValueError where the address says no period, party or day."""
    return definition.figure(
        Period.parse(asked["period"]), scope=_scope(asked.get("scope")), by=by, known=events.known_on(asked.get("known")), user=user)


def _compared(definition: indicators.Definition, figure: Figure, against: str, user: User) -> tuple[Figure, Figure] | None:
    """Return the two figures whose difference is explained, the earlier one first.

    It is the figure of the period that was asked for, as it was known at that period's end, and this one; else this one as
    it was known, and as it is known today. Raise ValueError for a period at whose end nothing was known.
    """
    if against:
        earlier = Period.parse(against)
        return definition.figure(earlier, scope=figure.scope, known=events.known_on(earlier.end), user=user), figure
    if figure.world.known:
        return figure, definition.figure(figure.period, scope=figure.scope, user=user)
    return None


def before(period: Period) -> Period:
    """Return the period before this one: of months to date those of a month less, of a day the last day of the month before."""
    if ".." in period.text:
        return Period.parse(f"{period.start:%Y-%m}..{period.end.month - 1:02d}")
    if period.start == period.end:
        return Period.parse(f"{period.end.replace(day=1) - timedelta(days=1)}")
    return period.previous()


def _comparable(period: Period) -> Period | None:
    """Return the period before this one, if anything was known at its end."""
    earlier = before(period)
    try:
        events.known_on(earlier.end)
    except ValueError:
        return None
    return earlier


def users_of(definition: indicators.Definition) -> Iterator[indicators.Definition]:
    """Yield the definitions that are made of this one."""
    for each in domains.catalogue().values():
        made_of = [getattr(each, "numerator", None), getattr(each, "denominator", None), *getattr(each, "variants", {}).values()]
        if definition in made_of:
            yield each


def this_year() -> str:
    """Return the months of this year to date, as people write the period."""
    return f"{clock.today():%Y-01..%m}"


def _scope(text: str | None) -> frozenset[int]:
    try:
        return access.scope(text)
    except ValueError:  # whose sentence names the parties there are
        raise ValueError(_("没有单位「{text}」。").format(text=text)) from None


def _tables(user: User, rows: Any, known: int | None) -> Iterator[Table]:
    """Yield the records of a figure as one table a register, to be opened as they were known."""
    for register in dict.fromkeys(row.register for row in rows):
        yield replace(Reader(user).table(registers()[register], [row for row in rows if row.register == register]), known=known)
