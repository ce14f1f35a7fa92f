"""Parties, people and rights: who owns records, who works for whom, and who may do what with whose records."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import cast

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.fields import PersonalField
from kaifaqu.kernel.records import Record, RecordQuerySet, field_of


class Party(Record):
    """单位：whatever can own records or employ people: a committee, a bureau, a company, a department.

    `parent` is its place in its own organisation; the tree gives no right by itself.
    """

    register = "parties"
    revives = False
    columns = ("code", "name", "name_en", "parent")
    code_prefix = "U"
    name = models.CharField(_("名称"), max_length=200)
    name_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("上级单位"), related_name="+")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("单位")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("code",), condition=Q(archived_at=None), name="party_code_everywhere",
                violation_error_message=_("单位编号已被使用。")),
        ]

    def __str__(self) -> str:
        return self.name or self.code


class Installation(Record):
    """安装：the one record of this installation: whose it is, and whether it is a demo standing on a day of its own."""

    register = "installations"
    demo = models.BooleanField(_("演示"), default=False)
    demo_day = models.DateField(_("演示日期"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("安装")
        constraints = [*Record.Meta.constraints]


class UserQuerySet(RecordQuerySet):
    """People, found by their code when they sign in."""

    def get_by_natural_key(self, code: str) -> "User":
        """Return the current person of this code."""
        return cast(User, self.current().get(code=code))


class User(Record):
    """人员：a person who works for the owner; without a credential, a person who is named but does not sign in."""

    register = "users"
    revives = False
    columns = ("code", "name", "is_active")
    name = PersonalField(_("姓名"), max_length=100, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)

    objects = UserQuerySet.as_manager()  # type: ignore[misc]  # a manager with one question more
    USERNAME_FIELD = "code"
    REQUIRED_FIELDS: list[str] = []
    is_anonymous = False
    is_authenticated = True

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("人员")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("code",), name="user_code_everywhere", violation_error_message=_("账号已被使用。"))]

    def __str__(self) -> str:
        return self.name or self.code

    def clean(self) -> None:
        """Refuse the names under which the installation itself writes events."""
        if self.code in (System.code, "migration"):
            raise ValidationError(_t("账号「{code}」留给系统使用，请换一个。").format(code=self.code))

    def get_username(self) -> str:
        """Return the code that the person signs in with."""
        return self.code

    def get_session_auth_hash(self) -> str:
        """Return what a session must match: it changes with the password, so that old sessions end; once from what was read along."""
        stored = self.__dict__.pop("read_along") or "" if "read_along" in self.__dict__ else Credential.of(self)
        return salted_hmac("kaifaqu.session", stored, algorithm="sha256").hexdigest()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Yield nothing: a session of an earlier password has ended."""
        yield from ()

    def has_perm(self, right: str, record: Record | None = None) -> bool:
        """Tell whether the person has the right on the record, or on anything when no record is given."""
        if record is not None and right == record.right_to("view"):
            return not self.owners(right).isdisjoint(record.parties())
        return self.may(right, record.owner_id) if record is not None else bool(self.owners(right))

    def may(self, right: str, owner_id: int) -> bool:
        """Tell whether the person has the right on this owner's records."""
        return owner_id in self.owners(right)

    def owners(self, right: str) -> frozenset[int]:
        """Return the owners on whose records the person has the right today; asked once per person object."""
        if not hasattr(self, "_owners"):
            self._owners = Rights(self, clock.today())
        return self._owners.owners(right)

    def units(self) -> models.QuerySet:
        """Return the ids of the parties in which the person works today, whatever his role there."""
        return Membership.objects.current().filter(Membership.on(clock.today()), user_id=self.pk).values_list("party_id", flat=True)


class System:
    """The installation itself, which founds it and loads its first records; it cannot sign in."""

    code = "system"
    pk = None

    def __str__(self) -> str:
        return _t("系统")

    def may(self, right: str, owner_id: int) -> bool:
        """Say yes: what the system does is written in the code and in the events."""
        return True

    def has_perm(self, right: str, record: Record | None = None) -> bool:
        """Say yes, as `may`."""
        return True


SYSTEM = System()


class Credential(models.Model):
    """The hashed password of a person who signs in: a secret, not a fact, so neither versioned nor in any event."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True)
    password = models.CharField(max_length=128)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.user_id)

    @classmethod
    def of(cls, user: User) -> str:
        """Return the person's hashed password, or an empty text."""
        return cls.objects.filter(user_id=user.pk).values_list("password", flat=True).first() or ""

    @staticmethod
    def refuse_weak(password: str) -> None:
        """Raise ValidationError when the password is too weak."""
        password_validation.validate_password(password)

    @classmethod
    def store(cls, user: User, password: str) -> None:
        """Store the person's new password. Raise ValidationError when it is too weak."""
        cls.refuse_weak(password)
        cls.objects.update_or_create(user_id=user.pk, defaults={"password": make_password(password)})


class Dated(Record):
    """What holds from a day on, and until the day before another."""

    since = models.DateField(_("自"))
    until = models.DateField(_("至（不含）"), null=True, blank=True)

    class Meta(Record.Meta):
        abstract = True

    def clean(self) -> None:
        """Refuse a row that ends on or before the day it begins."""
        if self.until is not None and self.until <= self.since:
            raise ValidationError(_t("截止日期 {until} 应晚于起始日期 {since}。").format(until=self.until, since=self.since))

    @staticmethod
    def on(day: date) -> Q:
        """Return the condition: it holds on that day."""
        return (Q(until=None) | Q(until__gt=day)) & Q(since__lte=day)


