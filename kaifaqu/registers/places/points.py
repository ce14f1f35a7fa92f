"""Points: where something was seen or stands, as GeoJSON, longitude before latitude, in degrees (RFC 7946)."""

import json
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from kaifaqu.registers.places.boundaries import BROKEN, check_degrees, spelt

TYPED = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*[,，\s]\s*(-?\d+(?:\.\d+)?)\s*", re.ASCII)


class PointField(models.TextField):
    """A Point as GeoJSON text; a longitude and a latitude, "110.98, 35.58", are made one. CGCS2000 or WGS 84, never GCJ-02."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.validators.append(check_point)

    def deconstruct(self) -> Any:
        """Return the field as migrations have it: for a database it is text."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def to_python(self, value: Any) -> Any:
        """Return the point as it is kept; what is none, as it is, for the validator to refuse."""
        text = super().to_python(value)
        if text and (typed := TYPED.fullmatch(text)):
            text = f'{{"type": "Point", "coordinates": [{typed[1]}, {typed[2]}]}}'
        try:
            return json.dumps({"type": "Point", "coordinates": [*_numbers(text)]}) if text else text
        except BROKEN:
            return text

    def summary(self, text: str) -> str:
        """Return the point as people are told it."""
        return spelt(*point) if (point := position_of(text)) else text[:100]


def position_of(text: str) -> tuple[float, float] | None:
    """Return longitude and latitude of a point; of what is none, None."""
    try:
        longitude, latitude = _numbers(text)[:2]
        return float(longitude), float(latitude)
    except BROKEN:
        return None


def check_point(text: str) -> None:
    """Raise ValidationError with a sentence for whatever is no point on the globe."""
    if (position := position_of(text)) is None:
        raise ValidationError(_("不是一个点：请写成「经度, 纬度」，如 110.98, 35.58，或 GeoJSON 的 Point。"))
    check_degrees([position])


def _numbers(text: str) -> list[Any]:
    told = json.loads(text)
    coordinates = told["coordinates"]
    if told["type"] != "Point" or not 2 <= len(coordinates) <= 3 or not all(type(each) in (int, float) for each in coordinates):
        raise ValueError(text)
    return list(coordinates)
