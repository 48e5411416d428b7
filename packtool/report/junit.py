"""The verdict as JUnit XML: one test suite a design, one test case a finding.

Written so that both schemas in circulation accept it: the Ant one (every attribute present, system-out and system-err in the suite
only) and Jenkins' junit-10.xsd.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from packtool.report.finding_words import place, sentence, subject
from packtool.report.records import Checked
from packtool.rules.records import Finding

NO_TIME = "1970-01-01T00:00:00"
"""The schema asks for a time stamp; the file is the same for the same verdict, so it is the start of the Unix epoch unless one is given."""

NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold: all but section 2.2, production Char. (Listed, not negated: `re` takes forty times as long to compile that.)"""


def _clean(text: str) -> str:
    return NOT_XML.sub("\ufffd", text)


def _titles(findings: Sequence[Finding]) -> list[str]:
    """A name of its own for every finding, because dashboards join test cases of one name: with its message, then a number, where need be."""
    names = [f"{f.rule} ({subject(f)})" if subject(f) else f.rule for f in findings]
    repeated = {name for name in names if names.count(name) > 1}
    names = [f"{name}: {f.message}" if name in repeated else name for name, f in zip(names, findings, strict=True)]
    seen: dict[str, int] = {}
    titles = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        titles.append(f"{name} #{seen[name]}" if seen[name] > 1 else name)
    return titles


def _case(suite: ElementTree.Element, classname: str, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", {"name": _clean(name), "classname": _clean(classname), "time": "0"})


def _suite(checked: Checked, number: int, timestamp: str) -> ElementTree.Element:
    findings = checked.verdict.findings if checked.verdict else ()
    not_checked = dict(checked.verdict.not_checked) if checked.verdict else {}
    failures = [finding for finding in findings if finding.severity == "error" and not finding.holds]
    name = _clean(checked.name or checked.file)
    suite = ElementTree.Element(
        "testsuite",
        {
            "name": name,
            "id": str(number),
            "package": "packtool",
            "hostname": "localhost",
            "timestamp": timestamp,
            "tests": str(len(findings) + len(not_checked) + len(checked.complaints)),
            "failures": str(len(failures)),
            "errors": str(len(checked.complaints)),
            "skipped": str(len(not_checked)),
            "time": "0",
        },
    )
    properties = ElementTree.SubElement(suite, "properties")
    ElementTree.SubElement(properties, "property", {"name": "file", "value": _clean(checked.file)})
    remarks = []
    for complaint in checked.complaints:
        case = _case(suite, name, f"design.valid {complaint.key}".rstrip())
        error = ElementTree.SubElement(case, "error", {"message": _clean(complaint.message), "type": "design"})
        error.text = _clean(str(complaint))
    for finding, title in zip(findings, _titles(findings), strict=True):
        case = _case(suite, name, title)
        if finding in failures:
            failure = ElementTree.SubElement(case, "failure", {"message": _clean(sentence(finding)), "type": finding.rule})
            failure.text = _clean(f"{place(finding)}: {sentence(finding)}" if finding.file else sentence(finding))
        elif not finding.holds:
            remarks.append(f"{finding.severity}: {finding.rule}: {sentence(finding)}")
    for rule, reason in not_checked.items():
        skipped = ElementTree.SubElement(_case(suite, name, rule), "skipped")
        skipped.set("message", _clean(reason))
    ElementTree.SubElement(suite, "system-out").text = _clean("\n".join(remarks))
    ElementTree.SubElement(suite, "system-err").text = _clean("\n".join(map(str, checked.complaints)))
    return suite


def junit_xml(designs: Sequence[Checked], timestamp: str = NO_TIME) -> str:
    """JUnit XML: a failing error is a failure, a rule that was not checked is skipped, a complaint about the file is an error.

    JUnit knows no warnings: a warning or note that does not hold passes as a test case and stands in the suite's system-out.
    ``timestamp`` is an ISO time without zone (``2025-01-31T12:00:00``).
    """
    root = ElementTree.Element("testsuites")
    root.extend(_suite(checked, number, timestamp) for number, checked in enumerate(designs))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'
