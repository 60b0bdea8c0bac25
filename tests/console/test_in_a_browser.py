"""The console as people use it: the system's Chromium through every page and the whole story."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Page, expect

from console.browser import WAIT_MS, Site, examined, overflow, site, violations
from console.pages import PAGES
from console.scene import Talk, morning, running_call
from handfest.model.actor import Scope
from handfest.model.booking import BookingState
from visitors import PASSWORD, key_of

pytestmark = pytest.mark.browser
expect.set_options(timeout=WAIT_MS)


@pytest.fixture
async def salon() -> AsyncIterator[tuple[Site, Talk]]:
    """The salon at 10:42, served, with a browser before it. No page may complain or ask elsewhere for anything."""
    async with morning() as (stage, talk), site(stage) as opened:
        yield opened, talk
        assert opened.noise == []


async def a_booking(opened: Site) -> str:
    """The id of a booking that is still to come."""
    now = opened.stage.clock.now()
    found = await opened.stage.house.store.read(
        lambda tx: tx.bookings("salon", now, now.add(hours=72), 50, booked=True)
    )
    return next(row.id for row in found if row.service_id == "straehnen")


async def test_every_page_can_be_read_by_everybody(salon: tuple[Site, Talk]) -> None:
    """axe-core finds nothing serious, in light on a desk and in dark on a small phone, and nothing is wider than that."""
    opened, _talk = salon
    booking = await a_booking(opened)
    found: list[str] = []
    async with opened.reader(color_scheme="light", reduced_motion="reduce") as page:
        await examined(page)
        for address in PAGES.values():
            await page.emulate_media(color_scheme="light", reduced_motion="reduce")
            await page.set_viewport_size({"width": 1280, "height": 900})
            answer = await page.goto(address.format(booking=booking))
            assert answer is not None, address
            assert answer.status == 200, address
            found += await violations(page)
            await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
            await page.set_viewport_size({"width": 360, "height": 740})
            found += await violations(page)
            assert await overflow(page) <= 0, address
        assert found == []
        await page.evaluate("document.querySelector('main').append(document.createElement('button'))")
        assert any("button-name" in one for one in await violations(page)), "axe finds what is wrong"


async def test_the_whole_story(salon: tuple[Site, Talk]) -> None:
    """Log in, watch a call come in, explain it, add an alias, try the phrase, move a booking, pause a line."""
    opened, _talk = salon
    async with opened.reader(logged_in=False) as page:
        await log_in(page)
        await page.get_by_role("link", name="Salon Lindenhof").click()
        await expect(page.locator(".call-now")).to_have_count(1)
        await expect(page.locator('[data-live-state="on"]')).to_be_visible()

        await running_call(opened.stage, "call_new", "morgen", "14 Uhr")
        await expect(page.locator(".call-now")).to_have_count(2)
        await page.locator('a[href$="/calls/call_new"]').first.click()
        await expect(page.get_by_role("heading", name="Verlauf")).to_be_visible()
        await expect(page.locator(".waterfall .bracket")).not_to_have_count(0)

        await why_not(page)
        await alias(page)
        await move(page, await a_booking(opened))
        await pause(opened, page)


async def log_in(page: Page) -> None:
    await page.goto("/")
    await page.get_by_label("E-Mail-Adresse").fill("erika@example.com")
    await page.get_by_label("Passwort").fill(PASSWORD)
    await page.get_by_role("button", name="Anmelden").click()
    await expect(page.get_by_role("heading", name="Betriebe", level=1)).to_be_visible()


async def why_not(page: Page) -> None:
    """ "Why not 8 o'clock?" is asked right there."""
    await page.get_by_label("Wann", exact=True).fill("morgen um 8 Uhr")
    await page.get_by_role("button", name="Fragen").click()
    await expect(page.locator(".reasons li")).not_to_have_count(0)


async def alias(page: Page) -> None:
    """A name that callers confirmed is accepted, and understood by the draft and then by the new version."""
    await page.get_by_role("link", name="Katalog").first.click()
    await page.get_by_label("Worte für eine Leistung").fill("Haarschnitt")
    await page.locator("#try").get_by_role("button", name="Probieren").first.click()
    await expect(page.locator(".understood.warn")).to_be_visible()
    suggested = page.locator("section", has=page.get_by_role("heading", name="Vorgeschlagene Namen"))
    await suggested.get_by_role("button", name="Annehmen").first.click()
    await expect(page.locator(".understood.good")).to_contain_text("Herrenhaarschnitt")
    await page.get_by_role("link", name=re.compile("Änderung")).click()
    await expect(page.locator(".changes ins")).to_contain_text("haarschnitt")
    await page.get_by_role("button", name="Übernehmen").click()
    await expect(page.locator(".notice.good")).to_be_visible()
    await page.get_by_label("Worte für eine Leistung").fill("Haarschnitt")
    await page.locator("#try").get_by_role("button", name="Probieren").first.click()
    await expect(page.locator(".understood.good")).to_contain_text("Herrenhaarschnitt")


async def move(page: Page, booking: str) -> None:
    """A booking is moved; a time that is not free is refused first, and others are named."""
    await page.goto(f"/b/salon/bookings/{booking}")
    await page.get_by_label("Neuer Beginn").fill("2026-12-02T11:00")
    await page.get_by_role("button", name="Verlegen").click()
    await expect(page.locator(".notice.bad")).to_contain_text("nicht frei")
    await expect(page.locator(".near a")).not_to_have_count(0)
    await page.get_by_label("Neuer Beginn").fill("2026-12-04T12:00")
    await page.get_by_role("button", name="Verlegen").click()
    await expect(page.locator(".notice.good")).to_be_visible()
    await expect(page.locator(".head")).to_contain_text("4. Dezember")


async def pause(opened: Site, page: Page) -> None:
    """One press pauses the line; the caller who is on the phone is offered a callback."""
    await page.goto("/b/salon/today")
    await page.get_by_role("button", name=re.compile("anhalten")).click()
    await expect(page.locator(".notice.warn")).to_be_visible()
    talk = await running_call(opened.stage, "call_paused", "am Samstag", "10 Uhr")
    answer = [entry for entry in talk.entries if entry["role"] == "tool_call_result"][-1]
    assert '"code": "try_later"' in str(answer["content"])
    await page.get_by_role("button", name=re.compile("freigeben")).click()
    await expect(page.locator(".notice.warn")).to_have_count(0)


async def test_staff_step_in_while_the_call_runs(salon: tuple[Site, Talk]) -> None:
    """A held time is taken away; the page shows it, and the agent hears of it in its next answer."""
    opened, talk = salon
    async with opened.reader() as page:
        await page.goto("/b/salon/today")
        await page.get_by_text("Eingreifen").click()
        await page.locator(".call-now").get_by_role("button", name="Freigeben").first.click()
        await expect(page.locator(".notice.good")).to_be_visible()
        await expect(page.locator(".held.gone")).not_to_have_count(0)
    answer = await talk.asks("book_appointment", offer="A1", name="Ida Entwurf")
    assert answer["code"] != "booked"
    assert "16 Uhr 30" in answer["say"]


async def test_try_a_call_and_clear_it_away(salon: tuple[Site, Talk]) -> None:
    """The page is the phone: the incident is played, the trace grows beside it, the booking is a test."""
    opened, _talk = salon
    async with opened.reader() as page:
        await page.goto("/b/salon/try")
        await page.get_by_role("button", name="Der Vorfall").click()
        for said in range(1, 4):
            await page.get_by_role("button", name="Sagen").click()
            await expect(page.locator(".from-caller")).to_have_count(said)
        await expect(page.locator(".from-agent").last).to_contain_text("gebucht")
        await expect(page.locator(".waterfall .bracket.booked")).to_have_count(1)
        tests = [row for row in await bookings(opened) if row.test]
        assert [row.state for row in tests] == [BookingState.BOOKED]
        await page.get_by_role("button", name="Auflegen").click()
        await expect(page.get_by_text("aufgelegt", exact=True)).to_be_visible()
        await page.get_by_role("button", name="Testtermine wegräumen").click()
        await expect(page.locator(".notice.good")).to_be_visible()
    assert [row.state for row in await bookings(opened) if row.test] == [BookingState.CANCELLED]


SPOKEN = "Ich hätte gern einen Herrenhaarschnitt, morgen um elf."
HEARING = """
window.SpeechRecognition = class {
  start() {
    window.heardIn = this.lang;
    setTimeout(() => {
      const said = window.spoken;
      if (said) this.onresult({ results: [[{ transcript: said }]] }); else this.onerror({ error: "not-allowed" });
      this.onend();
    }, 20);
  }
  stop() {}
};
"""
"""A browser that hears `window.spoken`, or nothing: Chromium's own recognition needs a service elsewhere."""


