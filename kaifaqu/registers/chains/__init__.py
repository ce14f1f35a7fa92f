"""Industry chains: their segments, which firms stand on them, what is missing, and who supplies whom."""
