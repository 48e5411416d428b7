"""The verdict as JUnit XML: one test suite a design, one test case a finding.

Written so that both schemas in circulation accept it: the Ant one (every attribute present, system-out and system-err in the suite
only) and Jenkins' junit-10.xsd.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from packtool.report.counts import place, subject
from packtool.report.quantity import quantity
from packtool.report.records import Checked
from packtool.rules.records import Finding

NO_TIME = "1970-01-01T00:00:00"
"""The schema asks for a time stamp; the file is the same for the same verdict, so it is the start of the Unix epoch unless one is given."""

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold (section 2.2, production Char)."""


def _clean(text: str) -> str:
    return NOT_XML.sub("\ufffd", text)


def _details(finding: Finding) -> str:
    numbers = quantity(finding.value, finding.error, finding.unit)
    limit = quantity(finding.limit, None, finding.unit)
    lines = [finding.message]
    lines += [f"value: {numbers}"] if numbers else []
    lines += [f"limit: {limit}"] if limit else []
    lines += [f"at: {place(finding)}"] if finding.file else []
    return "\n".join(lines)


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
    for finding in findings:
        of = subject(finding)
        case = _case(suite, name, f"{finding.rule} ({of})" if of else finding.rule)
        if finding in failures:
            failure = ElementTree.SubElement(case, "failure", {"message": _clean(finding.message), "type": finding.rule})
            failure.text = _clean(_details(finding))
        elif not finding.holds:
            remarks.append(f"{finding.severity}: {finding.rule}: {finding.message}")
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
