"""Pages that hand lists out: as a file, as a message, and as the blank form in which a register is filled in."""

import tempfile
from collections.abc import Callable
from typing import IO

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.records import Record
from kaifaqu.pages.lists import Listing, in_words
from kaifaqu.pages.views import Request, action_named, demand, register_named
from kaifaqu.sheets import blanks, exporting, messages
from kaifaqu.sheets import seen as sheets
from kaifaqu.sheets.columns import Column
from kaifaqu.sheets.provenance import Provenance


@login_required
@require_GET
def export(request: Request, register: str, format: str) -> FileResponse:
    """Hand out the list of this address as a file; the whole file is made first, so that none arrives cut off."""
    model = _seen(request, register)
    if format not in (formats := exporting.formats_of(model)):
        raise Http404
    listing = Listing(model, request.user, request.GET)
    rows, filters = listing.rows, in_words(listing)
    return file_of(
        f"{model._meta.verbose_name}_{clock.today()}.{format}", formats[format].media,
        lambda stream: exporting.export(rows, model, request.user, format, stream, filters=filters))


@login_required
@require_GET
def seen(request: Request, register: str) -> FileResponse:
    """Hand out the list of this address as it is seen: its columns, its order, its totals."""
    model = _seen(request, register)
    listing, user = Listing(model, request.user, request.GET), request.user
    filters, totals = in_words(listing), listing.totals(listing.rows.count())
    about = Provenance.now(model, [Column(each) for each in listing.columns], user, filters=filters)
    keys = [each.name for each in listing.columns if each.is_relation]
    rows = (listing.rows.select_related(*keys) if keys else listing.rows).iterator(chunk_size=1000)
    return file_of(
        f"{model._meta.verbose_name}_{clock.today()}.xlsx", exporting.FORMATS["xlsx"].media,
        lambda stream: sheets.seen(rows, listing.columns, about, user, stream, filters=filters, totals=totals))


@login_required
@require_safe
def message(request: Request, register: str) -> HttpResponse:
    """Show the list of this address as text that can be copied into a chat."""
    model = _seen(request, register)
    listing = Listing(model, request.user, request.GET)
    names = [each.name for each in listing.columns]
    text = messages.message(listing.rows, model, request.user, filters=in_words(listing), names=names)
    return render(request, "pages/message.html", {"model": model, "text": text, "lines": text.count("\n") + 2})


@login_required
@require_GET
def template(request: Request, register: str) -> FileResponse:
    """Hand out the blank form of the register; its drop-downs hold what the person may see."""
    model = register_named(register)
    right = action_named(model, "create", creates=True).right
    demand(request.user, right)
    owners = list(Party.objects.current().filter(pk__in=request.user.owners(right))[:2])
    owner = owners[0] if len(owners) == 1 else None
    return file_of(
        _("{register}_填报模板.xlsx").format(register=model._meta.verbose_name), exporting.FORMATS["xlsx"].media,
        lambda stream: blanks.blank(model, request.user, stream, owner=owner))


def _seen(request: Request, register: str) -> type[Record]:
    """Return the register; refuse a person who may not look at it."""
    model = register_named(register)
    demand(request.user, model.right_to("view"))
    return model


def file_of(name: str, media: str, write: Callable[[IO[bytes]], object]) -> FileResponse:
    """Return what is written as a file; Django spells a Chinese name as RFC 5987 says."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    write(stream)
    stream.seek(0)
    return FileResponse(stream, as_attachment=True, filename=name, content_type=media)