async def test_the_caller_may_speak_instead_of_typing(salon: tuple[Site, Talk]) -> None:
    """What is heard is said, in the language of the business, after every sentence anew; nothing heard is told."""
    opened, _talk = salon
    async with opened.reader(locale="en-GB") as page:
        await page.goto("/b/salon/try")
        unequipped = page.get_by_role("button", name="Speak")
        await page.evaluate("delete document.documentElement.dataset.hears")
        await expect(unequipped).to_have_count(0)
        await page.add_init_script(HEARING)
        await page.reload()
        await page.get_by_role("button", name="Speak").click()
        await expect(page.get_by_role("status")).to_contain_text("microphone")
        for said in range(1, 3):
            await page.evaluate("said => { window.spoken = said }", SPOKEN)
            await page.get_by_role("button", name="Speak").click()
            await expect(page.locator(".from-caller")).to_have_count(said)
            # The page puts the focus into the field; a click before that would be in its way.
            await expect(page.locator("#said")).to_be_focused()
        await expect(page.locator(".from-caller").first).to_have_text(
            re.compile("Herrenhaarschnitt, morgen um elf")
        )
        assert await page.evaluate("window.heardIn") == "de"


async def bookings(opened: Site):  # type: ignore[no-untyped-def]
    now = opened.stage.clock.now()
    return await opened.stage.house.store.read(lambda tx: tx.bookings("salon", now, now.add(hours=240), 100))


