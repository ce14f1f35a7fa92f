"""The help: each page opens a topic, each topic is in both languages, leads nowhere into nothing and names what there is."""

import re
from collections import Counter
from functools import cache

import pytest
from django.test import RequestFactory
from django.urls import get_resolver, resolve, reverse
from django.utils import translation
from pytest_django.asserts import assertContains

from kaifaqu.kernel.records import registers
from kaifaqu.web import helping
from tests import translations

LANGUAGES = {"zh": "zh-hans", "en": "en"}
WRITTEN = [(name, language) for name in helping.ORDER for language in LANGUAGES]
NO_PAGES = {"looked", "sign-out", "set_language", "cancel-job"}  # these are sent to, and lead to a page


def routes() -> set[str]:
    """Return the names of all addresses."""
    def within(resolver):
        for pattern in resolver.url_patterns:
            yield from within(pattern) if hasattr(pattern, "url_patterns") else [pattern.name]

    return {*within(get_resolver())}


def labels(name: str, language: str) -> list[str]:
    """Return what a topic names of the pages: a label stands in bold."""
    return re.findall(r"\*\*([^*]+)\*\*", helping.source(name, language))


def test_every_page_opens_a_topic():
    assert routes() - NO_PAGES - {*helping.ROUTES} == set()
    assert {*helping.ROUTES.values(), *helping.REGISTERS.values()} <= {*helping.ORDER}
    assert {*helping.REGISTERS} <= {*registers()}


@pytest.mark.parametrize(("address", "topic"), [
    ("/", "start"), ("/r/projects/", "find"), ("/r/projects/1/", "record"), ("/r/projects/1/do/start/", "steps"),
    ("/r/users/1/", "rights"), ("/r/users/1/do/set_password/", "rights"), ("/r/rules/new/", "rules"), ("/r/roles/import/", "import"),
    ("/figures/projects.started.year.count/", "figures"), ("/help/week/", "start"), ("/nowhere/", ""),
])  # fmt: skip
def test_the_topic_is_that_of_the_page(address, topic):
    request = RequestFactory().get(address)
    if topic:
        request.resolver_match = resolve(address)
    assert helping.topic_of(request) == topic


def test_every_topic_is_in_both_languages_and_no_other_file_lies_there():
    folder = translations.ROOT / "kaifaqu" / "web" / "help"
    for language in LANGUAGES:
        assert {path.name for path in (folder / language).iterdir()} == {f"{name}.md" for name in helping.ORDER}
    assert len({*helping.ORDER}) == len(helping.ORDER)


@pytest.mark.parametrize(("name", "language"), WRITTEN)
def test_a_topic_has_a_title_steps_or_headings_and_fits_two_screens(name, language):
    lines = helping.source(name, language).splitlines()
    assert lines[0].startswith("# ")
    assert Counter(line.startswith("# ") for line in lines)[True] == 1
    assert len(lines) < 80


@pytest.mark.parametrize("name", helping.ORDER)
def test_both_languages_of_a_topic_have_the_same_parts(name):
    shapes = [[re.match(r"#+|\d+\.|[-|`]|", line)[0] for line in helping.source(name, language).splitlines()] for language in LANGUAGES]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize(("name", "language"), WRITTEN)
def test_every_link_leads_somewhere(name, language, db):
    for address in re.findall(r"\]\(([^)]+)\)", helping.source(name, language)):
        assert address.removesuffix(".md") in helping.ORDER or resolve(address)


@cache
def shown(language: str) -> set[str]:
    """Return the texts of the product in a language."""
    with translation.override(LANGUAGES[language]):
        return {translation.gettext(text) for text in translations.used()}


@pytest.mark.parametrize(("name", "language"), WRITTEN)
def test_a_label_is_one_that_stands_on_the_pages(name, language):
    assert [label for label in labels(name, language) if label not in shown(language)] == []


# The pages


@pytest.mark.parametrize("language", [*LANGUAGES.values()])
def test_the_pages_of_the_help_are_open_to_everybody(client, zone, language):
    with translation.override(language):
        told = helping.topics()
    headers = {"Accept-Language": language}
    contents = client.get(reverse("help-contents"), headers=headers)
    for topic in told:
        assertContains(contents, f'<a href="/help/{topic.name}/">')
        answer = client.get(reverse("help", args=[topic.name]), headers=headers)
        assertContains(answer, topic.page)
        assert topic.page.count('href="') == topic.page.count('href="/')
    assert client.get(reverse("help", args=["unicorns"])).status_code == 404


def test_help_stands_in_the_header_of_every_page(client, clerk):
    assertContains(client.get(reverse("sign-in")), '<a href="/help/start/">')
    client.force_login(clerk)
    assertContains(client.get(reverse("figures")), '<a href="/help/figures/">')
    assertContains(client.get(reverse("records", args=["grants"])), '<a href="/help/rights/">')
    assertContains(client.get("/nowhere/"), '<a href="/help/">', status_code=404)


def test_a_topic_runs_nothing_that_stands_in_it(monkeypatch):
    monkeypatch.setattr(helping, "source", lambda name, language: "# 标题\n\n<script>alert(1)</script> [去](javascript:alert(1)) **粗**\n")
    topic = helping._read.__wrapped__("find", "zh")
    assert topic.page == "<p>&lt;script&gt;alert(1)&lt;/script&gt; [去](javascript:alert(1)) <strong>粗</strong></p>\n"
