"""Links for people without an account: one link, one case. Whoever opens it acts for that case alone, until it expires.

Only a hash of the secret in the address is kept, so nobody who reads the database can open a link.
"""

import hashlib
import secrets
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.fields import PersonalField
from kaifaqu.kernel.records import Record

SECRET = 32  # bytes: nobody guesses it


def new_secret() -> str:
    """Return a secret for an address."""
    return secrets.token_urlsafe(SECRET)


def hashed(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Link(Record):
    """An address that shows one case to somebody without an account, abstract; a concrete one adds `subject`, its case.

    Before `subject` is known it lets its holder report one. It holds until the end of `expires_on`, and no longer once it
    is archived. `addressee` is the person it was given to.
    """

    columns: ClassVar[tuple[str, ...]] = ("code", "addressee", "expires_on")
    listed: ClassVar[tuple[str, ...]] = ("code", "subject", "addressee", "expires_on", "used_on")
    revives = False
    code_prefix = "LJ"

    addressee = PersonalField(_("交给谁"), max_length=100, blank=True)
    expires_on = models.DateField(_("有效期至"))
    used_on = models.DateField(_("最近使用"), null=True, blank=True, editable=False)
    secret_hash = models.CharField(_("地址摘要"), max_length=64, editable=False)

    class Meta(Record.Meta):
        abstract = True

    def clean(self) -> None:
        """Refuse one without a secret, and one that has expired when it is made."""
        if not self.secret_hash:
            raise ValidationError(_t("链接请在事项页面上生成。"))
        if not self.row_version and self.expires_on < clock.today():
            raise ValidationError(_t("「有效期至」{day} 已经过去。").format(day=self.expires_on))

    @classmethod
    def of(cls, secret: str) -> Any:
        """Return the link with this secret, or None where there is none, or it or its case was taken back."""
        rows: Any = cls.objects.current().filter(models.Q(subject=None) | models.Q(subject__archived_at=None), secret_hash=hashed(secret))
        return rows.select_related("subject").first()

    def is_expired(self, on: date) -> bool:
        """Tell whether it holds no longer on the day."""
        return self.expires_on < on


class Bearer:
    """Whoever opens a link. He has no right but to act, on the link and on its case, as one acts for oneself.

    An action for oneself has the right "" and asks whether the person is the record: so this is equal to both records.
    """

    pk = None

    def __init__(self, link: Any):
        self.link = link
        self.code = f"link:{link.code}"

    def __str__(self) -> str:
        return _t("链接 {code}").format(code=self.link.code)

    def __eq__(self, other: object) -> bool:
        return other is self or isinstance(other, Record) and other.pk is not None and other in (self.link, self.link.subject)

    def __hash__(self) -> int:
        return hash(self.code)

    def may(self, right: str, owner_id: int) -> bool:
        """Say no: a link gives no right on anything else."""
        return False

    def has_perm(self, right: str, record: Record | None = None) -> bool:
        """Say no, as `may`."""
        return False

    def owners(self, right: str) -> frozenset[int]:
        """Return no owner, as `may`."""
        return frozenset()
