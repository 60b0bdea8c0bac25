"""Every dialect, tool and situation of the gateway replaced, held against one table (`dialect_matrix.toml`).

An agent built for that gateway works after its URL is switched, and the laws are kept: nothing unchecked is
booked, nothing named is replaced by a default, and every answer has the old field names too.
"""

import json
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from whenever import Instant

from handfest.model.booking import BookingState
from handfest.ports import BusyTime
from handfest.storage.memory import MemoryStore, Rows
from handfest.testing.scenario_stage import Stage
from handfest.voice.answer import ANSWER_MAX
from retell_house import NOW, SALON, call_object, event, house, post, tool

TABLE: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("dialect_matrix.toml").read_text("utf-8"))
SITUATIONS = list(TABLE["situation"])
OLD_FIELDS = {
    "success",
    "status",
    "message",
    "bestaetigung_status",
    "appointment_id",
    "reference_id",
    "next_steps",
    "selected_service_id",
    "alternatives",
}
CALL = "call_0123456789abcdef0123456789a"
EARLIER = "call_earlier456789abcdef0123456"
STAFF = ("maria", "jana")
AT_15 = NOW.add(hours=29)


def cells() -> list[Any]:
    return [
        pytest.param(spelled, spelling, id=f"{spelled}-{spelling}")
        for spelled in TABLE["tool"]
        for spelling in TABLE["spelling"]
    ]


def arguments(entry: Mapping[str, Any], spelling: str, situation: str) -> dict[str, Any]:
    """The wish of the situation as an agent of this dialect writes it."""
    names, wish = TABLE["spelling"][spelling], TABLE["situation"][situation]
    prefix = "new_" if entry["kind"] == "reschedule" else ""
    found: dict[str, Any] = {names["name"]: "Erika Beispiel", names["service"]: wish["service"]}
    if "datetime" in names and not prefix:
        found[names["datetime"]] = f"{wish['day']} {wish['clock']}" if "clock" in wish else wish["day"]
    else:
        found[names[prefix + "date"]] = wish["day"]
        if "clock" in wish:
            found[names[prefix + "time"]] = wish["clock"]
    return {**found, **entry.get("extra", {})}


async def prepare(stage: Stage, kind: str) -> None:
    """15:00 is taken for everybody; who asks about appointments has one."""

    def work(tx: Any) -> None:
        for staff in STAFF:
            tx.add_busy(BusyTime("salon", f"busy_{staff}", staff, AT_15, AT_15.add(minutes=60), "busy"))

    await stage.house.store.write(work)
    if kind in ("cancel", "reschedule", "find"):
        wish = {"service": "Herrenhaarschnitt", "date": "2025-10-23", "time": "11:00"}
        await tool(stage, SALON, EARLIER, "check_availability", wish)
        answer = await tool(
            stage, SALON, EARLIER, "book_appointment", {"offer": "A1", "name": "Erika Beispiel"}
        )
        assert answer["code"] == "booked"
        stage.clock.advance(60)


@asynccontextmanager
async def fresh() -> AsyncIterator[Stage]:
    """The salon with an empty diary. It is compiled once: 900 cells have no time to compile it each."""
    if not _KEPT:
        async with house("salon") as stage:
            assert isinstance(stage.house.store, MemoryStore)
            _KEPT.append((stage, stage.house.store._rows.copy(), stage.clock.now()))
    stage, rows, now = _KEPT[0]
    stage.house.store._rows = rows.copy()  # type: ignore[attr-defined]
    stage.clock.advance((now - stage.clock.now()).total("seconds"))
    yield stage


_KEPT: list[tuple[Stage, Rows, Instant]] = []


async def left(stage: Stage) -> tuple[int, int]:
    """How many holds and live bookings there are."""

    def work(tx: Any) -> tuple[int, int]:
        rows = tx.taken("salon", NOW, NOW.add(hours=24 * 30), stage.clock.now())
        bookings = (*tx.bookings_of_call("salon", CALL), *tx.bookings_of_call("salon", EARLIER))
        return (
            sum(row.kind == "hold" for row in rows),
            sum(booking.state is BookingState.BOOKED for booking in bookings),
        )

    return await stage.house.store.read(work)


@pytest.mark.parametrize(("spelled", "spelling"), cells())
async def test_b54_b86_every_dialect_tool_and_situation(spelled: str, spelling: str) -> None:
    for situation in SITUATIONS:
        await one_cell(spelled, spelling, situation)


