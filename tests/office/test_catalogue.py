"""The catalogue edited at the office: a draft, its problems and differences, applied, gone back from, tried."""

from whenever import Instant

from handfest.model.actor import COMMAND_LINE, Actor, Role
from handfest.office.accept_alias import accept_alias
from handfest.office.catalogue_versions import compare_versions, go_back, list_versions, show_version
from handfest.office.edit_catalogue import apply_draft, discard_draft, save_draft, show_draft
from handfest.office.log_change import list_changes
from handfest.office.objection import Objection, ObjectionCode
from handfest.office.try_words import confusable, suggestions, try_service, try_time


async def source_of(stage):
    """The active business file."""
    return (await stage.house.store.read(lambda tx: tx.catalogue("salon"))).source


async def drafted(stage, owner, old, new):
    """A draft in which one piece of text is another."""
    source = await source_of(stage)
    assert old in source
    state = await save_draft(stage.house.office, owner, "salon", source.replace(old, new, 1), 0)
    assert not isinstance(state, Objection), state
    return state


class TestDraft:
    async def test_edited_looked_at_and_applied(self, stage, owner, phone_of):
        state = await drafted(stage, owner, 'price = "32 €"', 'price = "35 €"')
        assert [str(row) for row in state.differences] == ["services[herren].price: 32 € -> 35 €"]
        assert (state.base, state.edit, state.active, state.applicable) == (1, 1, 1, True)
        applied = await apply_draft(stage.house.office, owner, "salon", 1)
        assert applied.version == 2
        after = await show_draft(stage.house.office, owner, "salon")
        assert (after.edit, after.active, after.differences) == (0, 2, ())
        reply = await (await phone_of()).call("list_services")
        assert next(row for row in reply.data["services"] if row["id"] == "herren")["price"] == "35 €"
        log = (await list_changes(stage.house.office, owner, "salon")).rows
        assert [row.what for row in log] == ["catalogue_applied", "draft_saved"]

    async def test_problems_keep_it_from_being_applied(self, stage, owner):
        state = await drafted(stage, owner, "duration_min = 45", "duration_min = -45")
        assert not state.applicable
        assert any("duration_min" in row.where for row in state.problems)
        refused = await apply_draft(stage.house.office, owner, "salon", 1)
        assert refused.code is ObjectionCode.INVALID
        assert refused.problems[0].where.endswith("duration_min")

    async def test_two_who_edit_at_once_do_not_overwrite_each_other(self, stage, owner):
        await drafted(stage, owner, "Bartpflege", "Bart")
        second = await save_draft(stage.house.office, owner, "salon", "# mine", 0)
        assert (second.code, second.facts["edit"]) == (ObjectionCode.CONFLICT, 1)
        stale = await apply_draft(stage.house.office, owner, "salon", 9)
        assert stale.code is ObjectionCode.CONFLICT

    async def test_a_draft_of_an_older_version_is_not_applied(self, stage, owner):
        await drafted(stage, owner, "Bartpflege", "Bart")
        await stage.apply(await source_of(stage) + "\n# neu\n")
        state = await show_draft(stage.house.office, owner, "salon")
        assert (state.base, state.active, state.applicable) == (1, 2, False)
        assert (await apply_draft(stage.house.office, owner, "salon", 1)).code is ObjectionCode.CONFLICT

    async def test_discarded_it_is_gone(self, stage, owner):
        await drafted(stage, owner, "Bartpflege", "Bart")
        assert (await discard_draft(stage.house.office, owner, "salon")).edit == 0
        assert (await apply_draft(stage.house.office, owner, "salon", 1)).code is ObjectionCode.NOT_FOUND

    async def test_b95_no_draft_becomes_another_business(self, stage, owner):
        await drafted(stage, owner, 'id = "salon"', 'id = "askpro"')
        state = await show_draft(stage.house.office, owner, "salon")
        assert not state.applicable
        refused = await apply_draft(stage.house.office, owner, "salon", 1)
        assert refused.code is ObjectionCode.INVALID
        assert len(await stage.house.store.read(lambda tx: tx.catalogues("askpro"))) == 1

    async def test_b95_names_of_secrets_are_changed_on_the_machine_only(self, stage, owner):
        await drafted(stage, owner, "SALON_RETELL_KEY", "ASKPRO_RETELL_KEY")
        refused = await apply_draft(stage.house.office, owner, "salon", 1)
        assert refused.code is ObjectionCode.INVALID
        assert "handfest apply" in refused.detail
        assert (await apply_draft(stage.house.office, COMMAND_LINE, "salon", 1)).version == 2

    async def test_staff_may_look_and_not_edit(self, stage, maria):
        assert (await show_draft(stage.house.office, maria, "salon")).active == 1
        refused = await save_draft(stage.house.office, maria, "salon", "", 0)
        assert refused.code is ObjectionCode.NOT_ALLOWED


