"""The living page: there in a demo, whose zone reproduces it, and nowhere else."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaifaqu.kernel.access import Installation, User
from kaifaqu.pages.views import Request
from kaifaqu.reporting.livingpage.answers import DIFFERS, REFUSED, VERDICTS, Answer, answers, tally
from kaifaqu.reporting.livingpage.statements import STRUCTURE, Article, Mechanism, articles, day, mechanisms, source


@dataclass
class Chapter:
    """One article answered: its quantities, what it lists, and its mechanisms, each with whether the reader may open it."""

    article: Article
    quantities: list[Answer]
    listed: list[Answer]
    mechanisms: list[tuple[Mechanism, bool]]

    @property
    def answered(self) -> list[tuple[str, int]]:
        """Return the verdicts in words, with how many of the article's facts have each."""
        return verdicts([*self.quantities, *self.listed])

    @property
    def listed_answered(self) -> list[tuple[str, int]]:
        """Return the same of what the article lists."""
        return verdicts(self.listed)

    @property
    def screens(self) -> int:
        """Return how many mechanisms have a screen."""
        return sum(each.screen is not None for each, _is_open in self.mechanisms)


@login_required
@require_safe
def page(request: Request) -> HttpResponse:
    """Show the page as the person may see it; raise Http404 where the installation is no demo."""
    if not Installation.objects.filter(demo=True).exists():
        raise Http404
    found, acts = answers(request.user), mechanisms()
    counts = tally(found)
    return render(request, "livingpage/page.html", {
        "chapters": [_chapter(article, found, request.user) for article in articles()], "source": source(),
        "day": day(), "facts": len(found),
        "verdicts": [(each, str(words), counts[each]) for each, words in VERDICTS.items() if each != REFUSED or counts[each]],
        "refusals": list(dict.fromkeys(each.reason for each in found if each.verdict == REFUSED)), "differs": DIFFERS,
        "acts": len(acts), "screens": sum(each.screen is not None for each in acts),
        "partly": sum(each.state == "partly" for each in acts),
    })  # fmt: skip


def _chapter(article: Article, found: list[Answer], user: User) -> Chapter:
    own = [each for each in found if each.statement.article == article.number]
    return Chapter(
        article, [each for each in own if each.statement.kind != STRUCTURE], [each for each in own if each.statement.kind == STRUCTURE],
        [(each, each.is_open_to(user)) for each in mechanisms() if each.article == article.number])


def verdicts(found: list[Answer]) -> list[tuple[str, int]]:
    """Return the verdicts that there are, in words, each with how many answers have it."""
    return [(str(VERDICTS[verdict]), count) for verdict, count in tally(found).items() if count]