async def one_cell(spelled: str, spelling: str, situation: str) -> None:
    """The request and the same request after the caller's yes, against the row of the table."""
    entry = TABLE["tool"][spelled]
    rows = TABLE["expect"][entry["kind"]]
    expect = rows.get(situation, rows["resolved"])
    args = arguments(entry, spelling, situation)
    async with fresh() as stage:
        await prepare(stage, entry["kind"])
        first = await tool(stage, SALON, CALL, entry.get("name", spelled), args)
        assert (first["code"], first["next"]) == (expect["code"], expect["next"]), first
        before = await left(stage)
        booked_before = 1 if entry["kind"] in ("cancel", "reschedule", "find") else 0
        assert before == (expect["holds"], booked_before), first
        assert_old_fields(first, entry, spelled, args)
        stage.clock.advance(20)
        again = await tool(stage, SALON, CALL, entry.get("name", spelled), args)
        assert again["code"] == expect["again"], again
        assert (await left(stage))[1] == expect.get("booked", 0)
        assert_old_fields(again, entry, spelled, args)


def assert_old_fields(answer: Mapping[str, Any], entry: Mapping[str, Any], spelled: str, args: Any) -> None:
    """The old names are there for whoever does not speak ours, and say the same."""
    assert len(json.dumps(answer, ensure_ascii=False, separators=(",", ":"))) <= ANSWER_MAX
    if "success" not in answer:
        return
    assert set(answer) >= OLD_FIELDS
    assert answer["message"] == answer["say"]
    commits = entry["kind"] in ("book", "cancel", "reschedule")
    done = answer["code"] in ("booked", "changed", "cancelled")
    assert answer["success"] is (done if commits else True)
    assert (answer["appointment_id"] is not None) is (done or answer["code"] == "appointments")
    assert answer["bestaetigung_status"] == (
        "confirmed" if done else "awaiting_confirmation" if answer["next"] == "confirm" else "none"
    )


@pytest.mark.parametrize("spelled", [one for one in TABLE["tool"] if one != "let_go"])
async def test_every_foreign_spelling_is_answered_in_the_old_fields(spelled: str) -> None:
    entry = TABLE["tool"][spelled]
    async with house("salon") as stage:
        answer = await tool(
            stage, SALON, CALL, entry.get("name", spelled), arguments(entry, "german", "resolved")
        )
        assert set(answer) >= OLD_FIELDS


async def test_our_own_spelling_is_answered_without_them() -> None:
    async with house("salon") as stage:
        answer = await tool(
            stage, SALON, CALL, "check_availability", {"service": "Bart", "when": "morgen um 10"}
        )
        assert not set(answer) & (OLD_FIELDS - {"selected_service_id"})


async def test_b62_b63_a_flag_never_books_what_was_not_offered() -> None:
    wish = {
        "datum": "22.10.2025",
        "uhrzeit": "10 Uhr",
        "dienstleistung": "Herrenhaarschnitt",
        "name": "Erika Beispiel",
    }
    async with house("salon") as stage:
        for flag in ({"bestaetigung": True}, {"bestaetigung": "ja"}, {"confirm_booking": "true"}):
            call_id = f"call_{next(iter(flag))}_{next(iter(flag.values()))}"
            answer = await tool(stage, SALON, call_id, "collect_appointment_data", {**wish, **flag})
            assert answer["code"] == "offered"
            assert answer["success"] is False
            assert answer["awaiting_confirmation"] is (answer["next"] == "confirm")
        body = {"name": "collect_appointment_data", "args": wish, "bestaetigung": True}
        answer = (
            await post(stage, SALON, "/retell/tools", {**body, "call": call_object(SALON, "call_t")})
        ).json()
        assert answer["code"] == "offered"
        assert (await left(stage))[1] == 0


async def test_b63_an_open_time_is_never_called_full_for_a_missing_flag() -> None:
    wish = {"datum": "22.10.2025", "uhrzeit": "10:00", "dienstleistung": "Herrenhaarschnitt"}
    async with house("salon") as stage:
        for number, flag in enumerate(
            ({}, {"bestaetigung": None}, {"bestaetigung": False}, {"bestaetigung": ""})
        ):
            call_id = f"call_{number}"
            answer = await tool(stage, SALON, call_id, "collect_appointment_data", {**wish, **flag})
            assert (answer["status"], answer["available"]) == ("available", True)
            await event(stage, SALON, "call_ended", call_object(SALON, call_id))