async def test_the_interface_is_tried_from_its_own_document(salon: tuple[Site, Talk]) -> None:
    """With a key of the business, under the policy of all pages; without one, what one's own login may see."""
    opened, _talk = salon
    key = (await key_of(opened.stage, "salon", *Scope))["Authorization"].removeprefix("Bearer ")
    async with opened.reader(logged_in=False, viewport={"width": 360, "height": 740}) as page:
        await examined(page)
        await page.goto("/api/docs")
        assert await violations(page) == []
        assert await overflow(page) <= 0
        await page.get_by_label("API key").fill(key)
        tried = await opened_form(page, "GET /api/businesses/{business}/bookings")
        await tried.get_by_label("business").fill("salon")
        await tried.get_by_label("limit").fill("2")
        await tried.get_by_role("button", name="Send").click()
        await expect(tried.locator("output b")).to_have_text("200 GET /api/businesses/salon/bookings?limit=2")
        await expect(tried.locator("pre")).to_contain_text('"rows": [')
        saved = await opened_form(page, "PUT /api/businesses/{business}/catalogue/draft")
        await saved.get_by_label("business").fill("salon")
        await saved.get_by_label("Body").fill('{"source": "x", "edit": 0}')
        await saved.get_by_role("button", name="Send").click()
        await expect(saved.locator("pre")).to_contain_text("Nach dem Schlüssel fehlt")


async def opened_form(page: Page, operation: str) -> Locator:
    """The form of an operation, opened."""
    part = page.locator("article", has=page.get_by_role("heading", name=operation, exact=True))
    await part.get_by_text("Try it").click()
    return part.locator("form")


async def test_somebody_is_invited_and_comes_in(salon: tuple[Site, Talk]) -> None:
    """The owner copies the link from the page; whoever opens it chooses a password and is in."""
    opened, _talk = salon
    async with opened.reader() as page:
        await page.goto("/b/salon/people")
        await page.get_by_label("E-Mail-Adresse").fill("jana@example.com")
        await page.get_by_label("Name", exact=True).last.fill("Jana Beispiel")
        await page.get_by_role("button", name="Person eintragen").click()
        link = await page.locator(".shown-once code").inner_text()
        await expect(page.get_by_text("noch nicht angemeldet")).to_be_visible()
        await page.set_viewport_size({"width": 360, "height": 740})
        assert await overflow(page) <= 0
        await page.get_by_role("button", name="Neu einladen: Jana Beispiel").click()
        newer = await page.locator(".shown-once code").inner_text()
    async with opened.reader(logged_in=False) as page:
        await examined(page)
        await page.goto(newer)
        assert await violations(page) == []
        await page.get_by_label("Neues Passwort", exact=True).fill(PASSWORD)
        await page.get_by_label("Neues Passwort noch einmal").fill(PASSWORD)
        await page.get_by_role("button", name="Passwort setzen und anmelden").click()
        await expect(page.get_by_role("heading", name="Mittwoch, 2. Dezember")).to_be_visible()
    async with opened.reader(logged_in=False) as page:
        await page.goto(link)
        await expect(page.get_by_text("gilt nicht mehr")).to_be_visible()
        opened.noise.clear()  # the browser says that the page was gone


async def test_without_javascript_everything_can_be_read_and_done(salon: tuple[Site, Talk]) -> None:
    """Plain pages and plain forms: the day is read, the language changed, a callback closed."""
    opened, _talk = salon
    async with opened.reader(java_script_enabled=False) as page:
        for address in PAGES.values():
            answer = await page.goto(address.format(booking=await a_booking(opened)))
            assert answer is not None, address
            assert answer.status == 200, address
        await page.goto("/b/salon/callbacks")
        await page.get_by_label("Ergebnis").fill("erreicht")
        await page.get_by_role("button", name="Erledigt").click()
        await expect(page.get_by_text("Niemand wartet auf einen Rückruf.")).to_be_visible()
        await page.get_by_role("button", name="EN", exact=True).click()
        await expect(page.get_by_text("Nobody waits to be called back.")).to_be_visible()
        await page.get_by_role("button", name="Dark").click()
        await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_the_keyboard_reaches_the_page_first(salon: tuple[Site, Talk]) -> None:
    """The first stop is the way past the rail, and whatever has the focus can be seen to have it."""
    opened, _talk = salon
    async with opened.reader() as page:
        await page.goto("/b/salon/calls")
        await page.keyboard.press("Tab")
        await expect(page.locator(".skip")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("#main")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("searchbox")).to_be_focused()
        width: str = await page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert float(width.removesuffix("px")) >= 2
