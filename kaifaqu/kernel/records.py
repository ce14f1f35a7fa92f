"""Records: what people enter, with an owner, a code, a row version and a version row for each write."""

from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar, Self, cast

from django.apps import apps
from django.core import checks
from django.db import models
from django.db.models.signals import class_prepared
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _


class WriteRefused(TypeError):
    """Raised when anything but `commit` tries to write a record, a version or an event."""


def _refuse(self, *args, **kwargs):
    raise WriteRefused("Records are written by kernel.commit only: plan a Change in an action and commit it.")


class ReadOnlyQuerySet(models.QuerySet):
    """Rows that can be asked but not written."""

    create = bulk_create = get_or_create = update_or_create = _refuse
    update = bulk_update = delete = _update = _insert = _raw_delete = _refuse


class RecordQuerySet(ReadOnlyQuerySet):
    """Live rows of one register, archived ones included."""

    def current(self) -> Self:
        """Return the rows that are not archived."""
        return self.filter(archived_at=None)

    def visible_to(self, user: Any) -> Self:
        """Return the current rows that the user may look at, by the rights of today."""
        return self.current().seen_by(user)

    def seen_by(self, user: Any) -> Self:
        """Return the rows, archived ones included, of owners that the user may look at, or shared with parties where he may."""
        model = cast(type[Record], self.model)
        owners = user.owners(model.right_to("view"))
        return self.filter(models.Q(*((f"{name}__in", owners) for name in ("owner", *model.shared)), _connector=models.Q.OR))


class Record(models.Model):
    """One entry of a register. Nothing is deleted: an entry made by mistake is archived.

    `id` is the number of the event that created the record, so it is unique over all registers.
    A subclass names its register in `register` (addresses, rights, commands) and the facts that
    people enter, in the order of the form, in `columns`.
    """

    register: ClassVar[str] = ""
    columns: ClassVar[tuple[str, ...]] = ()
    listed: ClassVar[tuple[str, ...]] = ()  # columns of the list page; by default the first six
    shared: ClassVar[tuple[str, ...]] = ()  # columns that name further parties, whose members look at the record by their right
    revives: ClassVar[bool] = True  # a code entered again after archiving goes on with the record's history
    code_prefix: ClassVar[str] = ""  # of the codes that the kernel gives
    keys: ClassVar[tuple[tuple[str, ...], ...]] = (("code",),)  # by which an imported row finds its record, the best first
    headings: ClassVar[dict[str, tuple[str, ...]]] = {}  # other headings that a column bears in the spreadsheets of practice
    purposes: ClassVar[tuple[str, ...]] = ("zone_management",)  # what these facts may be used for
    lifecycle: ClassVar[Any] = None  # the table of its stages and steps, where it has one
    Version: ClassVar[Any]  # the model of its version rows

    id = models.BigIntegerField(primary_key=True, editable=False)
    owner = models.ForeignKey("kernel.Party", models.PROTECT, verbose_name=_("所属单位"), related_name="+")
    code = models.CharField(_("编号"), max_length=40)
    row_version = models.PositiveIntegerField(_("行版本"), default=0, editable=False)
    source = models.CharField(_("来源"), max_length=200, blank=True, editable=False)
    archived_at = models.DateTimeField(_("归档时间"), null=True, blank=True, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("owner", "code"),
                condition=models.Q(archived_at=None),
                name="%(class)s_code",
                violation_error_message=_("编号已被本单位的另一条记录使用。"),
            )
        ]

    save = delete = _refuse

    def __str__(self) -> str:
        return self.code

    @classmethod
    def right_to(cls, verb: str) -> str:
        """Return the named right of this register, for example projects.view."""
        return f"{cls.register}.{verb}"

    def parties(self) -> set[int]:
        """Return the numbers of the parties whose members may look at the record: its owner, and those it is shared with."""
        return {pk for name in ("owner", *self.shared) if (pk := getattr(self, f"{name}_id"))}

    def offers(self, verb: str) -> bool:
        """Tell whether there is something to do by this action now: a page leaves out what would be refused."""
        return True

    def derived(self) -> dict[str, Any]:
        """Return the facts that follow from the others (a stage from its dates), to be kept consistent by the kernel."""
        return {}

    def adopted(self) -> dict[str, Any]:
        """Return further facts of a new record that comes in with old stock (from a spreadsheet), such as 历史补录."""
        return {}

    def warnings(self) -> list[str]:
        """Return what a person should look at; nothing of it prevents saving."""
        return []

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Raise ValidationError where rows just written break, with all others, what no row breaks alone; writers wait meanwhile."""


@cache
def registers() -> dict[str, type[Record]]:
    """Return every register by its name."""
    return {model.register: model for model in apps.get_models() if issubclass(model, Record)}


def field_of(register: type[models.Model], name: str) -> models.Field:
    """Return the register's column of this name."""
    return cast(models.Field, register._meta.get_field(name))


