"""B4: links are a role of their own: one link shows and changes one issue, expires, cannot be guessed, survives hostile forms.

For every issue of the demo a link is made; what each shows is held against the codes and names of all other records, what
it may do against every action on every record, and what hostile forms leave behind against the events.
"""

import logging
import random
import re
from datetime import timedelta
from html import unescape

from bar import Bar

from tests import laboratory

HOSTILE = (  # what somebody might send in place of the form
    {}, {"do": "report", "report-title": "二", "report-category": "land"}, {"do": "correct", "title": "别的", "reason": "x"},
    {"do": "archive", "reason": "x"}, {"do": "assign", "holder": "1"}, {"do": "confirm"}, {"do": "confirm", "confirm-satisfaction": "best"},
    {"do": "dispute", "dispute-text": "   "}, {"do": "remind\0"}, {"do": "__class__"},
)  # fmt: skip
AROUND = {"stage": "closed", "version": "1", "reopened": "9", "satisfaction": "satisfied"}  # and what he adds to each

bar = Bar("B4", __doc__)
with laboratory.database():
    laboratory.enter()

    from django.core.exceptions import PermissionDenied, ValidationError
    from django.test import Client
    from django.test.utils import setup_test_environment
    from django.urls import reverse
    from django.utils.html import strip_tags

    from kaifaqu.cases.links import Bearer, hashed, new_secret
    from kaifaqu.kernel import actions, clock, events
    from kaifaqu.kernel.access import User
    from kaifaqu.kernel.commit import commit
    from kaifaqu.kernel.records import registers
    from kaifaqu.registers.issues import views
    from kaifaqu.registers.issues.models import Issue, IssueLink

    setup_test_environment()
    logging.disable(logging.ERROR)  # each refusal would be a line
    laboratory.demo()
    office = User.objects.get_by_natural_key("projects")
    anybody = Client(SERVER_NAME="127.0.0.1")


    def link_for(issue: Issue, days: int = 30) -> tuple[str, IssueLink]:
        """Make a link for the issue; return its address and itself."""
        secret = new_secret()
        [link] = commit([actions.find("issue_links.create").plan(
            issue.owner, by=office, enterprise=issue.enterprise, subject=issue, expires_on=clock.today() + timedelta(days=days),
            secret_hash=hashed(secret))], by=office)
        return reverse("issue-link", args=[secret]), link


    issues = list(Issue.objects.select_related("owner", "enterprise").order_by("id"))
    links = {issue.pk: link_for(issue) for issue in issues}
    if bar.fault:  # a link that shows another's issue
        views.IssueLink.of = classmethod(lambda cls, secret: cls.objects.exclude(secret_hash=hashed(secret)).order_by("?").first())

    # 1. What it shows
    names = {row.pk: (row.code, *(getattr(row, name, "") for name in ("name", "title")))
             for register in registers().values() for row in register.objects.all() if register.register not in ("roles", "rules")}
    seen = wrong = 0
    for issue in issues:
        address, link = links[issue.pk]
        answer = anybody.get(address)
        text = unescape(strip_tags(answer.content.decode()))
        own = {*names[issue.pk], *names[issue.enterprise_id], link.code}
        public = {*names[issue.owner_id]}
        foreign = {word for pk, words in names.items() for word in words if len(word) > 4 and word not in own | public}
        foreign = {word for word in foreign if not any(word in mine for mine in own)}
        shown = {word for word in foreign if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)}
        shown -= {step.holder.name for step in issue.steps() if step.holder}
        seen += 1
        wrong += answer.status_code != 200 or issue.title not in text or bool(shown)
    bar.check("a link shows its own issue, and no name or code of another record", not wrong,
              f"{seen} links, {len(names)} records, {wrong} wrong")

    # 2. What it may do
    asked = allowed = 0
    unexpected = []
    records = [row for register in registers().values() for row in list(register.objects.order_by("id"))[:40]]
    for issue in issues[:5]:
        bearer = Bearer(IssueLink.objects.select_related("subject").get(pk=links[issue.pk][1].pk))
        for action in actions.registry().values():
            for record in records if not action.creates else [issue.owner]:
                if not action.creates and not isinstance(record, action.register):
                    continue
                asked += 1
                try:
                    action.plan(record, by=bearer, version=record.row_version)
                except PermissionDenied:
                    continue
                except (TypeError, ValidationError):
                    pass  # permitted: only facts are missing
                allowed += 1
                if record.pk not in (issue.pk, bearer.link.pk):
                    unexpected.append(f"{action.code} on {record}")
    bar.check("whoever bears a link may act on that issue and link alone", bool(allowed) and not unexpected,
              f"{asked} asked, {allowed} permitted; {unexpected[:3]}")

    # 3. Hostile forms
    before, sent = events.last_seq(), 0
    for issue in issues:
        for posted in HOSTILE:
            for other in random.Random(issue.pk).sample(issues, 2):
                answer = anybody.post(links[issue.pk][0], {**posted, **AROUND, "subject": other.pk, "owner": other.owner_id})
                sent += 1
                if answer.status_code >= 500:
                    wrong += 1
    written = events.last_seq() - before
    bar.check("hostile forms write nothing and break nothing", not written and not wrong, f"{sent} sent, {written} events")
    strict = Client(SERVER_NAME="127.0.0.1", enforce_csrf_checks=True)
    refused = sum(strict.post(address, {"do": "remind"}).status_code == 403 for address, _link in links.values())
    bar.check("forms of other sites are refused", refused == len(links), f"{refused} of {len(links)}")

    # 4. What it is for, and no more
    done = next(issue for issue in issues if issue.stage in ("resolved", "verified"))
    states = {each.pk: each.row_version for each in issues}
    anybody.post(links[done.pk][0], {"do": "confirm", "confirm-satisfaction": "fair", **AROUND})
    moved = {each.code for each in Issue.objects.all() if each.row_version != states[each.pk]}
    now = Issue.objects.get(pk=done.pk)
    is_right = moved == {done.code} and (now.stage, now.word, now.reopened) == ("closed", "link", 0)
    bar.check("a confirmation changes its issue alone", is_right, f"{moved}, {now.stage}")

    # 5. Guessing
    guesses = bar.size(quick=300, full=5_000)
    secret = links[issues[0].pk][0].split("/")[-2]
    rng = random.Random(4)
    near = [secret[:n] + rng.choice("abcXYZ019_-") + secret[n + 1:] for n in range(len(secret))]
    tries = [*(each for each in near if each != secret), secret.upper(), secret[:-1], hashed(secret)]
    tries += [new_secret() for _n in range(guesses)]
    found = sum(anybody.get(reverse("issue-link", args=[each])).status_code != 404 for each in tries)
    bar.check("an address is not guessed", not found and len(secret) == 43, f"{len(tries)} tried, {found} found; 256 bits each")
    kept = [each.payload for each in events.Event.objects.all()]
    secrets = [address.split("/")[-2] for address, _link in links.values()]
    bar.check("the secret stands in no event", not any(each in text for each in secrets for text in kept), f"{len(kept)} events")

    # 6. The end
    expired = 0
    for issue in issues[:3]:
        address, link = links[issue.pk]
        correct = actions.find("issue_links.correct").plan
        link = IssueLink.objects.get(pk=link.pk)
        commit([correct(link, by=office, version=link.row_version, expires_on=clock.today() - timedelta(days=1), reason="到期")], by=office)
        expired += anybody.get(address).status_code == 410 and anybody.post(address, {"do": "remind"}).status_code == 410
    bar.check("an expired link shows and changes nothing", expired == 3, f"{expired} of 3")
    address, link = links[issues[4].pk]
    link = IssueLink.objects.get(pk=link.pk)
    commit([actions.find("issue_links.archive").plan(link, by=office, version=link.row_version, reason="收回")], by=office)
    bar.check("one that was taken back is gone", anybody.get(address).status_code == 404)
bar.close()
