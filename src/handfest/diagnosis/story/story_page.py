"""The story of a call as one page of HTML that can be mailed and printed."""

import re

from handfest.diagnosis.pages.page import template
from handfest.diagnosis.story.explain import Story, as_data
from handfest.diagnosis.story.plain_facts import local
from handfest.diagnosis.story.story_words import StoryWords
from handfest.diagnosis.story.timeline import Lane, brackets, timeline

_FIELDS = ("service_id", "event_type", "duration_min", "start", "staff")
_START = re.compile(r"\d{4}-\d\d-\d\dT")


def story_page(story: Story, language: str = "en") -> str:
    """A self-contained HTML document, de or en: verdict, offer held against booking, timeline, findings."""
    data = as_data(story, language)
    events = timeline(story, language)
    marks = brackets(events)
    offers = {offer["id"]: offer for offer in data["offers"]}
    promises = [
        {"offer": offers[booking["offer"]], "booking": booking}
        for booking in data["bookings"]
        if booking["offer"] in offers
    ]
    return template("story.html.j2").render(
        story=data,
        words=StoryWords(language),
        promises=promises,
        fields=_FIELDS,
        rows=list(zip(events, marks, strict=True)),
        width=len(marks[0]) if marks else 0,
        lanes=[lane.value for lane in Lane],
        shown=_shown,
    )


def _shown(value: object) -> str:
    """A value of offer or booking as people read it: starts to the minute, a dash where there is none."""
    if value is None:
        return "–"
    return local(value) if _START.match(str(value)) else str(value)
