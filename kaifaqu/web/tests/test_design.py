"""The design: one page shows every component, and the style sheet keeps to what it promises."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from kaifaqu.kernel.figures import NOT_COMPUTABLE, OPEN, REFUSED, RELEASED
from kaifaqu.web import design

HOUSE = Path(settings.BASE_DIR) / "kaifaqu"
COMPONENTS = sorted(path.name for path in (HOUSE / "pages" / "templates" / "pages" / "components").glob("*.html"))
STYLES = HOUSE / "web" / "static" / "kaifaqu" / "kaifaqu.css"
SCRIPTS = sorted(HOUSE.rglob("static/**/*.js"))
TOO_NEW = {  # for Chrome 90
    ".css": (
        r":has\(", r"@container", r"@layer", r"@scope", r"@starting-style", r"@property",
        r"color-mix\(", r"\b(ok)?(lab|lch)\(", r"\bl?[sd]v[hw]\b",
        r"(?:^|[{;}])\s*&", r"text-wrap", r"subgrid", r":popover-open", r"anchor\(", r"\bround\(", r"\b(translate|rotate|scale):",
        r"scrollbar-gutter", r"light-dark\(", r"accent-color: auto",
    ),
    ".js": (
        r"\.at\(", r"Object\.hasOwn\b", r"structuredClone", r"\.findLast", r"\bpopover|Popover\(",
        r"\.to(Sorted|Reversed|Spliced)\b",
        r"\.groupBy\(", r"Array\.fromAsync", r"#\w+ in ", r"static \{", r"\.withResolvers", r"AbortSignal\.(timeout|any)",
        r"\.isWellFormed", r"crypto\.randomUUID", r"new URLPattern", r"\.checkVisibility\(", r"\.setHTML", r"\bcreateHTML",
    ),
}  # fmt: skip


@pytest.fixture
def shown(client, clerk):
    """Open the page, and return the answer."""
    client.force_login(clerk)
    answer = client.get(reverse("design"))
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_component_is_shown(shown, component):
    assert f"pages/components/{component}" in {each.name for each in shown.templates}


def test_a_figure_is_shown_in_each_status_and_a_table_with_a_long_name(shown):
    assert {each.status for each in shown.context["samples"]} == {OPEN, RELEASED, REFUSED, NOT_COMPUTABLE}
    assert [each.incomplete is not None for each in shown.context["samples"]].count(True) == 1
    assert max(len(texts[1]) for _row, texts in shown.context["table"].rows) > 40


def test_what_is_shown_asks_the_registers_nothing(client, clerk, django_assert_max_num_queries):
    client.force_login(clerk)
    with django_assert_max_num_queries(12):  # of the frame: the session, the person, his rights, the installation
        client.get(reverse("design"))


def test_what_is_read_stands_out_from_its_ground():
    weak = [(words, pair) for words, pair in design.shades() for each in pair if each.contrast < 4.5]
    assert (weak, len(design.values())) == ([], 2)


@pytest.mark.parametrize(("one", "other", "contrast"), [("#fff", "#000", 21.0), ("#777777", "#ffffff", 4.5), ("#0b5c73", "#0b5c73", 1.0)])
def test_contrast(one, other, contrast):
    assert design.contrast(one, other) == contrast


# The style sheet


def _styles() -> str:
    """Return the style sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", STYLES.read_text(encoding="utf-8"), flags=re.DOTALL)


def _rules() -> list[tuple[str, str, str]]:
    """Return each rule as (media, selector, what it says)."""
    found, within = [], [""]
    for text, mark in re.findall(r"([^{}]*)([{}])", _styles()):
        words = " ".join(text.split())
        if mark == "{":
            within.append(words)
        elif not (head := within.pop()).startswith("@media"):
            found.append((within[-1], head, words))
    return found


def _words() -> set[str]:
    """Return what may be the class of an element: the words of every class attribute and of every quoted text."""
    pages = "".join(path.read_text(encoding="utf-8") for path in HOUSE.rglob("*.html"))
    code = "".join(path.read_text(encoding="utf-8") for path in [*SCRIPTS, *HOUSE.rglob("*.py")] if "tests" not in path.parts)
    quoted = [*re.findall(r'class="([^"]*)"', pages), *re.findall(r"""["'`]([^"'`\n]*)["'`]""", code)]
    return {word for text in quoted for word in re.findall(r"[a-zA-Z][\w-]*", text)}


def test_the_style_sheet_is_small():
    assert sum(path.stat().st_size for path in HOUSE.rglob("static/**/*.css")) < 40_000


def test_no_class_is_styled_that_no_page_has():
    styled = {*re.findall(r"\.(-?[a-zA-Z][\w-]*)", " ".join(selector for _media, selector, _body in _rules()))}
    assert {each for each in styled - _words() if not each.startswith("leaflet")} == set()


def test_no_rule_stands_twice():
    heads = Counter((media, selector) for media, selector, _body in _rules())
    assert [each for each, count in heads.items() if count > 1] == []


def test_there_is_one_block_for_each_size_of_screen_and_for_paper():
    assert [text for text in ("print", "max-width: 600px") if len(re.findall(rf"@media \(?{text}", _styles())) != 1] == []


def test_type_has_the_sizes_of_the_scale_and_no_others():
    sizes = {size for _media, selector, body in _rules() if not re.search(r"\.map|\.stages li::before", selector)
             for size in re.findall(r"font-size: ([^;]+)", body)}
    assert {each for each in sizes if not re.fullmatch(r"var\(--\w+\)|inherit|[.\d]+em|[.\d]+pt", each)} == set()


@pytest.mark.parametrize("path", [STYLES, *SCRIPTS], ids=lambda path: path.name)
def test_nothing_is_used_that_a_browser_of_2021_does_not_know(path):
    text = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert [each for each in TOO_NEW[path.suffix] if re.search(each, text)] == []
