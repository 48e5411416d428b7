"""What the keys of a design file are made of: records, texts that must look so, catalogue ids, units."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from packtool.catalogue.records import Frozen

MAX_CELLS = 20_000
"""Most cells one design may have: four times the largest pack of shared experience (4,416); beyond it a slip of the keyboard is likelier."""


@dataclass(frozen=True, slots=True)
class InCatalogue:
    """Marks a key whose text is an id of the catalogue: ``cells``, ``materials`` or ``coolants``; the JSON Schema carries the mark."""

    kind: Literal["cells", "materials", "coolants"]

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(core) | {"x-catalogue": self.kind}


@dataclass(frozen=True, slots=True)
class Agreement:
    """What several keys of one mapping have to agree on.

    ``check`` takes the values of ``keys``, in that order, and gives what is wrong, or None; the complaint stands at the key ``at``.
    """

    keys: tuple[str, ...]
    at: str
    check: Callable[..., str | None]


class DesignRecord(Frozen):
    """A mapping of the design file. What its keys must agree on is in ``agreements``, for this class and for the loader alike; ``absent``:
    keys that one may look for here, and what to do instead."""

    agreements: ClassVar[tuple[Agreement, ...]] = ()
    absent: ClassVar[Mapping[str, str]] = {}

    @model_validator(mode="after")
    def _agrees(self) -> DesignRecord:
        for agreement in self.agreements:
            wrong = agreement.check(*(getattr(self, key) for key in agreement.keys))
            if wrong is not None:
                raise ValueError(wrong)
        return self


def value_of(record: object, key: str) -> object:
    """A key of a record, or of the mapping that is to become one; None where there is none."""
    return record.get(key) if isinstance(record, dict) else getattr(record, key, None)


def as_many_as(name: str) -> Callable[[Sequence[object] | None, Sequence[object] | None], str | None]:
    """A check that a list has as many entries as the one at the key ``name``, which is given first; either may be left out."""

    def check(named: Sequence[object] | None, other: Sequence[object] | None) -> str | None:
        if named is None or other is None or len(named) == len(other):
            return None
        return f"needs as many entries as {name}: {len(named)}, not {len(other)}"

    return check


def canonical_cell_name(name: str) -> str:
    """``R2C5`` and ``R02C005`` are ``R2C05``: row, then column with two digits at least; ``M1.R2C5`` is ``M01.R2C05``."""
    *module, row, column = (int(number) for number in re.findall("[0-9]+", name))
    return "".join(f"M{number:02d}." for number in module) + f"R{row}C{column:02d}"


NAME_PATTERN = r"^[a-z0-9][a-z0-9._-]*$"


CASE_PATTERN = r"^[A-Za-z0-9_.-]+$"


CELL_NAME_PATTERN = r"^(M[0-9]{1,5}[.])?R[0-9]{1,5}C[0-9]{1,5}$"


IP_PATTERN = r"^IP[0-6X][0-9X]K?$"


PART_PATTERN = r"^[^\x00-\x1f\x7f/|>\[\]]+$"


PATTERN_WORDS = {
    NAME_PATTERN: "a name of small letters, digits, '.', '_' and '-', a letter or digit first",
    CASE_PATTERN: "a name of letters, digits, '.', '_' and '-'",
    CELL_NAME_PATTERN: "the name of a cell, row and column from 1, as in R2C05; where there are modules, M01.R2C05",
    PART_PATTERN: "a name of one line without / | > [ ]",
    IP_PATTERN: "IP and two digits, as in IP67 or IP6X (IEC 60529)",
}
"""What a text must look like, by pattern; for messages."""


GivenName = Annotated[str, Field(pattern=CASE_PATTERN, max_length=64)]
"""A name of the user's choice: of a case, a sensor, a heater."""


Millimetres = Annotated[float, Field(gt=0, le=20_000)]


Coordinate = Annotated[float, Field(ge=-20_000, le=20_000)]
"""In the pack's frame [mm]."""


Celsius = Annotated[float, Field(ge=-60, le=200)]
"""A room in kelvin, 298, is no temperature of a pack in degC."""


Identifier = Annotated[str, Field(min_length=1, max_length=80)]


CellId = Annotated[Identifier, InCatalogue("cells")]


MaterialId = Annotated[Identifier, InCatalogue("materials")]


CoolantId = Annotated[Identifier, InCatalogue("coolants")]


CellReference = Annotated[
    str, Field(min_length=1, max_length=400, description="catalogue cell, or the path of a .json (BPX) or .yaml file")
]


DutyName = Annotated[str, Field(min_length=1, max_length=400, description="duty of the catalogue, or the path of a .csv file")]


FilePath = Annotated[str, Field(min_length=1, max_length=400)]


CellName = Annotated[str, Field(pattern=CELL_NAME_PATTERN), AfterValidator(canonical_cell_name)]


MilliOhm = Annotated[float, Field(gt=0, le=10_000)]


Volts = Annotated[float, Field(gt=0, le=10)]


Conductivity = Annotated[float, Field(gt=0, le=2_000)]


Amperes = Annotated[float, Field(gt=0, le=100_000)]
