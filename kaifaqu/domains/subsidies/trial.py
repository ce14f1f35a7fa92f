"""The trial of a content of the schemes: every example answered, and the newest scheme against the one before it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.subsidies import comparing, population, schemes
from kaifaqu.domains.subsidies.evaluating import ready
from kaifaqu.domains.subsidies.examples import SchemeExample, answered, examples_for, source
from kaifaqu.domains.subsidies.facts import DAYS
from kaifaqu.domains.subsidies.models import SubsidyApplication
from kaifaqu.domains.subsidies.population import PRICE_CLASSES
from kaifaqu.kernel import clock, dated
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.world import World
from kaifaqu.pages import trying
from kaifaqu.pages.trying import Proposal, Tried

TEMPLATE = "subsidies/_trial.html"


def shown(content: Any, owner: Party, user: User, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what is shown of a content: its examples with their answers, and the comparison of the two schemes that are asked for."""
    answers = [answered(content, each) for each in examples_for(owner.pk, user)]
    told, known = {each.example.scheme for each in answers}, schemes.known(content, date.max)
    return {
        "answers": answers, "failing": [each for each in answers if each.differences], "source": source(),
        "without": [(each, _begun(content, each)) for each in known if each not in told],
        "awaited": [each for each in schemes.schemes(content) if each not in known],
        "register": SchemeExample.register, "schemes": known, **_compared(content, owner, user, asked)}


def _begun(content: Any, scheme: int) -> str:
    """Return as an address says it with what the first example of a scheme begins: what nobody disputes, within its span."""
    terms = ready(content, scheme, date.max).terms
    day = max(terms["since"], terms["documents_since"])
    facts = {name: str(value).lower() for name, value in population.UNDISPUTED.items()}
    return urlencode({"scheme": scheme, "as_of": day, "clause": terms.source(), **facts, **dict.fromkeys(DAYS, day)})


def _compared(content: Any, owner: Party, user: User, asked: Mapping[str, str]) -> dict[str, Any]:
    chosen = comparing.pair(content, asked.get("before", ""), asked.get("after", ""))
    if chosen is None:
        return {}
    prices = dated.resolve(PRICE_CLASSES.code, owner.pk, clock.today(), World())
    laid = [ready(content, each, date.max).terms for each in chosen]
    bounds = population.edges(prices.content["prices"], *laid)
    real = comparing.compare(content, *chosen, population.applied(user, owner), bounds) if _sees(user, owner) else None
    return {
        "before": chosen[0], "after": chosen[1], "terms": [*comparing.terms_beside(content, *chosen)], "classes": prices.source,
        "documents": [each.source() for each in laid],
        "populations": [
            (_t("标准人群"), comparing.compare(content, *chosen, population.standard(bounds, *laid), bounds), False),
            *([(_t("登记的补贴申请"), real, True)] if real and real.total.cases else [])]}


def _sees(user: User, owner: Party) -> bool:
    return bool(user.may(SubsidyApplication.right_to("view"), owner.pk))


@trying.trial(schemes.SCHEMES, "scheme-comparison", _("方案对照：谁多得，谁少得"))
def tried(proposal: Proposal) -> Tried:
    """Try a content before it is published."""
    told = shown(proposal.content, proposal.owner, proposal.user, proposal.asked)
    failing = [f"{each.example.code} {each.differences}" for each in told["failing"]] + [str(year) for year, _begun in told["without"]]
    return Tried(TEMPLATE, told, failing)
