"""Exports: any list of records as XLSX, CSV, JSON or Parquet, exact, harmless in a spreadsheet, and importable again.

Every format has the same columns: the key "id:row_version" of the record, its code, what people fill in, then what
follows from that, which is only to be read. An export that carries personal facts leaves an event about whoever made it.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

from django.db import models
from django.utils.translation import gettext as _

from kaifaqu.kernel import units
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World
from kaifaqu.sheets.columns import KEY, PIECE, Column, Untold, facts, geometry_of, shown, spelt
from kaifaqu.sheets.formulas import guarded
from kaifaqu.sheets.personal import Row, Watch
from kaifaqu.sheets.provenance import Provenance
from kaifaqu.sheets.workbooks import Workbook

DATUM = "CGCS2000"  # of every geometry that is kept
AMOUNT_DIGITS = 18  # of a 64-bit amount, whatever its scale


@dataclass(frozen=True)
class Exported:
    """What was written: how many records of which register, and the head of the chain at which they were read."""

    register: str
    format: str
    count: int
    head: str
    made: str


@dataclass(frozen=True)
class Format:
    """A kind of file: its media type, and the function that writes the rows."""

    media: str
    write: Callable[[IO[bytes], Provenance, Iterable[Row]], None]


def export(
    rows: models.QuerySet, register: type[Record], user: Any, format: str, stream: IO[bytes], *,
    filters: str = "", known: int | None = None,
) -> Exported:  # fmt: skip
    """Write the rows, which the person may see, to the stream; `filters` says in words how they were narrowed.

    With `known`, the rows are versions of World(known). Memory does not grow with their number. Raise ValueError for a
    format that the register does not have and ValidationError where the format cannot hold so many rows.
    """
    formats = formats_of(register)
    if format not in formats:
        raise ValueError(_("没有格式「{format}」。可选：{formats}。").format(format=format, formats="、".join(formats)))
    owners = list(rows.order_by().values_list("owner_id", flat=True).distinct()[:2])
    owner = Party.objects.get(pk=owners[0]) if len(owners) == 1 else None
    columns = shown(register, owners=len(owners) > 1 or format == "geojson")
    about = Provenance.now(register, columns, user, filters=filters, known=known, owner=owner)
    watch = Watch(about)
    formats[format].write(stream, about, watch.over(facts(rows, columns, user, World(known))))
    watch.note(format)
    return Exported(register.register, format, watch.count, about.head, about.mark["made"])


def _write_csv(stream: IO[bytes], about: Provenance, rows: Iterable[Row]) -> None:
    """Write CSV in UTF-8 with a byte order mark: amounts in plain digits, texts guarded (see formulas)."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([KEY, *(guarded(column.heading) for column in about.columns)])
    for key, values in rows:
        writer.writerow([key, *(_csv_cell(column, value) for column, value in zip(about.columns, values, strict=True))])
    text.detach()


def _csv_cell(column: Column, value: Any) -> str:
    text = spelt(column, value)
    return text if column.kind in ("amount", "number") else guarded(text)


