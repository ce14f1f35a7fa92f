"""The page for car owners as one file: it works without a server, on a stick or in a chat, and says as of when it was made."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from kaifaqu.domains.outreach.models import GuidePage, GuideTopic
from kaifaqu.domains.outreach.rules import ANSWERS, Topic
from kaifaqu.domains.subsidies import schemes
from kaifaqu.domains.subsidies.evaluating import NEXT, ready
from kaifaqu.domains.subsidies.facts import FACTS, FIRST_DAY, MOST, ORDERS, QUOTED, SENTENCES
from kaifaqu.domains.subsidies.written import written
from kaifaqu.kernel import dated
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.world import World
from kaifaqu.reporting.scrappage.public import OTHER, STEPS, Field, awaited, period, rates

SCRIPTS = ("subsidies/checker.js", "scrappage/standalone.js")


def page(owner: Party, today: date) -> str:
    """Return the file's text: the owner's schemes, answers and guide with their days, as they are known today."""
    content = dated.resolve(schemes.SCHEMES.code, owner.pk, today, World()).content
    told = {
        "on": str(today), "schemes": [_turn(each, content) for each in written(content)],
        "awaited": [{"since": day, "texts": [*awaited(content, date.fromisoformat(day))]} for day in _days(content)],
        "facts": [{"name": each.name, "label": str(each.label), "permitted": str(each.permitted), "kind": each.kind, "scale": each.scale,
                   "least": each.least, "when": each.when} for each in FACTS.values()],
        "orders": ORDERS, "first": FIRST_DAY, "most": MOST, "quoted": QUOTED,
        "sentences": {name: str(text) for name, text in SENTENCES.items()},
        "next": {name: str(text) for name, text in NEXT.items()},
        "answers": _answers(owner, today), "guide": _guide(owner), "words": _words(),
    }
    scripts = "\n".join(_text(name) for name in SCRIPTS)
    return render_to_string("scrappage/standalone.html", {
        "owner": owner, "today": today, "told": mark_safe(json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")),
        "script": mark_safe(scripts), "steps": [(label, [Field(FACTS[name], "") for name in names]) for label, names in STEPS]})


def _turn(each: dict[str, Any], content: Any) -> dict[str, Any]:
    by = ready(content, each["scheme"], date.fromisoformat(each["since"]))
    title = _("{scheme} 年方案，{period}").format(scheme=each["scheme"], period=period(by.terms))
    return {**each, "begins": by.terms["since"], "ends": by.terms["until"], "title": title,
            "rates": [f"{kind}：{words}" for kind, words in rates(by)]}


def _days(content: Any) -> list[str]:
    """Return the days on which something was announced or handled by."""
    return sorted({row[name] for row in content["rows"] for name in (schemes.TOLD, schemes.HANDLED) if name in row})


def _answers(owner: Party, today: date) -> list[dict[str, Any]]:
    rows = dated.resolve(ANSWERS.code, owner.pk, today, World()).content["answers"]
    return [{"label": str(topic.label), "versions": [
        {"since": row["published_on"], "text": row["answer"], "cites": row["cites"]} for row in rows if row["topic"] == topic.value]}
        for topic in Topic if topic != Topic.OTHER]


def _guide(owner: Party) -> list[dict[str, Any]]:
    texts = GuidePage.objects.current().filter(owner=owner)
    return [{"label": str(topic.label), "versions": versions} for topic in GuideTopic if (versions := [
        {"since": str(each.since), "text": each.text, "cites": each.cites} for each in texts if each.topic == topic.value])]


def _words() -> dict[str, str]:
    return {
        "yes": _("可以申请，补贴"), "no": _("不能补贴"), "unclear": _("还不能确定，符合的话"),
        "unsure": _("还不能确定"), "yuan": _("元"), "topUp": _("还应补发"),
        "next": _("接下来"), "other": f"{OTHER}{_('请在上面选那个方案，再查看结果。')}",
        "unknown": _("还不知道："), "decides": _("能不能发放，决定的是："),
        "nothing": _("这一天还没有公布补贴方案。"), "unsaid": _("这一天还没有规定，请向当地商务主管部门询问。"),
        "problems": _("请先改好："), "unday": _("「{text}」不是日期，请写成 2024-06-30。"),
    }  # fmt: skip


def _text(name: str) -> str:
    """Return a script of this product."""
    found = finders.find(name)
    if not isinstance(found, str):
        raise LookupError(name)
    return Path(found).read_text(encoding="utf-8")
