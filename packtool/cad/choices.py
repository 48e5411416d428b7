"""The words that the command line takes for the CAD; light, so that ``--help`` can list them."""

from __future__ import annotations

from collections.abc import Mapping

STEP_SCHEMAS: Mapping[str, str] = {"ap242": "AP242DIS", "ap214": "AP214IS"}
"""The application protocol that pack.step follows, and the kernel's word for it."""

ASSEMBLIES: Mapping[str, tuple[str, ...]] = {
    "cells": ("cell", "terminal"),
    "cooling": ("cold_plate", "coolant", "fitting", "interface", "heater"),
    "electrical": ("busbar", "terminal"),
    "enclosure": ("tray", "lid", "seal", "bolt", "bracket", "fixture"),
    "structure": ("end_plate", "side_plate", "strap", "filler", "pad", "barrier", "fin", "holder", "potting", "cross_member"),
}
"""Roles that are asked for together; each role (layout.records.Role) can be asked for by itself as well."""
