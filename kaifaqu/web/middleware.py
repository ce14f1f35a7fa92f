"""What no request brings in, and what every answer carries."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.cache import patch_vary_headers

from kaifaqu.pages import domains

POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


class ContentSecurityPolicy:
    """Lets pages load only from this host, and run no script or style that stands in the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the policy to the answer."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class OneAddress:
    """Keeps the part of a page apart from the whole page: htmx fetches it from the same address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Tell caches, the browser's own among them, by what the two differ."""
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        return response


class Domains:
    """Answers for the pages of a domain that is switched off: there are none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: Any, kwargs: Any) -> None:
        """Raise Http404 with a sentence where the address belongs to such a domain."""
        domains.demand(domains.of_module(view.__module__))


class PlainQuery:
    """Drops NUL characters from the texts of an address: PostgreSQL keeps none, so nothing can be found by them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request as if nobody had written any."""
        if "%00" in request.META.get("QUERY_STRING", ""):
            asked = QueryDict(mutable=True)
            for name, texts in request.GET.lists():
                asked.setlist(name.replace("\0", ""), [text.replace("\0", "") for text in texts])
            request.GET = asked  # type: ignore[assignment]
        return self.get_response(request)
