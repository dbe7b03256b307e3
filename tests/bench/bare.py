"""The applications ours is measured against: a bare Flask that does only the one thing, importing what we import."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading

from flask import Flask, request, session
from flask_wtf.csrf import CSRFProtect


def string() -> Flask:
    """A route that returns a string."""
    app = Flask(__name__)
    app.add_url_rule("/", "string", lambda: "Hello")
    return app


def libraries() -> Flask:
    """The same, importing the libraries that the portal imports at its start."""
    import argon2
    import babel
    import click
    import cryptography.hazmat.primitives.ciphers.aead
    import flask_babel
    import flask_login
    import itsdangerous
    import markdown
    import markdown.extensions.toc
    import mnemonic
    import nh3
    import peewee
    import playhouse.migrations
    import pyotp
    import segno
    import tomlkit
    import wtforms

    assert all((argon2, babel, click, cryptography, flask_babel, flask_login, itsdangerous, markdown, mnemonic, nh3))
    assert all((peewee, playhouse, pyotp, segno, tomlkit, wtforms))
    return string()


def saving() -> Flask:
    """One answer saved by plain SQL behind the same lock, with the session and the CSRF token checked."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY="bench", WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False)
    CSRFProtect(app)
    path = os.environ["BENCH_DATABASE"]
    kept = threading.local()

    def connection() -> sqlite3.Connection:
        if not hasattr(kept, "connection"):
            kept.connection = sqlite3.connect(path, isolation_level=None, timeout=5)
            kept.connection.execute("PRAGMA journal_mode=wal")
            kept.connection.execute("PRAGMA synchronous=full")
        return kept.connection

    connection().execute(
        "CREATE TABLE IF NOT EXISTS answer (sheet TEXT, item TEXT, value TEXT, PRIMARY KEY (sheet, item)) WITHOUT ROWID"
    )

    @app.get("/")
    def token() -> str:
        from flask_wtf.csrf import generate_csrf

        return generate_csrf()

    @app.post("/answer/<item>")
    def save(item: str) -> tuple[str, int, dict[str, str]]:
        sheet = request.cookies.get("answer_key", "")
        session.get("seen")
        database = connection()
        with open(path + ".lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            database.execute("BEGIN IMMEDIATE")
            database.execute(
                "INSERT INTO answer VALUES (?, ?, ?) ON CONFLICT (sheet, item) DO UPDATE SET value = excluded.value",
                (sheet, item, request.form["answer"]),
            )
            database.execute("COMMIT")
        return "", 303, {"Location": "/"}

    return app
