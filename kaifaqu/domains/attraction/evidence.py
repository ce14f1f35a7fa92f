"""Evidence: what each stage of a lead must show by the zone's rule, and what of it is there; asked for many leads at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.attraction import admission, conditions
from kaifaqu.domains.attraction.models import LeadOpinion, LeadProfile, Verdict
from kaifaqu.domains.attraction.opinions import aspects_of, joint
from kaifaqu.domains.attraction.rules import STAGES
from kaifaqu.kernel import dated
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.lifecycle import LeadStage
from kaifaqu.registers.projects.models import Lead

REACHED = {"negotiating": "negotiating_on", "intent": "intent_on", "signed": "signed_on"}  # stage: the date by which it is reached
STAGE_NAMES = {"negotiating": LeadStage.NEGOTIATING.label, "intent": _("意向"), "signed": LeadStage.SIGNED.label}
NAMES = {
    "judged": _("研判"), "profile": _("项目关键信息"), "admitted": _("符合准入"), "effective": _("有效信息"), "opinions": _("预审通过"),
    "document": _("依据文件"),
}


@dataclass
class Evidence:
    """What a stage must show: the stage and its name, and each piece of evidence with whether it is there."""

    stage: str
    label: str
    is_reached: bool
    pieces: list[tuple[str, bool]]

    @property
    def lacking(self) -> list[str]:
        """Return the pieces that are missing."""
        return [name for name, there in self.pieces if not there]


class Proof:
    """What there is to show for some leads, read in a few statements."""

    def __init__(self, leads: Collection[Lead], on: date):
        self.on, self.world = on, World()
        numbers = [each.pk for each in leads]
        self.profiles = {each.lead_id: each for each in LeadProfile.objects.current().filter(lead_id__in=numbers)}
        self.opinions: dict[int, list[Any]] = defaultdict(list)
        for opinion in LeadOpinion.objects.current().filter(lead_id__in=numbers).order_by("code"):
            self.opinions[opinion.lead_id].append(opinion)
        rows = Lead.objects.filter(conditions.effective(Period.parse(f"{on}"), self.world), pk__in=numbers)
        self.effective = {*rows.values_list("pk", flat=True)}

    def verdict(self, lead: Lead) -> str:
        """Return the single verdict of pre-examination, or "" while something of it is open."""
        return joint(self.opinions[lead.pk], aspects_of(lead.owner_id, self.on, self.world))

    def points(self, lead: Lead) -> tuple[list[admission.Point], str]:
        """Return the points of admission with the document of the rule; none without key information."""
        profile = self.profiles.get(lead.pk)
        return admission.admitted(lead, profile, self.on, self.world) if profile else ([], "")

    def of(self, lead: Lead) -> list[Evidence]:
        """Return by stage what it must show and whether it is there."""
        wanted = dated.resolve(STAGES.code, lead.owner_id, self.on, self.world).content["stages"]
        found = []
        for stage, pieces in wanted.items():
            told = [(str(NAMES[piece]), self._shows(lead, stage, piece)) for piece in NAMES if pieces.get(piece)]
            found.append(Evidence(stage, str(STAGE_NAMES[stage]), bool(getattr(lead, REACHED[stage])), told))
        return sorted(found, key=lambda each: [*REACHED].index(each.stage))

    def lacking(self, leads: Iterable[Lead]) -> dict[int, list[Evidence]]:
        """Return by lead the stages that it has reached without all of their evidence."""
        told = {lead.pk: [each for each in self.of(lead) if each.is_reached and each.lacking] for lead in leads}
        return {pk: stages for pk, stages in told.items() if stages}

    def _shows(self, lead: Lead, stage: str, piece: str) -> bool:
        if piece == "document":
            return bool(getattr(lead, REACHED[stage].replace("_on", "_evidence")))
        if piece == "admitted":
            points, _source = self.points(lead)
            return bool(points) and all(each.met for each in points)
        return {
            "judged": lambda: bool(lead.judged_on), "profile": lambda: lead.pk in self.profiles,
            "effective": lambda: lead.pk in self.effective, "opinions": lambda: self.verdict(lead) in (Verdict.FOR, Verdict.IF),
        }[piece]()
