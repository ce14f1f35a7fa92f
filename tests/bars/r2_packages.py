"""R2: what is due in a package is the longest path, as another hand counts it.

Random acyclic graphs of items are laid down as catalogues and entrusted, whole or in part, by the product's own actions; some come
with an item of old stock. Then the days pass. On each of them items are handed in, taken in, sent for what is missing, suspended,
given more time, given back, decided (two at once, too), sent back and struck out, and packages withdrawn, at random. Every
evening the due day of each item that runs, the schedule of each item that does not and the day on which the package is due are
counted once more: by recursion over the graph as the bar knows it, on the calendar of `holidays`, day by day. A pause
moves only its item and what waits for it. A circle is refused, as a catalogue and as a prerequisite, with the names along
it. The planted fault: an item starts when the first of what it waits for is done, not the last.
"""

import json
import random
import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import holidays
from bar import Bar

from tests import laboratory

FIRST, DAY = date(2024, 1, 8), timedelta(days=1)
WORKING = holidays.country_holidays("CN", years=range(2023, 2027))
PAPERS = 5  # working days within which a body tells what is missing
LONGEST = 10  # working days by which a decision may be put off
BASIS = "行政许可法第四十五条"


class Item:
    """What the bar itself knows of one item."""

    def __init__(self, code, needs, statutory, promised):
        self.code, self.needs, self.statutory, self.promised = code, needs, statutory, promised
        self.received = self.accepted = self.done = self.answered = None
        self.pauses = []  # [first day, day on which it goes on or None]
        self.told, self.state, self.granted = False, "registered", 0

    @property
    def label(self):
        """Return its name."""
        return f"事项{self.code}"


def works(day):
    """Tell whether people work on the day."""
    return WORKING.is_working_day(day)


def between(since, until):
    """Return the working days after the one day up to the other."""
    return sum(works(since + n * DAY) for n in range(1, (until - since).days + 1))


def counted(start, days, pauses, today):
    """Return the last of so many working days after the start; days of a pause do not count, an open one lasts until today."""
    day, left = start, days
    while left:
        day += DAY
        held = any(since <= day < (max(until or today, since)) for since, until in pauses)
        left -= works(day) and not held
    return day


def due(graph, code, begun, today, met):
    """Return when an item starts, is due and finishes, by recursion; `met` keeps what was found."""
    if code not in met:
        item = graph[code]
        waits = [due(graph, each, begun, today, met)[2] for each in item.needs]
        start = item.accepted or item.received or (max(waits) if waits else begun)
        last = counted(start, item.promised + item.granted, item.pauses, today)
        met[code] = start, last, item.done or last
    return met[code]


def longest(graph, days):
    """Return the working days of the longest path."""
    def to(code):
        return getattr(graph[code], days) + max((to(each) for each in graph[code].needs), default=0)

    return max(map(to, graph))


def dependents(graph, code):
    """Return the item and whatever waits for it, directly or not."""
    found = {code}
    while more := {each.code for each in graph.values() if each.code not in found and found & {*each.needs}}:
        found |= more
    return found


def bridged(graph, codes):
    """Return the graph of these items: each needs what it needed, or instead of what is left out, what that needed."""
    def reach(code):
        return {found for each in graph[code].needs for found in ([each] if each in codes else reach(each))}

    return {code: Item(code, sorted(reach(code)), graph[code].statutory, graph[code].promised) for code in graph if code in codes}


def drawn(chance):
    """Return a random graph without a circle, in an order that does not show it."""
    size = chance.randint(4, 13)
    codes = [f"{chance.choice('kmnpq')}{n:02d}" for n in range(size)]
    graph = {}
    for n, code in enumerate(codes):
        before = chance.sample(codes[:n], min(n, chance.choice((0, 1, 1, 2, 3))))
        promised = chance.randint(1, 9)
        graph[code] = Item(code, before, promised + chance.randint(0, 12), promised)
    return {code: graph[code] for code in chance.sample(codes, size)}


