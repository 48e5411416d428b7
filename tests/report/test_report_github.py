"""GitHub workflow commands: annotations on the design file."""

from packtool.errors import Complaint
from packtool.report.formats import FORMATS, rendered
from packtool.report.github import workflow_commands
from packtool.report.records import Checked
from packtool.rules.records import Finding, Verdict


def test_what_does_not_hold_is_annotated_and_what_holds_is_not():
    broken = Finding("thermal.cell-max", "error", False, "too warm", file="d.yaml", line=9, column=3, case="1C")
    rib = Finding("geometry.rib", "warning", False, "least rib", file="d.yaml", line=4)
    note = Finding("data.cell", "note", False, "derived")
    holds = Finding("coolant.rise", "error", True, "coolant rise", file="d.yaml", line=5)
    assert workflow_commands([Checked("d.yaml", "d", Verdict((broken, rib, note, holds), {}))]) == (
        "::error file=d.yaml,line=9,col=3,title=thermal.cell-max::1C: too warm\n"
        "::warning file=d.yaml,line=4,title=geometry.rib::least rib\n"
        "::notice title=data.cell::derived\n"
        "::notice file=d.yaml,title=packtool d::verdict: fail: 1 rule fails, 1 rule holds, 1 warning, 1 note\n"
    )


def test_nothing_in_a_message_or_a_name_can_end_the_command():
    complaint = Complaint("a,b:c%.yaml", 2, 1, "cell", "50 % off\r\n::error::injected")
    assert workflow_commands([Checked("a,b:c%.yaml", "", None, (complaint,))]) == (
        "::error file=a%2Cb%3Ac%25.yaml,line=2,col=1,title=design.valid::cell: 50 %25 off%0D%0A::error::injected\n"
    )


def test_every_format_that_is_offered_renders(summary):
    texts = {form: rendered(form, [summary.checked]) for form in FORMATS}
    assert all(text.endswith("\n") for text in texts.values())
    assert len(set(texts.values())) == len(FORMATS)
