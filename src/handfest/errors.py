"""Everything that can go wrong by fault, as one tree.

    Fault                          operator acts; the caller hears a sentence and a way on
    ├── PlatformFault              the voice platform's request cannot be served
    │   ├── SignatureInvalid       signature_invalid
    │   ├── PayloadMalformed       payload_malformed
    │   ├── ToolUnknown            tool_unknown
    │   ├── LineUnknown            line_unknown
    │   ├── CallUnknown            call_unknown
    │   ├── PlatformUnreachable    platform_unreachable      retryable
    │   └── PlatformRejected       platform_rejected
    ├── CalendarFault              the calendar provider failed us
    │   ├── Unreachable            calendar_unreachable      retryable
    │   ├── TimedOut               calendar_timed_out        retryable
    │   ├── RateLimited            calendar_rate_limited     retryable
    │   ├── Unauthorised           calendar_unauthorised
    │   ├── Rejected               calendar_rejected
    │   ├── ContractBroken         calendar_contract_broken
    │   └── OutcomeUnknown         calendar_outcome_unknown  looked up, never repeated blindly
    ├── StoreFault                 our own store failed
    │   ├── StoreUnavailable       store_unavailable         retryable
    │   └── SchemaMismatch         store_schema_mismatch
    └── InvariantBroken            a law would be broken: the turn stops and alarms
        ├── OfferMismatch          offer_mismatch
        └── DoubleConsume          double_consume

    ConfigurationError             outside the tree, so that nothing that handles faults can swallow it

An expected no (slot taken, service unknown, ...) is a `model.refusal.Refusal`, never an exception.
"""


class Fault(Exception):
    """Something failed that an operator has to know of. `code` is stable, `retryable` a fact of the class."""

    code = "fault"
    retryable = False


class PlatformFault(Fault):
    """The voice platform's request cannot be served."""

    code = "platform_fault"


class SignatureInvalid(PlatformFault):
    """The signature over the raw body is missing, malformed, stale or wrong."""

    code = "signature_invalid"


class PayloadMalformed(PlatformFault):
    """The body is not one of the shapes the platform sends."""

    code = "payload_malformed"


class ToolUnknown(PlatformFault):
    """No tool has this name."""

    code = "tool_unknown"


class LineUnknown(PlatformFault):
    """No business answers on this number or agent."""

    code = "line_unknown"


class CallUnknown(PlatformFault):
    """The request carries no call identity in its envelope."""

    code = "call_unknown"


class PlatformUnreachable(PlatformFault):
    """No connection to the platform's management API, or no answer in time."""

    code = "platform_unreachable"
    retryable = True


class PlatformRejected(PlatformFault):
    """The platform's management API refused a request; the message carries its words."""

    code = "platform_rejected"


class CalendarFault(Fault):
    """The calendar provider failed us."""

    code = "calendar_fault"


class Unreachable(CalendarFault):
    """No connection to the calendar provider."""

    code = "calendar_unreachable"
    retryable = True


class TimedOut(CalendarFault):
    """The calendar provider did not answer a read in time."""

    code = "calendar_timed_out"
    retryable = True


class RateLimited(CalendarFault):
    """The calendar provider's rate budget is used up."""

    code = "calendar_rate_limited"
    retryable = True


class Unauthorised(CalendarFault):
    """The calendar provider does not accept our credential."""

    code = "calendar_unauthorised"


class Rejected(CalendarFault):
    """The calendar provider refused the request for a reason that is ours to mend."""

    code = "calendar_rejected"


class ContractBroken(CalendarFault):
    """The calendar provider answered in a shape its contract does not have."""

    code = "calendar_contract_broken"


class OutcomeUnknown(CalendarFault):
    """A write was sent and its outcome is not known: look it up, never repeat it, never say it failed."""

    code = "calendar_outcome_unknown"


class StoreFault(Fault):
    """Our own store failed."""

    code = "store_fault"


class StoreUnavailable(StoreFault):
    """The database cannot be opened, read or written."""

    code = "store_unavailable"
    retryable = True


class SchemaMismatch(StoreFault):
    """The database's schema is not the one this version works with."""

    code = "store_schema_mismatch"


class InvariantBroken(Fault):
    """A law would be broken; the turn stops, nothing is spoken as success, and it alarms."""

    code = "invariant_broken"


class OfferMismatch(InvariantBroken):
    """What the calendar booked is not what was offered (finding HF401)."""

    code = "offer_mismatch"


class DoubleConsume(InvariantBroken):
    """One offer led to two bookings."""

    code = "double_consume"


class ConfigurationError(Exception):
    """Settings or a business file cannot be used. The message names the cause and the next step."""

    code = "configuration"
