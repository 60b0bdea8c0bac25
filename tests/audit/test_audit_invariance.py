"""What must not change a verdict: the tools' names, the week of the call, and turns about other things."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from audit.labelled_calls import catalogues, examiner_calls, item, scenarios
from audit.scenario import labelled
from handfest.diagnosis.audit.suite_answer import answer_item
from handfest.diagnosis.hearing.spoken_words import spoken_words
from handfest.diagnosis.recording.asked import kind_of

RENAMED = {
    "check_availability": ("check_availability_v17", "find_slots", "get_slots", "checkAvailability_slots"),
    "find_slots": ("check_availability", "get_available_slots", "find_next_available_slots"),
    "get_slots": ("find_slots", "check_availability_cal"),
    "book_appointment": ("book_appointment_v17", "start_booking", "create_booking", "book_appointment_cal"),
    "start_booking": ("book_appointment", "create_booking_v2"),
    "create_booking": ("book_appointment",),
}
SMALL_TALK = (
    ("A: Haben Sie gut hergefunden in die Leitung?", "C: Jaja."),
    ("A: Schönes Wetter heute.", "C: Stimmt."),
    ("A: Dieses Gespräch wird aufgezeichnet.", "C: Aha."),
)
MONTHS = re.compile(
    r"januar|january|november|oktober|\b(?:mai|may|juni)\b|\d(?:st|nd|rd|th)\b|zwanzigsten|\bachten\b",
    re.IGNORECASE,
)
NAMES = st.sampled_from(sorted(scenarios()))
SHIFTABLE = st.sampled_from(sorted(k for k, s in scenarios().items() if not MONTHS.search(s["say"])))
COMMON = settings(derandomize=True, max_examples=120, deadline=None)


def verdict(scenario: dict[str, Any]) -> tuple[list[str], str, str | None]:
    answer = answer_item(item(scenario), catalogues())["answer"]
    return labelled(answer["findings"]), answer["outcome"], answer["primary"]


@COMMON
@given(NAMES, st.data())
def test_renaming_tools_between_dialects_changes_nothing(name: str, data: st.DataObject) -> None:
    scenario = scenarios()[name]
    lines = []
    for line in scenario["say"].splitlines():
        tool = line[1:].split()[0] if line.startswith(">") else ""
        if tool in RENAMED:
            line = line.replace(tool, data.draw(st.sampled_from(RENAMED[tool])), 1)
        lines.append(line)
    assert verdict(scenario | {"say": "\n".join(lines)}) == verdict(scenario)


@COMMON
@given(SHIFTABLE, st.integers(1, 8))
def test_shifting_the_call_by_weeks_changes_nothing(name: str, weeks: int) -> None:
    scenario = scenarios()[name]
    shifted = {key: _shift(scenario[key], weeks) for key in ("say", "start")}
    assert verdict(scenario | shifted) == verdict(scenario)


def _shift(text: str, weeks: int) -> str:
    ahead = timedelta(weeks=weeks)

    def iso(match: re.Match[str]) -> str:
        try:
            return (date.fromisoformat(match[0]) + ahead).isoformat()
        except ValueError:
            return match[0]

    def dotted(match: re.Match[str]) -> str:
        try:
            day = date(int(match[3] or 2026), int(match[2]), int(match[1])) + ahead
        except ValueError:
            return match[0]
        return f"{day:%d.%m.%Y}" if match[3] else f"{day:%d.%m.}"

    text = re.sub(r"\d{4}-\d\d-\d\d", iso, text)
    return re.sub(r"\b(\d\d)\.(\d\d)\.(\d{4})?(?!\d)", dotted, text)


@COMMON
@given(NAMES, st.permutations(SMALL_TALK), st.integers(0, 3))
def test_turns_about_other_things_in_any_order_change_nothing(
    name: str, talk: list[tuple[str, str]], turns: int
) -> None:
    scenario = scenarios()[name]
    head, _, rest = scenario["say"].strip().partition("\n")
    extra = [line for pair in talk[:turns] for line in pair]
    assert verdict(scenario | {"say": "\n".join([head, *extra, rest])}) == verdict(scenario)


@COMMON
@given(NAMES, st.data())
def test_entries_of_the_platform_between_the_steps_change_nothing(name: str, data: st.DataObject) -> None:
    scenario = scenarios()[name]
    row = item(scenario)
    entries = row["call"]["transcript_with_tool_calls"]
    for _ in range(data.draw(st.integers(1, 4))):
        entry = {"role": "node_transition", "new_node_name": "gebucht", "time_sec": 0}
        entries.insert(data.draw(st.integers(0, len(entries))), entry)
    row["call"]["transcript_with_tool_calls"] = entries if not scenario.get("bare") else []
    answer = answer_item(row, catalogues())["answer"]
    assert labelled(answer["findings"]) == sorted(scenario["findings"])


@COMMON
@given(NAMES)
def test_the_same_call_gets_the_same_verdict_twice(name: str) -> None:
    row = item(scenarios()[name])
    first = json.dumps(answer_item(row, catalogues()))
    assert json.dumps(answer_item(row, catalogues())) == first


JUNK = st.sampled_from(
    [None, 0, -1, 1e308, "", [], {}, True, "99.99.9999", "25:99", "2026-02-30", "0001-01-01T00:00:00Z"]
)


@COMMON
@given(NAMES, st.data())
def test_damaged_fields_never_stop_the_audit(name: str, data: st.DataObject) -> None:
    row = item(scenarios()[name])
    entries = row["call"]["transcript_with_tool_calls"] or [{}]
    entry = dict(data.draw(st.sampled_from(entries)))
    if entry:
        field = data.draw(st.sampled_from(sorted(entry)))
        value = data.draw(JUNK)
        if isinstance(entry[field], str) and entry[field].startswith("{"):
            inner = json.loads(entry[field])
            value = json.dumps(inner | {data.draw(st.sampled_from(sorted(inner) or ["date"])): value})
        entries[entries.index(data.draw(st.sampled_from(entries)))] = entry | {field: value}
    assert answer_item(row, catalogues())["id"] == name


HEALTHY_AND_DONE = [
    call
    for call in (*scenarios().values(), *examiner_calls())
    if not call["findings"] and call["outcome"] in ("booked", "changed", "cancelled")
]
CHANGES = ("booking", "reschedule", "cancel")


def test_a_healthy_call_whose_booking_is_made_to_fail_is_a_false_claim() -> None:
    """What agents say after a success is found out when the tool failed instead, whatever words they choose."""
    missed = []
    for call in HEALTHY_AND_DONE:
        lines = call["say"].strip().splitlines()
        changing = [
            place
            for place, line in enumerate(lines[:-1])
            if line.startswith(">") and lines[place + 1].startswith("<") and _kind(line) in CHANGES
        ]
        if len(changing) == 1:
            lines[changing[0] + 1] = '< {"success": false, "error": "Request timed out"}'
            told, _, _ = verdict(call | {"say": "\n".join(lines)})
            missed += [] if "HF405" in told else [call["id"]]
    assert missed == []


def _kind(line: str) -> str:
    tool, _, arguments = line[1:].strip().partition(" ")
    return kind_of(tool, json.loads(arguments or "{}"))


def in_words(hour: int, minutes: int, language: str) -> str:
    named = {
        value: word for word, value in spoken_words(language).numbers.items() if word not in ("ein", "zwo")
    }
    if language == "en":
        return f"{named[hour]} {named[minutes]}" if minutes else named[hour]
    spoken = "ein" if hour == 1 else named[hour]
    return f"{spoken} Uhr {named[minutes]}" if minutes else f"{spoken} Uhr"


def by_the_quarter(hour: int, minutes: int) -> str:
    this, coming = (in_words(each, 0, "de").removesuffix(" Uhr") for each in (hour % 12 or 12, hour % 12 + 1))
    quarters = {
        0: f"{this} Uhr",
        15: f"Viertel nach {this}",
        30: f"halb {coming}",
        45: f"Viertel vor {coming}",
    }
    return quarters.get(minutes, f"{hour} Uhr {minutes}")


GERMAN, ENGLISH = (
    re.compile(r"\b(\d{1,2}) Uhr(?: (\d\d))?\b(?! \d)"),
    re.compile(r"\b(\d{1,2})(?::(\d\d))? ?(am|pm)\b"),
)
FORMS: dict[str, tuple[re.Pattern[str], Callable[[int, int, str], str]]] = {
    "de, in words": (GERMAN, lambda hour, minutes, _: in_words(hour, minutes, "de")),
    "de, by the quarter": (GERMAN, lambda hour, minutes, _: by_the_quarter(hour, minutes)),
    "de, with a colon": (GERMAN, lambda hour, minutes, _: f"{hour}:{minutes:02} Uhr"),
    "de, with a dot": (GERMAN, lambda hour, minutes, _: f"{hour}.{minutes:02} Uhr"),
    "en, in words": (ENGLISH, lambda hour, minutes, half: f"{in_words(hour, minutes, 'en')} {half}"),
    "en, of 24 hours": (
        ENGLISH,
        lambda hour, minutes, half: f"{hour % 12 + 12 * (half == 'pm')}:{minutes:02}",
    ),
}


@COMMON
@given(NAMES, st.sampled_from(sorted(FORMS)))
def test_times_in_other_words_change_nothing(name: str, form: str) -> None:
    scenario = scenarios()[name]
    pattern, told = FORMS[form]

    def other(match: re.Match[str]) -> str:
        return told(int(match[1]), int(match[2] or 0), match[3] if pattern is ENGLISH else "")

    spoken = [
        pattern.sub(other, line) if line[:2] in ("A:", "C:") else line
        for line in scenario["say"].splitlines()
    ]
    if catalogues()[scenario["catalogue"]].language == form[:2]:
        assert verdict(scenario | {"say": "\n".join(spoken)}) == verdict(scenario)


# A word more moves what follows, so calls with a silence that is measured are left out.
UNMEASURED = st.sampled_from(sorted(k for k, s in scenarios().items() if "HF414" not in s["findings"]))


@COMMON
@given(UNMEASURED, st.sampled_from(["Also, ", "Ähm, ", "Um, ", "Well, "]), st.booleans())
def test_hesitation_and_small_letters_change_nothing(name: str, filler: str, hesitates: bool) -> None:
    scenario = scenarios()[name]
    spoken = []
    for line in scenario["say"].splitlines():
        if line[:2] in ("A:", "C:"):
            line = line[:3] + (filler if hesitates else "") + line[3:].lower()
        spoken.append(line)
    assert verdict(scenario | {"say": "\n".join(spoken)}) == verdict(scenario)
