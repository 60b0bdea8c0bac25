"""Words are read once for all catalogues; what a catalogue adds of its own must change them all the same."""

from hypothesis import given
from hypothesis import strategies as some

from handfest.catalogue.morphology import Morphology, extended, with_shared_parts

PIECES = (
    "haar",
    "schnitt",
    "plasma",
    "spende",
    "server",
    "wartung",
    "stottern",
    "ing",
    "ge",
    "sicher",
    "t",
    "en",
    "s",
)
WORDS = some.lists(some.sampled_from(PIECES), min_size=1, max_size=4).map("".join)


def base_of(words: list[str]) -> Morphology:
    known = extended(Morphology("de", frozenset(), {"sichern": "schutz"}), words)
    return Morphology("de", known.atoms, known.families, frozenset({"wart"}))


def test_a_part_that_a_catalogue_adds_cuts_a_word_read_before() -> None:
    base = base_of(["plasma"])
    assert base.parts("plasmaspenden") != ("plasma", "spend")
    assert extended(base, ["spende"]).parts("plasmaspenden") == ("plasma", "spend")
    assert base.parts("plasmaspenden") != ("plasma", "spend")


def test_what_the_compounds_of_a_catalogue_share_is_known_to_it_alone() -> None:
    base = base_of(["haar"])
    shared = with_shared_parts(base, ["plasmaspende", "vollspende"])
    assert shared.knows("spende")
    assert not base.knows("spende")


@given(some.lists(WORDS, max_size=5), some.lists(WORDS, max_size=3), some.lists(WORDS, max_size=3), WORDS)
def test_a_word_is_read_as_if_all_had_been_known_from_the_start(
    known: list[str], shared: list[str], added: list[str], word: str
) -> None:
    base = base_of(known)
    base.parts(word)
    base.knows(word)
    own = extended(with_shared_parts(base, shared), added)
    fresh = Morphology("de", own.atoms, own.families, own.heads)
    assert (own.parts(word), own.knows(word)) == (fresh.parts(word), fresh.knows(word))
    assert (own.explains(word), own.key(word)) == (fresh.explains(word), fresh.key(word))
