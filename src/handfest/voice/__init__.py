"""The voice platforms: one file each. Platform spellings end here."""