def related(column: models.Field) -> type[Record]:
    """Return the register that a foreign key points at."""
    return cast(type[Record], column.related_model)


def references(target: type[Record]) -> Iterable[tuple[type[Record], models.Field]]:
    """Yield the registers and foreign keys that point at a register."""
    for register in registers().values():
        for field in register._meta.concrete_fields:
            if field.is_relation and field.related_model is target and field.name != "owner":
                yield register, field


@receiver(class_prepared)
def _make_version_model(sender: type[models.Model], **kwargs) -> None:
    """Give each register its table of versions: the same columns and the number of the event that wrote them."""
    if not (issubclass(sender, Record) and not sender._meta.abstract):
        return
    registers.cache_clear()
    fields: dict[str, Any] = {"seq": models.BigIntegerField(primary_key=True)}
    fields |= {field.name: _version_field(field, sender) for field in sender._meta.concrete_fields}
    meta = type("Meta", (), {
        "app_label": sender._meta.app_label, "db_table": f"{sender._meta.db_table}_version", "verbose_name": _("版本"),
        "default_permissions": (), "base_manager_name": "objects",
        "constraints": [models.UniqueConstraint(fields=("id", "seq"), name=f"{sender._meta.model_name}_version")],
    })
    body = {
        "__module__": sender.__module__, "__doc__": f"{sender.__name__} as it was written by event `seq`.",
        "Meta": meta, "objects": ReadOnlyQuerySet.as_manager(), "save": _refuse, "delete": _refuse,
        "__str__": sender.__str__, "register": sender.register, **fields,
    }
    sender.Version = type(f"{sender.__name__}Version", (models.Model,), body)


def _version_field(field: models.Field, register: type[models.Model]) -> models.Field:
    """Return a copy of the field without keys and constraints: a version is a remembered value, not a relation."""
    if isinstance(field, models.ForeignKey):
        target = register._meta.label if field.remote_field.model == "self" else field.remote_field.model
        return models.ForeignKey(
            target, models.DO_NOTHING, verbose_name=field.verbose_name, null=True, blank=True,
            db_constraint=False, db_index=False, related_name="+",
        )
    _name, _path, args, options = field.deconstruct()
    for option in ("primary_key", "unique", "db_index"):
        options.pop(option, None)
    return type(field)(*args, **options)


@checks.register
def check_registers(app_configs: Any, **kwargs: Any) -> list[checks.Error]:
    """Demand of each register a name, known columns and the constraints of Record."""
    problems = []
    for model in apps.get_models():
        if not issubclass(model, Record):
            continue
        if not model.register or registers()[model.register] is not model:
            problems.append(checks.Error("A register needs a name of its own in `register`.", obj=model, id="kernel.E001"))
        if f"{model._meta.model_name}_code" not in {constraint.name for constraint in model._meta.constraints}:
            problems.append(checks.Error("Meta.constraints must repeat *Record.Meta.constraints.", obj=model, id="kernel.E002"))
        unknown = {*model.columns, *model.listed} - {field.name for field in model._meta.concrete_fields}
        if unknown:
            problems.append(checks.Error(f"Unknown columns: {', '.join(sorted(unknown))}.", obj=model, id="kernel.E003"))
    return problems