class TestVersions:
    async def test_listed_compared_and_gone_back_to(self, stage, owner):
        await drafted(stage, owner, 'price = "32 €"', 'price = "35 €"')
        await apply_draft(stage.house.office, owner, "salon", 1)
        rows = await list_versions(stage.house.office, owner, "salon")
        assert [(row.version, row.active) for row in rows] == [(2, True), (1, False)]
        changes = await compare_versions(stage.house.office, owner, "salon", 1, 2)
        assert [row.where for row in changes] == ["services[herren].price"]
        assert (await go_back(stage.house.office, owner, "salon")).version == 1
        log = (await list_changes(stage.house.office, owner, "salon", 1)).rows
        assert (log[0].before, log[0].after) == ({"version": 2}, {"version": 1})
        assert "32 €" in (await show_version(stage.house.office, owner, "salon", 1)).source

    async def test_there_is_nothing_before_the_first(self, stage, owner):
        assert (await go_back(stage.house.office, owner, "salon")).code is ObjectionCode.NOT_POSSIBLE
        assert (await go_back(stage.house.office, owner, "salon", 9)).code is ObjectionCode.NOT_POSSIBLE
        assert (await list_changes(stage.house.office, owner, "salon")).rows == ()
        missing = await compare_versions(stage.house.office, owner, "salon", 1, 9)
        assert missing.code is ObjectionCode.NOT_FOUND


class TestWords:
    async def test_an_accepted_alias_is_tried_before_it_is_applied(self, stage, owner):
        office = stage.house.office
        before = await try_service(office, owner, "salon", "Igelschnitt")
        assert type(before.resolution).__name__ == "Ambiguous"
        state = await accept_alias(office, owner, "salon", "herren", "Igelschnitt")
        assert [str(row) for row in state.differences] == ["services[herren].aliases: added Igelschnitt"]
        by_draft = await try_service(office, owner, "salon", "Igelschnitt", by_draft=True)
        assert by_draft.resolution.service_id == "herren"
        assert (await try_service(office, owner, "salon", "Igelschnitt")).resolution == before.resolution
        await apply_draft(office, owner, "salon", state.edit)
        assert (await try_service(office, owner, "salon", "Igelschnitt")).resolution.service_id == "herren"

    async def test_the_same_alias_twice_is_one(self, stage, owner):
        first = await accept_alias(stage.house.office, owner, "salon", "herren", "Igelschnitt")
        again = await accept_alias(stage.house.office, owner, "salon", "herren", "igelschnitt")
        assert (again.edit, again.source) == (first.edit, first.source)
        missing = await accept_alias(stage.house.office, owner, "salon", "x", "Igelschnitt")
        assert missing.code is ObjectionCode.NOT_FOUND

    async def test_comments_and_layout_stay(self, stage, owner):
        before = (await source_of(stage)).splitlines()
        after = (await accept_alias(stage.house.office, owner, "salon", "herren", "Igel")).source.splitlines()
        assert [line for line in after if line not in before] == ['aliases = ["Igel"]']

    async def test_what_callers_confirmed_is_suggested_until_it_is_an_alias(self, stage, owner, phone_of):
        phone = await phone_of()
        asked = await phone.call("check_availability", service="Haarschnitt", when="morgen")
        assert asked.code == "service_ambiguous"
        await phone.call("check_availability", service="Herrenhaarschnitt", when="morgen")
        found = await suggestions(stage.house.office, owner, "salon")
        assert [(row.phrase, row.service_id) for row in found] == [("haarschnitt", "herren")]
        state = await accept_alias(stage.house.office, owner, "salon", "herren", "Haarschnitt")
        await apply_draft(stage.house.office, owner, "salon", state.edit)
        assert await suggestions(stage.house.office, owner, "salon") == ()

    async def test_confusable_services_name_the_alias_that_settles_them(self, stage, owner):
        rows = await confusable(stage.house.office, owner, "salon")
        assert any(set(row.service_ids) >= {"herren", "damen"} for row in rows)

    async def test_words_about_time(self, stage, owner):
        tried = await try_time(stage.house.office, owner, "salon", "übermorgen um halb drei")
        assert tried.answer == {"date": "2025-10-23", "time": "14:30"}
        moment = Instant.parse_iso("2025-12-01T10:00:00+01:00")
        later = await try_time(stage.house.office, owner, "salon", "morgen", at=moment)
        assert later.answer == {"date": "2025-12-02"}
        wrong = await try_time(stage.house.office, owner, "salon", "morgen", "fr")
        assert wrong.facts["field"] == "language"
        stranger = Actor("user:x", "Xaver Muster", {"askpro": Role.OWNER})
        assert (
            await try_time(stage.house.office, stranger, "salon", "morgen")
        ).code is ObjectionCode.NOT_ALLOWED
