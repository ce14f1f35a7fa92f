"""The dated rule of the overview: which figures a zone shows there, of which period, against which target."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import indicators
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.indicators import Definition, Given
from kaifaqu.pages import domains
from kaifaqu.reporting.calls import PERIODS
from kaifaqu.shapes import Choice, Rows, Shape, Whole, Word

TODAY = "今天"  # for how things stand now
MOST = 24  # figures: what one page of paper holds


class Catalogue(Mapping[str, str | Promise]):
    """The definitions of a kind with their names: any may stand in a rule, those of domains that are on are offered."""

    def __init__(self, kind: type[Definition]):
        self.kind = kind

    @cached_property
    def _labels(self) -> dict[str, str | Promise]:
        return {code: each.label for code, each in indicators.catalogue().items() if isinstance(each, self.kind)}

    def __getitem__(self, code: str) -> str | Promise:
        return self._labels[code]

    def __iter__(self) -> Iterator[str]:
        shown = domains.catalogue()
        return (code for code in self._labels if code in shown)

    def __len__(self) -> int:
        return sum(1 for _code in self)


def few(content: Any) -> Iterator[str]:
    """Yield a sentence where there are more figures than one sheet of paper holds."""
    if len(content["figures"]) > MOST:
        yield _t("总览最多 {most} 个指标，现有 {count} 个。").format(most=MOST, count=len(content["figures"]))


FIGURES = RuleKind("overview.figures", _("总览指标"), Path(__file__).parent / "data" / "overview.json", Shape((
    Rows(path="figures", label=_("指标"), title="figure", entry=Shape((
        Word(path="group", label=_("组"), help=_("写在同一个标题下的，组名相同。"), told="{value}"),
        Choice(path="figure", label=_("指标"), choices=Catalogue(Definition), told="{value}"),
        Choice(path="period", label=_("期间"), choices={word: word for word in (TODAY, *PERIODS)}, told="{value}"),
        Choice(path="target", label=_("全年目标"), choices=Catalogue(Given), optional=True),
    ))),
    Whole(path="red_below", label=_("红灯"), unit="%", most=100, help=_("低于按日子应到的百分之几为红灯；不低于它、还没有到的为黄灯。"),
          told=_("低于按日子应到的 {value}为红灯")),
), also=few))
