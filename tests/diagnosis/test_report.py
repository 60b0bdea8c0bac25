"""Reports: the same week for its four readers, in both languages and three forms."""

import asyncio
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from diagnosis.recorded import START, step, turn
from handfest.catalogue.parse import parse_business
from handfest.catalogue.version import apply_business
from handfest.cli.main import app
from handfest.diagnosis.pages.chart import Series
from handfest.diagnosis.pages.document import Bars, Document, as_html
from handfest.diagnosis.report.readings import LANGUAGES, READINGS, _data
from handfest.diagnosis.report.report import Report, report_of
from handfest.model.call import AuditNote, Call, CallAudited
from handfest.model.catalogue import Catalogue
from handfest.model.turn import TurnRecord
from handfest.ports import Store, Transaction
from handfest.storage.opening import open_store
from handfest.testing.clock import FixedClock

SOURCE = (Path(__file__).parents[1] / "calls" / "businesses" / "askpro.toml").read_text("utf-8")
NOW = "2026-03-05T12:00:00+01:00"


def week(tx: Transaction) -> None:
    """Three days: booked, lost to the calendar twice, an honest no, a test call, and a call long before."""
    booked = (turn(1, step("booked", offer="A1", service_id="47"), code="booked", tool="book_appointment"),)
    failed = (turn(1, step("calendar_failed", code="calendar_unauthorised", cause="401"), code="try_later"),)
    nothing = (turn(1, step("refused", code="no_openings"), code="no_openings"),)
    keep(tx, "booked_1", 0, booked, outcome="booked")
    keep(tx, "failed_1", 0, failed)
    keep(tx, "failed_2", 1, failed)
    keep(tx, "nothing_1", 2, nothing)
    keep(tx, "test_1", 2, failed, test=True)
    keep(tx, "before_1", -30, failed)


def keep(
    tx: Transaction,
    name: str,
    day: int,
    turns: tuple[TurnRecord, ...],
    outcome: str = "open",
    test: bool = False,
    audited: CallAudited | None = None,
) -> None:
    at = START.add(hours=24 * day)
    call = Call("askpro", name, "retell", at, outcome=outcome, turns=len(turns), test=test, audited=audited)
    tx.save_call(call)
    for one in turns:
        tx.add_turn(replace(one, business_id="askpro", call_id=name, at=at))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "week.sqlite3"

    async def fill(store: Store) -> None:
        await apply_business(store, FixedClock(START), SOURCE)
        await store.write(week)
        await store.close()

    asyncio.run(fill(open_store(str(path))))
    return path


def run(database: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["report", "--database", str(database), "--now", NOW, *arguments])


def test_the_owner_reads_what_was_lost_and_what_to_do(database: Path) -> None:
    told = run(database, "--language", "en").stdout
    assert "Calls: 4. With an appointment booked, changed or cancelled: 1 (25.0 %). Lost: 2." in told
    assert "| The calendar did not accept its key. | 2 |" in told
    assert "the calendar's provider" in told
    assert "Nothing was free for this service where the caller wished. | 1 |" in told


def test_the_developer_reads_remedy_owner_and_examples(database: Path) -> None:
    told = run(database, "--for", "developer", "--language", "en").stdout
    assert re.search(
        r"\| HF411 \(unauthorized\) \| 2 \|.*Renew the calendar's key.*\| failed_1, failed_2 \|", told
    )
    assert "the calendar does not accept the key (calendar_unauthorised: 401) (1)" in told


def test_the_operator_reads_times_and_failures_by_code(database: Path) -> None:
    told = run(database, "--for", "operator", "--language", "en").stdout
    assert "| calendar_unauthorised | 2 |" in told
    assert "| check_availability | 3 | 20.0 | 20.0 |" in told


