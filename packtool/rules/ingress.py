"""The enclosure keeps water out when immersed: IPX7 or IPX8."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.rules.compare import stated
from packtool.rules.records import Evidence, Finding, NotChecked, Rule

IMMERSION = ("7", "8")
"""Second characteristic numerals that stand for immersion; 9 is jets of hot water, which IEC 60529 does not count as immersion (remembered): a
rating of IPX9 alone is not IPX7 (an enclosure that holds both is marked with both)."""


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    rating = evidence.loaded.design.enclosure.ip_rating
    if rating is None:
        raise NotChecked("enclosure.ip_rating is not given")
    holds = rating.removesuffix("K")[-1] in IMMERSION
    yield stated(evidence, RULE.id, "warning", holds, f"declared {rating}, asked IPX7", "enclosure.ip_rating")


RULE = Rule(
    id="enclosure.ingress",
    subject="data",
    asks="The enclosure keeps water out when immersed: IPX7 or IPX8.",
    needs_solve=False,
    source="AIS-156 clause 6.1.1 with IEC 60529: tested to IPX7 at full charge",
    check=check,
    default=None,
    unit="",
)
