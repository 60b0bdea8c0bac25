"""A paused line, the callbacks it leads to, and absences."""

import pytest
from whenever import Instant

from handfest.model.actor import Actor, Role
from handfest.office.absences import Away, add_absence, list_absences, remove_absence
from handfest.office.callbacks import claim_callback, close_callback, list_callbacks
from handfest.office.log_change import list_changes
from handfest.office.objection import Objection, ObjectionCode
from handfest.office.pause_line import list_lines, pause_line, resume_line

LINE = ("retell", "+493023125002")


class TestPause:
    async def test_callers_are_asked_whether_they_want_to_be_called_back(self, stage, maria, phone_of):
        phone = await phone_of()
        wish = {"service": "Herrenhaarschnitt", "date": "2025-10-22", "time": "14:00"}
        assert (await phone.call("check_availability", **wish)).code == "offered"
        paused = await pause_line(stage.house.office, maria, "salon", *LINE, "Betriebsausflug")
        assert paused.pause.reason == "Betriebsausflug"
        for tool, arguments in (
            ("check_availability", {**wish, "time": "15:00"}),
            ("book_appointment", {"offer": "A1", "name": "Erika Beispiel"}),
            ("reschedule_appointment", {"new_date": "2025-10-23", "new_time": "14:00"}),
        ):
            reply = await phone.call(tool, **arguments)
            assert (reply.ok, reply.code, reply.next) == (True, "try_later", "ask")
            assert reply.say == (
                "Termine vergeben wir gerade nicht am Telefon. Darf ich notieren, dass wir Sie zurückrufen?"
            )
        offers = await stage.house.store.read(lambda tx: tx.offers("salon", "call_1"))
        assert [offer.state for offer in offers] == ["released"]
        assert (await phone.call("opening_hours")).code == "hours"
        assert (await phone.call("request_callback", name="Erika Beispiel")).code == "callback_taken"

    async def test_from_the_next_request_on_it_goes_on(self, stage, maria, phone_of):
        await pause_line(stage.house.office, maria, "salon", *LINE)
        resumed = await resume_line(stage.house.office, maria, "salon", *LINE)
        assert resumed.pause is None
        reply = await (await phone_of()).call(
            "check_availability", service="Herrenhaarschnitt", when="morgen"
        )
        assert reply.code == "offered"
        log = (await list_changes(stage.house.office, maria, "salon")).rows
        assert [row.what for row in log] == ["line_resumed", "line_paused"]

    async def test_other_lines_are_served_as_ever(self, stage, maria, phone_of):
        await pause_line(stage.house.office, maria, "salon", *LINE)
        phone = await phone_of(business="askpro")
        reply = await phone.call("check_availability", service="30 Minuten Beratung", when="morgen um 11 Uhr")
        assert reply.code == "offered"

    async def test_the_lines_tell_which_is_paused(self, stage, maria):
        assert [line.pause for line in await list_lines(stage.house.office, maria, "salon")] == [None]
        await pause_line(stage.house.office, maria, "salon", *LINE)
        (line,) = await list_lines(stage.house.office, maria, "salon")
        assert (line.platform, line.name, line.pause.actor_id) == (*LINE, "user:maria")

    async def test_a_line_that_is_not_there_is_not_paused(self, stage, maria):
        refused = await pause_line(stage.house.office, maria, "salon", "retell", "+493023125001")
        assert refused.code is ObjectionCode.NOT_FOUND

    async def test_a_new_version_does_not_end_the_pause(self, stage, maria, phone_of):
        await pause_line(stage.house.office, maria, "salon", *LINE)
        stored = await stage.house.store.read(lambda tx: tx.catalogue("salon"))
        await stage.apply(stored.source + "\n# neu\n")
        reply = await (await phone_of()).call("check_availability", service="Bartpflege", when="morgen")
        assert reply.code == "try_later"


