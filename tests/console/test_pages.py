"""The pages without a browser: what they say, in both languages, for whom, and what their forms do."""

from collections.abc import AsyncIterator

import httpx
import pytest

from console.pages import PAGES
from console.scene import Talk, morning
from handfest.diagnosis.watch.alerts import Alert, alert_data
from handfest.model.actor import Role
from handfest.model.followed_calendar import FollowedCalendar
from handfest.testing.scenario_stage import Stage
from visitors import Visitor, visitor

GERMAN, ENGLISH = {"accept-language": "de"}, {"accept-language": "en"}


@pytest.fixture
async def scene() -> AsyncIterator[tuple[Stage, Talk, Visitor]]:
    async with morning() as (stage, talk), visitor(stage, {"salon": Role.OWNER}) as owner:
        yield stage, talk, owner


async def booking_of(stage: Stage, service: str) -> str:
    now = stage.clock.now()
    rows = await stage.house.store.read(
        lambda tx: tx.bookings("salon", now, now.add(hours=72), 50, booked=True)
    )
    return next(row.id for row in rows if row.service_id == service)


async def page(owner: Visitor, path: str, language: dict[str, str] = GERMAN) -> str:
    answer = await owner.browser.get(path, headers=language, follow_redirects=True)
    assert answer.status_code == 200, path
    return answer.text


async def test_every_page_speaks_both_languages(scene: tuple[Stage, Talk, Visitor]) -> None:
    stage, _talk, owner = scene
    booking = await booking_of(stage, "straehnen")
    for name, address in PAGES.items():
        if name not in ("login", "overview", "account"):
            german = await page(owner, address.format(booking=booking), GERMAN)
            english = await page(owner, address.format(booking=booking), ENGLISH)
            assert '<html lang="de"' in german
            assert '<html lang="en"' in english
            assert "Rückrufe" in german
            assert "Callbacks" in english
            assert "Rückrufe" not in english, name


async def test_one_business_needs_no_overview(scene: tuple[Stage, Talk, Visitor]) -> None:
    _stage, _talk, owner = scene
    answer = await owner.browser.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/b/salon/today")


async def test_an_agency_sees_its_businesses_the_worst_first() -> None:
    async with morning() as (stage, _talk):
        roles = {"salon": Role.AGENCY, "askpro": Role.AGENCY}
        async with visitor(stage, roles, login="agentur@example.com") as agency:
            text = await page(agency, "/")
    assert text.index("Salon Lindenhof") < text.index("AskPro Beratung"), "a callback waits in the salon"


async def test_a_foreign_business_looks_like_none(scene: tuple[Stage, Talk, Visitor]) -> None:
    _stage, _talk, owner = scene
    for path in ("/b/askpro/today", "/b/nobody/today"):
        assert (await owner.browser.get(path)).status_code == 404
    assert (await owner.browser.get("/b/salon/calls/call_nobody")).status_code == 404
    assert (await owner.browser.get("/b/salon/bookings/bk_nobody")).status_code == 404


async def test_whoever_may_only_read_is_shown_no_forms_that_change() -> None:
    async with morning() as (stage, _talk):
        booking = await booking_of(stage, "straehnen")
        async with visitor(stage, {"salon": Role.READ_ONLY}) as reader:
            for path in ("/b/salon/callbacks", f"/b/salon/bookings/{booking}", "/b/salon/catalogue"):
                text = await page(reader, path)
                acts = [part.split('"')[0] for part in text.split('method="post" action="')[1:]]
                assert set(acts) <= {"/preferences", "/logout"} | {"/b/salon/catalogue/aliases"}, (
                    "accepting is shown without its button"
                )
            denied = await reader.browser.post(f"/b/salon/bookings/{booking}", data={"act": "cancel"})
            assert denied.status_code == 403


async def test_the_lost_call_is_explained_with_its_remedy(scene: tuple[Stage, Talk, Visitor]) -> None:
    _stage, _talk, owner = scene
    text = await page(owner, "/b/salon/calls/call_lost")
    assert "Dem Anrufer wurde gesagt, es sei erledigt, aber kein Werkzeug hat das bestätigt." in text
    assert '<mark class="broken">Wunderbar, Ihr Termin ist gebucht' in text
    assert "<mark>Am Donnerstag, dem 3. Dezember, ist 11 Uhr frei" in text
    assert "HF405" in text
    assert "bietet A1 an: Bartpflege, 20 Min., Do, 3.12. 11:00, gehalten bis" in text
    assert "Leistung bart" not in text, "the lines of the terminal, with names instead of ids"


