"""Who comes in: passwords, sessions, API keys, single sign-on. What they may do then is `model.actor`'s."""
