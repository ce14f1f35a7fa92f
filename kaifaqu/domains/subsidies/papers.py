"""The papers of a claim: the kinds that a scheme may ask for."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaperKind(models.TextChoices):
    """The papers of a claim: by the days of the first four it is judged; the others tell whose the car was, who applies and is paid."""

    CERTIFICATE = "certificate", _("报废机动车回收证明")
    DEREGISTRATION = "deregistration", _("机动车注销证明书")
    INVOICE = "invoice", _("机动车销售统一发票")
    NEW_REGISTRATION = "new_registration", _("新车机动车登记证书")
    OLD_REGISTRATION = "old_registration", _("旧车登记证书或行驶证")
    IDENTITY = "identity", _("申请人身份证")
    BANK = "bank", _("申请人银行卡")


# By whose printed days a claim is judged: no scheme does without them.
PRINTED_DAYS = (PaperKind.CERTIFICATE, PaperKind.DEREGISTRATION, PaperKind.INVOICE, PaperKind.NEW_REGISTRATION)
FURTHER = tuple(kind for kind in PaperKind if kind not in PRINTED_DAYS)
