"""How often something may be tried. Keys are blinded and change daily: no nickname and no address is stored."""

from __future__ import annotations

import peewee

from portal import clock, db, keys


class Throttle(db.Model):
    key = peewee.CharField(16)
    bucket = peewee.BigIntegerField()
    ends = peewee.BigIntegerField(index=True)  # seconds since 1970
    hits = peewee.IntegerField()

    class Meta:
        indexes = ((("key", "bucket"), True),)


@db.transaction
def allow(purpose: str, who: str, *, limit: int, seconds: int) -> bool:
    """Count one try and say whether it is within ``limit`` for the window of ``seconds`` that runs now."""
    key, bucket = _place(purpose, who, seconds)
    counted = (
        Throttle.insert(key=key, bucket=bucket, ends=(bucket + 1) * seconds, hits=1)
        .on_conflict(conflict_target=[Throttle.key, Throttle.bucket], update={Throttle.hits: Throttle.hits + 1})
        .returning(Throttle.hits)
    )
    hits: int = next(iter(counted.tuples().execute()))[0]
    return hits <= limit


@db.transaction
def give_back(purpose: str, who: str, *, seconds: int) -> None:
    """Take back one try that was counted a moment ago: it was right, and only wrong ones are to be slowed."""
    key, bucket = _place(purpose, who, seconds)
    here = (Throttle.key == key) & (Throttle.bucket == bucket) & (Throttle.hits > 0)
    Throttle.update(hits=Throttle.hits - 1).where(here).execute()


def _place(purpose: str, who: str, seconds: int) -> tuple[str, int]:
    moment = clock.now()
    return keys.blind(f"{who}:{moment.date()}", purpose), int(moment.timestamp()) // seconds


@db.transaction
def forget_old() -> None:
    """Rows go once their window is over."""
    Throttle.delete().where(Throttle.ends < int(clock.now().timestamp())).execute()
