"""What is asked besides about a file with shapes that comes in: their datum, and whose the only one is."""

import io
import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaifaqu.pages.importing import HandIn, hand_ins
from kaifaqu.registers.places import datums
from kaifaqu.sheets.guarding import weigh

LARGEST = 2 * 2**20  # bytes of a file of one shape


class HandInShapes(HandIn):
    """A table of places, or a file of their shapes."""

    datum = forms.ChoiceField(
        choices=[("", gettext_lazy("（没有图形）")), *datums.LABELS.items()], required=False, label=gettext_lazy("图形的坐标基准"),
        help_text=gettext_lazy("上传 GeoJSON 时必须说明；坐标须为经纬度，以度为单位"))
    place = forms.CharField(
        required=False, max_length=40, label=gettext_lazy("属于哪一处"),
        help_text=gettext_lazy("文件里只有一个图形、没有编号和名称时，填它的编号"))
    field_order = ("owner", "file", "datum", "place", "pasted", "reason")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _("{known}；图形用 .geojson").format(known=self.fields["file"].help_text)

    def clean(self) -> dict[str, Any]:
        """Demand the datum of shapes, refuse one that is not taken, and write down the one that is."""
        told = super().clean()
        file, datum = told.get("file"), told.get("datum", "")
        if datum or file and datums.is_asked(file.name, file.read(datums.START)):
            try:
                datums.check(datum)
            except ValidationError as refusal:
                self.add_error("datum", refusal)
            told["reason"] = datums.noted(told.get("reason", ""), datum)
        if file:
            file.seek(0)
            if place := told.get("place", "").strip():
                told["file"] = self._named(file, place)
        return told

    def _named(self, file: Any, place: str) -> Any:
        """Return the file of one shape with the code of the place in it, as a file of one feature."""
        try:
            weigh(file.name, file.size)
            shape = json.loads(file.read(LARGEST))
            shape = shape["features"][0] if len(shape.get("features", ())) == 1 else shape
            feature = shape if shape["type"] == "Feature" else {"type": "Feature", "geometry": shape}
            if feature["geometry"]["type"] not in ("Polygon", "MultiPolygon"):
                raise ValueError
            feature["properties"] = {"code": place}
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self.add_error("place", _("文件里不是只有一个图形。请空着，在制图软件里给每个图形加上 code（编号）或 name（名称）属性。"))
            return file
        named = io.BytesIO(json.dumps(feature).encode())
        named.name = file.name
        return named


hand_ins |= dict.fromkeys(("zones", "parks", "parcels"), HandInShapes)
