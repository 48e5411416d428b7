"""Laminar flow and heat of the coolant in three dimensions, by finite elements."""
