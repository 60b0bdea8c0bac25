"""The calendars appointments live in, one file a provider. They do not know each other."""
