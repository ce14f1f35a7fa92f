"""What people do in attraction besides entry: they ask the departments about a lead, all at once."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.attraction.models import LeadOpinion
from kaifaqu.domains.attraction.opinions import aspects_of
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.models import Lead


@action("leads.ask_opinions", right="lead_opinions.edit", label=_("征求预审意见"), on=Lead)
def ask_opinions(lead: Lead, *, by: User, version: int, demand: str = "") -> Iterator[Change]:
    """Plan a case for each aspect that the rule has examined and that was not asked yet; it goes to whoever the rule names.

    Raise ValidationError where all of them were asked, or the rule names a unit that does not exist.
    """
    aspects = aspects_of(lead.owner_id, clock.today(), World())
    asked = {*LeadOpinion.objects.current().filter(lead=lead).values_list("aspect", flat=True)}
    open_ones = {code: aspect for code, aspect in aspects.items() if code not in asked}
    if not open_ones:
        raise ValidationError(_t("{lead}：规则「线索预审」里的方面都已征求过意见；要再问的，请在那一条上办理「重新交办」。").format(
            lead=lead))
    codes = {aspect["holder"] for aspect in open_ones.values() if aspect.get("holder")}
    units = {party.code: party for party in Party.objects.current().filter(code__in=codes)}
    if missing := sorted(codes - {*units}):
        raise ValidationError(_t("规则「线索预审」里的承办单位「{codes}」不存在，请在规则里更正。").format(codes="、".join(missing)))
    for code, aspect in open_ones.items():
        title = _t("{lead}：{aspect}预审").format(lead=lead.name, aspect=aspect["label"])
        yield Change(LeadOpinion(owner_id=lead.owner_id), {
            "lead": lead, "aspect": code, "title": title, "demand": demand, "opened_on": clock.today(),
            "holder": units.get(aspect.get("holder", "")),
        })  # fmt: skip
