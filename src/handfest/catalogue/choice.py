"""From the services that explain a phrase to the answer: narrow by slots, pin what is left, or ask."""

from handfest.catalogue.element import of_nothing_else, only_of_the_trade
from handfest.catalogue.evidence import Level, Reading, closest_form
from handfest.catalogue.form import Entry
from handfest.catalogue.index import ServiceIndex
from handfest.catalogue.narrowing import (
    by_closeness,
    by_details,
    by_duration,
    by_element,
    by_hints,
    by_negation,
    by_own_words,
    by_size,
    by_target,
    by_whose_name,
    only_for_the_others,
    only_whom,
    plain_one,
    without_others_only,
    without_sums,
    without_torn,
)
from handfest.catalogue.objection import (
    about_it_too,
    called_in_general,
    closer_ones,
    doing_more,
    for_anybody,
    for_no_animal,
    is_concept,
    is_doubtful,
    is_narrowed,
    led_by_little,
    led_elsewhere,
    named_alone,
    named_as_well,
    named_elsewhere,
    named_for_them,
    named_literally,
    narrower_than_said,
    only_in_part,
    only_looks_again,
    only_talks,
    other_kinds,
    rest_of_part,
    says_the_opposite,
    slot_fits,
    spoken_against,
    without_element,
    without_hint,
    word_for_word,
)
from handfest.catalogue.own_words import plainly, said_in_full, stands_in_it, told_by_two
from handfest.catalogue.verdict import ask, pin
from handfest.model.resolution import Resolution, Resolved, Unknown


def choose(
    said: str, mask: int, reading: Reading, level: Level, index: ServiceIndex
) -> tuple[Resolution, bool]:
    """The answer among the services of `mask`; True where it says no more and no less than the phrase."""
    found, strong = _choose(said, mask, reading, level, index)
    if isinstance(found, Resolved):
        entry = next(each for each in index.entries if each.service_id == found.service_id)
        if says_the_opposite(entry, reading, index) or for_no_animal(reading, index):
            return ask(said, [(entry, 0)], level, "related"), False
        theirs = named_for_them(entry, reading, index) or for_anybody(entry, reading, index)
        theirs = theirs or of_nothing_else(entry, reading, index)
        if theirs:
            return ask(said, [(each, 0) for each in (*theirs, entry)], level, "several_fit"), False
    return found, strong


def _choose(
    said: str, mask: int, reading: Reading, level: Level, index: ServiceIndex
) -> tuple[Resolution, bool]:
    left = by_whose_name(by_target(index.chosen(mask), reading), reading)
    whom = only_whom(left, mask, reading, index)
    if len(whom) == 1:
        return pin(said, whom[0], level, 1), False
    if not left:
        return Unknown(said, "not_offered"), False
    if level is Level.NAMED and not reading.bound:
        left = tuple(entry for entry in left if not says_the_opposite(entry, reading, index)) or left
    left, lengths_fit = by_duration(left, reading)
    wide = left
    left = without_torn(left, reading, index)
    left = by_own_words(
        by_details(by_hints(by_element(left, reading), reading), reading, index), reading, index
    )
    left = without_sums(by_negation(left, reading, index), reading, index)
    ranked = without_others_only(by_closeness(left, reading, level), reading, level)
    if not lengths_fit:
        return ask(said, ranked, level, "duration_differs"), False
    if only_for_the_others(mask, reading, index):
        return ask(said, ranked, level, "several_fit"), False
    exact = [entry for entry, rest in ranked if rest == 0]
    chosen = 0
    for at in reading.required():
        chosen |= reading.weighty[at]
    chooses = bool(chosen & (exact[0] if exact else ranked[0][0]).bit)
    certain = level is not Level.NEAR and not is_doubtful(level, reading)
    whole = [entry for entry in index.chosen(reading.larger) if led_by_little(entry, reading, index)]
    if whole and reading.larger == whole[0].bit and chooses and certain and level is Level.NAMED:
        return pin(said, whole[0], Level.LED), False
    full = said_in_full(wide, reading, index) if level is Level.NAMED and certain else None
    if full is not None:
        return pin(said, full, level, closest_form(full, reading, level)[0]), False
    plain = plainly(said, exact, ranked, index) if level is Level.NAMED and certain else None
    if plain is not None and chooses:
        return pin(said, plain, level), False
    against = _against(exact[0], ranked, wide, reading, level, index) if len(exact) == 1 else ()
    if against:
        return ask(said, [(entry, 0) for entry in (exact[0], *against)], level, "several_fit"), False
    if len(exact) == 1 and (chooses or plain_one(ranked, reading, level)) and certain:
        return pin(said, exact[0], level), word_for_word(exact[0], reading)
    alone = named_alone(reading, index)
    if level is Level.LED and len(alone) == 1 and certain and any(alone[0] is each for each, _ in ranked):
        return pin(said, alone[0], level, 1), False
    if len(ranked) > 1:
        sized = by_size([entry for entry, _ in ranked], reading) if not exact or len(exact) > 1 else None
        if sized is not None and (chooses or len(ranked) == 2):
            return pin(said, sized, level), False
        larger = [(e, 0) for e in index.chosen(reading.larger) if all(e is not other for other, _ in ranked)]
        larger += [(e, 0) for e in alone if all(e is not other for other, _ in ranked)]
        led = [each for each in ranked if each[0].bit & reading.larger]
        ranked = [*led, *(each for each in ranked if each not in led)]
        asked = [*ranked[:2], *larger, *ranked[2:]]
        return ask(said, asked, level, "several_fit" if chooses else "general"), False
    return _only(said, ranked[0], wide, reading, level, chooses, index), False


