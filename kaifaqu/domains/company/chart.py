"""The structure of the group on a day: companies with their shares, departments with their posts, as one person may see them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kaifaqu.domains.company.models import CompanyDepartment, CompanyPost
from kaifaqu.kernel.access import User
from kaifaqu.kernel.units import ratio as quotient
from kaifaqu.kernel.units import round_half_up, text
from kaifaqu.pages.graphs import Graph, Node
from kaifaqu.registers.holdings import shares
from kaifaqu.registers.holdings.models import Holding
from kaifaqu.registers.organisations.models import Enterprise

RIGHTS = ("holdings.view", "enterprises.view", "company_departments.view", "company_posts.view")  # of all that the picture tells


@dataclass
class Company:
    """One company of the group: its direct holders with their shares, its share through all levels, its departments."""

    row: Any
    is_own: bool = False
    holders: list[tuple[Any, str]] = field(default_factory=list)
    effective: str = ""
    departments: list[tuple[Any, list[Any]]] = field(default_factory=list)  # each with its posts

    @property
    def headcount(self) -> int:
        """Return how many people its posts are for."""
        return sum(post.headcount for _department, posts in self.departments for post in posts)

    @property
    def node(self) -> Node:
        """Return its box in the picture."""
        told = self.effective and _("实际持股 {share}").format(share=self.effective)
        return Node(("company", self.row.pk), self.row.name, told, reverse("record", args=["enterprises", self.row.pk]), strong=self.is_own)


@dataclass(frozen=True)
class Structure:
    """The companies of the day, one's own first, who holds whom, and the picture of them and their departments."""

    companies: list[Company]
    links: list[tuple[int, int]]

    @property
    def picture(self) -> Graph:
        """Return the picture: holders before what they hold, a company before its departments."""
        nodes, edges = [each.node for each in self.companies], [(("company", one), ("company", other)) for one, other in self.links]
        for each in self.companies:
            for department, posts in each.departments:
                people = sum(post.headcount for post in posts)
                told = _("岗位 {count} 人").format(count=people) if people else ""
                key = ("department", department.pk)
                nodes.append(Node(key, department.name, told, reverse("record", args=["company_departments", department.pk])))
                shown = {row.pk for row, _posts in each.departments}
                above = ("department", department.parent_id) if department.parent_id in shown else ("company", each.row.pk)
                edges.append((above, key))
        return Graph(_("组织架构"), nodes, edges)


def structure(user: User, on: date) -> Structure:
    """Return what there is on the day, of owners of whom the person may see everything."""
    owners = frozenset.intersection(*(frozenset(user.owners(right)) for right in RIGHTS))
    held: Any = Holding.objects.current().filter(Holding.on(on), owner_id__in=owners).select_related("company", "holder").order_by("code")
    departments: Any = CompanyDepartment.objects.current().filter(CompanyDepartment.on(on), owner_id__in=owners)
    departments = [*departments.select_related("company").order_by("code")]
    posts = defaultdict(list)
    for post in CompanyPost.objects.current().filter(CompanyPost.on(on), owner_id__in=owners).order_by("code"):
        posts[post.department_id].append(post)
    own: Any = Enterprise.objects.current().filter(owner_id__in=owners, party_id__in=owners).order_by("code")
    rows = [*own, *(row for each in held for row in (each.holder, each.company)), *(each.company for each in departments)]
    found = {row.pk: Company(row, row.party_id == row.owner_id) for row in rows}
    for each in held:
        found[each.company_id].holders.append((each.holder, f"{text(each.share)}%"))
    links = [(each.holder_id, each.company_id, each.share) for each in held]
    for root in (pk for pk, company in found.items() if company.is_own):
        for pk, share in shares.effective(links, root).items():
            found[pk].effective = percent(share)
    for each in departments:
        found[each.company_id].departments.append((each, posts[each.pk]))
    return Structure([*found.values()], [(holder, company) for holder, company, _share in links])


def percent(share: Fraction) -> str:
    """Return a share in per cent as people write it, with at most four decimals."""
    told = quotient(share.numerator, share.denominator)
    return f"{text(round_half_up(told, 4))}%" if told is not None else "—"
