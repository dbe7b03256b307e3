"""The mark of a demo, and what `portal doctor` looks at."""

from __future__ import annotations

import stat
from pathlib import Path

import peewee

from portal import audit, db, forgetting, keys, throttle
from portal.accounts.models import Person
from portal.accounts.portal_people import has_administrator
from portal.config import ConfigError, setting
from portal.operations.models import SiteFact

DEMO = "demo"


def database_answers() -> bool:
    """Whether a table of ours can be read: a server that is there may still have lost what it keeps."""
    try:
        SiteFact.select(SiteFact.id).first()
    except peewee.PeeweeException:
        return False
    return True


def is_demo() -> bool:
    return bool(SiteFact.select(SiteFact.id).where(SiteFact.name == DEMO).exists())


@db.transaction
def mark_as_demo() -> None:
    SiteFact.insert(name=DEMO, value="yes").on_conflict_ignore().execute()


def is_in_use() -> bool:
    """Whether any table of ours that is there holds a row."""
    tables = set(db.database.get_tables())
    models = (model for model in db.every_model() if model._meta.table_name in tables)
    return any(model.select(peewee.SQL("1")).limit(1).tuples().first() for model in models)


def holds_people() -> bool:
    """Whether the database, of whatever release, holds accounts or rows of the audit."""
    with db.connection():
        tables = set(db.database.get_tables())
        kept = [model for model in (Person, audit.AuditRow) if model._meta.table_name in tables]
        return any(model.select(peewee.SQL("1")).limit(1).tuples().first() for model in kept)


def check_mark(demo: bool) -> None:
    """Raises DatabaseUnusable when a demo would be served as the real thing, or the real thing as a demo.

    Also right for a database of an older release.
    """
    marked = SiteFact._meta.table_name in db.database.get_tables() and is_demo()
    if marked and not demo:
        raise db.DatabaseUnusable(
            "This data folder holds a demo, whose accounts everybody knows. Choose another with --data, or add --demo."
        )
    if demo and not marked and is_in_use():
        raise db.DatabaseUnusable(
            "This data folder belongs to a real portal, and a demo would open it. Choose another folder with --data."
        )


def do_what_is_due() -> None:
    """Old tries and the old end of the audit go; what was deleted and stayed in the database's files leaves them."""
    throttle.forget_old()
    if audit.cut_what_is_due():
        forgetting.forget_deleted(audit.AuditRow)
    forgetting.forget_rest()


def problems() -> list[str]:
    """What somebody who runs the portal should put right, one sentence each; empty when all is well."""
    return [*_files(), *_settings(), *_database()]


def _files() -> list[str]:
    data_dir = Path(setting("DATA_DIR"))
    found = []
    for name in keys.NAMES:
        path = data_dir / name
        try:
            keys.read_key(name)
        except FileNotFoundError:
            found.append(f"{path} is missing. Put back the copy you keep apart from the backups.")
            continue
        except ConfigError as error:
            found.append(str(error))
            continue
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            found.append(f"{path} can be read by other accounts of this machine. Run: chmod 600 {path}")
    if stat.S_IMODE(data_dir.stat().st_mode) & 0o007:
        found.append(f"{data_dir} is open to other accounts of this machine. Run: chmod o-rwx {data_dir}")
    return found


def _settings() -> list[str]:
    if setting("DEMO"):
        return []
    found = []
    if not setting("BASE_URL").startswith("https://"):
        found.append("PORTAL_BASE_URL is not an https:// address: cookies and pages can be read on the way.")
    if not setting("TRUSTED_HOSTS"):
        found.append("PORTAL_TRUSTED_HOSTS is empty: the portal answers to any host name.")
    return found


def _audit() -> list[audit.Problem]:
    """What `audit verify` finds; nothing where its key cannot be used, which ``_files`` says."""
    try:
        return audit.verify()
    except (FileNotFoundError, ConfigError):
        return []


def _database() -> list[str]:
    found = []
    if db.is_sqlite():
        answer = db.database.execute_sql("PRAGMA quick_check").fetchone()[0]
        if answer != "ok":
            found.append(f"The database is damaged ({answer}). Restore a backup.")
    found += [f"The audit does not hold at row {problem.number}: {problem.message}." for problem in _audit()]
    if not has_administrator():
        found.append("There is no administrator. Run: portal setup-link")
    return found
