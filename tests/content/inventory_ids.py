"""The rows of the source texts' inventory: A principles, C preparing, D involvement, E what peer programmes taught."""

ROWS = {"A": 43, "C": 62, "D": 11, "E": 27}
IDS = [f"{letter}{number:02}" for letter, last in ROWS.items() for number in range(1, last + 1)]
