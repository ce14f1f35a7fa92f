"""Pages of the figures: the catalogue of definitions, and one figure with the records behind it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaifaqu.kernel import access, clock, events, indicators
from kaifaqu.kernel.access import User
from kaifaqu.kernel.figures import Figure
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import registers
from kaifaqu.pages.explaining import explain
from kaifaqu.pages.initials import initials
from kaifaqu.pages.reading import Reader, Table
from kaifaqu.pages.series import chart, series
from kaifaqu.pages.views import Request, page_of


@login_required
@require_safe
def figures(request: Request) -> HttpResponse:
    """List the definitions of all figures; a definition is open to everybody who signs in."""
    words = request.GET.get("q", "").lower().split()
    told = {each: f"{each.code} {each.label} {each.basis} {initials(str(each.label))}".lower() for each in indicators.catalogue().values()}
    found = [each for each, text in told.items() if all(word in text for word in words)]
    return render(request, "pages/figures.html", {"figures": found, "q": " ".join(words)})


@login_required
@require_safe
def figure(request: Request, code: str) -> HttpResponse:
    """Show one figure as this person may see it: definition, value, groups and the records behind it."""
    try:
        definition = indicators.find(code)
    except LookupError as problem:
        raise Http404(problem.args[0]) from None
    asked = {"period": this_year(), **{name: text for name, text in request.GET.dict().items() if text}}
    context: dict[str, Any] = {"definition": definition, "asked": asked}
    try:
        by = indicators.dimension(definition, asked["by"]) if "by" in asked else None
        figure = definition.figure(
            Period.parse(asked["period"]), scope=_scope(asked.get("scope")), by=by, known=events.known_on(asked.get("known")),
            user=request.user,
        )  # fmt: skip
        compared = _compared(definition, figure, asked.get("against", ""), request.user)
    except (ValueError, LookupError) as problem:
        return render(request, "pages/figure.html", {**context, "problem": problem.args[0]}, status=400)
    page = page_of(request, figure.records)
    months = series(definition, figure.period, figure.scope, figure.world.known, request.user)
    return render(request, "pages/figure.html", {
        **context, "figure": figure, "page": page, "tables": list(_tables(request.user, page)),
        "registers": list({part.register for part in figure.indicator.parts()}),
        "months": months, "chart": chart(months), "users": list(users_of(definition)),
        "compared": compared, "before": _comparable(figure.period),
        "explanations": explain(*compared, Reader(request.user)) if compared else [],
    })  # fmt: skip


def _compared(definition: indicators.Definition, figure: Figure, against: str, user: User) -> tuple[Figure, Figure] | None:
    """Return the two figures whose difference is explained, the earlier one first.

    It is the figure of the period that was asked for, as it was known at that period's end, and this one; else this one as
    it was known, and as it is known today. Raise ValueError for a period at whose end nothing was known.
    """
    if against:
        period = Period.parse(against)
        return definition.figure(period, scope=figure.scope, known=events.known_on(period.end), user=user), figure
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
    for each in indicators.catalogue().values():
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


def _tables(user: User, rows: Any) -> Iterator[Table]:
    """Yield the records of a figure as one table a register."""
    for register in dict.fromkeys(row.register for row in rows):
        yield Reader(user).table(registers()[register], [row for row in rows if row.register == register])