async def test_collect_then_confirm_books_exactly_the_time_offered() -> None:
    wish = {
        "datum": "22.10.2025",
        "uhrzeit": "10:00",
        "dienstleistung": "Herrenhaarschnitt",
        "name": "Erika Beispiel",
    }
    async with house("salon") as stage:
        offered = await tool(stage, SALON, CALL, "collect_appointment_data", wish)
        assert offered["selected_service_id"] == "herren"
        booked = await tool(stage, SALON, CALL, "collect_appointment_data", {**wish, "bestaetigung": True})
        assert (booked["code"], booked["success"], booked["status"]) == ("booked", True, "booked")
        assert booked["booking"]["start"].startswith("2025-10-22T10:00")
        assert booked["appointment_id"] == booked["reference_id"] == booked["booking"]["id"]


@pytest.mark.parametrize("name", ["get_current_context", "initialize_call", "check_customer"])
@pytest.mark.parametrize(
    ("caller", "known"), [("+4930231250701", True), ("+4930231250702", False), (None, None)]
)
async def test_context_says_today_and_whether_the_caller_is_known_and_no_more(
    name: str, caller: str | None, known: bool | None
) -> None:
    async with house("salon") as stage:
        await prepare(stage, "find")
        more = {"from_number": caller or "anonymous"}
        answer = await tool(stage, SALON, CALL, name, {"call_id": ""}, **more)
        assert answer["today"] == "Dienstag, 21. Oktober 2025"
        assert answer["current_time"]["date"] == "2025-10-21"
        assert answer["current_time"]["weekday"] == "Dienstag"
        assert answer["found"] is (known is True)
        assert answer["customer"]["status"] == {True: "found", False: "new", None: "anonymous"}[known]
        text = json.dumps(answer, ensure_ascii=False)
        assert "Erika" not in text
        assert "3023125" not in text


async def test_a_date_that_was_read_is_remembered_for_the_check() -> None:
    async with house("salon") as stage:
        read = await tool(stage, SALON, CALL, "parse_date", {"date_string": "übermorgen"})
        assert (read["date"], read["day_name"]) == ("2025-10-23", "Donnerstag")
        checked = await tool(
            stage, SALON, CALL, "check_availability_v17", {"uhrzeit": "10:00", "dienstleistung": "Bart"}
        )
        assert checked["offers"][0]["start"].startswith("2025-10-23T10:00")


async def test_a_reservation_that_is_released_is_free_for_others() -> None:
    wish = {"datetime": "2025-10-22 10:00", "service_name": "Herrenhaarschnitt"}
    async with house("salon") as stage:
        held = await tool(stage, SALON, CALL, "reserve_slot", wish)
        assert held["reservation_uid"] == "A1"
        assert (await left(stage))[0] == 1
        answer = await tool(
            stage, SALON, CALL, "release_slot_reservation", {"reservation_uid": held["reservation_uid"]}
        )
        assert answer["status"] == "released"
        assert (await left(stage))[0] == 0


@pytest.mark.parametrize(
    "call_id", ["", "None", "1", "12345", "call_1", "call_001", "current", "{{call_id}}", "undefined"]
)
async def test_b55_a_call_id_among_the_arguments_is_never_looked_at(call_id: str) -> None:
    async with house("salon") as stage:
        wish = {
            "call_id": call_id,
            "datum": "morgen",
            "uhrzeit": "10 Uhr",
            "dienstleistung": "Herrenhaarschnitt",
        }
        answer = await tool(stage, SALON, CALL, "check_availability_v17", wish)
        assert answer["code"] == "offered"
        assert await stage.house.store.read(lambda tx: tx.call("salon", CALL)) is not None
        if call_id:
            assert await stage.house.store.read(lambda tx: tx.call("salon", call_id)) is None


async def test_b12_what_a_tool_does_not_read_is_recorded() -> None:
    async with house("salon") as stage:
        args = {"datum": "morgen", "haarfarbe": "braun", "email": "a@example.org", "call_id": "x"}
        await tool(stage, SALON, CALL, "check_availability_v17", args)
        turns = await stage.house.store.read(lambda tx: tx.turns("salon", CALL))
        heard = next(step.facts for step in turns[0].steps if step.name == "heard")
        assert heard["unread"] == ["haarfarbe", "email"]
