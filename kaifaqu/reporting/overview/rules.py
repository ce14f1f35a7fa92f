"""The dated rule of the overview: which figures a zone shows there, of which period, against which target."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.clocks.contents import Content, is_word, unknown
from kaifaqu.kernel import indicators
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.reporting.calls import PERIODS

MOST = 24  # figures: what one page of paper holds


def problems(content: Any) -> Iterator[str]:
    """Yield a sentence for everything that is wrong with a choice of figures."""
    if not isinstance(content, dict) or not isinstance(content.get("groups"), list):
        yield _t('内容请写成 {"red_below": 80, "groups": [{"title": "…", "figures": [{"figure": "指标代码", "period": "累计"}]}]}。')
        return
    yield from unknown(content, {"red_below", "groups"}, _t("总览"))
    if type(content.get("red_below")) is not int or not 0 <= content["red_below"] <= 100:
        yield _t("「red_below」（低于序时进度的百分之几为红灯）请写 0 至 100 的整数。")
    count = 0
    for place, group in enumerate(content["groups"], 1):
        if not isinstance(group, dict) or not is_word(group.get("title")) or not isinstance(group.get("figures"), list):
            yield _t("第 {place} 组请写明「title」（组名）和「figures」（指标）。").format(place=place)
            continue
        count += len(group["figures"])
        for figure in group["figures"]:
            yield from _wrong(figure, group["title"])
    if count > MOST:
        yield _t("总览最多 {most} 个指标，现有 {count} 个。").format(most=MOST, count=count)


def _wrong(figure: Any, title: str) -> Iterator[str]:
    """Yield what is wrong with one figure of a group."""
    if not isinstance(figure, dict):
        yield _t("「{title}」里每个指标请写成 {example}。").format(title=title, example='{"figure": "指标代码", "period": "累计"}')
        return
    yield from unknown(figure, {"figure", "period", "target"}, f"「{title}」")
    for name in ("figure", "target"):
        if name == "figure" or name in figure:
            try:
                indicators.find(str(figure.get(name, "")))
            except LookupError as problem:
                yield str(problem.args[0])
    if figure.get("period") not in PERIODS:
        yield _t("「{title}」里的期间可写：{periods}。").format(title=title, periods="、".join(PERIODS))


def told(content: Any) -> str:
    """Return a choice of figures in words."""
    catalogue = indicators.catalogue()
    groups = (f"{group['title']}：" + "、".join(str(catalogue[each["figure"]].label) for each in group["figures"])
              for group in content["groups"])
    return _t("{groups}；低于序时进度的 {red_below}% 为红灯").format(groups="；".join(groups), red_below=content["red_below"])


FIGURES = RuleKind("overview.figures", _("总览指标"), Path(__file__).parent / "data" / "overview.json", Content(problems, told))
