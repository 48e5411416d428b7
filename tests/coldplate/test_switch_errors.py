"""Thermostats that switch: what is told of the error of a count, and of times that differ by whole cycles."""

from packtool.coldplate.pack_transient import of_no_known_error


def run(starts: float, seconds: float) -> dict[str, float]:
    return {
        "heater.starts[pads]": starts,
        "heater.time_on[pads]": seconds,
        "heater.energy[pads]": 3.0,
        "temperature.cell.max": 30.0,
    }


def test_a_count_has_no_error_and_times_have_one_where_the_cycles_are_the_same():
    assert of_no_known_error([run(2, 100.0), run(2, 101.0)]) == ("heater.starts[pads]",)


def test_where_the_cycles_differ_the_error_of_times_and_heat_is_not_known():
    names = of_no_known_error([run(3, 100.0), run(3, 101.0), run(4, 100.0)])
    assert set(names) == {f"{name}[pads]" for name in ("heater.starts", "heater.time_on", "heater.energy", "heat.heater")}


def test_a_run_without_heaters_knows_all_of_them():
    assert of_no_known_error([{"temperature.cell.max": 30.0}]) == ()