class TestCallbacks:
    async def asked(self, phone_of):
        """The id of a request to be called back."""
        phone = await phone_of()
        await phone.call("request_callback", name="Erika Beispiel", reason="Farbberatung")

    async def test_claimed_and_closed_with_what_came_of_it(self, stage, maria, owner, phone_of):
        await self.asked(phone_of)
        (row,) = (await list_callbacks(stage.house.office, maria, "salon")).rows
        assert (row.name, row.reason, row.phone) == ("Erika Beispiel", "Farbberatung", "+493023125077")
        claimed = await claim_callback(stage.house.office, maria, "salon", row.id)
        assert claimed.claimed_by == "user:maria"
        taken = await claim_callback(stage.house.office, owner, "salon", row.id)
        assert (taken.code, taken.facts) == (ObjectionCode.CONFLICT, {"claimed_by": "user:maria"})
        closed = await close_callback(
            stage.house.office, maria, "salon", row.id, " erreicht,  Termin gemacht "
        )
        assert (closed.closed_by, closed.result) == ("user:maria", "erreicht, Termin gemacht")
        assert (await list_callbacks(stage.house.office, maria, "salon")).rows == ()
        assert len((await list_callbacks(stage.house.office, maria, "salon", still_open=False)).rows) == 1
        again = await close_callback(stage.house.office, owner, "salon", row.id, "noch einmal")
        assert again.code is ObjectionCode.CONFLICT
        log = (await list_changes(stage.house.office, maria, "salon")).rows
        assert [line.what for line in log] == ["callback_closed", "callback_claimed"]

    async def test_without_a_word_of_what_came_of_it_it_stays_open(self, stage, maria, phone_of):
        await self.asked(phone_of)
        (row,) = (await list_callbacks(stage.house.office, maria, "salon")).rows
        refused = await close_callback(stage.house.office, maria, "salon", row.id, "  ")
        assert refused.code is ObjectionCode.INVALID
        assert len((await list_callbacks(stage.house.office, maria, "salon")).rows) == 1

    async def test_b95_of_another_business_it_is_not_there(self, stage, phone_of):
        await self.asked(phone_of)
        stranger = Actor("user:x", "Xaver Muster", {"askpro": Role.OWNER})
        assert (
            await claim_callback(stage.house.office, stranger, "salon", "cb_1")
        ).code is ObjectionCode.NOT_ALLOWED
        assert (
            await claim_callback(stage.house.office, stranger, "askpro", "cb_1")
        ).code is ObjectionCode.NOT_FOUND


def away(first: str, last: str, **more: str) -> Away:
    """An absence by local times of that week."""
    return Away(Instant.parse_iso(f"{first}:00+02:00"), Instant.parse_iso(f"{last}:00+02:00"), **more)


class TestAbsences:
    async def test_nobody_is_booked_while_they_are_away(self, stage, maria, phone_of):
        noted = await add_absence(
            stage.house.office,
            maria,
            "salon",
            away("2025-10-22T12:00", "2025-10-22T18:00", staff_id="maria", label="Zahnarzt"),
        )
        assert [(row.resource_id, row.label) for row in noted] == [("maria", "Zahnarzt")]
        phone = await phone_of()
        wish = {"service": "Herrenhaarschnitt", "date": "2025-10-22", "time": "14:00", "staff": "Maria"}
        assert (await phone.call("check_availability", **wish)).data["asked"]["free"] is False
        await remove_absence(stage.house.office, maria, "salon", noted[0].id)
        assert (await phone.call("check_availability", **wish, when="")).data.get("asked") is None

    async def test_everybody_is_away_by_one_absence_each(self, stage, maria):
        noted = await add_absence(
            stage.house.office, maria, "salon", away("2025-12-24T00:00", "2025-12-27T00:00")
        )
        assert [row.resource_id for row in noted] == ["maria", "jana"]
        first, last = Instant.from_utc(2025, 12, 1), Instant.from_utc(2026, 1, 1)
        assert await list_absences(stage.house.office, maria, "salon", first, last) == noted
        log = (await list_changes(stage.house.office, maria, "salon")).rows
        assert {row.subject for row in log} == {row.id for row in noted}

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            (away("2025-10-22T12:00", "2025-10-22T12:00"), "end"),
            (away("2025-10-22T12:00", "2029-10-22T12:00"), "end"),
            (away("2025-10-22T12:00", "2025-10-22T13:00", staff_id="x"), "staff_id"),
            (away("2025-10-22T12:00", "2025-10-22T13:00", kind="x"), "kind"),
        ],
    )
    async def test_nonsense_is_named(self, stage, maria, wrong, field):
        refused = await add_absence(stage.house.office, maria, "salon", wrong)
        assert isinstance(refused, Objection)
        assert (refused.code, refused.facts["field"]) == (ObjectionCode.INVALID, field)

    async def test_what_is_not_kept_cannot_be_taken_back(self, stage, maria):
        assert (await remove_absence(stage.house.office, maria, "salon", "x")).code is ObjectionCode.NOT_FOUND
