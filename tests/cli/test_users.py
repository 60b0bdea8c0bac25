"""`handfest users` and `handfest keys` as an operator types them."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from handfest.cli.main import app

ROOT = Path(__file__).parents[2]
PASSWORD = "vier Worte sind genug"


def handfest(database: Path, *arguments: str, typed: str = "") -> Result:
    """Run the command in this process, which saves a dozen starts of an interpreter."""
    return CliRunner().invoke(app, [*arguments, "--database", str(database)], input=typed)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "handfest.sqlite3"
    assert handfest(path, "apply", str(ROOT / "examples" / "salon.toml")).exit_code == 0
    return path


def users(database: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(handfest(database, "users", "ls", "--json").stdout)
    return found


def test_the_first_user_and_what_becomes_of_them(database: Path) -> None:
    done = handfest(
        database, "users", "add", "Erika@Example.com", "--business", "salon", typed=PASSWORD + "\n"
    )
    assert (done.exit_code, done.stdout) == (0, "erika@example.com is owner of salon\n"), done.stderr
    done = handfest(database, "users", "role", "erika@example.com", "read-only", "--business", "salon")
    assert done.stdout == "erika@example.com is read-only of salon\n"
    assert handfest(database, "users", "disable", "erika@example.com").exit_code == 0
    (user,) = users(database)
    assert (user["roles"], user["disabled"], user["password"]) == ({"salon": "read_only"}, True, True)
    done = handfest(database, "users", "role", "erika@example.com", "agency", "--everywhere")
    assert done.stdout == "erika@example.com is read-only of salon, agency everywhere (disabled)\n"
    raw = database.read_bytes() + b"".join(path.read_bytes() for path in database.parent.glob("*-wal"))
    assert PASSWORD.encode() not in raw
    assert b"$argon2id$" in raw


@pytest.mark.parametrize(
    ("arguments", "typed", "told"),
    [
        (("erika@example.com", "--business", "salon"), "kurz\n", "at least 12 characters"),
        (("erika@example.com", "--business", "nobody"), PASSWORD, "there is: salon"),
        (("erika", "--business", "salon"), PASSWORD, "e-mail address"),
        (("erika@example.com",), PASSWORD, "--business ID or --everywhere"),
        (("erika@example.com", "--business", "salon", "--role", "king"), PASSWORD, "read-only"),
    ],
)
def test_what_cannot_be_a_user_says_what_can(
    database: Path, arguments: tuple[str, ...], typed: str, told: str
) -> None:
    done = handfest(database, "users", "add", *arguments, typed=typed)
    assert done.exit_code == 2
    assert told in done.stderr
    assert users(database) == []


def test_a_key_is_shown_once_and_revoked_for_good(database: Path) -> None:
    done = handfest(database, "keys", "add", "till", "--scope", "read", "--scope", "desk", "--days", "30")
    token = done.stdout.strip()
    assert token.startswith("hf_"), done.stderr
    listed = handfest(database, "keys", "ls", "--json").stdout
    (key,) = json.loads(listed)
    assert (key["name"], key["scopes"]) == ("till", ["desk", "read"])
    assert token not in listed
    assert token.encode() not in database.read_bytes()
    assert "(revoked)" in handfest(database, "keys", "revoke", key["id"]).stdout
    assert handfest(database, "keys", "revoke", "key_nobody").exit_code == 2


def test_an_invitation_is_a_link_or_a_mail_of_the_server(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = handfest(database, "users", "add", "jana@example.com", "--business", "salon", "--invite")
    assert added.exit_code == 0, added.stderr
    assert "http://127.0.0.1:8080/invite/" in added.stdout
    assert users(database)[0]["password"] is False
    monkeypatch.setenv("HANDFEST_SMTP_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("HANDFEST_PUBLIC_URL", "https://book.example/")
    mailed = handfest(database, "users", "invite", "Jana@example.com")
    assert "on its way" in mailed.stdout
    assert "/invite/" not in mailed.stdout
    shown = handfest(database, "users", "invite", "jana@example.com", "--link", "--language", "en")
    assert "https://book.example/invite/" in shown.stdout
    often = handfest(database, "users", "invite", "jana@example.com")
    assert (often.exit_code, "too many invitations" in often.stderr) == (2, True)
    assert handfest(database, "users", "invite", "nobody@example.com").exit_code == 2


def test_an_invitation_and_no_password_at_all_are_two_things(database: Path) -> None:
    both = ("--invite", "--sign-on-only")
    done = handfest(database, "users", "add", "jana@example.com", "--business", "salon", *both)
    assert "say one of them" in done.stderr
    assert users(database) == []
