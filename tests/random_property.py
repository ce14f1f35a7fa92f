"""The part of a random zone that runs parks of others, lets amenities, offers services and holds funds; of a chance of its own."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

AMENITIES = ("restaurant", "supermarket", "mall", "apartment", "bank", "other")
SERVICES = ("registration", "tax", "law", "logistics")
MONTHS = ("2023-02", "2023-03", "2023-05", "2023-06", "2024-01", "2024-06", "2024-07")
AMOUNTS = ("1", "600.25", "0.000001", "12000.5")
CORRECTED: dict[str, Callable[["RandomProperty"], dict[str, Any]]] = {  # what of a record is corrected
    "hosting_contracts": lambda run: {"ended_on": run.day()}, "hosting_fees": lambda run: {"amount": run.chance.choice((*AMOUNTS, "-3"))},
    "amenities": lambda run: {"kind": run.chance.choice(AMENITIES)}, "rent_bills": lambda run: run.receipt(),
    "service_providers": lambda run: {"until": run.day()}, "work_orders": lambda run: {"done_on": run.day()},
    "service_requests": lambda run: {"provider": run.need("service_providers")}, "funds": lambda run: {"ended_on": run.day()},
    "fund_payments": lambda run: {"origin": run.chance.choice(("public", "social"))},
    "fund_stakes": lambda run: {"project": run.need("projects")}, "hosting_settlements": lambda run: {"settled_on": run.day()},
}  # fmt: skip


class RandomProperty:
    """What happens to the parks, services and funds of one random zone."""

    def __init__(self, zone: Any, code: str):
        self.zone, self.chance = zone, random.Random(f"property of {code}")

    def go_on(self) -> None:
        """Take perhaps some steps."""
        for _number in range(self.chance.choice((0, 1, 1, 2))):
            step = self.chance.choices([*STEPS], [*STEPS.values()])[0]
            try:
                step(self)
            except ValidationError:
                self.zone.refused += 1

    def need(self, name: str) -> Any:
        """Return any record of the register; where there is none the step is not possible."""
        if not self.zone.rows[name]:
            raise ValidationError("nothing there yet")
        return self.chance.choice(self.zone.rows[name])

    def day(self) -> date:
        """Return a day of a fact."""
        return date(2022, 1, 1) + timedelta(days=self.chance.randrange(1000))

    def span(self) -> dict[str, Any]:
        """Return a span, perhaps without an end."""
        since = self.day()
        return {"since": since, "until": since + timedelta(days=self.chance.randrange(1, 700)) if self.chance.random() < 0.5 else None}

    def hosting(self) -> None:
        """Enter a contract, an item of its list, a fee or a settlement; or sign the list."""
        what = self.chance.choice(("new", "new", "item", "fee", "settle", "settle", "sign"))
        if what == "new":
            told = {"partner": self.need("enterprises"), "park": self.need("parks"), "rent_basis": self.chance.choice(("received", "due"))}
            self.zone._enter("hosting_contracts", title=f"合同{self.chance.randrange(9)}", signed_on=self.day(), **told, **self.span())
            return
        contract = self.need("hosting_contracts")
        month = self.month(str(contract.since), str(contract.until or ""))
        if what == "item":
            self.zone._enter("handover_items", contract=contract, name=f"钥匙{self.chance.randrange(99)}", quantity="3")
        elif what == "fee":
            self.zone._enter("hosting_fees", contract=contract, month=month, name="托管费", amount=self.chance.choice(AMOUNTS))
        elif what == "settle":
            if self.chance.random() < 0.5:  # otherwise hardly a settlement has a fee in its month
                self.zone._enter("hosting_fees", contract=contract, month=month, name="托管费", amount=self.chance.choice(AMOUNTS))
            self.zone._enter("hosting_settlements", contract=contract, first=month, last=month, settled_on=self.day())
        else:
            self.replace("hosting_contracts", contract, "correct", facts={"handed_over_on": self.day()}, reason="签署")

    def month(self, since: str = "", until: str = "") -> str:
        """Return a month in or beside the periods that are asked about, within a span where there is one."""
        within = [month for month in MONTHS if since <= f"{month}-31" and (not until or f"{month}-01" < until)]
        return self.chance.choice(within or MONTHS)

    def amenity(self) -> None:
        """Let a unit serve as an amenity, or bill a lease for a month."""
        if self.chance.random() < 0.4:
            unit = self.need("building_units")
            self.zone._enter("amenities", name=f"配套{self.chance.randrange(99)}", unit=unit, kind=self.chance.choice(AMENITIES),
                             **self.span())
        else:
            lease = self.need("leases")
            month = self.month(str(lease.since), str(lease.over_on or ""))
            self.zone._enter("rent_bills", lease=lease, month=month, due=self.chance.choice(AMOUNTS),
                             due_on=f"{month}-{self.chance.choice((10, 15, 16))}", **self.receipt())

    def receipt(self) -> dict[str, Any]:
        """Return what of a rent came in, and when, around the periods that are asked about."""
        received = self.chance.choice(("0", *AMOUNTS))
        month = date.fromisoformat(f"{self.month()}-10")
        return {"received": received, "received_on": None if received == "0" else month + timedelta(days=self.chance.randrange(20))}

    def service(self) -> None:
        """Enter a service, a provider, a request with its days, or take one a step further."""
        what = self.chance.choice(("item", "provider", "provider", *["request"] * 5, "refuse", "resolve"))
        if what == "item" and len(self.zone.rows["service_items"]) < 8:
            days = self.chance.choice((None, 1, 3, 10))
            self.zone._enter("service_items", name=f"服务{self.chance.randrange(99)}", kind=self.chance.choice(SERVICES), days=days)
        elif what == "provider":
            self.zone._enter("service_providers", item=self.need("service_items"), enterprise=self.need("enterprises"), **self.span())
        elif what in ("refuse", "resolve"):
            case = self.chance.choice([each for each in self.zone.rows["service_requests"] if each.stage == "registered"] or [None])
            if case is None:
                raise ValidationError("nothing to do")
            told = {"text": "不办"} if what == "refuse" else {"result": "办好了"}
            on = case.opened_on + timedelta(days=self.chance.choice((0, 1, 4, 9, 20)))
            self.replace("service_requests", case, what, on=on, **told)
        else:
            self.request()

    def request(self) -> None:
        """Enter a request that brings its days along, as far as it has come."""
        item, opened = self.need("service_items"), self.day()
        providers = [each for each in self.zone.rows["service_providers"] if each.item_id == item.pk]
        days = [opened + timedelta(days=number) for number in sorted(self.chance.randrange(20) for _number in range(3))]
        told: dict[str, Any] = dict(zip(("responded_on", "resolved_on", "confirmed_on"), days[:self.chance.randrange(4)], strict=False))
        if "confirmed_on" in told:
            told["satisfaction"] = self.chance.choice(("satisfied", "fair", "unsatisfied", ""))
        self.zone._enter("service_requests", item=item, provider=self.chance.choice([*providers, None]), opened_on=opened,
                         enterprise=self.need("enterprises"), **told)

    def order(self) -> None:
        """Enter a work order, done in time, late or not."""
        opened = self.day()
        due = opened + timedelta(days=self.chance.randrange(5))
        done = self.chance.choice((None, opened, due, due + timedelta(days=1)))
        self.zone._enter("work_orders", kind=self.chance.choice(("maintenance", "cleaning", "fire", "emergency")), title="检查",
                         park=self.chance.choice([*self.zone.rows["parks"], None]), opened_on=opened, due_on=due, done_on=done)

    def fund(self) -> None:
        """Enter a fund, a payment or a stake."""
        what = self.chance.choice(("fund", "payment", "payment", "stake", "stake"))
        if what == "fund":
            parents = [each for each in self.zone.rows["funds"] if each.level == "parent"]
            parent = self.chance.choice([*parents, None])
            self.zone._enter("funds", name=f"基金{self.chance.randrange(9)}", level="sub" if parent else "parent", parent=parent,
                             size=self.chance.choice(AMOUNTS), established_on=self.day())
        elif what == "payment":
            self.zone._enter("fund_payments", fund=self.need("funds"), paid_on=self.day(), amount=self.chance.choice(AMOUNTS),
                             origin=self.chance.choice(("public", "social")))
        else:
            target = {"into": self.need("funds")} if self.chance.random() < 0.3 else {
                "enterprise": self.need("enterprises"), "target_kind": self.chance.choice(("growth", "technology"))}
            self.zone._enter("fund_stakes", fund=self.need("funds"), invested_on=self.day(), amount=self.chance.choice(AMOUNTS),
                             project=self.chance.choice([*self.zone.rows["projects"], None]), **target)

    def change(self) -> None:
        """Correct some record, or archive it."""
        name = self.chance.choice([*CORRECTED])
        record = self.need(name)
        if self.chance.random() < 0.6:
            self.replace(name, record, "correct", facts=CORRECTED[name](self), reason="核对")
        else:
            self.zone._do(name, "archive", record, reason="重复")
            self.zone.rows[name] = [row for row in self.zone.rows[name] if row.pk != record.pk]

    def replace(self, name: str, record: Any, verb: str, **told: Any) -> None:
        """Take an action, and remember the record as it stands then."""
        self.zone._replace(name, record, self.zone._do(name, verb, record, **told))


STEPS: dict[Callable[[RandomProperty], None], float] = {
    RandomProperty.hosting: 4, RandomProperty.amenity: 5, RandomProperty.service: 6, RandomProperty.order: 2, RandomProperty.fund: 4,
    RandomProperty.change: 3,
}
