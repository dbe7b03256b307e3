import pathlib
import re
import shlex

import pytest

from portal import config, create_app

README = pathlib.Path(__file__).parents[2] / "README.md"


def test_readme_lists_exactly_the_settings_there_are():
    table = re.findall(r"^\| `PORTAL_([A-Z_]+)` \|", README.read_text(), re.MULTILINE)
    assert table == list(config.DEFAULTS)


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("PORTAL_SMALLEST_GROUP", "2", "PORTAL_SMALLEST_GROUP must be 3 or more"),
        ("PORTAL_SMALLEST_GROUP", "five", "PORTAL_SMALLEST_GROUP must be a whole number"),
        ("PORTAL_SMALEST_GROUP", "5", "PORTAL_SMALEST_GROUP is not a setting"),
        ("PORTAL_REGISTRATION", "closed", 'PORTAL_REGISTRATION must be "open" or "administrator"'),
        ("PORTAL_TIME_ZONE", "Mars", "PORTAL_TIME_ZONE must name a time zone"),
        ("PORTAL_TIME_ZONE", "Europe", "PORTAL_TIME_ZONE must name a time zone"),
        ("PORTAL_TIME_ZONE", "../UTC", "PORTAL_TIME_ZONE must name a time zone"),
        ("PORTAL_TIME_ZONE", "", "PORTAL_TIME_ZONE must name a time zone"),
        ("PORTAL_LANGUAGES", "en,fr", "PORTAL_LANGUAGES must be a JSON list"),
        ("PORTAL_LANGUAGES", "[]", "PORTAL_LANGUAGES must list at least one"),
        ("PORTAL_DEFAULT_LANGUAGE", "fr", "PORTAL_DEFAULT_LANGUAGE must be one of"),
        ("PORTAL_DATABASE_URL", "mysql://x", "PORTAL_DATABASE_URL must begin with"),
        ("PORTAL_BASE_URL", "peerwork.example", "PORTAL_BASE_URL must begin with"),
        ("PORTAL_EXIT_URL", "http://x", "PORTAL_EXIT_URL must begin with"),
        ("PORTAL_IDLE_MINUTES", "0", "PORTAL_IDLE_MINUTES must be 1 or more"),
        ("PORTAL_TRUSTED_PROXIES", "-1", "PORTAL_TRUSTED_PROXIES must be 0 or more"),
        ("PORTAL_MAX_UPLOAD_MB", "0", "PORTAL_MAX_UPLOAD_MB must be 1 or more"),
        ("PORTAL_TRUSTED_HOSTS", "[5]", "PORTAL_TRUSTED_HOSTS must list host names"),
        ("PORTAL_TRUSTED_HOSTS", '[""]', "PORTAL_TRUSTED_HOSTS must list host names"),
        ("PORTAL_LANGUAGES", '["en", "xx"]', "PORTAL_LANGUAGES must list at least one language code"),
        ("PORTAL_LANGUAGES", '["pt_BR"]', "PORTAL_LANGUAGES must list at least one language code"),
        ("PORTAL_LANGUAGES", "[5]", "PORTAL_LANGUAGES must list at least one language code"),
        ("PORTAL_EXIT_URL", "https://", "PORTAL_EXIT_URL must begin with https:// and name a host"),
        ("PORTAL_EXIT_URL", "https://a.example/\nb", "PORTAL_EXIT_URL must begin with https:// and name a host"),
        ("PORTAL_EXIT_URL", "https://[", "PORTAL_EXIT_URL must begin with https:// and name a host"),
        ("PORTAL_BASE_URL", "https:// a", "PORTAL_BASE_URL must begin with http:// or https:// and name a host"),
        ("PORTAL_DATABASE_URL", "sqlite:///", "PORTAL_DATABASE_URL must begin with"),
        ("PORTAL_SECRET_KEY", "x", "PORTAL_SECRET_KEY must have 32 characters or more.$"),
        ("PORTAL_SECRET_KEY_FALLBACKS", '["x"]', "PORTAL_SECRET_KEY_FALLBACKS must list keys of 32 characters"),
        ("PORTAL_DISCREET", "1", "PORTAL_DISCREET must be true or false"),
    ],
)
def test_an_unusable_setting_stops_the_start_and_is_named(monkeypatch, variable, value, words):
    monkeypatch.setenv(variable, value)
    with pytest.raises(config.ConfigError, match=words):
        config.load({})


def test_text_is_read_as_text_and_numbers_as_numbers(monkeypatch):
    monkeypatch.setenv("PORTAL_SITE_NAME", "2026")
    monkeypatch.setenv("PORTAL_SMALLEST_GROUP", "7")
    monkeypatch.setenv("PORTAL_LANGUAGES", '["en", "fr"]')
    values = config.load({})
    assert (values["SITE_NAME"], values["SMALLEST_GROUP"], values["LANGUAGES"]) == ("2026", 7, ["en", "fr"])


def test_every_setting_in_the_unit_of_the_readme_can_be_used(monkeypatch):
    """Read as systemd reads it: quotes round a part of a word go."""
    lines = re.findall(r"^ +Environment=(.+)$", README.read_text(), re.MULTILINE)
    settings = dict(word.split("=", 1) for line in lines for word in shlex.split(line))
    assert "PORTAL_TRUSTED_HOSTS" in settings
    for variable, text in settings.items():
        monkeypatch.setenv(variable, text)
    values = config.load({})
    assert values["TRUSTED_HOSTS"] == ["peerwork.example"]
    assert values["BASE_URL"] == "https://peerwork.example"


def test_without_any_key_the_application_refuses_to_start(tmp_path):
    with pytest.raises(config.ConfigError, match="PORTAL_SECRET_KEY"):
        create_app(DATA_DIR=str(tmp_path))


def test_https_turns_on_secure_cookies_and_hsts(url, tmp_path):
    app = create_app(DATABASE_URL=url, DATA_DIR=str(tmp_path / "data"), BASE_URL="https://peerwork.example")
    answer = app.test_client().get("/en/sign-in", base_url="https://peerwork.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Secure" in answer.headers["Set-Cookie"]


def test_a_foreign_host_name_is_refused_where_names_are_set(url, tmp_path):
    app = create_app(DATABASE_URL=url, DATA_DIR=str(tmp_path / "data"), TRUSTED_HOSTS=["peerwork.example"])
    client = app.test_client()
    assert client.get("/-/health", base_url="http://peerwork.example").status_code == 200
    assert client.get("/-/health", base_url="http://evil.example").status_code == 400
