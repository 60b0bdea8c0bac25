"""A call's story on a terminal, readable at 100 columns: a timeline with lanes, then the verdict."""

from collections.abc import Iterator
from textwrap import wrap

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from handfest.diagnosis.story.explain import Story, cause_of, findings_of
from handfest.diagnosis.story.story_words import StoryWords
from handfest.diagnosis.story.timeline import Event, Lane, Mark, brackets, timeline
from handfest.model.booking import Booking
from handfest.model.offer import Offer
from handfest.model.turn import Step, TurnRecord

WIDTH = 100
_LANE_WIDTH = 7
_LANES = tuple(Lane)
_BRACKETS = {
    Mark.NONE: (" ", " "),
    Mark.OPENS: ("┏", "│"),
    Mark.OPEN: ("│", "│"),
    Mark.BOOKED: ("┗", " "),
    Mark.LET_GO: ("╵", " "),
}
"""How a bracket is drawn: on the first line of an event, and on the lines its words run on to."""
_COLOURS = {
    Lane.CALLER: "magenta",
    Lane.AGENT: "cyan",
    Lane.TOOL: "blue",
    Lane.GATEWAY: "green",
    Lane.CALENDAR: "yellow",
}


def print_story(console: Console, story: Story, language: str = "en") -> None:
    """The explanation: the timeline, the promise held against the booking, and why it ended as it did."""
    words, call = StoryWords(language), story.call
    outcome = words.name("outcomes", story.outcome)
    head = f"[bold]{words('call')} {escape(call.id)}[/] {words('of')} {escape(call.business_id)}: {outcome}"
    console.print(head)
    for line in timeline_lines(timeline(story, language), language):
        console.print(line, soft_wrap=True)
    console.print()
    for booking in story.bookings:
        offer = next((one for one in story.offers if one.id == booking.offer_id), None)
        _print_promise(console, offer, booking, words)
    _print_cause(console, story, words)
    _print_findings(console, story, words)


def timeline_lines(events: tuple[Event, ...], language: str = "en") -> Iterator[Text]:
    """The timeline as lines: seconds, offers as brackets, a mark in the lane of who acts, and what."""
    rows = brackets(events)
    width = len(rows[0]) if rows else 0
    heads = "".join(f"{StoryWords(language).name('heads', lane.value):<{_LANE_WIDTH}}" for lane in _LANES)
    left = 11 + width + len(_LANES) * _LANE_WIDTH
    yield Text(f"{'s':>8}   {'':{width}}" + heads, "dim")
    for event, marks in zip(events, rows, strict=True):
        step = f"  [{event.step}]" if event.step is not None else ""
        told = wrap(event.text + step, WIDTH - left) or [""]
        yield _event_line(event, "".join(_BRACKETS[mark][0] for mark in marks), told[0])
        for words in told[1:]:
            line = Text(" " * 11 + "".join(_BRACKETS[mark][1] for mark in marks), "dim")
            line.append(f"{'  ·':<{_LANE_WIDTH}}" * len(_LANES), "dim")
            line.append(words, _words_style(event))
            yield line


def _event_line(event: Event, brackets_text: str, words: str) -> Text:
    line = Text(f"{event.at_s:>8.3f}   ")
    line.append(brackets_text, "bold" if event.booked else "dim")
    for lane in _LANES:
        mine = lane is event.lane
        style = "dim" if not mine else "bold red" if event.bad else _COLOURS[lane]
        line.append(f"{'  ●' if mine else '  ·':<{_LANE_WIDTH}}", style)
    line.append(words, _words_style(event))
    return line


def _words_style(event: Event) -> str:
    if event.bad:
        return "bold red"
    return _COLOURS[Lane.AGENT] if event.lane is Lane.AGENT else ""


def _print_promise(console: Console, offer: Offer | None, booking: Booking, words: StoryWords) -> None:
    head = words("offer_and_booking", offer=booking.offer_id, booking=booking.id)
    console.print(f"[bold]{escape(head)}[/] ({words.name('states', booking.state.value)})")
    if offer is None:
        return
    rows: tuple[tuple[str, object, object], ...] = (
        ("service_id", offer.service_id, booking.service_id),
        ("event_type", offer.binding, booking.binding),
        ("duration_min", offer.duration_min, booking.duration_min),
        ("start", _local(offer), _local(booking)),
        ("staff", offer.staff_name, booking.staff_name),
    )
    for name, offered, booked in rows:
        if offered is None and booked is None:
            continue
        mark = "[green]=[/]" if offered == booked else "[bold red]≠[/]"
        console.print(
            f"  {words.name('fields', name):<11} {escape(str(offered)):<28} {mark}  {escape(str(booked))}"
        )


def _print_cause(console: Console, story: Story, words: StoryWords) -> None:
    cause = cause_of(story)
    if cause is None:
        return
    console.print(f"[bold]{words('why_not')}[/]: {cause.code}")
    steps = f" ({words('step')} {', '.join(map(str, cause.steps))})" if cause.steps else ""
    _labelled(console, words("cause"), cause.cause[words.language] + steps)
    _labelled(console, words("remedy"), cause.remedy[words.language])
    owner = words.name("owners", cause.owner.value) if cause.owner else words("nobody")
    _labelled(console, words("owner"), owner)


def _print_findings(console: Console, story: Story, words: StoryWords) -> None:
    findings = findings_of(story, words.language)
    if not findings:
        console.print(f"[green]{words('no_findings')}[/]")
        return
    console.print(f"[bold red]{words('findings')}[/]")
    for one in findings:
        detail = f" ({one['detail']})" if one["detail"] else ""
        place = (
            words("in_turn", turn=one["turn"])
            if one["turn"] is not None
            else words("at_second", at_s=one["at_s"])
        )
        console.print(f"  [bold]{one['id']} {one['title']}[/]{escape(detail)} {place}")
        steps = ", ".join(map(str, one["steps"]))
        shown = f"{one['evidence']} ({words('step')} {steps})" if steps else one["means"]
        _labelled(console, words("evidence"), shown)
        _labelled(console, words("remedy"), one["remedy"])
        _labelled(console, words("owner"), words.name("owners", one["owner"]))


def _labelled(console: Console, label: str, text: str) -> None:
    lines = wrap(" ".join(text.split()), WIDTH - 15) or [""]
    for index, words in enumerate(lines):
        console.print(f"    {label if index == 0 else '':<10} {words}", markup=False, soft_wrap=True)


def print_turns(console: Console, story: Story) -> None:
    """Every step with all its facts."""
    for turn in story.turns:
        _print_turn(console, story, turn)


def _print_turn(console: Console, story: Story, turn: TurnRecord) -> None:
    head = f"{story.at_s(turn):>7.1f} s  turn {turn.number}  {turn.tool}"
    console.print(f"[cyan]{escape(head)}[/]  -> {turn.code}  ({turn.took_ms:.1f} ms)")
    for step in turn.steps:
        console.print(f"            {step.name:<11} {escape(_full(step))}", soft_wrap=True)
    console.print(f"            [italic]says        {escape(str(turn.reply.get('say')))}[/]", soft_wrap=True)


def _full(step: Step) -> str:
    return ", ".join(f"{name}={value}" for name, value in step.facts.items())


def _local(thing: Offer | Booking) -> str:
    return thing.local_start.format_iso().split("[")[0]