async def test_an_alert_leads_to_the_page_of_its_call(scene: tuple[Stage, Talk, Visitor]) -> None:
    stage, _talk, owner = scene
    alert = Alert("HF405", "salon", "call_lost", stage.clock.now())
    link = alert_data(alert, "de", "https://desk.example")["explain"]
    assert "HF405" in await page(owner, link.removeprefix("https://desk.example"))


async def test_calls_are_found_by_anything(scene: tuple[Stage, Talk, Visitor]) -> None:
    _stage, _talk, owner = scene
    for query in ("finding=HF405", "text=Bartpflege&outcome=not_booked", "text=030+23125731"):
        text = await page(owner, f"/b/salon/calls?{query}")
        assert text.count('<tr class="whole">') == 1, query
        assert "/b/salon/calls/call_lost" in text
    assert "Kein Anruf passt." in await page(owner, "/b/salon/calls?text=Zahnreinigung")


async def test_why_not_answers_in_sentences(scene: tuple[Stage, Talk, Visitor]) -> None:
    _stage, _talk, owner = scene
    text = await page(owner, "/b/salon/calls/call_lost?service=damen&when=morgen+um+8+Uhr&staff=jana")
    assert "Damenhaarschnitt, Do, 3.12. 08:00" in text
    assert '<ul class="reasons"><li>' in text
    assert "nicht zu verstehen" in await page(owner, "/b/salon/calls/call_lost?service=damen&when=irgendwann")


async def test_a_service_is_edited_through_the_draft(scene: tuple[Stage, Talk, Visitor]) -> None:
    stage, _talk, owner = scene
    form = {
        "name": "Ansatz färben",
        "duration_min": "95",
        "buffer_after_min": "15",
        "aliases": "Ansatz\nNachfärben",
        "staff.jana": "yes",
    }
    answer = await owner.browser.post("/b/salon/catalogue/services/ansatz", data=form)
    assert answer.headers["location"] == "/b/salon/catalogue/edit?done=draft_saved"
    text = await page(owner, "/b/salon/catalogue/edit")
    for where in ("name", "duration_min", "buffer_after_min", "aliases"):
        assert f"services[ansatz].{where}" in text
    assert "staff[jana].services" in text
    applied = await owner.browser.post("/b/salon/catalogue/draft", data={"act": "apply", "edit": "1"})
    assert applied.headers["location"] == "/b/salon/catalogue?done=applied"
    stored = await stage.house.store.read(lambda tx: tx.catalogue("salon"))
    assert stored is not None
    service = stage.house.shelf.compiled(stored, None).catalogue.service("ansatz")
    assert service is not None
    assert (service.name, service.duration_min, service.aliases) == (
        "Ansatz färben",
        95,
        ("Ansatz", "Nachfärben"),
    )
    assert "# A hair salon: several staff" in stored.source, "comments stay"
    await owner.browser.post("/b/salon/catalogue/versions", data={"version": "1"})
    back = await stage.house.store.read(lambda tx: tx.catalogue("salon"))
    assert back is not None
    assert back.version == 1


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "duration_min": "30"},
        {"name": "X", "duration_min": "0"},
        {"name": "X", "duration_min": "a"},
    ],
)
async def test_a_form_that_cannot_be_read_changes_nothing(
    scene: tuple[Stage, Talk, Visitor], form: dict[str, str]
) -> None:
    stage, _talk, owner = scene
    answer = await owner.browser.post("/b/salon/catalogue/services/ansatz", data=form)
    assert "problem=invalid" in answer.headers["location"]
    assert await stage.house.store.read(lambda tx: tx.draft("salon")) is None


async def test_a_draft_with_problems_says_where_and_is_not_applied(
    scene: tuple[Stage, Talk, Visitor],
) -> None:
    _stage, _talk, owner = scene
    source = '[business]\nid = "salon"\nname = "Salon"\nlanguage = "de"\ntime_zone = "Mars/Olympus"\n'
    await owner.browser.post("/b/salon/catalogue/draft", data={"act": "save", "edit": "0", "source": source})
    text = await page(owner, "/b/salon/catalogue/edit")
    assert "Zeile 5" in text
    applied = await owner.browser.post("/b/salon/catalogue/draft", data={"act": "apply", "edit": "1"})
    assert 'role="alert"' in applied.text


async def test_an_absence_is_noted_and_taken_back(scene: tuple[Stage, Talk, Visitor]) -> None:
    stage, _talk, owner = scene
    form = {"staff": "jana", "start": "2026-12-03T15:00", "end": "2026-12-03T16:00", "label": "Zahnarzt"}
    await owner.browser.post("/b/salon/absences", data=form)
    assert "Zahnarzt" in await page(owner, "/b/salon/bookings?day=2026-12-03")
    now = stage.clock.now()
    rows = await stage.house.store.read(lambda tx: tx.busy("salon", now, now.add(hours=48)))
    wanted = next(row.id for row in rows if row.label == "Zahnarzt")
    await owner.browser.post("/b/salon/absences", data={"act": "remove", "absence": wanted})
    assert "Zahnarzt" not in await page(owner, "/b/salon/bookings?day=2026-12-03")


