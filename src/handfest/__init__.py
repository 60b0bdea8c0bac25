"""handfest: the booking gateway between AI phone agents and calendars."""

__version__ = "0.1.0"
