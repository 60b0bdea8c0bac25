"""What is watched while calls run: metrics, alerts, the live feed, the audit after each call."""