async def test_a_held_time_is_moved_and_the_agent_says_so(scene: tuple[Stage, Talk, Visitor]) -> None:
    _stage, talk, owner = scene
    form = {"act": "move", "start": "2026-12-02T17:00"}
    answer = await owner.browser.post("/b/salon/calls/call_live/offers/A1", data=form)
    assert answer.headers["location"] == "/b/salon/today?done=held_moved"
    told = await talk.asks("opening_hours")
    assert "17 Uhr" in told["say"]


async def test_a_booking_is_cancelled_by_the_business(scene: tuple[Stage, Talk, Visitor]) -> None:
    stage, _talk, owner = scene
    booking = await booking_of(stage, "straehnen")
    await owner.browser.post(f"/b/salon/bookings/{booking}", data={"act": "cancel"})
    text = await page(owner, f"/b/salon/bookings/{booking}")
    assert "abgesagt" in text
    assert "Abgesagt" in text, "who did it stands among where it comes from"


async def test_a_booking_is_a_file_for_calendars(scene: tuple[Stage, Talk, Visitor]) -> None:
    stage, _talk, owner = scene
    booking = await booking_of(stage, "straehnen")
    answer = await owner.browser.get(f"/b/salon/bookings/{booking}.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.text.count("BEGIN:VEVENT") == 1
    assert "Strähnen" in answer.text


async def test_what_is_typed_is_text_and_never_markup(scene: tuple[Stage, Talk, Visitor]) -> None:
    _stage, _talk, owner = scene
    evil = '"><script>alert(1)</script>'
    for path in ("/b/salon/calls", "/b/salon/bookings", "/b/salon/catalogue"):
        for name in ("text", "phrase", "moment", "day", "view", "after", "done"):
            text = (await owner.browser.get(path, params={name: evil})).text
            assert "<script>alert" not in text


async def test_health_tells_of_followed_calendars_and_keeps_their_addresses(
    scene: tuple[Stage, Talk, Visitor],
) -> None:
    stage, _talk, owner = scene
    now = stage.clock.now()
    assert "Gefolgte Kalender" not in await page(owner, "/b/salon/health")
    calendar = FollowedCalendar(
        "salon", "ics:maria:1", "maria", "https://cal.example/private-0a1b2c", False, now, now, kept=7
    )
    read = calendar.well(now.subtract(hours=2), now)
    for one in (read, read.failed("the feed's server answers 503", now.add(minutes=5))):
        await stage.house.store.write(lambda tx, one=one: tx.save_followed(one))
        german, english = [await page(owner, "/b/salon/health", tongue) for tongue in (GERMAN, ENGLISH)]
        assert "Maria" in german
        assert "cal.example" in german
        assert "7 belegte Zeiten, gelesen" in german
        assert "7 busy times, read" in english
        assert ("vergeblich" in german) == ("next is" in english) == bool(one.failures)
        assert "0a1b2c" not in german + english


async def test_any_address_is_answered_calmly(scene: tuple[Stage, Talk, Visitor]) -> None:
    _stage, _talk, owner = scene
    for query in (
        "after=1.x",
        "after=99999999999999.x",
        "day=0001-01-01",
        "day=9999-12-31",
        "view=week&day=9999-12-31",
        "days=x",
    ):
        for path in ("calls", "bookings", "health", "callbacks"):
            assert (await owner.browser.get(f"/b/salon/{path}?{query}")).status_code == 200, (path, query)


async def test_forms_need_the_token_of_the_page(scene: tuple[Stage, Talk, Visitor]) -> None:
    _stage, _talk, owner = scene
    async with httpx.AsyncClient(
        transport=owner.browser._transport, base_url=owner.browser.base_url
    ) as plain:
        plain.cookies = owner.browser.cookies
        forged = await plain.post(
            "/b/salon/lines", data={"platform": "retell", "line": "+493023125002", "paused": "yes"}
        )
        assert forged.status_code == 403


async def test_an_address_that_leads_nowhere_is_a_page_for_people(scene: tuple[Stage, Talk, Visitor]) -> None:
    _stage, _talk, owner = scene
    page = await owner.browser.get("/nothing/here", headers={"accept": "text/html", **GERMAN})
    assert page.status_code == 404
    assert "Diese Seite gibt es nicht" in page.text
    program = await owner.browser.get("/nothing/here", headers={"accept": "application/json"})
    assert (program.status_code, program.text) == (404, "Not Found")
