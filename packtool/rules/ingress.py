"""The enclosure keeps water out: IPX7 or better."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import stated
from packtool.rules.records import Evidence, Finding, NotChecked, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    rating = evidence.loaded.design.enclosure.ip_rating
    if rating is None:
        raise NotChecked("enclosure.ip_rating is not given")
    water = rating.removesuffix("K")[-1]
    holds = water.isdigit() and int(water) >= 7
    yield stated(evidence, RULE.id, "warning", holds, f"declared {rating}, asked IPX7", "enclosure.ip_rating")


RULE = Rule(
    id="enclosure.ingress",
    subject="data",
    asks="The enclosure keeps water out: IPX7 or better.",
    needs_solve=False,
    source="AIS-156 clause 6.1.1 with IEC 60529: tested to IPX7 at full charge",
    check=check,
    default=None,
    unit="",
)
