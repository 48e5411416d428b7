"""Products that are made as they are needed: what is alike is one product, however often it is placed."""

from __future__ import annotations

from dataclasses import replace

from packtool.layout.records import Part, Product

Made = tuple[list[Product], list[Part]]


class Shelf:
    """Products by what makes them alike, and the parts placed so far."""

    def __init__(self) -> None:
        self.products: dict[tuple[object, ...], Product] = {}
        self.parts: list[Part] = []

    def product(self, made: Product) -> Product:
        """This product, or the one like it that is there already; a second of its id gets a number."""
        key = (made.id, made.material, made.description, made.sweeps, made.details, made.edge_radius_mm, made.mass_kg)
        if key not in self.products:
            number = sum(known[0] == made.id for known in self.products) + 1
            id = made.id if number == 1 else f"{made.id}-{number}"
            self.products[key] = replace(made, id=id)
        return self.products[key]

    @property
    def made(self) -> Made:
        """Products and parts, in the order in which they came."""
        return list(self.products.values()), self.parts
