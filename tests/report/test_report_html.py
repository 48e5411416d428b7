"""report.html: one file that opens offline, and in which nothing that a user wrote can do harm."""

import dataclasses
import html
import re
from html.parser import HTMLParser

import pytest

from packtool.catalogue.records import Source
from packtool.report.html import report_html
from packtool.report.page import results_table
from packtool.report.part_tables import bars_table
from packtool.report.records import Picture, UsedFigure
from packtool.results import Result, ResultSet
from packtool.rules.records import Finding, Verdict

pytestmark = pytest.mark.picture  # draws the coolant's curves with matplotlib

PNG = b"\x89PNG\r\n\x1a\nnot really"
HOSTILE = '"><script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>'
LOADING = {"src", "srcset", "poster", "data", "background", "action", "formaction", "xlink:href"}
VOID = {"meta", "link", "img", "br", "hr", "input", "area", "base", "col", "embed", "source", "track", "wbr"}


class Page(HTMLParser):
    """Tags with their attributes, text, and whether every tag was closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.misnested, self.texts = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.misnested.append(tag)

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return re.sub(r"[ \n]+", " ", " ".join(self.texts))


@pytest.fixture(scope="module")
def pictured(summary):
    return dataclasses.replace(
        summary, pictures=(Picture("pack", "The pack.", PNG), Picture("t", "Temperatures.", PNG, summary.cases[0]))
    )


@pytest.fixture(scope="module")
def source(pictured):
    return report_html(pictured)


@pytest.fixture(scope="module")
def opened(source):
    return Page(source)


def test_every_tag_is_closed_in_its_place(opened):
    assert (opened.open, opened.misnested) == ([], [])


def test_nothing_is_loaded_from_anywhere(opened, source):
    loads = [(tag, key, value) for tag, attributes in opened.tags for key, value in attributes.items() if key in LOADING]
    assert all(value.startswith(("data:image/png;base64,", "#")) for _, _, value in loads), loads
    assert not [tag for tag, _ in opened.tags if tag in ("link", "script", "iframe", "object", "embed", "base")]
    style = "".join(re.findall(r"<style>(.*?)</style>", source, re.DOTALL))
    assert "url(" not in style
    assert "@import" not in style
    assert all(value.startswith("#") for value in re.findall(r"url\(([^)]*)\)", source))  # gradients and clip paths of the page
    policy = [a["content"] for tag, a in opened.tags if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; img-src data:; style-src 'unsafe-inline'"]


def test_the_verdict_comes_first_and_in_words(opened):
    assert opened.text.index("PASS 6 rules hold, 1 warning, 2 not checked") < opened.text.index("Key numbers")


def test_what_does_not_hold_is_listed_before_what_holds(opened):
    words = [text for text in opened.texts if text in ("warns", "holds")]
    assert words == ["warns", *["holds"] * 6]


def test_a_failing_run_says_fail_and_marks_its_line(summary):
    broken = Finding(
        "thermal.cell-max", "error", False, "too warm", 46.1, 0.2, 45.0, "degC", "", summary.file, 33, 3, None, summary.cases[0]
    )
    page = Page(report_html(dataclasses.replace(summary, verdict=Verdict((broken,), {}))))
    assert "FAIL 1 rule fails" in page.text
    assert ("li", {"id": "L33", "class": "hit"}) in page.tags
    assert ("a", {"href": "#L33"}) in page.tags


@pytest.mark.parametrize(
    "words",
    [
        "36.42 ± 0.21 °C",  # value with its error
        "limit 45 °C",  # beside the number that it limits
        "38.3 kWh",
        "11.8 ± 0.4 kPa",
        "steady, 176 A, charge",
        "limits.pack_mass_kg is not given",  # not checked
        "Tray and lid are not meshed",  # left out
        "literature default",  # standing
        "from the ambient through the lid",  # heat balance
        "118\u202f272",  # elements
        "9 m city bus",  # description and design text
        "dolfinx",
    ],
)
def test_it_holds_what_an_engineer_looks_for(opened, words):
    assert words in opened.text


def test_every_cell_is_in_the_table_and_on_the_map(opened, layout):
    for cell in layout.parts_of("cell"):
        assert opened.texts.count(cell.name) >= 2


def test_pictures_are_inlined_with_a_text_for_who_cannot_see_them(opened):
    pictures = [attributes for tag, attributes in opened.tags if tag == "img"]
    assert [p["alt"] for p in pictures] == ["The pack.", "Temperatures."]
    assert all(p["src"].startswith("data:image/png;base64,iVBORw0KGgpub3Q") for p in pictures)


def test_only_sources_that_are_cited_are_listed(opened, summary):
    assert {source.what for source in summary.sources.values()} == {
        "TUM cell database",
        "Nippon Light Metal, basic data",
        "nobody cites this",
    }
    assert "TUM cell database" in opened.text
    assert "nobody cites this" not in opened.text


def test_ids_are_unique(opened):
    ids = [attributes["id"] for _, attributes in opened.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_text_of_the_user_stays_text(summary, loaded):
    design = loaded.design.model_copy(update={"description": HOSTILE, "name": HOSTILE})
    hostile = dataclasses.replace(
        summary,
        loaded=dataclasses.replace(loaded, design=design, file=HOSTILE, cell=loaded.cell.model_copy(update={"name": HOSTILE})),
        layout=dataclasses.replace(summary.layout, cell=loaded.cell.model_copy(update={"name": HOSTILE})),
        design_text=HOSTILE,
        notes=(HOSTILE,),
        left_out=(HOSTILE,),
        verdict=Verdict(
            (Finding(HOSTILE, "error", False, HOSTILE, part=HOSTILE, case=HOSTILE, file=HOSTILE, line=1),), {HOSTILE: HOSTILE}
        ),
        pictures=(Picture(HOSTILE, HOSTILE, PNG),),
        figures=(UsedFigure(HOSTILE, HOSTILE, "1", "W", "derived", (HOSTILE,), HOSTILE),),
        sources={HOSTILE: Source(what=HOSTILE, url="javascript:alert(1)")},
        versions={HOSTILE: HOSTILE},
    )
    text = report_html(hostile)
    page = Page(text)
    assert "script" not in {tag for tag, _ in page.tags}
    assert [a["src"][:22] for tag, a in page.tags if tag == "img"] == ["data:image/png;base64,"]
    assert not any(key.startswith("on") for _, attributes in page.tags for key in attributes)
    assert all(a["href"].startswith("#") for tag, a in page.tags if tag == "a")
    assert text.count(html.escape(HOSTILE, quote=True).replace("&quot;", "&#34;")) >= 12
    assert HOSTILE not in text


def test_a_hostile_cell_name_stays_text_on_the_map(summary, layout):
    name = "R1C01<script>"
    parts = tuple(dataclasses.replace(part, name=name) if part.name == "R1C01" else part for part in layout.parts)
    renamed = dataclasses.replace(summary, layout=dataclasses.replace(layout, parts=parts))
    assert "script" not in {tag for tag, _ in Page(report_html(renamed)).tags}


def test_a_run_without_solve_or_pictures_still_reports(summary):
    bare = dataclasses.replace(summary, cases=(), coolant={}, heat={}, solver={}, figures=(), sources={}, stages=(), design_text="")
    bare = dataclasses.replace(bare, results=ResultSet(), mesh={}, cad={}, versions={})
    page = Page(report_html(bare))
    assert (page.open, page.misnested) == ([], [])
    for heading in ("Case charge_1C", "Key numbers", "How it was computed", "Every result", "The design"):
        assert heading not in page.text


def test_the_same_run_gives_the_same_bytes(pictured, source):
    assert report_html(pictured) == source


def test_flows_between_parts_run_from_the_giver_the_largest_first():
    from packtool.report.page import flows_table
    from packtool.results import Result

    rows = [Result("heat.flow[cell>heater]", -299.0, "W", case="a"), Result("heat.flow[cold_plate>coolant]", 528.0, "W", case="a")]
    table = flows_table([*rows, Result("heat.flow[cell>pad]", 1.0, "W", case="b")], "a")
    assert table.rows == (("cold plate", "coolant", "528.0"), ("heater", "cell", "299.0"))
    assert flows_table(rows, "b") is None


def test_every_busbar_is_in_a_table_of_its_own_and_not_among_all_results(summary, layout):
    (joint,) = layout.joints
    rows = [
        Result(f"busbar.resistance[{joint.part}]", 8.66, "uOhm", error=0.2, region=joint.part, case="charge_1C"),
        Result(f"temperature.busbar.max[{joint.part}]", 31.2, "degC", error=0.1, region=joint.part, case="charge_1C"),
    ]
    told = dataclasses.replace(summary, results=ResultSet([*summary.results, *rows]))
    table = bars_table(told, "charge_1C")
    assert table.heads == ("busbar", "kind", "resistance [µΩ]", "hottest place [°C]")
    ((name, _, *values),) = table.rows
    assert (name, values) == (joint.part, ["8.7 ± 0.2", "31.2 ± 0.1"])
    assert not [row for row in results_table(told).rows if joint.part in row[0]]
    assert "Every busbar (1)" in Page(report_html(told)).text
