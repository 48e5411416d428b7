"""Heat conduction in any named regions: properties, sources and surfaces of place, time and temperature; degree 1 or 2."""
