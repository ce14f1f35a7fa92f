"""The map of one chain: each segment with its state, firms, targets, leads and projects, as one person may see them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.attraction import conditions
from kaifaqu.kernel.access import User
from kaifaqu.kernel.world import World
from kaifaqu.pages.graphs import Graph, Node
from kaifaqu.pages.reading import Reader
from kaifaqu.registers.chains.models import Chain, ChainHead, ChainLink, ChainNode, NodeFirm, Standing
from kaifaqu.registers.chains.tasks import ChainTask
from kaifaqu.registers.projects.models import Lead, Project

READ = ("chain_nodes", "node_firms", "leads", "projects")  # whose right tells the state of a segment


class State(TextChoices):
    """How a segment stands, in the order in which the first that holds is told."""

    PRESENT = "present", _("已有")
    CONTRACTED = "contracted", _("已签约")
    NEGOTIATING = "in_negotiation", _("在谈")
    GAP = "gap", _("缺口")

    @property
    def code(self) -> str:
        """Return the figure that counts the segments in this state."""
        return f"chains.nodes.{self.value}.count"


HOLDS = {
    State.PRESENT: conditions.present, State.CONTRACTED: conditions.contracted, State.NEGOTIATING: conditions.negotiating,
    State.GAP: conditions.gap,
}
DRAWN = {State.PRESENT: "", State.CONTRACTED: "begun", State.NEGOTIATING: "begun", State.GAP: "none"}  # as the picture knows them


@dataclass
class Segment:
    """One segment: its state, or none where the person may not see what it follows from, and what stands on it."""

    node: Any
    state: State | None = None
    firms: list[Any] = field(default_factory=list)
    targets: list[Any] = field(default_factory=list)
    leads: list[Any] = field(default_factory=list)
    signed: list[Any] = field(default_factory=list)
    projects: list[Any] = field(default_factory=list)
    chain: Any = None  # where a page tells it

    @property
    def detail(self) -> str:
        """Return the state with the number of what makes it so, and how many leads or targets stand beside, in a few words."""
        made = {
            State.PRESENT: (_t("已有 {count} 家"), self.firms), State.CONTRACTED: (_t("已签约 {count} 个"), self.signed),
            State.NEGOTIATING: (_t("在谈 {count} 个"), self.leads), State.GAP: (_t("缺口"), []), None: ("", [])}
        words, rows = made[self.state]
        leads = _t("在谈 {count}").format(count=len(self.leads)) if self.leads and self.state != State.NEGOTIATING else ""
        targets = _t("目标 {count}").format(count=len(self.targets)) if self.targets and not leads else ""
        return " · ".join(filter(None, (words.format(count=len(rows)), leads, targets)))

    @property
    def is_wanted(self) -> bool:
        """Tell whether it belongs on the list of targets: nothing is there yet, or a firm is aimed at."""
        return self.state in (State.NEGOTIATING, State.GAP) or bool(self.targets)


def segments(user: User, nodes: Iterable[Any], on: date) -> list[Segment]:
    """Return the segments with what the person may see of each on the day; asked for all at once."""
    found = {node.pk: Segment(node) for node in nodes}
    reader = Reader(user)
    firms = NodeFirm.objects.visible_to(user).filter(NodeFirm.on(on), node_id__in=found).select_related("enterprise")
    for firm in cast(Any, firms.order_by("-anchor", "code")):
        of = found[firm.node_id]
        firm.told = firm.name or (reader.text(firm.enterprise).removeprefix(firm.enterprise.code).strip())
        (of.firms if firm.standing == Standing.PRESENT else of.targets).append(firm)
    for lead in Lead.objects.visible_to(user).filter(conditions.in_negotiation(on), node_id__in=found).order_by("code"):
        found[lead.node_id].leads.append(lead)
    for lead in Lead.objects.visible_to(user).filter(conditions.signed_and_going_on(on, World()), node_id__in=found).order_by("code"):
        found[lead.node_id].signed.append(lead)
    projects = Project.objects.visible_to(user).filter(lead__node_id__in=found, lead__archived_at=None, terminated_on=None)
    for project in projects.select_related("lead").order_by("code"):
        found[project.lead.node_id].projects.append(project)  # type: ignore[union-attr]
    for state, pk in _states(user, [*found], on):
        found[pk].state = state
    return [*found.values()]


def _states(user: User, pks: list[int], on: date) -> Iterable[tuple[State, int]]:
    """Yield the state of each segment of owners of whom the person may see all that it follows from."""
    owners = frozenset.intersection(*(user.owners(f"{name}.view") for name in READ))
    world = World()
    for state, holds in HOLDS.items():
        rows = ChainNode.objects.current().filter(holds(on, world), pk__in=pks, owner_id__in=owners)
        yield from ((state, pk) for pk in rows.values_list("pk", flat=True))


@dataclass
class ChainMap:
    """One chain on a day: who leads it, its anchor firms, its segments and the links between them, and what is still to be done."""

    chain: Any
    heads: list[Any]
    segments: list[Segment]
    links: list[tuple[int, int]]
    tasks: list[Any] = field(default_factory=list)

    @property
    def anchors(self) -> list[Any]:
        """Return the anchor firms, those that are there first."""
        return [each for segment in self.segments for each in (*segment.firms, *segment.targets) if each.anchor]

    @property
    def wanted(self) -> list[Segment]:
        """Return the list of targets: the segments where nothing is yet, and those where a firm is aimed at."""
        return [each for each in self.segments if each.is_wanted]

    @property
    def tally(self) -> list[tuple[State, int]]:
        """Return how many segments are in each state."""
        return [(state, sum(each.state == state for each in self.segments)) for state in State]

    @property
    def picture(self) -> Graph:
        """Return the picture: a box for each segment, which opens its record, and a line from each to what it feeds."""
        boxes = [
            Node(each.node.pk, each.node.name, each.detail, reverse("record", args=["chain_nodes", each.node.pk]),
                 DRAWN[each.state] if each.state else "") for each in self.segments]
        return Graph(_t("产业链图谱：{chain}").format(chain=self.chain.name), boxes, self.links)


def maps(user: User, chains: Iterable[Chain], on: date) -> list[ChainMap]:
    """Return the maps of chains as the person may see them; asked for all at once."""
    found = {chain.pk: ChainMap(chain, [], [], []) for chain in chains}
    nodes = ChainNode.objects.visible_to(user).filter(chain_id__in=found).select_related("chain").order_by("position", "code")
    on_chain = {}
    for segment in segments(user, nodes, on):
        on_chain[segment.node.pk] = segment.node.chain_id
        found[segment.node.chain_id].segments.append(segment)
    links = ChainLink.objects.visible_to(user).filter(feeder_id__in=on_chain, fed_id__in=on_chain).order_by("id")
    for feeder, fed in links.values_list("feeder_id", "fed_id"):
        found[on_chain[feeder]].links.append((feeder, fed))
    heads: Any = ChainHead.objects.visible_to(user).filter(ChainHead.on(on), subject_id__in=found).select_related("person", "office")
    for head in heads.order_by("-role", "code"):
        found[head.subject_id].heads.append(head)
    tasks: Any = ChainTask.objects.visible_to(user).filter(ChainTask.open_on(on), chain_id__in=found).select_related("enterprise", "office")
    reader = Reader(user)
    for task in tasks.order_by("due_on", "code"):
        task.told = [reader.text(each) for each in (task.enterprise, task.office) if each is not None]
        found[task.chain_id].tasks.append(task)
    return [*found.values()]
