"""A few short modules, loaded as content files are."""

from __future__ import annotations

from pathlib import Path

from portal.guidance import loading

HEADINGS = ("What you will be able to do", "Why it matters", "Good to know", "Practise with your mentor")
SOURCE = '[R1]\nauthor = "An author"\ntitle = "A work"\npublisher = "A house"\nkind = "text"\nnote = "Read."\n'
CHOICE = """[[check]]
kind = "choice"
question = "What can be shared by mistake?"
options = ["A spoon", "A smile"]
key = [1]
explanation = "Everything blood touches."
"""
PRIVATE = '[[check]]\nkind = "private"\nquestion = "Your first sign?"\nexplanation = "Stays with you."\n'
USUAL = {
    "summary": '"About it."',
    "in_short": '["One point."]',
    "order": "10",
    "written": "2026-11-01",
    "checked": "[]",
    "local_check": "[]",
    "topics": '["training"]',
    "sources": '["R1"]',
    "related": "[]",
    "try_it": "[]",
}


def module_text(name: str, *, checks: str = f"{CHOICE}\n{PRIVATE}", good_to_know: str = "Words.", **header) -> str:
    """A module's file; header values as they stand in it."""
    values = {
        "title": f'"Title of {name}"',
        **USUAL,
        "code": f'"{name}"',
        "minutes": "30",
        "before_solo_work": "false",
        "refresh_months": "0",
        "develops": '["F2.02"]',
        "review_by": "2027-11-01",
        **header,
    }
    lines = "\n".join(f"{key} = {value}" for key, value in values.items() if value is not None)
    learner = "\n\n".join(f"## {one}\n\n{good_to_know if one == 'Good to know' else 'Text.'}" for one in HEADINGS)
    guide = "## For the trainer\n\nLead it.\n\n### Step by step\n\n#### 1. Arriving · 10 minutes\n\nHello.\n\n"
    steps = "#### 2. Talking · 20 minutes\n\nTalk.\n\n## Handouts\n\n### A card\n\nCut it out.\n"
    questions = f"\n{checks}" if checks else ""
    return f"+++\n{lines}\n{questions}+++\n\n{learner}\n\n{guide}{steps}"


class Modules:
    """K1 and T1 (before working alone), K4 (that, and refreshed every year), C1, A1, A2."""

    def __init__(self, root: Path):
        self.root = root
        (root / "en/modules").mkdir(parents=True)
        (root / "sources.toml").write_text(SOURCE)
        (root / "en/topics.toml").write_text('[training]\ntitle = "Training"\nsummary = "Learning."\n')
        self.write("K1", before_solo_work="true", order="10")
        self.write("K4", before_solo_work="true", refresh_months="12", order="20", develops='["PS.04", "D.05"]')
        self.write("C1", order="30", develops='["D.04", "PS.05", "F1.02"]')
        self.write("T1", before_solo_work="true", order="40", develops="[]")
        self.write("A1", order="50", develops="[]")
        self.write("A2", order="60", develops="[]")

    def write(self, name: str, **header) -> None:
        (self.root / f"en/modules/{name}.md").write_text(module_text(name, **header))

    def load(self) -> loading.Loading:
        """Bring them into the database; a connection must be open."""
        loaded = loading.load(self.root)
        assert loaded.findings == []
        return loaded
