"""Promotion online: accounts on platforms, what is posted or told live there, and the questions that come in."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.outreach.personal import refuse_personal
from kaifaqu.kernel.access import Dated, User, refuse_foreign
from kaifaqu.kernel.records import Record
from kaifaqu.registers.days import refuse_ahead, refuse_before
from kaifaqu.registers.leaving import refuse_leaving


class PromotionAccount(Dated):
    """推广账号：本单位在一个平台上的一个账号；改名还是同一个账号。"""

    register = "promotion_accounts"
    columns = ("code", "platform", "name", "verified", "since", "until")
    code_prefix = "ZH"
    keys = (("code",), ("platform", "name"))
    headings = {
        "platform": ("推广平台",), "name": ("账号", "帐号"), "verified": ("蓝V", "认证"), "since": ("开通日期",), "until": ("停用日期",),
    }  # fmt: skip

    platform = models.CharField(_("平台"), max_length=40)
    name = models.CharField(_("账号名称"), max_length=100)
    verified = models.BooleanField(_("企业认证"), default=False)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("推广账号")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.platform} {self.name}"

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse that an account goes away under its posts and questions."""
        refuse_leaving(written)


class Form(models.TextChoices):
    """In which form something is told online."""

    VIDEO = "video", _("小视频")
    LIVE = "live", _("直播")


class PromotionPost(Record):
    """推广内容：在一个账号上发布的一条小视频，或者一场直播。

    One record is one video or one live session; the same video on two accounts is two. It is published on the platform by a
    person, nothing is posted from here.
    """

    register = "promotion_posts"
    columns = ("code", "account", "form", "title", "published_on")
    code_prefix = "NR"
    keys = (("code",), ("account", "published_on", "title"))
    headings = {"form": ("形式", "类型"), "title": ("标题", "主题"), "published_on": ("日期", "开播日期", "发布时间")}

    account = models.ForeignKey(PromotionAccount, models.PROTECT, verbose_name=_("推广账号"), related_name="+")
    form = models.CharField(_("推广形式"), max_length=8, choices=Form)
    title = models.CharField(_("内容标题"), max_length=200)
    published_on = models.DateField(_("发布日期"))

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("推广内容")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a day that has not come, and another owner's account."""
        super().clean()
        if self.archived_at is None:
            refuse_ahead(self, "published_on")
            refuse_foreign(self, "account")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse that a post goes away under its questions."""
        refuse_leaving(written)


class Topic(models.TextChoices):
    """What owners ask about: the five questions of the newspaper page of the demo, and the rest."""

    EARLIER = "earlier", _("之前买车能否享受新标准")
    ORDER = "order", _("先报废还是先买车")
    PLACE = "place", _("报废地和购车地是否要一致")
    ELECTRIC = "electric", _("报废电车能否买燃油车")
    REVIEW = "review", _("怎样更快通过审核")
    OTHER = "other", _("其他")


class PromotionQuestion(Record):
    """车主提问：一个人一次提出的一个问题；谁问的不登记。

    One record is one question at one time, imported from the platform's list or typed; the same words on another day are another
    question. The answer is a draft until a person releases it, and has to name the rule that it cites.
    """

    register = "promotion_questions"
    columns = ("code", "asked_on", "account", "post", "topic", "text", "frequent", "answer", "cites")
    listed = ("code", "asked_on", "topic", "text", "released_on")
    code_prefix = "WD"
    headings = {
        "asked_on": ("日期", "提问时间"), "text": ("问题", "评论内容", "提问内容"), "topic": ("类别", "问题类别"),
        "answer": ("答复", "回复"), "cites": ("依据", "政策依据"), "account": ("账号",), "post": ("视频", "直播"),
    }  # fmt: skip

    asked_on = models.DateField(_("提问日期"))
    account = models.ForeignKey(PromotionAccount, models.PROTECT, null=True, blank=True, verbose_name=_("推广账号"), related_name="+")
    post = models.ForeignKey(PromotionPost, models.PROTECT, null=True, blank=True, verbose_name=_("推广内容"), related_name="+")
    topic = models.CharField(_("问题类别"), max_length=8, choices=Topic, default=Topic.OTHER)
    text = models.CharField(_("问题原文"), max_length=500, help_text=_("去掉姓名、电话、车牌"), validators=[refuse_personal])
    frequent = models.BooleanField(_("列为常见问题"), default=False)
    answer = models.TextField(_("回答"), blank=True)
    cites = models.CharField(_("引用的规定"), max_length=200, blank=True, help_text=_("文号和条款"))
    released_on = models.DateField(_("回答发布日期"), null=True, blank=True, editable=False)
    released_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, verbose_name=_("发布人"), related_name="+", editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("车主提问")
        constraints = [*Record.Meta.constraints, models.CheckConstraint(
            condition=Q(released_on=None) | Q(released_by__isnull=False) & ~Q(answer="") & ~Q(cites=""), name="question_released_by_person",
            violation_error_message=_("发布的回答要有正文、引用的规定和发布的人。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.text[:20]}"

    def clean(self) -> None:
        """Refuse a day that has not come, an answer before its question, and another owner's account or post."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_ahead(self, "asked_on", "released_on")
        refuse_before(self, "released_on", "asked_on")
        refuse_foreign(self, "account", "post")
        if self.post is not None and self.account is not None and self.post.account_id != self.account.pk:
            raise ValidationError(_t("「推广内容」{post} 不在这个账号上。").format(post=self.post))

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse that a question goes away under the lead that came of it."""
        refuse_leaving(written)
