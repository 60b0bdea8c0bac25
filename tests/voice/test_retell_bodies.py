"""Retell's request bodies: three shapes, one identity, and nothing believed that is not in the signed call."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfest.errors import PayloadMalformed
from handfest.ports import LineRecord
from handfest.voice.lines import line_of
from handfest.voice.retell import read_envelope, read_json, read_request

CALL = {
    "call_type": "phone_call",
    "call_id": "call_fb447d0f",
    "agent_id": "agent_studio",
    "agent_version": 42,
    "direction": "inbound",
    "from_number": "+493023125077",
    "to_number": "+493023125001",
}
ARGUMENTS = {"service": "Föhnen", "date": "morgen", "time": "halb drei"}
LINES = (
    LineRecord("retell", "+493023125001", "agent_studio", "KEY", "studio", None),
    LineRecord("retell", "+493023125002", "agent_salon", "KEY", "salon", "mitte"),
    LineRecord("retell", None, "agent_web", "KEY", "web", None),
)
PLACEHOLDERS = [
    "", "None", "1", "12345", "123", "call_1", "call_001", "current", "current_call", "dummy_call_id", "undefined",
    "{{call_id}}", "call_fb447d0f0375c52daaa3ff",
]  # fmt: skip
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


class TestShapes:
    def test_b61_wrapped(self):
        read = read_request({"name": "check_availability", "args": ARGUMENTS, "call": CALL}, None)
        assert (read.request.tool, read.request.arguments) == ("check_availability", ARGUMENTS)
        assert read.envelope.call_id == "call_fb447d0f"

    def test_b61_flat_arguments_beside_the_call(self):
        read = read_request({**ARGUMENTS, "call": CALL}, "check_availability")
        assert (read.request.tool, read.request.arguments) == ("check_availability", ARGUMENTS)
        assert read.envelope.call_id == "call_fb447d0f"

    def test_b61_arguments_at_the_root_have_no_identity(self):
        read = read_request({**ARGUMENTS, "call_id": "call_fb447d0f"}, "check_availability")
        assert read.request.arguments == ARGUMENTS
        assert read.envelope.call_id is None
        assert line_of(read.envelope, LINES) is None

    def test_the_tool_in_the_path_outranks_the_one_in_the_body(self):
        read = read_request({"name": "check_availability", "args": {}, "call": CALL}, "list_services")
        assert read.request.tool == "list_services"

    def test_a_name_at_the_root_is_the_customers_where_the_path_names_the_tool(self):
        read = read_request({"name": "Erika Beispiel", "offer": "A1", "call": CALL}, "book_appointment")
        assert read.request.arguments == {"name": "Erika Beispiel", "offer": "A1"}

    def test_no_tool_anywhere_is_malformed(self):
        with pytest.raises(PayloadMalformed, match="no tool"):
            read_request({"args": {}, "call": CALL}, None)

    @pytest.mark.parametrize("flag", [True, "true", "ja", False, "false", None, ""])
    def test_b62_b63_a_consent_flag_beside_the_arguments_does_not_change_the_tool(self, flag):
        body = {"name": "book_appointment", "args": {"offer": "A1"}, "bestaetigung": flag, "call": CALL}
        assert read_request(body, None).request.tool == "book_appointment"
        checked = {"name": "check_availability", "args": ARGUMENTS, "bestaetigung": flag, "call": CALL}
        assert read_request(checked, None).request.tool == "check_availability"


class TestIdentity:
    @pytest.mark.parametrize("said", PLACEHOLDERS)
    def test_b55_a_call_id_among_the_arguments_is_never_identity(self, said):
        wrapped = read_request({"name": "list_services", "args": {"call_id": said}, "call": CALL}, None)
        assert wrapped.envelope.call_id == "call_fb447d0f"
        assert "call_id" not in wrapped.request.arguments
        alone = read_request({"name": "list_services", "args": {"call_id": said}}, None)
        assert alone.envelope.call_id is None

    @pytest.mark.parametrize("broken", [None, "", "   ", 7, [], {}])
    def test_b56_b59_a_call_without_an_id_is_no_call(self, broken):
        assert read_envelope({**CALL, "call_id": broken}).call_id is None

    @pytest.mark.parametrize("call", [None, [], "call_1", 3, True])
    def test_b59_whatever_stands_for_the_call_is_not_believed(self, call):
        read = read_request({"name": "list_services", "args": {}, "call": call}, None)
        assert (read.envelope.call_id, read.envelope.line_number, read.envelope.agent_id) == (
            None,
            None,
            None,
        )
        assert line_of(read.envelope, LINES) is None

    @pytest.mark.parametrize(
        "hidden", ["anonymous", "Anonymous", "unknown", "", None, "Restricted", "withheld"]
    )
    def test_b58_a_withheld_number_takes_nothing_but_the_number(self, hidden):
        envelope = read_envelope({**CALL, "from_number": hidden})
        assert envelope.caller_number is None
        assert line_of(envelope, LINES) is LINES[0]

    def test_an_outbound_call_comes_from_the_line(self):
        outbound = {
            **CALL,
            "direction": "outbound",
            "from_number": "+493023125002",
            "to_number": "+493023125077",
        }
        envelope = read_envelope(outbound)
        assert (envelope.line_number, envelope.caller_number) == ("+493023125002", "+493023125077")

    def test_a_web_call_has_no_numbers_and_is_known_by_its_agent(self):
        web = {
            "call_type": "web_call",
            "call_id": "call_w",
            "agent_id": "agent_web",
            "access_token": "secret",
        }
        envelope = read_envelope(web)
        assert (envelope.line_number, envelope.caller_number) == (None, None)
        assert line_of(envelope, LINES) is LINES[2]

    @pytest.mark.parametrize(
        "spelled", ["+493023125001", "+49 30 23125001", "00493023125001", "+49-30-23125001"]
    )
    def test_a_line_is_found_however_its_number_is_spelled(self, spelled):
        assert line_of(read_envelope({**CALL, "to_number": spelled}), LINES) is LINES[0]

    def test_b56_b95_an_unknown_number_is_nobodys_whoever_answers(self):
        assert line_of(read_envelope({**CALL, "to_number": "+493023125999"}), LINES) is None

    def test_b95_two_businesses_with_one_number_are_not_chosen_between(self):
        twin = LineRecord("retell", "+493023125001", None, "KEY", "other", None)
        asked = read_envelope({**CALL, "agent_id": "agent_third"})
        assert line_of(asked, (LINES[0], twin)) is None


class TestInvocation:
    def test_b36_the_pending_invocation_is_the_key(self):
        entries = [
            {"role": "tool_call_invocation", "tool_call_id": "t1", "name": "check_availability"},
            {"role": "tool_call_result", "tool_call_id": "t1", "content": "{}"},
            {"role": "user", "content": "Ja."},
            {"role": "tool_call_invocation", "tool_call_id": "t2", "name": "book_appointment"},
        ]
        envelope = read_envelope({**CALL, "transcript_with_tool_calls": entries}, "book_appointment")
        assert (envelope.invocation_id, envelope.caller_spoke_since_result) == ("t2", True)

    def test_an_answered_invocation_is_no_key(self):
        entries = [
            {"role": "tool_call_invocation", "tool_call_id": "t1", "name": "book_appointment"},
            {"role": "tool_call_result", "tool_call_id": "t1", "content": "{}"},
        ]
        envelope = read_envelope({**CALL, "transcript_with_tool_calls": entries}, "book_appointment")
        assert (envelope.invocation_id, envelope.caller_spoke_since_result) == (None, False)

    def test_without_the_platforms_record_nothing_is_known(self):
        envelope = read_envelope(CALL, "book_appointment")
        assert (envelope.invocation_id, envelope.caller_spoke_since_result) == (None, None)


class TestAnything:
    @given(body=st.binary(max_size=80) | json_values.map(lambda value: json.dumps(value).encode()))
    def test_a_body_is_an_object_or_malformed(self, body):
        read = None
        with contextlib.suppress(PayloadMalformed):
            read = read_json(body)
        assert read is None or isinstance(read, dict)

    def test_a_body_nested_without_end_is_malformed(self):
        with pytest.raises(PayloadMalformed):
            read_json(b"[" * 100_000)

    @given(
        call=st.dictionaries(st.sampled_from([*CALL, "transcript_with_tool_calls"]), json_values),
        arguments=json_values,
        beside=st.dictionaries(st.text(max_size=8), json_values, max_size=3),
    )
    def test_any_object_is_read_without_a_fault(self, call, arguments, beside):
        read = read_request({**beside, "args": arguments, "call": call}, "check_availability")
        assert read.envelope.call_id is None or read.envelope.call_id == str(call["call_id"]).strip()
        assert all(isinstance(name, str) for name in read.request.arguments)