def _write_json(stream: IO[bytes], about: Provenance, rows: Iterable[Row]) -> None:
    """Write one JSON object: the mark, then `records`, then `count`. A fact that cannot be told is left out."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="\n", write_through=True)
    text.write(json.dumps(about.mark, ensure_ascii=False)[:-1] + ', "records": [')
    count = 0
    for key, values in rows:
        told = zip(about.columns, values, strict=True)
        record = {KEY: key} | {column.field.name: _plain(value) for column, value in told if not isinstance(value, Untold)}
        text.write((",\n" if count else "\n") + json.dumps(record, ensure_ascii=False))
        count += 1
    text.write(f'\n], "count": {count}}}\n')
    text.detach()


def _plain(value: Any) -> Any:
    """Return the value for a program: a choice as it is stored, an amount as decimal text, a date with its precision."""
    if isinstance(value, Decimal):
        return units.text(value)
    return value if value is None or isinstance(value, bool | int) else str(value)


def _write_geojson(stream: IO[bytes], about: Provenance, rows: Iterable[Row]) -> None:
    """Write a FeatureCollection (RFC 7946) with every geometry as it is stored.

    Its datum, and the mark by which it is read again, are members that other readers pass over. The properties repeat
    the datum and what was known: a reader that passes over the members keeps them.
    """
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="\n", write_through=True)
    place = [column.field.name for column in about.columns].index(geometry_of(about.register))
    head = {
        "type": "FeatureCollection", "name": about.title, "datum": DATUM,
        "kaifaqu": {**about.mark, "geometry": geometry_of(about.register)}}
    known = f"#{about.known}" if about.known else f"{about.made:%Y-%m-%d}"
    text.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [')
    for count, (key, values) in enumerate(rows):
        told = [(column, value) for column, value in zip(about.columns, values, strict=True) if not isinstance(value, Untold)]
        properties = {KEY: key} | {column.field.name: _number(value) for column, value in told if column is not about.columns[place]}
        properties |= {"known": known, "datum": DATUM}
        text.write((",\n" if count else "\n") + f'{{"type": "Feature", "properties": {json.dumps(properties, ensure_ascii=False)}, ')
        text.write(f'"geometry": {values[place] or "null"}}}')
    text.write("\n]}\n")
    text.detach()


def _number(value: Any) -> Any:
    """Return the value for a map: an amount as a number, where no digit is lost by that."""
    number = float(value) if isinstance(value, Decimal) else None
    return _plain(value) if number is None or Decimal(repr(number)) != value else number


def _write_parquet(stream: IO[bytes], about: Provenance, rows: Iterable[Row]) -> None:
    """Write Parquet: amounts as decimals of their field's scale, partial dates as text, the mark in the file's metadata."""
    import pyarrow  # a third of a second that no other format needs
    from pyarrow import parquet

    types = [_arrow_type(pyarrow, column) for column in about.columns]
    fields = [
        pyarrow.field(column.field.name, of, metadata={"heading": column.heading})
        for column, of in zip(about.columns, types, strict=True)
    ]
    schema = pyarrow.schema([pyarrow.field(KEY, pyarrow.string()), *fields])
    count, exact = 0, {place for place, of in enumerate(types) if not pyarrow.types.is_string(of)}
    with parquet.ParquetWriter(stream, schema) as writer:
        for batch in _batches(rows):
            told = [[value if place in exact else _plain(value) for value in down]
                    for place, down in enumerate(zip(*(values for _key, values in batch), strict=True))]
            arrays = [pyarrow.array(down, of) for down, of in zip(told, types, strict=True)]
            writer.write_batch(pyarrow.record_batch([pyarrow.array([key for key, _values in batch]), *arrays], schema=schema))
            count += len(batch)
        writer.add_key_value_metadata({"kaifaqu": json.dumps({**about.mark, "count": count}, ensure_ascii=False)})


def _arrow_type(pyarrow: Any, column: Column) -> Any:
    field = column.field
    if isinstance(field, ExactField):
        return pyarrow.decimal128(AMOUNT_DIGITS, field.scale)
    kinds = {models.BooleanField: pyarrow.bool_(), models.IntegerField: pyarrow.int64(), models.DateTimeField: pyarrow.string()}
    kinds |= {models.DateField: pyarrow.date32()}
    return next((arrow for kind, arrow in kinds.items() if isinstance(field, kind)), pyarrow.string())


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == PIECE:
            yield batch
            batch = []
    if batch:
        yield batch


def _write_xlsx(stream: IO[bytes], about: Provenance, rows: Iterable[Row]) -> None:
    """Write a workbook: the records, a sheet 口径 that says what they are, and the hidden mark."""
    with Workbook(stream, about) as book:
        for key, values in rows:
            book.row(key, values)
        book.records.autofilter(0, 0, max(book.count, 1), len(about.columns))
        lines = [*about.lines(book.count), ("", ""), (_("栏目"), _("说明"))]
        told = [(column.heading, _said(column)) for column in about.columns]
        book.page(_("口径"), [*lines, *told], (24, 80), {len(lines) - 1})


def _said(column: Column) -> str:
    """Return what people should know of the column: its unit, its note, that it is only read."""
    told = [_("单位：{unit}").format(unit=column.unit) if column.unit else "", str(column.field.help_text)]
    told += [_("由其他栏目得出，导入时不读") if column.derived else ""]
    return "；".join(text for text in told if text)


FORMATS = {
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _write_xlsx),
    "csv": Format("text/csv; charset=utf-8", _write_csv),
    "json": Format("application/json", _write_json),
    "parquet": Format("application/vnd.apache.parquet", _write_parquet),
}
GEOJSON = Format("application/geo+json", _write_geojson)


def formats_of(register: type[Record]) -> dict[str, Format]:
    """Return the formats in which the register goes out: GeoJSON where its records lie somewhere."""
    return {**FORMATS, "geojson": GEOJSON} if geometry_of(register) else FORMATS
