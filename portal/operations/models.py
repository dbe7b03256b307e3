from __future__ import annotations

import peewee

from portal import db


class SiteFact(db.Model):
    """What a database says about itself: that it is a demo."""

    name = peewee.CharField(40, unique=True)
    value = peewee.CharField(200)
