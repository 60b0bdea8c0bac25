"""The grammar: runs the levels of `data/grammar.toml` over typed tokens until forms and leftovers remain."""

import re
from dataclasses import dataclass
from functools import cache

from handfest.speech import aside_rule, clock_rule, day_rule, link_rule, week_rule
from handfest.speech.form import Daypart
from handfest.speech.lexicon import table
from handfest.speech.match import Builder, Match
from handfest.speech.pattern import KindAlphabet, compile_pattern, first_letters
from handfest.speech.token import Token

BUILDERS: dict[str, Builder] = {
    "aside": aside_rule.something,
    "name": aside_rule.name,
    "number_label": aside_rule.number_label,
    "phone": aside_rule.phone,
    "counted": aside_rule.counted,
    "aged": aside_rule.aged,
    "aged_behind": aside_rule.aged_behind,
    "part_of_whole": aside_rule.part_of_whole,
    "duration": aside_rule.duration,
    "child_age": aside_rule.child_age,
    "house_number": aside_rule.house_number,
    "ordinal_aside": aside_rule.ordinal_aside,
    "year_model": aside_rule.year_model,
    "priced": aside_rule.priced,
    "multiplied": aside_rule.multiplied,
    "nth_month": aside_rule.nth_month,
    "iso": day_rule.iso,
    "numeric_date": day_rule.numeric_date,
    "dotted_date": day_rule.dotted_date,
    "calendar": day_rule.calendar,
    "month_span": day_rule.month_span,
    "calendar_pair": day_rule.calendar_pair,
    "weekday_date": day_rule.weekday_date,
    "day_number": day_rule.day_number,
    "day_of_month": day_rule.day_of_month,
    "nth_weekday": day_rule.nth_weekday,
    "nth_weekday_part": day_rule.nth_weekday_part,
    "month_range": day_rule.month_range,
    "past_weekday": week_rule.past_weekday,
    "another_day": week_rule.another_day,
    "vague_amount": week_rule.vague_amount,
    "week_of_year": week_rule.week_of_year,
    "until_moment": link_rule.until_moment,
    "until_day_from_now": link_rule.until_day_from_now,
    "plain_weekday": day_rule.plain_weekday,
    "weekday_mod": day_rule.weekday_mod,
    "recurring": day_rule.recurring,
    "feast": day_rule.feast,
    "rel_day": day_rule.relative_day,
    "month_whole": day_rule.month_whole,
    "month_week": day_rule.month_week,
    "month_portion": day_rule.month_portion,
    "weekend": day_rule.weekend,
    "workdays": day_rule.workdays,
    "between_years": day_rule.between_years,
    "fewdays": day_rule.few_days,
    "week_of": week_rule.week_of,
    "weekday_of_week": week_rule.weekday_of_week,
    "numbered_week": week_rule.numbered_week,
    "weekday_weeks": week_rule.weekday_weeks,
    "weekday_week": week_rule.weekday_week,
    "weeks_on": week_rule.weeks_on,
    "weeks_today": week_rule.weeks_today,
    "weeks_from_now": week_rule.weeks_from_now,
    "rel_in": week_rule.rel_in,
    "in_weeks_weekday": week_rule.in_weeks_weekday,
    "elapsed": week_rule.elapsed,
    "ago": week_rule.ago,
    "within": week_rule.within,
    "within_amount": week_rule.within_amount,
    "later_today": week_rule.later_today,
    "recurring_words": week_rule.recurring_words,
    "week_portion": week_rule.week_portion,
    "plain_week": week_rule.plain_week,
    "after_next": week_rule.after_next,
    "late_week": week_rule.late_week,
    "tonight": week_rule.tonight,
    "this_part": week_rule.this_part,
    "late_this_part": week_rule.late_this_part,
    "thereafter": week_rule.thereafter,
    "morning_after_day": week_rule.morning_after_day,
    "tomorrow": clock_rule.tomorrow,
    "half_hour": clock_rule.half_hour,
    "bent_half": clock_rule.bent_half,
    "half_shift": clock_rule.half_shift,
    "minutes_shift": clock_rule.minutes_shift,
    "quarter_of": clock_rule.quarter_of,
    "nearly": clock_rule.nearly,
    "spoken_clock": clock_rule.spoken_clock,
    "meridiem_clock": clock_rule.meridiem_clock,
    "hour": clock_rule.hour,
    "digital": clock_rule.digital,
    "dotted_clock": clock_rule.dotted_clock,
    "compact_clock": clock_rule.compact_clock,
    "elapsed_hours": week_rule.elapsed_hours,
    "portion_span": week_rule.portion_span,
    "half_named_parts": link_rule.half_named_parts,
    "modified_weekday_date": day_rule.modified_weekday_date,
    "near_part": week_rule.near_part,
    "shifted_part": week_rule.shifted_part,
    "short_year": day_rule.short_year,
    "repeated_oclock": clock_rule.repeated_oclock,
    "hour_hundred": clock_rule.hour_hundred,
    "noh": clock_rule.noh,
    "hour_minutes": clock_rule.hour_minutes,
    "closing_clock": clock_rule.closing_clock,
    "hours_said": clock_rule.hours_said,
    "hour_in_part": clock_rule.hour_in_part,
    "noon": clock_rule.noon,
    "midnight": clock_rule.midnight,
    "past_mention": link_rule.past_mention,
    "too_much": link_rule.too_much,
    "occasion": link_rule.occasion,
    "near_form": link_rule.near_form,
    "portion_behind": link_rule.portion_behind,
    "bridge_day": link_rule.bridge_day,
    "between_clocks": link_rule.between_clocks,
    "until_clock": link_rule.until_clock,
    "from_clock": link_rule.from_clock,
    "not_later": link_rule.not_later,
    "not_before": link_rule.not_before,
    "not_later_day": link_rule.not_later_day,
    "not_before_day": link_rule.not_before_day,
    "or_clock": link_rule.or_clock,
    "clock_in_part": link_rule.clock_in_part,
    "after_part": link_rule.after_part,
    "before_part": link_rule.before_part,
    "parts_span": link_rule.parts_span,
    "days_from_feast": link_rule.days_from_feast,
    "week_around": link_rule.week_around,
    "named_week": link_rule.named_week,
    "weekday_by": link_rule.weekday_by,
    "restarted_clock": link_rule.restarted_clock,
    "next_to_feast": link_rule.next_to_feast,
    "between_days": link_rule.between_days,
    "until_day": link_rule.until_day,
    "from_day": link_rule.from_day,
    "early_on_day": link_rule.early_on_day,
    "early_part": link_rule.early_part,
    "leading_clock": link_rule.leading_clock,
    "loose_clock": link_rule.loose_clock,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a level: a pattern and what is built of its match."""

    pattern: re.Pattern[str]
    build: Builder


@dataclass(frozen=True, slots=True)
class Grammar:
    """The compiled levels: for every first letter the rules to try there, in order."""

    alphabet: KindAlphabet
    levels: tuple[dict[str, tuple[Rule, ...]], ...]


@cache
def grammar() -> Grammar:
    """Compile `data/grammar.toml` once."""
    data = table("grammar.toml")
    alphabet = KindAlphabet()
    compiled = [
        [
            Rule(compile_pattern(notation, data["macros"], alphabet), BUILDERS[name])
            for name, notation in level["rules"]
        ]
        for level in data["level"]
    ]
    return Grammar(alphabet, tuple(_by_first_letter(rules, alphabet) for rules in compiled))


def _by_first_letter(rules: list[Rule], alphabet: KindAlphabet) -> dict[str, tuple[Rule, ...]]:
    starts = [(rule, first_letters(rule.pattern, alphabet)) for rule in rules]
    letters = set().union(*(letters for _, letters in starts))
    return {letter: tuple(rule for rule, firsts in starts if letter in firsts) for letter in letters}


def parse(tokens: list[Token], language: str) -> list[Token]:
    """Reduce typed tokens to forms (`day`, `clock`, `span`, `part`, `earliest`), asides and leftovers."""
    rules = grammar()
    for level in rules.levels:
        tokens = _reduce(tokens, level, rules.alphabet, language)
    return [Token("part", Daypart(str(t.value)), t.text) if t.kind == "daypart" else t for t in tokens]


def _reduce(
    tokens: list[Token], level: dict[str, tuple[Rule, ...]], alphabet: KindAlphabet, language: str
) -> list[Token]:
    letters = alphabet.spell([token.kind for token in tokens])
    reduced: list[Token] = []
    position = 0
    while position < len(tokens):
        for rule in level.get(letters[position], ()):
            found = rule.pattern.match(letters, position)
            if found is None or found.end() == position:
                continue
            end = found.end()
            following = tokens[end] if end < len(tokens) else None
            before = reduced[-1] if reduced else None
            made = rule.build(Match(tuple(tokens[position:end]), before, following, language))
            if made is not None:
                reduced.extend(made)
                position = end
                break
        else:
            reduced.append(tokens[position])
            position += 1
    return reduced
