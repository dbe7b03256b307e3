from __future__ import annotations

from portal.answering.pages import COOKIE, COOKIE_PATH
from portal.answering.routes import bp
from portal.feature import Feature

FEATURE = Feature(bp, cookies=((COOKIE, COOKIE_PATH),))
