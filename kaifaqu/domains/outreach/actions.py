"""What people do with questions: they release an answer. Nothing is posted on a platform from here."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.outreach.models import PromotionQuestion
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.kernel.actions import action, plan_correction
from kaifaqu.kernel.commit import Change


@action("promotion_questions.release", right="promotion_questions.release", label=_("发布回答"))
def release(question: PromotionQuestion, *, by: User, version: int, answer: str, cites: str, reason: str = "") -> Change:
    """Plan that the person releases this answer, which names the rule it cites; an earlier one stays in the history."""
    if not answer.strip() or not cites.strip():
        raise ValidationError(_t("{question}：请写明回答和引用的规定。").format(question=question))
    facts = {"answer": answer, "cites": cites, "released_on": clock.today(), "released_by": by if by.pk else None}
    return Change(question, facts, reason=reason)


@action("promotion_questions.correct", right="promotion_questions.edit", label=_("更正"))
def correct(record: PromotionQuestion, *, by: User, version: int, facts: dict, reason: str = "") -> Change:
    """Plan other facts of a question; a released answer is changed by releasing another one."""
    change = plan_correction(record, facts, reason=reason)
    if record.released_on and {"answer", "cites"} & {*change.names}:
        raise ValidationError(_t("{question} 的回答已经发布；要改回答的，请用「发布回答」。").format(question=record))
    return change
