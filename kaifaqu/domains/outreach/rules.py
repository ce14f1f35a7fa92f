"""The dated rule of this room: what is suggested as the answer to a question of a kind, from the day on which a policy is out."""

from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.outreach.online import PromotionQuestion, Topic
from kaifaqu.kernel import dated
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.world import World
from kaifaqu.shapes import Choice, Day, Rows, Shape, Word

ANSWERS = RuleKind(
    "outreach.answers", _("车主提问的建议回答"), Path(__file__).parent / "data" / "answers.json", Shape((
        Rows(path="answers", label=_("回答"), entry=Shape((
            Choice(path="topic", label=_("问题类别"), choices=dict(Topic.choices)),
            Day(path="published_on", label=_("自何日起这样回答")),
            Word(path="answer", label=_("回答"), help=_("末尾写明由谁决定。")),
            Word(path="cites", label=_("引用的规定"), help=_("文号和条款。")),
            Word(path="source", label=_("文本出处"), optional=True),
        ))),
    )))


def suggested(question: PromotionQuestion, day: date) -> dict[str, Any]:
    """Return answer and citation that the owner's rule has for such a question on the day; nothing where it has none."""
    rows = dated.resolve(ANSWERS.code, question.owner_id, day, World()).content["answers"]
    fitting = [row for row in rows if row["topic"] == question.topic and row["published_on"] <= str(day)]
    latest = max(fitting, key=lambda row: row["published_on"], default=None)
    return {name: latest[name] for name in ("answer", "cites")} if latest else {}


def answers_on(owner_id: int, day: date) -> list[tuple[str, dict[str, Any] | None]]:
    """Return for each kind of question the answer that the owner's rule has on a day, none where it has none yet."""
    rows = [row for row in dated.resolve(ANSWERS.code, owner_id, day, World()).content["answers"] if row["published_on"] <= str(day)]
    by_topic = {row["topic"]: row for row in sorted(rows, key=lambda row: row["published_on"])}
    return [(str(topic.label), by_topic.get(topic.value)) for topic in Topic if topic != Topic.OTHER]
