"""The drawings as figures: a day, a waterfall, a chart, and words marked in a line."""

import pytest

from handfest.diagnosis.pages.chart import Series, chart_of
from handfest.diagnosis.story.timeline import Event, Lane
from handfest.web.console.day_drawing import Item, day_drawing
from handfest.web.console.marked import pieces_of
from handfest.web.console.waterfall import WIDTH_MIN, waterfall
from handfest.web.page import coded


def test_things_lie_at_their_times_and_beside_each_other() -> None:
    items = [
        Item("maria", 9 * 60, 10 * 60, "booking", "a"),
        Item("maria", 9 * 60 + 30, 10 * 60 + 30, "booking", "b"),
        Item("maria", 11 * 60, 11 * 60 + 20, "hold", "c"),
    ]
    day = day_drawing([("maria", "Maria")], items, {"maria": [(9 * 60, 12 * 60)]}, 9 * 60 + 47)
    (column,) = day.columns
    placed = {one.item.title: (one.row, one.rows, one.lane) for one in column.placed}
    assert placed == {"a": (0, 12, 0), "b": (6, 12, 1), "c": (24, 4, None)}
    assert (column.lanes, day.rows, day.now) == (2, 36, 9)


def test_what_lies_outside_the_hours_makes_the_day_longer_and_is_marked() -> None:
    items = [Item("", 7 * 60, 7 * 60 + 30, "booking", "early")]
    day = day_drawing([("", "Salon")], items, {"": [(9 * 60, 17 * 60)]}, None)
    assert (day.first, day.last, day.now) == (7 * 60, 17 * 60, None)
    shut = [one for one in day.columns[0].placed if one.item.kind == "off-hours"]
    assert [(one.row, one.rows) for one in shut] == [(0, 24)]


def test_a_day_without_hours_is_still_a_day() -> None:
    day = day_drawing([("", "Salon")], [], {}, 3 * 60)
    assert (day.first, day.last, day.empty, day.now) == (8 * 60, 18 * 60, True, None)


def event(at_s: float, lane: Lane = Lane.GATEWAY, **more: object) -> Event:
    return Event(at_s, lane, "x", 1, 1, **more)  # type: ignore[arg-type]


def test_offers_are_brackets_that_the_booking_closes() -> None:
    events = (
        event(0.0),
        event(1.0, opens=("A1",)),
        event(1.1, opens=("A2",)),
        event(60.0, Lane.CALENDAR, closes=("A1",), booked=True),
        event(61.0, closes=("A2",)),
        event(62.0, opens=("A3",)),
    )
    drawn = waterfall(events)
    assert [(one.name, one.kind) for one in drawn.brackets] == [
        ("A1", "booked"),
        ("A2", "gone"),
        ("A3", "open"),
    ]
    assert drawn.brackets[0].y != drawn.brackets[1].y, "what is open together lies on two rows"
    assert drawn.brackets[2].end is None
    places = [dot.x for dot in drawn.dots]
    assert places == sorted(places)
    assert len(set(places)) == len(places), "no event hides another"
    assert drawn.width >= WIDTH_MIN - 1


def test_no_events_draw_nothing() -> None:
    drawn = waterfall(())
    assert (drawn.dots, drawn.brackets, drawn.ticks) == ((), (), ())


def test_bars_stand_on_each_other() -> None:
    chart = chart_of("x", ["1.", "2."], [Series("good", "good", (3, 0)), Series("bad", "bad", (1, 0))])
    assert [bar.told for bar in chart.bars] == ["1.: good 3", "1.: bad 1"]
    assert chart.bars[0].y + chart.bars[0].height == pytest.approx(chart.floor, abs=0.2)
    assert chart.bars[1].y + chart.bars[1].height == pytest.approx(chart.bars[0].y, abs=0.2)
    assert chart.rows == (("1.", "3", "1"), ("2.", "0", "0"))


def test_a_promise_is_marked_where_it_stands() -> None:
    line = "Gut. Am 3. Dezember ist 11 Uhr frei. Passt das?"
    pieces = pieces_of(line, (("am 3.dezember ist 11 uhr frei", True),))
    assert [(piece.text, piece.kept) for piece in pieces] == [
        ("Gut. ", None),
        ("Am 3. Dezember ist 11 Uhr frei", True),
        (". Passt das?", None),
    ]
    assert [piece.kept for piece in pieces_of(line, (("was nie gesagt wurde", False),))] == [False]
    assert [piece.text for piece in pieces_of(line, ())] == [line]


def test_what_is_code_is_shown_as_code_and_nothing_else_becomes_markup() -> None:
    assert coded("run `a <b>` or <i>`c`") == "run <code>a &lt;b&gt;</code> or &lt;i&gt;<code>c</code>"
    assert coded("one ` alone") == "one ` alone"
