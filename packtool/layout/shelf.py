"""Products that are made as they are needed: what is alike is one product, however often it is placed."""

from __future__ import annotations

from dataclasses import replace

from packtool.layout.records import Part, Product

Made = tuple[list[Product], list[Part]]


class Shelf:
    """Products as they were asked for, each with the one that stands for it, and the parts placed so far."""

    def __init__(self) -> None:
        self.products: dict[Product, Product] = {}
        self.parts: list[Part] = []

    def product(self, made: Product) -> Product:
        """This product, or the one like it that is there already; a second of its id gets a number."""
        if made not in self.products:
            number = sum(known.id == made.id for known in self.products) + 1
            id = made.id if number == 1 else f"{made.id}-{number}"
            self.products[made] = replace(made, id=id)
        return self.products[made]

    @property
    def made(self) -> Made:
        """Products and parts, in the order in which they came."""
        return list(self.products.values()), self.parts