def refuse_foreign(row: Record, *names: str) -> None:
    """Refuse a row that points at a record of another owner: what it says there would change the other's figures."""
    for name in names:
        target = getattr(row, name, None)
        if target is not None and target.owner_id != row.owner_id:
            raise ValidationError(_t("「{field}」不归本单位所有，请由所属单位登记。").format(field=field_of(type(row), name).verbose_name))


class Role(Record):
    """角色：a named bundle of rights, written as their names separated by spaces."""

    register = "roles"
    columns = ("code", "name", "rights")
    name = models.CharField(_("名称"), max_length=100)
    rights = models.TextField(_("权限"), blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("角色")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code

    def clean(self) -> None:
        """Refuse rights that nothing in the installation asks for."""
        _refuse_unknown_rights(self.rights.split())


def _refuse_unknown_rights(named: Iterable[str]) -> None:
    from kaifaqu.kernel.actions import rights  # the registry knows the rights, and stands above this room

    if unknown := sorted(set(named) - set(rights())):
        raise ValidationError(_t("没有权限：{names}。").format(names="、".join(unknown)))


class Membership(Dated):
    """任职：a person has a role in a party, from a day on; with `below`, in every party under it too."""

    register = "memberships"
    columns = ("code", "user", "party", "role", "below", "purpose", "since", "until")
    code_prefix = "M"
    user = models.ForeignKey(User, models.PROTECT, verbose_name=_("人员"), related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, verbose_name=_("任职单位"), related_name="+")
    role = models.ForeignKey(Role, models.PROTECT, verbose_name=_("角色"), related_name="+")
    below = models.BooleanField(_("含下级单位"), default=False)
    purpose = models.CharField(_("用途"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("任职")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse a person, a party or a role that the owner does not administer: nobody gives rights in another's house."""
        super().clean()
        administered = {"user": self.user.owner_id, "party": self.party.owner_id, "role": self.role.owner_id}
        if self.party_id == self.owner_id:
            administered["party"] = self.owner_id
        foreign = [name for name, owner in administered.items() if owner != self.owner_id]
        if foreign:
            labels = "、".join(str(field_of(type(self), name).verbose_name) for name in foreign)
            raise ValidationError(_t("「{labels}」不归本单位管理，不能在这里任职。").format(labels=labels))


class Grant(Dated):
    """授权：the owner lets the members of another party use a right on its records, for a purpose and a time.

    A member uses it only if a role of his own in that party holds the same right.
    """

    register = "grants"
    columns = ("code", "receiver", "right", "below", "purpose", "since", "until")
    code_prefix = "G"
    receiver = models.ForeignKey(Party, models.PROTECT, verbose_name=_("被授权单位"), related_name="+")
    right = models.CharField(_("权限"), max_length=80)
    below = models.BooleanField(_("含下级单位"), default=False)
    purpose = models.CharField(_("用途"), max_length=200)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("授权")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse a right that nothing in the installation asks for."""
        super().clean()
        _refuse_unknown_rights([self.right])


class Rights:
    """One person's rights on one day, read once: memberships with their roles, then what others granted."""

    def __init__(self, user: User, day: date):
        memberships = Membership.objects.current().filter(Membership.on(day), user_id=user.pk).select_related("role")
        self._memberships = [each for each in memberships if each.role.archived_at is None] if user.is_active else []
        self._rights = {each.pk: frozenset(each.role.rights.split()) for each in self._memberships}
        receivers = {each.party_id for each in self._memberships}
        self._grants = list(Grant.objects.current().filter(Grant.on(day), receiver_id__in=receivers)) if receivers else []
        self._below = Below() if any(each.below for each in self._memberships) or any(each.below for each in self._grants) else None
        self._owners: dict[str, frozenset[int]] = {}

    def owners(self, right: str) -> frozenset[int]:
        """Return the ids of the parties on whose records the right may be used."""
        if right not in self._owners:
            holding = [each for each in self._memberships if right in self._rights[each.pk]]
            own = {party for each in holding for party in self._reach(each.party_id, each.below)}
            employers = {each.party_id for each in holding}
            granted = {party for each in self._grants if each.right == right and each.receiver_id in employers
                       for party in self._reach(each.owner_id, each.below)}
            self._owners[right] = frozenset(own | granted)
        return self._owners[right]

    def _reach(self, party_id: int, below: bool) -> Iterable[int]:
        return self._below.of(party_id) if below and self._below else (party_id,)


class Below:
    """The tree of parties, read once."""

    def __init__(self) -> None:
        self._children: dict[int | None, list[int]] = {}
        for pk, parent in Party.objects.current().values_list("pk", "parent_id"):
            self._children.setdefault(parent, []).append(pk)

    def of(self, party_id: int) -> frozenset[int]:
        """Return the party and all parties below it."""
        found, waiting = set(), [party_id]
        while waiting:
            party = waiting.pop()
            if party not in found:
                found.add(party)
                waiting += self._children.get(party, [])
        return frozenset(found)


def scope(text: str | None = None) -> frozenset[int]:
    """Return the owners that a scope names: party codes separated by commas, "ZONE+" for a party and all below.

    Without a text, the party whose installation this is. Raise ValueError for an unknown party.
    """
    if not text:
        return frozenset(Installation.objects.values_list("owner_id", flat=True))
    found: set[int] = set()
    for word in text.split(","):
        code = word.strip().removesuffix("+")
        party = Party.objects.current().filter(code=code).first()
        if party is None:
            raise ValueError(_t("没有单位「{code}」。现有：{codes}。").format(
                code=code, codes="、".join(Party.objects.current().order_by("code").values_list("code", flat=True)[:20])))
        found |= Below().of(party.pk) if word.strip().endswith("+") else {party.pk}
    return frozenset(found)
