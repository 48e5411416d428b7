"""JUnit XML as test dashboards read it."""

from xml.etree import ElementTree

import pytest

from packtool.errors import Complaint
from packtool.report.junit import junit_xml
from packtool.report.records import Checked
from packtool.rules.records import Finding, Verdict

BROKEN = Finding(
    "thermal.cell-max", "error", False, "cell <R1> & \x07 too warm", 46.1, 0.2, 45.0, "degC", "", "d.yaml", 9, 3, "R1C01", "1C"
)
HOLDS = Finding("coolant.rise", "error", True, "coolant rise", 3.0, None, 5.0, "K")
WARNING = Finding("geometry.rib", "warning", False, "least rib", 2.4, None, 3.0, "mm")
DESIGNS = [
    Checked("d.yaml", "d", Verdict((BROKEN, HOLDS, WARNING), {"geometry.mass": "no limit"})),
    Checked("e.yaml", "", None, (Complaint("e.yaml", 2, 1, "cell", "unknown"),)),
]


@pytest.fixture
def suites():
    return ElementTree.fromstring(junit_xml(DESIGNS).encode()).findall("testsuite")


def test_one_suite_a_design_with_its_counts(suites):
    counts = [{key: suite.get(key) for key in ("name", "tests", "failures", "errors", "skipped")} for suite in suites]
    assert counts == [
        {"name": "d", "tests": "4", "failures": "1", "errors": "0", "skipped": "1"},
        {"name": "e.yaml", "tests": "1", "failures": "0", "errors": "1", "skipped": "0"},
    ]
    assert [len(suite.findall("testcase")) for suite in suites] == [4, 1]


def test_a_failing_error_is_a_failure_with_its_numbers_and_place(suites):
    (failure,) = suites[0].iter("failure")
    said = (
        "1C, R1C01: cell <R1> & \ufffd too warm: 46.1 ± 0.2 degC, limit 45 degC"  # XML 1.0 has no way to write the bell character
    )
    assert (failure.get("message"), failure.text) == (said, f"d.yaml:9: {said}")
    assert suites[0].find("testcase").get("name") == "thermal.cell-max (1C, R1C01)"


def test_every_test_case_has_a_name_of_its_own():
    sizes = [Finding("geometry.envelope", "error", True, f"size in {axis}", 1.0, None, 2.0, "mm") for axis in "xyy"]
    root = ElementTree.fromstring(junit_xml([Checked("d.yaml", "d", Verdict((*sizes, HOLDS), {}))]).encode())
    assert [case.get("name") for case in root.iter("testcase")] == [
        "geometry.envelope: size in x",
        "geometry.envelope: size in y",
        "geometry.envelope: size in y #2",
        "coolant.rise",
    ]


def test_a_warning_passes_and_is_said_in_the_output(suites):
    assert suites[0].findtext("system-out") == "warning: geometry.rib: least rib: 2.4 mm, limit 3 mm"


def test_what_was_not_checked_is_skipped_with_its_reason(suites):
    (skipped,) = suites[0].iter("skipped")
    assert skipped.get("message") == "no limit"


def test_a_wrong_file_is_an_error(suites):
    (error,) = suites[1].iter("error")
    assert (error.get("message"), error.text) == ("unknown", "e.yaml:2:1: cell: unknown")


def test_the_shape_that_the_ant_schema_asks_for(suites):
    """JUnit.xsd (Ant): required attributes, and children in this order; a test case holds at most one outcome."""
    for number, suite in enumerate(suites):
        required = {"package", "id", "name", "timestamp", "hostname", "tests", "failures", "errors", "time"}
        assert required <= set(suite.attrib)
        assert suite.get("id") == str(number)
        tags = [child.tag for child in suite]
        assert tags[0] == "properties"
        assert tags[-2:] == ["system-out", "system-err"]
        assert set(tags[1:-2]) == {"testcase"}
        for case in suite.findall("testcase"):
            assert set(case.attrib) == {"name", "classname", "time"}
            assert len(case) <= 1


def test_the_same_verdict_gives_the_same_bytes():
    assert junit_xml(DESIGNS) == junit_xml(DESIGNS)
    assert 'timestamp="2025-01-31T12:00:00"' in junit_xml(DESIGNS, "2025-01-31T12:00:00")