def _against(
    exact: Entry,
    ranked: list[tuple[Entry, int]],
    wide: tuple[Entry, ...],
    reading: Reading,
    level: Level,
    index: ServiceIndex,
) -> tuple[Entry, ...]:
    """The services that are asked about beside the one that says no more than the phrase; mostly none."""
    against = spoken_against(exact, reading, level, index)
    told = reading.told == exact.bit and not only_looks_again(exact, reading, index)
    if level is Level.LED and not against and not told:
        against = named_elsewhere(exact, reading, index)
    kind = bool(exact.bit & reading.kinds) and not is_narrowed(exact, reading)
    if kind or (not against and only_talks(exact, reading, index)):
        talks = only_talks(exact, reading, index)
        against = tuple(
            entry
            for entry in by_target(index.chosen(reading.kinds), reading)
            if entry is not exact and (talks or not only_talks(entry, reading, index))
        )
    if not against and only_talks(exact, reading, index):
        against = about_it_too(exact, wide, reading, index)
    if not against and only_looks_again(exact, reading, index):
        against = tuple(
            entry for entry in wide if entry is not exact and not only_looks_again(entry, reading, index)
        )
    if not against and not is_concept(exact, reading):
        against = doing_more(exact, ranked, reading)
    return (
        against
        or without_hint(exact, ranked, reading)
        or without_element(exact, ranked, reading, level)
        or named_as_well(exact, wide, reading)
        or named_literally(exact, ranked, reading, level)
    )


def _only(
    said: str,
    found: tuple[Entry, int],
    wide: tuple[Entry, ...],
    reading: Reading,
    level: Level,
    chooses: bool,
    index: ServiceIndex,
) -> Resolution:
    """One service explains the words: pinned, unless the words are too general or only lead near it."""
    entry, rest = found
    if level is Level.NEAR or (level is Level.KIND and (rest > 1 or reading.bound)):
        return ask(said, [found], level, "related")
    if only_of_the_trade(entry, reading, level):
        return ask(
            said, [found, *((other, 1) for other in index.entries if other is not entry)], level, "unnamed"
        )
    if not chooses:
        _, form = closest_form(entry, reading, level)
        timed = reading.phrase.duration is not None and reading.phrase.duration in (
            form.duration,
            entry.duration_min,
        )
        certain = timed or rest == 0 or slot_fits(entry, reading)
        certain |= stands_in_it(entry, reading) or called_in_general(entry, reading, index)
        if certain:
            return pin(said, entry, level, rest)
        alike = by_target(index.chosen(reading.kinds & ~entry.bit), reading)
        return ask(said, [found, *((other, 1) for other in alike)], level, "general")
    kinds = other_kinds(entry, reading, level, rest, index)
    if kinds:
        return ask(said, [found, *((other, 1) for other in kinds)], Level.KIND, "several_fit")
    against = spoken_against(entry, reading, level, index)
    if against:
        return ask(said, [found, *((other, 0) for other in against)], level, "several_fit")
    closer = closer_ones(entry, rest, wide, reading, index) if level is Level.NAMED else ()
    led = led_elsewhere(entry, rest, reading, index) if level is Level.NAMED and not closer else ()
    if led:
        return ask(said, [found, *((other, 0) for other in led)], level, "several_fit")
    if closer:
        return ask(said, [*((other, 0) for other in closer), found], level, "several_fit")
    if rest > 1 and any(reading.by_piece[at] for at in reading.required()):
        return ask(said, [found], level, "related")
    if level is Level.NAMED and only_in_part(entry, reading, index):
        return ask(said, [found], level, "related")
    if level is Level.LED:
        elsewhere = named_elsewhere(entry, reading, index)
        if elsewhere:
            return ask(said, [*((other, 0) for other in elsewhere), found], level, "several_fit")
    beyond = rest_of_part(entry, reading, level, rest)
    narrow = level is Level.LED and narrower_than_said(entry, reading, level)
    if (narrow and not told_by_two(entry, reading)) or is_doubtful(level, reading, beyond):
        return ask(said, [found], level, "related")
    return pin(said, entry, level, rest)
