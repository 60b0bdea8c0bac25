"""The HTTP surface: voice endpoints, health, and later the management API and the console."""
