"""What research puts on record pages: the four chains that meet in a product, walked from any end; how a report is verified."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.research.models import (
    ENDS,
    FusionKind,
    FusionLink,
    InstituteCooperation,
    InstituteOrder,
    MineRobot,
    MiningVehicle,
    RDFunding,
    RDMember,
    RDProduct,
    RDProject,
    TestReport,
)
from kaifaqu.kernel.records import Record, field_of, related
from kaifaqu.pages import manners
from kaifaqu.pages.chronicle import leave_out, strand
from kaifaqu.pages.graphs import Graph, Node
from kaifaqu.pages.reading import Reader
from kaifaqu.registers.organisations.models import Enterprise

NEAR = 20  # products whose chains stand on one page


def declare() -> None:
    """Declare the sections, and what tells nothing of an enterprise."""
    for register, name in ((RDProduct, "product"), (RDProject, "project"), (RDFunding, "funding"), (RDMember, "member")):
        manners.panel(register, "research/_fusion.html", replaces=(f"fusion_links.{name}",))(fused)
    manners.panel(TestReport, "research/_report.html")(verified)
    leave_out(FusionLink, "which products an enterprise stands beside is told on the products")
    for machine in (MineRobot, MiningVehicle):
        leave_out(machine, "at which mine a machine works stands on the machine")
    strand(Enterprise, InstituteOrder, "customer", {"accepted_on": _("委托研究院的订单"), "settled_on": _("研究院订单结算")},
           lambda reader, row: row.title)
    strand(Enterprise, InstituteCooperation, "partner", {"signed_on": _("与研究院签订协议"), "ended_on": _("与研究院的协议终止")},
           lambda reader, row: row.title)


def fused(user: Any, record: Record) -> dict[str, Any] | None:
    """Return the products that the record is, or leads to, each with what is linked to it in the four chains."""
    if not user.may("fusion_links.view", record.owner_id):
        return None
    rows: Any = FusionLink.objects.visible_to(user)
    own = next((name for name in ENDS.values() if isinstance(record, related(field_of(FusionLink, name)))), "")
    products = [record.pk] if not own else list(
        rows.filter(**{own: record}).order_by("product__code").values_list("product_id", flat=True).distinct()[:NEAR])
    links = list(rows.filter(product_id__in=products).select_related("product", *ENDS.values()).order_by("kind", "code"))
    reader = Reader(user)
    for each in links:
        each.end = getattr(each, ENDS[FusionKind(each.kind)])
        reader.met(each.product)
        reader.met(each.end)
        each.link = reader.name(type(each.end), each.end.pk)
    chains = [
        (pk, [(kind, [each for each in links if each.product_id == pk and each.kind == kind]) for kind in FusionKind]) for pk in products]
    known = {each.product_id for each in links} | ({record.pk} if not own else set())
    return {
        "record": record, "own": own or "product", "chains": [(reader.name(RDProduct, pk), found) for pk, found in chains if pk in known],
        "picture": _picture(record, links, reader), "may_link": user.may("fusion_links.edit", record.owner_id),
    }  # fmt: skip


def _picture(record: Record, links: list[Any], reader: Reader) -> Graph | None:
    """Return the picture: what leads to a product on its left, whom it serves on its right; what one may not see has no name."""
    if not links:
        return None
    boxes: dict[int, Node] = {}
    edges = []
    for each in links:
        for met, detail in ((each.product, _t("产品")), (each.end, str(FusionKind(each.kind).label))):
            may_open = reader.user.has_perm(met.right_to("view"), met)
            address = reverse("record", args=[met.register, met.pk]) if may_open else ""
            boxes.setdefault(met.pk, Node(met.pk, reader.text(met), detail, address, strong=met.pk == record.pk))
        pair = (each.end.pk, each.product_id)
        edges.append(pair[::-1] if each.kind == FusionKind.INDUSTRY else pair)
    return Graph(_t("四链关联：{record}").format(record=record), [*boxes.values()], edges)


def verified(user: Any, record: TestReport) -> dict[str, Any]:
    """Return how whoever holds a copy of the report verifies it."""
    return {"record": record, "digest": record.digest, "address": f"{reverse('verify-report')}?number={record.number}"}
