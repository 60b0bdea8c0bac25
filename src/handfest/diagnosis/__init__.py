"""Diagnosis: what went wrong, in a call, a catalogue, an agent or a store, and whose move it is."""
