"""The trace: what happened in every turn, redacted by construction."""
