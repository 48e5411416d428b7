"""The pack fits the envelope of limits.envelope_mm."""

from __future__ import annotations

from collections.abc import Iterable

from packtool.layout.properties import envelope_mm
from packtool.rules.compare import Limit, at_most
from packtool.rules.records import Evidence, Finding, NotChecked, Rule


def check(evidence: Evidence) -> Iterable[Finding]:
    """See RULE.asks."""
    wanted = evidence.loaded.design.limits.envelope_mm
    if wanted is None:
        raise NotChecked("limits.envelope_mm is not given")
    sizes = envelope_mm(evidence.layout, evidence.weighed)
    reaching = evidence.weighed.reaching if evidence.weighed and evidence.layout.imported else ()
    for index, (axis, size, limit) in enumerate(zip("xyz", sizes, wanted, strict=True)):
        what, part = f"size in {axis}", None
        if reaching and size > limit:
            part = " – ".join(dict.fromkeys(reaching[index]))
            what += f", {size - limit:.4g} mm too much, from the one to the other part"
        yield at_most(evidence, RULE.id, what, size, Limit(limit, f"limits.envelope_mm.{index}", "error"), "mm", part=part)


RULE = Rule(
    id="geometry.envelope",
    subject="geometry",
    asks="The pack fits the envelope of limits.envelope_mm.",
    needs_solve=False,
    source="the design",
    check=check,
    default=None,
    unit="mm",
)