def is_circle(names, edges):
    """Tell whether the names go round along the edges, each from what waits to what it waits for."""
    return len(names) > 1 and names[0] == names[-1] and all((one, other) in edges for one, other in pairwise(names))


bar = Bar("R2", __doc__)
with laboratory.database():
    laboratory.enter()
    from django.core.exceptions import ValidationError
    from django.db import connection

    from kaifaqu.domains.reforms import packages_schedule
    from kaifaqu.domains.reforms.catalogue import CATALOGUE
    from kaifaqu.domains.reforms.indicators.packages import overdue
    from kaifaqu.domains.reforms.models import ItemNeed, Package, PackageItem
    from kaifaqu.domains.reforms.packages_path import calendar_of, items_of, needs_in, schedule_of
    from kaifaqu.kernel import actions, audit, clock, testing
    from kaifaqu.kernel.access import SYSTEM
    from kaifaqu.kernel.commit import Conflict, commit
    from kaifaqu.kernel.periods import Period
    from kaifaqu.kernel.world import World
    from kaifaqu.registers.projects.models import Project
    from kaifaqu.registers.story import moment

    if bar.fault:
        packages_schedule.max = min

    def do(code, subject, **facts):
        """Take an action, and return what was written."""
        version = {} if isinstance(subject, type(zone)) else {"version": type(subject).objects.get(pk=subject.pk).row_version}
        subject = subject if not version else type(subject).objects.get(pk=subject.pk)
        return commit([actions.find(code).plan(subject, by=SYSTEM, **version, **facts)], by=SYSTEM)

    def catalogue(graph, day):
        """Lay the graph down as the zone's catalogue from the day on."""
        items = {each.code: {
            "label": each.label, "body": "SPJ", "phase": "审批", "statutory": each.statutory, "promised": each.promised,
            **({"needs": each.needs} if each.needs else {})} for each in graph.values()}
        do("rules.create", zone, facts={
            "kind": CATALOGUE.code, "since": day, "published_on": day, "source_document": f"目录 {day}",
            "content": json.dumps({"items": items})})

    def need(item, needed):
        """Let an item wait for another one."""
        do("item_needs.create", zone, facts={"item": item, "needs": needed})

    def begin(place, day):
        """Entrust a package of the graph on the day, or of a part of it, and hand it in."""
        catalogue(graphs[place], day)
        [project] = testing.enter(Project, zone, f"code | name | signed_on\nP{place} | 项目{place} | 2024-01-01")
        kind, codes = chance.choice(("agency", "integrated")), [*graphs[place]]
        if chance.random() < 0.4:
            codes = chance.sample(codes, len(codes) - len(codes) // 3)
            graphs[place] = bridged(graphs[place], codes)
            seldom["in part"] += 1
        graph = graphs[place]
        package = do("packages.entrust", zone, kind=kind, project=project, entrusted_on=day, chosen=" ".join(codes))[0]
        do("packages.submit", package)
        for each in graph.values():
            if not each.needs:
                receive(each, day)
        if chance.random() < 0.4:
            old = graph["x00"] = Item("x00", [], 9, 4)
            do("package_items.create", zone, facts={
                "package": Package.objects.get(pk=package.pk), "item": old.code, "title": old.label, "statutory_days": old.statutory,
                "promised_days": old.promised, "opened_on": day, "received_on": day, "accepted_on": day})
            old.received = old.accepted = day
            old.state, old.answered = "accepted", True
            seldom["old stock"] += 1
        return Package.objects.get(pk=package.pk)

    def receive(item, day):
        """Keep in the bar's own books that an item lies at its body."""
        item.state, item.received, item.answered, item.accepted, item.told = "assigned", day, False, None, False
        item.granted = 0

    def decide(package, graph, decided, day):
        """Let one item or two be decided, planned at the same time; what both forget is refused, and the second is planned anew."""
        plans = []
        for each in decided:
            record = PackageItem.objects.get(package=package, item=each.code)
            plans.append([actions.find("package_items.resolve").plan(record, by=SYSTEM, version=record.row_version, result="同意")])
        for each, plan in zip(decided, plans, strict=True):
            try:
                commit(plan, by=SYSTEM)
            except Conflict:
                seldom["decided at once"] += 1
                do("package_items.resolve", PackageItem.objects.get(package=package, item=each.code), result="同意")
            each.state, each.done = "resolved", day
            for next_ in graph.values():
                released = next_.state == "registered" and each.code in next_.needs and all(graph[code].done for code in next_.needs)
                if released and package.kind == "integrated":
                    receive(next_, day)

    def extend(record, item, day):
        """Let more time be asked for and granted, within the law and before it is over; return whether it was."""
        more = chance.randint(1, 4)
        if item.granted + more > LONGEST or counted(item.accepted, item.promised + item.granted, item.pauses, day) < day:
            return False
        do("package_items.ask", record, amount=more, text="情况复杂")
        do("package_items.grant", record)
        item.granted += more
        seldom["given more time"] += 1
        return True

    def strike(record, graph, item):
        """Let an item be struck out: what waited for it waits for what it waited for itself."""
        do("package_items.archive", record, reason="不用办")
        del graph[item.code]
        for each in graph.values():
            if item.code in each.needs:
                each.needs = sorted({*each.needs, *item.needs} - {item.code})
        seldom["struck out"] += 1

    def withdraw(place, package, graph):
        """Withdraw a package; keep what is wrong with what it leaves behind."""
        do("packages.withdraw", package, reason="项目不建了")
        left = PackageItem.objects.filter(package=package)
        owed = left.filter(PackageItem.open()).count() + left.filter(PackageItem.asked_of_office(), stage="registered").count()
        withdrawn[place] = [each.code for each in graph.values() if not each.done]
        if owed:
            wrong.append(f"{package.code}: withdrawn, and {owed} items are still owed")

    def act(package, graph, item, day):
        """Do something to an item at random, by the product and in the bar's own books; return whether anything was done."""
        record, luck = PackageItem.objects.get(package=package, item=item.code), chance.random()
        ready = item.state in ("registered", "refused") and all(graph[each].done for each in item.needs)
        in_time = between(item.received, day) <= PAPERS if item.received else False
        if ready and luck < 0.6:
            do("package_items.submit", record)
            receive(item, day)
        elif item.state == "assigned" and luck < 0.1 and in_time and not item.told:
            do("package_items.supplement", record, text="缺一份材料")
            item.state, item.told, item.answered = "suspended", True, True
            item.pauses.append([day, None])
        elif item.state == "assigned" and luck < 0.45:
            do("package_items.accept", record)
            item.accepted = day if item.answered or in_time else item.received
            seldom["taken in by law"] += item.accepted != day
            item.state, item.answered = "accepted", True
        elif item.state == "accepted" and luck < 0.12:
            verb, told = ("supplement", {}) if in_time and not item.told else ("suspend", {"basis": BASIS})
            do(f"package_items.{verb}", record, text="等待", **told)
            item.state, item.told = ("suspended", True) if verb == "supplement" else ("long_term", item.told)
            item.pauses.append([day, None])
        elif item.state == "accepted" and luck < 0.15:
            do("package_items.give_back", record, text="不合格")
            item.state, item.accepted, item.received = "refused", None, None
            seldom["given back"] += 1
        elif item.state == "accepted" and luck < 0.45:
            both = [other for other in graph.values() if other.state == "accepted" and other is not item and any(
                {item.code, other.code} <= {*each.needs} for each in graph.values())]  # something waits for the two of them
            decide(package, graph, [item, *both[:1]], day)
        elif item.state == "accepted" and luck < 0.5:
            return extend(record, item, day)
        elif item.state == "registered" and luck > 0.995 and len(graph) > 4:
            strike(record, graph, item)
        elif item.state == "resolved" and luck < 0.01:
            if any(item.code in each.needs and each.state not in ("registered", "refused") for each in graph.values()):
                return False
            do("package_items.send_back", record, text="日期有误")
            item.state, item.done = "accepted", None
            seldom["sent back"] += 1
        elif item.state in ("suspended", "long_term") and luck < 0.4:
            do(f"package_items.{'resume' if item.state == 'suspended' else 'take_up'}", record)
            seldom["taken in when complete"] += not item.accepted
            item.state, item.accepted = "accepted", item.accepted or day
            item.pauses[-1][1] = day
        else:
            return False
        return True

    def look(package, graph, day):
        """Compare the product's days with the bar's; return those of the product by code."""
        items = items_of(package)
        found, met = schedule_of(package, items, needs_in(items)), {}
        for each in items:
            item, stretch = graph[each.item], found.stretches[each.pk]
            start, last, finish = due(graph, each.item, package.submitted_on, day, met)
            compared["scheduled"] += 1
            if (stretch.start, stretch.due, stretch.finish) != (start, last, finish):
                wrong.append(f"{day} {package.code} {each.item}: {stretch.start}—{stretch.due}, not {start}—{last}")
            if {"handling": "accepted"}.get(each.stage, each.stage) != item.state:
                wrong.append(f"{day} {package.code} {each.item}: is {each.stage}, not {item.state}")
            if item.state in ("accepted", "assigned", "resolved"):
                compared["kept"] += 1
                kept = last if item.accepted else counted(item.received, max(item.promised, PAPERS), item.pauses, day)
                if each.resolution_due_on != kept:
                    wrong.append(f"{day} {package.code} {each.item}: kept {each.resolution_due_on}, not {kept}")
        compared["packages"] += 1
        if found.due != max(each[2] for each in met.values()):
            wrong.append(f"{day} {package.code}: due {found.due}, not {max(each[2] for each in met.values())}")
        return {each.item: found.stretches[each.pk].due for each in items}

    chance = random.Random(7)
    count = bar.size(quick=9, full=90)
    clock.set(moment(FIRST))
    zone = testing.found()
    testing.party(zone, "SPJ", "审批局")
    starts = sorted(chance.sample(range(bar.size(quick=24, full=300)), count))
    graphs = {place: drawn(chance) for place in range(count)}
    packages, saved = {}, 0
    wrong, moved, compared, happened = [], [], {"scheduled": 0, "kept": 0, "packages": 0}, 0
    seldom = dict.fromkeys((
        "taken in by law", "taken in when complete", "given back", "given more time", "decided at once", "sent back", "struck out",
        "in part", "old stock"), 0)
    withdrawn = {}
    pauses, day = 0, FIRST
    def is_running(place):
        return place not in withdrawn and any(not each.done for each in graphs[place].values())

    while len(packages) < count or any(map(is_running, graphs)):
        clock.set(moment(day))
        for place in (place for place, start in enumerate(starts) if FIRST + start * DAY == day):
            packages[place] = begin(place, day)
        for place, package in packages.items():
            graph = graphs[place]
            if is_running(place) and chance.random() < 0.008:
                withdraw(place, package, graph)
            for item in list(graph.values()) if works(day) and is_running(place) else ():
                if item.code not in graph:
                    continue
                is_open = any(until is None for _since, until in item.pauses)
                before = look(package, graph, day) if is_open else None
                happened += act(package, graph, item, day)
                if before is not None and item.state not in ("suspended", "long_term"):
                    ended = look(package, graph, day)
                    pauses += 1
                    strange = {code for code in graph if before[code] != ended[code]} - dependents(graph, item.code)
                    moved += [f"{day} {package.code} {item.code} moves {strange}"] if strange else []
            if is_running(place) and (day.toordinal() + place) % 3 == 0:
                look(package, graph, day)
        day += DAY

    bar.check("the schedule of every item and package is the longest path, as counted independently", not wrong,
              f"{compared}; {len(graphs)} graphs, {sum(map(len, graphs.values()))} items, {happened} actions; {wrong[:2]}")
    bar.check("there was everything that happens to items and packages", pauses > 10 and all(seldom.values()) and withdrawn,
              f"{pauses} pauses, {len(withdrawn)} withdrawn, {seldom}")
    behind = PackageItem.objects.filter(overdue(Period.parse(f"{day}"), World()), package__withdrawn_on__isnull=False)
    bar.check("what was withdrawn is overdue no longer", not behind.exists(), f"{sum(map(len, withdrawn.values()))} items not decided")

    shifted, still = 0, 0
    for place, package in packages.items():  # what would be if one item had stood still for some days
        graph, items = graphs[place], items_of(package)
        fresh = {code: Item(code, each.needs, each.statutory, each.promised) for code, each in graph.items()}
        paused = chance.choice([*fresh])
        parts = [packages_schedule.Part(code, each.promised, tuple(each.needs)) for code, each in fresh.items()]
        pause = packages_schedule.Pause(FIRST + DAY, FIRST + 90 * DAY, "等待", BASIS)
        one, other = (packages_schedule.schedule(each, FIRST, calendar_of(zone.pk), FIRST) for each in (
            parts, [replace(part, pauses=(pause,)) if part.key == paused else part for part in parts]))
        differ = {code for code in fresh if one.stretches[code].due != other.stretches[code].due}
        shifted, still = shifted + len(differ), still + len(fresh) - len(differ)
        strange = differ - dependents(fresh, paused)
        moved += [f"{package.code}: a pause of {paused} moves {strange}"] if strange else []
    bar.check("a pause moves only its item and what waits for it", not moved and shifted > 0 and still > 0,
              f"{pauses} pauses ended, {shifted} items moved by planted ones, {still} not; {moved[:2]}")

    whole = {place: package for place, package in packages.items() if place not in withdrawn}
    for place, package in whole.items():
        graph = graphs[place]
        finished = Package.objects.get(pk=do("packages.finish", package)[0].pk)
        taken = between(finished.submitted_on, max(each.done for each in graph.values()))
        statutory = longest(graph, "statutory")
        saved += (finished.statutory_days, finished.promised_days, finished.days_taken, finished.days_saved) == (
            statutory, longest(graph, "promised"), taken, statutory - taken)
    bar.check("what a finished package took and saved is the longest path by law less the working days it took", saved == len(whole) > 0,
              f"{saved} of {len(whole)} packages")

    refused, tried = 0, 0
    for place, graph in graphs.items():
        edges = {(each.label, graph[code].label) for each in graph.values() for code in each.needs}
        waits = [(code, other) for code in graph for other in dependents(graph, code) - {code}]
        if not waits:
            continue
        code, later = chance.choice(waits)  # the earlier one is made to wait for the later one
        edges.add((graph[code].label, graph[later].label))
        circle = {**graph, code: Item(code, [*graph[code].needs, later], graph[code].statutory, graph[code].promised)}
        item, needs = (PackageItem.objects.get(package=packages[place], item=each) for each in (code, later))
        for attempt, told in ((catalogue, (circle, day)), (need, (item, needs))):
            tried += 1
            try:
                attempt(*told)
            except ValidationError as refusal:
                names = re.findall(r"事项[a-z]\d\d", refusal.messages[0])
                refused += is_circle(names, edges)
    bar.check("a circle is refused with the names along it", refused == tried > 0, f"{refused} of {tried}")
    stored = {(each.item_id, each.needs_id) for each in ItemNeed.objects.current()}
    bar.check("and nothing of it was written", len(stored) == sum(len(each.needs) for graph in graphs.values() for each in graph.values()),
              f"{len(stored)} prerequisites")
    bar.check("the chain of events verifies", audit.verify().problems == [])
    connection.close()
bar.close()
