from __future__ import annotations

from portal.accounts import services
from portal.accounts.routes import bp
from portal.feature import Feature

FEATURE = Feature(bp, without_csrf=("choose_discreet",), tick=services.forget_ended_sign_ins)
