"""The rows of the source texts' inventory that the library answers so far: A principles, C preparing."""

PRINCIPLES = [f"A{number:02}" for number in range(1, 44)]
PREPARE = [f"C{number:02}" for number in range(1, 63)]
IDS = [*PRINCIPLES, *PREPARE]
