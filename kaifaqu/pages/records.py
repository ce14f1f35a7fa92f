"""The list of a register, and what is done from it: an action on many records, a view that is kept under a name."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaifaqu.kernel import actions
from kaifaqu.kernel.access import User
from kaifaqu.kernel.actions import Action
from kaifaqu.kernel.records import Record
from kaifaqu.pages import many
from kaifaqu.pages.asked import number
from kaifaqu.pages.forms import ActionForm
from kaifaqu.pages.lists import Listing, columns_of, in_words
from kaifaqu.pages.models import SavedView, views_for
from kaifaqu.pages.reading import Reader
from kaifaqu.pages.related import may_create
from kaifaqu.pages.views import Request, _once, demand, page_of, posted, register_named

VIEWS = 50  # that one person keeps for a register


@login_required
@require_safe
def records(request: Request, register: str) -> HttpResponse:
    """List the register's records that the person may see; filters, columns, order and page all stand in the address."""
    model = register_named(register)
    demand(request.user, model.right_to("view"))
    listing = Listing(model, request.user, request.GET)
    page = page_of(request, listing.rows)
    table = replace(Reader(request.user).table(model, page, listing.columns), **_correcting(request.user, model))
    return render(request, "pages/records.html", {
        "model": model, "listing": listing, "page": page, "table": table,
        "asked": request.GET.dict(), "totals": listing.totals(page.paginator.count) if page.paginator.count else [],
        "columns": columns_of(model), "may_create": may_create(request.user, model), "others": list(_others_of_all(request.user, model)),
        "many": many.actions_in_bulk(request.user, model), "most": many.MOST,
        "views": views_for(request.user, register), "words": in_words(listing),
    })  # fmt: skip


def _others_of_all(user: User, model: type[Record]) -> Iterator[Action]:
    """Yield what the person may do with an owner's records together, such as locking a month; entering and importing stand apart."""
    for action in actions.actions_of(model) if model.columns else ():  # what nobody enters is founded once
        named = action.code == model.right_to(action.verb) and action.verb not in ("create", "import")
        if action.creates and named and action.right and user.owners(action.right):
            yield action


def _correcting(user: User, model: type[Record]) -> dict[str, Any]:
    """Return which facts of the list the person may correct in their cells, and of which owners."""
    action = actions.registry().get(model.right_to("correct"))
    if action is None or "facts" not in action.facts:
        return {}
    return {"facts": {"code", *model.columns}, "owners": user.owners(action.right)}


# Many records


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: Request, register: str) -> HttpResponse:
    """Take one action on the chosen records: fill it in once, look at what it does to each, and write."""
    model = register_named(register)
    action = actions.registry().get(model.right_to(request.GET.get("verb", "")))
    if action is None or action not in many.actions_in_bulk(request.user, model):
        demand(request.user, action.right if action and action.right else model.right_to("view"))
        raise Http404
    only = request.GET.get("only", "")
    if only not in ("", "code", *model.columns):
        raise Http404
    listing = Listing(model, request.user, request.GET)
    chosen, problem = _chosen(request, listing)
    context: dict[str, Any] = {"model": model, "action": action, "chosen": chosen, "problem": problem, "asked": request.GET}
    if "facts" in action.facts and not only:
        columns = [each for each in columns_of(model) if each.name in model.columns and each.name != "code"]
        return render(request, "pages/bulk.html", {**context, "columns": columns})
    form = ActionForm(action, request.user, None, posted(request), only=only, drafted=False)
    if request.method == "POST" and not problem and form.is_valid():
        outcomes = list(many.plan(action, chosen, form.told(), request.user))
        if "write" in request.POST:
            try:
                return redirect(_once(request, lambda: _written(request, form, outcomes)))
            except ValidationError as refusal:
                context["refusals"] = refusal.messages
        context |= _previewed(outcomes)
    return render(request, "pages/bulk.html", {**context, "form": form})


def _chosen(request: Request, listing: Listing) -> tuple[list[Any], str]:
    """Return the records that were chosen one by one, or all of the list; and what is wrong with the choice."""
    rows = listing.rows
    if not request.GET.get("all"):
        rows = listing.register.objects.visible_to(request.user).order_by("code", "id").filter(
            pk__in=[pk for each in request.GET.getlist("id") if (pk := number(each)) is not None][:many.MOST + 1])
    chosen = list(rows[:many.MOST + 1])
    if not chosen:
        return [], _("没有选择记录。请回到列表，在每行前面打勾，或选择全部筛选结果。")
    if len(chosen) > many.MOST:
        return [], _("一次最多办理 {most} 条。请缩小筛选范围；更多的记录请导出表格，改好后导入。").format(most=many.MOST)
    return chosen, ""


def _previewed(outcomes: list[many.Outcome]) -> dict[str, Any]:
    """Return what is shown before anything is written, and the versions of the records that are looked at."""
    possible = [each for each in outcomes if not each.refusal and not each.is_same]
    refused, same = [each for each in outcomes if each.refusal], [each for each in outcomes if each.is_same]
    return {
        "possible": possible, "refused": refused,
        "tally": [("", _("可以办理"), len(possible)), ("faulty", _("不能办理"), len(refused)), ("", _("没有变化"), len(same))],
        "seen": json.dumps({each.record.pk: each.record.row_version for each in outcomes}),
    }


def _written(request: Request, form: ActionForm, outcomes: list[many.Outcome]) -> str:
    """Write what was looked at; return the address of the changeset, of the list where there are several."""
    try:
        seen = {int(pk): version for pk, version in json.loads(request.POST.get("seen", "{}")).items()}
    except (ValueError, AttributeError):
        seen = {}
    many.refuse_changed(outcomes, seen)
    written = many.write(form.action, outcomes, request.user, form.cleaned_data.get("reason", ""))
    count = sum(each.changed for each in written)
    messages.success(request, _("已办理「{label}」：{count} 条。如有不妥，可在变更批中整批撤销。").format(
        label=form.action.label, count=count))
    return reverse("record", args=["changesets", written[0].pk]) if len(written) == 1 else reverse("records", args=["changesets"])


# Views under a name


@login_required
@require_POST
def keep_view(request: Request, register: str) -> HttpResponse:
    """Keep the list's filters, columns and order under a name; the same name again replaces them."""
    model = register_named(register)
    demand(request.user, model.right_to("view"))
    listing = Listing(model, request.user, QueryDict(request.POST.get("asked", "")))
    name = " ".join(request.POST.get("name", "").split())[:60]
    others = SavedView.objects.filter(person=request.user, register=register).exclude(name=name)
    if not name:
        messages.error(request, _("请给视图起个名字。"))
    elif others.count() >= VIEWS:
        messages.error(request, _("这张台账已保存 {count} 个视图，请先删除不用的。").format(count=VIEWS))
    else:
        SavedView.objects.update_or_create(
            person=request.user, register=register, name=name, defaults={"asked": listing.kept, "shared": "shared" in request.POST})
        messages.success(request, _("已保存视图「{name}」。").format(name=name))
    return redirect(f"{reverse('records', args=[register])}?{listing.kept}")


@login_required
@require_POST
def drop_view(request: Request, pk: int) -> HttpResponse:
    """Forget a view of the person's own."""
    view = get_object_or_404(SavedView, pk=pk, person=request.user)
    view.delete()
    messages.success(request, _("已删除视图「{name}」。").format(name=view.name))
    return redirect("records", view.register)
