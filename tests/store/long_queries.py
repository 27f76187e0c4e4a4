"""Queries that make much work of any graph: without an end, of much memory, with a million rows."""

DIGITS = "{ 0 1 2 3 4 5 6 7 8 9 }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(12)) + " }"
GREEDY = "SELECT DISTINCT * { " + " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(9)) + " } ORDER BY ?v0"
LONG = "SELECT * { " + " ".join(f"VALUES ?v{i} {DIGITS}" for i in range(6)) + " }"
