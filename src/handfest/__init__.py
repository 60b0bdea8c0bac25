"""handfest: the booking gateway between AI phone agents and calendars."""
