"""A complete made-up organisation to look round in: its people, three rounds, a checklist. For this machine only."""
