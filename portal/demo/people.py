"""Everybody in the demo. Constants, so that a program can read them without opening a database."""

from __future__ import annotations

from dataclasses import asdict, dataclass

ORGANISATION = "Harbour House"


@dataclass(frozen=True)
class Somebody:
    role: str
    nickname: str
    key_words: str
    organisation: str | None = ORGANISATION
    totp: str | None = None


EVERYBODY = (
    Somebody("lead", "Marlow", "anchor basket candle dinner engine forest garden", totp="MFZGK43UMVZSA5DPEB2GQZJA"),
    Somebody(
        "lead", "Juniper Hill", "helmet island jacket kitchen ladder magnet napkin", totp="ONSWC43PNZZSA33GEB2GQZJA"
    ),
    Somebody("staff", "Steady Birch", "orange pencil quarter ribbon saddle tunnel umbrella"),
    Somebody("staff", "Brisk Curlew", "velvet window yellow acoustic bicycle carpet dolphin"),
    Somebody("peer_worker", "Quiet Heron", "elegant fabric genuine harvest invite jungle kiwi"),
    Somebody("peer_worker", "Amber Fox", "lemon mirror notable ocean planet quality rapid"),
    Somebody("peer_worker", "Lucky Lark", "salmon theory uniform valley walnut zebra album"),
    Somebody(
        "trainer", "Kind Maple", "bamboo cactus diamond emerge fiction giraffe hobby", totp="NRUWO2DUEBXW4IDUNBSSA4TP"
    ),
    Somebody("candidate", "Early Robin", "inspire jelly knee liberty mango nephew oyster"),
    Somebody(
        "administrator",
        "Copper Wren",
        "parade rocket shine timber unveil voyage wisdom",
        None,
        "OBQXI2BAORXSA5DIMUQHGZLB",
    ),
    Somebody(
        "editor", "Ivory Finch", "arctic blanket cement deposit enjoy fiscal glimpse", None, "ON2GC4TTEBQWE33WMUQHI2DF"
    ),
    Somebody(
        "author", "Misty Brook", "hockey income jewel kingdom loyal mosquito novel", None, "M5ZGC43TEBQW4ZBAONWW63DM"
    ),
    Somebody(
        "reviewer",
        "Wise Rowan",
        "obvious pioneer quantum ranch spatial token utility",
        None,
        "ORUGKIDSNFZWS3THEB2GQZJA",
    ),
)


def as_json() -> list[dict[str, str | None]]:
    """One entry a person: role, nickname, key_words, organisation, and totp where the role needs it."""
    return [{key: value for key, value in asdict(one).items() if key != "totp" or value} for one in EVERYBODY]
