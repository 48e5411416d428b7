"""Every figure that the run used is listed with how sure it is."""

from packtool.report.records import UsedFigure
from packtool.report.standing import figures_used, standing_line


def test_cell_materials_and_coolants_are_all_listed(loaded):
    listed = figures_used(loaded)
    assert {figure.of for figure in listed} == {loaded.cell.name, "meg50", *loaded.materials}
    by_name = {(figure.of, figure.name): figure for figure in listed}
    heat_capacity = by_name[loaded.cell.name, "specific heat capacity"]
    assert (heat_capacity.value, heat_capacity.unit, heat_capacity.standing) == ("1040", "J/kgK", "literature default")
    resistance = by_name[loaded.cell.name, "dc resistance"]
    assert (resistance.value, resistance.standing) == ("0.41 to 1.9", "derived")
    assert "3 points, 0 to 45 °C" in resistance.note


def test_an_unknown_figure_is_not_listed(loaded):
    assert loaded.cell.v_max is None
    assert not any(figure.name == "highest voltage" for figure in figures_used(loaded))


def test_the_sentence_counts_what_is_not_sure():
    figures = [
        UsedFigure("a", n, "1", "", s) for n, s in (("x", "measured"), ("y", "remembered"), ("z", "derived"), ("w", "remembered"))
    ]
    assert (
        standing_line(figures)
        == "3 of 4 figures are neither measured, from a datasheet nor given in the design (2 remembered, 1 derived)."
    )
    assert standing_line(figures[:1]) == "All 1 figures are measured, from a datasheet or given in the design."
