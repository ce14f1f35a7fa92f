"""W4: six parties on one installation see their own; what the zone is lent it sees; and what is of persons can be erased.

In the demo every party's account asks for the file of every register of articles 3 to 6, as the page offers it. The rows in it must
be all of the party's own and, of others', only those that a grant or a column which names the party opens: both are read
from the tables here, not by the product's rights. The zone's director is lent ledgers, but of no register in which persons
stand. Then persons' facts are written in words that occur nowhere else: no event and no search holds them, another party's
people find them on no list, and when their keeper erases them no byte of the database file has them. The generated tests
ask the rest: every address, action and figure (bar S6, and pytest on a small zone). The planted fault opens every row to all.
"""

import json
import logging
import secrets
from collections import Counter

from bar import Bar

from tests import laboratory

ACCOUNTS = ("flight", "college", "institute", "company", "recycler", "dealer", "enterprise", "director")
ROOMS = (
    "lowaltitude", "college", "research", "minesafety", "company", "property", "capital", "recycling", "subsidies", "outreach",
    "vehicles", "holdings", "qualifications",
)  # fmt: skip

STEPS = {"service_request_steps", "qualification_renewal_steps"}  # which nobody corrects; who spoke is erased in them as everywhere

bar = Bar("W4", __doc__)
with laboratory.database() as url:
    laboratory.enter()
    from django.core.exceptions import ValidationError
    from django.db import connection
    from django.test import Client

    from kaifaqu.kernel import actions, audit, records
    from kaifaqu.kernel.access import Grant, Membership, User
    from kaifaqu.kernel.commit import commit, scrub
    from kaifaqu.kernel.events import Event
    from kaifaqu.web import search
    from tests.rights import SHARED, WITH

    logging.disable(logging.ERROR)  # each refusal would be a line
    laboratory.demo()
    people = {code: User.objects.get_by_natural_key(code) for code in ACCOUNTS}
    home = {code: {each.party_id for each in Membership.objects.current().filter(user=person)} for code, person in people.items()}
    clients = {code: Client(SERVER_NAME="127.0.0.1") for code in ACCOUNTS}
    for code, client in clients.items():
        client.force_login(people[code])
    registers = {name: each for name, each in records.registers().items() if each._meta.app_label in ROOMS}
    columns = {
        name: [field.name for field in each._meta.concrete_fields if hasattr(field, "personal")] for name, each in registers.items()}
    personal = {name: found for name, found in columns.items() if found}
    bar.check("the registers of articles 3 to 6 are there, some of them with persons", len(registers) >= 80 and len(personal) >= 6,
              f"{len(registers)} registers, {len(personal)} with persons: {', '.join(personal)}")
    if bar.fault:
        records.RecordQuerySet.visible_to = lambda self, user: self.all()

    def opened(code, register):
        """Return the numbers of the rows of which the grants and the rows themselves say that the account may open them."""
        lent = Grant.objects.current().filter(receiver__in=home[code], right=register.right_to("view"))
        lenders = set(lent.values_list("owner_id", flat=True))
        found = set()
        for row in register.objects.current().filter(archived_at=None):
            told = getattr(row, WITH[register.register]) if register.register in WITH else row
            parties = {told.owner_id} | {getattr(told, name) for name in SHARED.get(told.register, ())}
            if parties & home[code] or row.owner_id in lenders:
                found.add(row.pk)
        return found

    for code, client in clients.items():
        told, wrong, own = Counter(), [], 0
        for name, register in registers.items():
            answer = client.get(f"/r/{name}/export/json/")
            told[answer.status_code] += 1
            if answer.status_code != 200:
                continue
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            shown = {int(row["_key"].partition(":")[0]) for row in json.loads(content)["records"]}
            own += register.objects.filter(pk__in=shown, owner__in=home[code]).count()
            if shown != opened(code, register):
                wrong.append(f"{name}: {len(shown)}, not {len(opened(code, register))}")
        bar.check(f"{code}: every file has his own rows and what is opened to him", not wrong and {*told} <= {200, 403},
                  f"{told[200]} files, {told[403]} refused, {own} rows of his own {wrong[:3] or ''}")
    closed = [name for name in personal if clients["director"].get(f"/r/{name}/export/json/").status_code == 200
              and opened("director", registers[name])]
    bar.check("the zone is lent no register in which persons stand", not closed, closed or f"{len(personal)} registers")

    tokens, erased = {}, []
    for name, fields in personal.items():
        register = registers[name]
        for row in register.objects.current().order_by("id")[:40]:
            keeper = next((person for code, person in people.items() if row.owner_id in home[code] and person.may(
                register.right_to("erase"), row.owner_id) and person.may(register.right_to("edit"), row.owner_id)), None)
            facts = {field: f"演示{secrets.token_hex(8)}" for field in fields}
            correct = actions.registry().get(register.right_to("correct"))
            if keeper is None or correct is None:
                continue
            try:
                [done] = commit([correct.plan(row, by=keeper, version=row.row_version, facts=facts, reason="更正")], by=keeper)
            except ValidationError:
                continue
            tokens |= dict.fromkeys(facts.values(), name)
            erased.append((keeper, done))
            break
    without = {*personal} - {done.register for _keeper, done in erased}
    bar.check("each register with persons has a keeper in its own party, who may correct and erase", without <= STEPS,
              f"{len(erased)} of {len(personal)}, {len(tokens)} facts; {', '.join(sorted(without)) or 'none'} without")
    payloads = "\n".join(Event.objects.values_list("payload", flat=True))
    bar.check("no event holds a person's fact", not any(token in payloads for token in tokens), f"{Event.objects.count()} events")
    hits = [token for token in tokens for person in people.values() if search.find(person, search.Asked.of(token))]
    bar.check("no search finds one", not hits, f"{len(tokens)} facts sought by {len(people)} people")
    keepers = {done.register: keeper for keeper, done in erased}
    seen = [f"{code} {name}" for name in personal for code, client in clients.items() if people[code] != keepers.get(name)
            for page in [client.get(f"/r/{name}/").content.decode()] if any(token in page for token, of in tokens.items() if of == name)]
    bar.check("nobody but its keeper's people meets one on a list", not seen, seen[:3])

    def bytes_of_file():
        """Return every byte that the database keeps on disk."""
        file = laboratory.file_of(url)
        return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))

    before = bytes_of_file()
    bar.check("before, every fact is on disk", all(token.encode() in before for token in tokens), len(tokens))
    for keeper, row in erased:
        erase = actions.find(row.right_to("erase")).plan
        commit([erase(row, by=keeper, version=row.row_version, reason="本人要求删除")], by=keeper)
    bar.check("the file could be emptied of what was erased", scrub())
    after = bytes_of_file()
    left = [token for token in tokens if token.encode() in after]
    bar.check("after, none is anywhere in the database file or its log", not left, f"{len(tokens)} looked for, {len(left)} found")
    bar.check("the chain verifies", audit.verify().problems == [])
    connection.close()
bar.close()