def test_a_promise_that_only_the_agent_made_is_one_that_was_not_kept() -> None:
    booked = (turn(1, step("booked", offer="A1", service_id="47"), code="booked"),)
    claimed = (turn(1, step("offered", offer="A1", service_id="47")),)

    def found(tx: Transaction) -> Report:
        keep(tx, "kept", 0, booked, outcome="booked")
        keep(
            tx, "claimed", 0, claimed, audited=CallAudited("not_booked", "HF405", (AuditNote("HF405", 4.0),))
        )
        keep(
            tx,
            "too_soon",
            0,
            booked,
            "booked",
            audited=CallAudited("booked", None, (AuditNote("HF405", 4.0),)),
        )
        keep(
            tx,
            "other",
            0,
            booked,
            "booked",
            audited=CallAudited("booked", "HF409", (AuditNote("HF409", 4.0),)),
        )
        catalogue = parse_business(SOURCE)
        assert isinstance(catalogue, Catalogue)
        return report_of(
            tx, {"askpro": catalogue}, None, START.to_tz("UTC").date().to_stdlib(), date(2026, 3, 9)
        )

    async def run_it() -> Report:
        store = open_store("memory:")
        await apply_business(store, FixedClock(START), SOURCE)
        return await store.write(found)

    assert asyncio.run(run_it()).kept_rate == 0.5


def test_the_incident_is_told_in_order(database: Path) -> None:
    told = run(
        database, "--for", "incident", "--language", "en", "--from", "2026-03-02", "--to", "2026-03-03"
    ).stdout
    assert told.index("failed_1") < told.index("failed_2")
    assert "| 2026-03-02 10:00 | failed_1 |" in told
    call = ("--for", "incident", "--call", "failed_1")
    one = run(database, *call, "--language", "en").stdout
    assert "| 0.001 | calendar | the calendar failed: code calendar_unauthorised, cause 401 |" in one
    assert "| The calendar did not accept its key. | Renew the calendar's key" in one
    assert (
        "| HF411 | calendar failed | the calendar does not accept the key (calendar_unauthorised: 401) (1) |"
        in one
    )
    own = run(database, *call).stdout
    assert "der Kalender ist gescheitert: code calendar_unauthorised, cause 401" in own, (
        "the business's language"
    )


def test_days_are_those_of_the_business_and_test_calls_do_not_count(database: Path) -> None:
    data = json.loads(run(database, "--format", "json", "--from", "yesterday", "--to", "today").stdout)
    assert data["blocks"][0]["text"].startswith("Gespräche: 1.")
    told = run(database, "--from", "2026-03-04", "--to", "2026-03-04", "--language", "de").stdout
    assert "Gespräche: 1." in told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reader", READINGS)
@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_every_reading_exists_in_every_form(database: Path, reader: str, language: str, form: str) -> None:
    done = run(database, "--for", reader, "--language", language, "--format", form)
    assert done.exit_code == 0, done.output
    assert _data()[language][f"title_{reader}"] in done.stdout
    assert not re.search(
        r"https?://|<script|\{\w+\}", done.stdout.replace("{", "{ ") if form == "json" else done.stdout
    )


def test_both_languages_have_the_same_words() -> None:
    assert set(_data()["de"]) == set(_data()["en"])
    assert set(_data()["de"]["owners"]) == set(_data()["en"]["owners"])


def test_the_default_language_is_the_business_s(database: Path) -> None:
    assert "verloren" in run(database, "--business", "askpro").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--for", "boss"), "--for is one of owner, developer, operator, incident"),
        (("--from", "march"), "--from needs a day such as 2026-03-02"),
        (("--from", "2026-03-05", "--to", "2026-03-01"), "lies after --to"),
        (("--business", "zoo"), "no business 'zoo' is applied"),
        (("--call", "none"), "no call none was served"),
    ],
)
def test_wrong_usage_names_the_way_out(database: Path, arguments: tuple[str, ...], told: str) -> None:
    done = run(database, *arguments)
    assert (done.exit_code, told in " ".join(done.stderr.split())) == (2, True)


def test_a_period_without_calls_says_so(database: Path) -> None:
    assert (
        "No calls" in run(database, "--from", "2020-01-01", "--to", "2020-01-02", "--language", "en").stdout
    )


def test_bars_stack_to_their_values() -> None:
    bars = Bars("a day", ("1", "2"), (Series("good", "good", (3, 1)), Series("bad", "bad", (1, 0))))
    page = as_html(Document("t", "s", "en", (bars,)))
    heights = [float(found) for found in re.findall(r'<rect[^>]* height="([\d.]+)"', page)]
    assert len(heights) == 3
    assert heights[0] / heights[1] == pytest.approx(3, rel=0.01)
