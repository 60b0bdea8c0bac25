"""Hypothesis strategies for catalogues that a business file can say; `catalogues()` is the one to use."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from handfest.model.catalogue import (
    END_OF_DAY,
    Alerts,
    Binding,
    BookingRules,
    Branch,
    Business,
    CalendarSettings,
    Catalogue,
    Confirmations,
    Grid,
    Hours,
    Line,
    Opening,
    Phase,
    Resource,
    Service,
    Staff,
    Unnamed,
)

NAMES = st.text("abcdeäöüßÄXYZ 12-'\"\\#=[]€ñ\n", min_size=1, max_size=12).map(str.strip).filter(bool)
ZONES = st.sampled_from(["Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata"])
REGIONS = st.sampled_from([None, "DE", "DE-BY", "GB-ENG", "CH-ZH"])
ENVS = st.sampled_from([None, "SHOP_KEY", "OTHER_SECRET", "K9"])
FIVE = st.integers(0, 24).map(lambda n: n * 5)
DATES = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def ids(prefix: str, most: int, least: int = 0) -> st.SearchStrategy[list[str]]:
    """Up to `most` ids, different ones."""
    return st.integers(least, most).map(lambda n: [f"{prefix}{number}" for number in range(n)])


def some_of(items: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """Some of the items, each once, in any order; often none."""
    return st.lists(st.sampled_from(items), unique=True, max_size=3).map(tuple) if items else st.just(())


@st.composite
def day_spans(draw: st.DrawFn) -> tuple[Opening, ...]:
    """Spans of one day that do not touch; the last may run to midnight."""
    edges = sorted(draw(st.sets(st.integers(0, 288).map(lambda n: n * 5), max_size=6)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return tuple(Opening(start, end) for start, end in pairs)


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    """A week with dates of its own; the night from Saturday may run into an empty Sunday."""
    week = [draw(day_spans()) for _ in range(7)]
    if draw(st.booleans()) and not (week[5] and week[5][-1].end > 22 * 60):
        week[5], week[6] = (*week[5], Opening(22 * 60, 2 * 60)), ()
    overrides = draw(st.dictionaries(DATES, day_spans(), max_size=2))
    closed = draw(st.frozensets(DATES, max_size=2)) - set(overrides)
    return Hours(tuple(week), tuple(sorted(overrides.items())), closed)


@st.composite
def services(draw: st.DrawFn, key: str, number: int, branches: list[str], resources: list[str]) -> Service:
    """One service; phases now and then."""
    phases = tuple(
        draw(st.lists(st.builds(Phase, st.integers(1, 40).map(lambda n: n * 5), st.booleans()), max_size=3))
    )
    if not any(phase.staff_busy for phase in phases):
        phases = ()
    duration = sum(phase.minutes for phase in phases) or draw(st.integers(1, END_OF_DAY))
    return Service(
        id=key,
        name=f"{draw(NAMES)} no. {number}",
        duration_min=duration,
        aliases=tuple(f"{alias} {number}" for alias in draw(st.lists(NAMES, max_size=2, unique=True))),
        price=draw(st.none() | NAMES),
        description=draw(st.none() | NAMES),
        phases=phases,
        needs=draw(some_of(resources)),
        buffer_before_min=draw(FIVE),
        buffer_after_min=draw(FIVE),
        capacity=draw(st.integers(1, 10)),
        limit_per_day=draw(st.none() | st.integers(1, 20)),
        limit_per_week=draw(st.none() | st.integers(1, 90)),
        slot_step_min=draw(st.none() | st.sampled_from([5, 15, 60])),
        min_notice_min=draw(st.none() | st.integers(0, 1000)),
        max_advance_days=draw(st.none() | st.integers(30, 90)),
        branches=draw(some_of(branches)),
        binding=Binding(draw(st.sampled_from([None, 1000 + number]))),
        hidden=draw(st.booleans()),
    )


@st.composite
def staff(draw: st.DrawFn, key: str, known: list[str], everything: bool) -> Staff:
    """A person; the first one can do everything everywhere, so that every service has somebody."""
    able = known if everything else draw(st.lists(st.sampled_from(known), min_size=1, unique=True))
    return Staff(
        id=key,
        name=draw(NAMES),
        services=frozenset(able),
        aliases=tuple(draw(st.lists(NAMES, max_size=2, unique=True))),
        time_zone=draw(st.none() | ZONES),
        hours=draw(st.none() | hours()),
    )


@st.composite
def branch(draw: st.DrawFn, key: str) -> Branch:
    """A place, with hours of its own now and then."""
    return Branch(
        key,
        draw(NAMES),
        draw(st.none() | NAMES),
        draw(st.sampled_from([None, "+493023125009", "+442079460101"])),
        draw(st.none() | ZONES),
        draw(REGIONS),
        draw(st.none() | hours()),
    )


@st.composite
def businesses(draw: st.DrawFn) -> Business:
    """A business that asks about services nobody named."""
    return Business(
        id="shop-1",
        name=draw(NAMES),
        language=draw(st.sampled_from(["de", "en"])),
        time_zone=draw(ZONES),
        holidays=draw(REGIONS),
        vocabulary=draw(st.sampled_from([(), ("hair",), ("hair", "nails")])),
        country=draw(st.sampled_from(["DE", "GB", "US"])),
        phone=draw(st.sampled_from([None, "+493023125009"])),
        address=draw(st.none() | NAMES),
    )


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """A catalogue in which nothing is wrong."""
    branch_ids, resource_ids = draw(ids("b", 2)), draw(ids("r", 2))
    service_ids, staff_ids = draw(ids("s", 4, 1)), draw(ids("p", 3))
    offered = [draw(services(key, n, branch_ids, resource_ids)) for n, key in enumerate(service_ids)]
    business = draw(businesses())
    if draw(st.booleans()):
        chosen = draw(st.integers(0, len(offered) - 1))
        offered[chosen] = replace(offered[chosen], default=True)
        business = replace(business, unnamed_service=draw(st.sampled_from(list(Unnamed))))
    return Catalogue(
        business=business,
        services=tuple(offered),
        staff=tuple(draw(staff(key, service_ids, n == 0)) for n, key in enumerate(staff_ids)),
        resources=tuple(
            Resource(key, draw(NAMES), draw(st.integers(1, 4)), draw(some_of(branch_ids)))
            for key in resource_ids
        ),
        branches=tuple(draw(branch(key)) for key in branch_ids),
        lines=tuple(draw(lines(n, branch_ids)) for n in range(draw(st.integers(0, 3)))),
        hours=draw(hours()),
        rules=draw(booking_rules()),
        calendar=CalendarSettings("embedded", draw(st.sampled_from([None, "https://cal.example/v2"]))),
        alerts=Alerts(draw(ENVS), draw(st.sampled_from([None, "desk@shop.example"]))),
        confirmations=draw(confirmations()),
    )


@st.composite
def confirmations(draw: st.DrawFn) -> Confirmations:
    """Letters to customers; a gateway always has its secret."""
    named = draw(st.sampled_from([(None, None), ("https://sms.example/send", "SHOP_TEXT_SECRET")]))
    reply_to = draw(st.sampled_from([None, "desk@shop.example"]))
    text = draw(st.sampled_from(["without_email", "always"]))
    return Confirmations(draw(st.booleans()), reply_to, *named, text)


@st.composite
def lines(draw: st.DrawFn, number: int, branches: list[str]) -> Line:
    """One line, with a number or an agent of its own."""
    dialled = draw(st.sampled_from([None, f"+49302312500{number}"]))
    return Line(
        draw(st.sampled_from(["retell", "vapi", "plain"])),
        dialled,
        f"agent_{number}" if dialled is None else draw(st.none() | NAMES),
        draw(ENVS),
        draw(st.sampled_from([None, *branches])),
        draw(st.sampled_from(["serve", "observe"])),
    )


def booking_rules() -> st.SearchStrategy[BookingRules]:
    """House rules within their bounds."""
    return st.builds(
        BookingRules,
        slot_step_min=st.sampled_from([5, 15, 30]),
        min_notice_min=st.integers(0, 1000),
        max_advance_days=st.integers(30, 90),
        offers=st.integers(1, 5),
        hold_seconds=st.integers(30, 3600),
        grid=st.sampled_from(list(Grid)),
        cancel_notice_min=st.integers(0, 10_000),
        deadline_ms=st.integers(300, 30_000),
    )
