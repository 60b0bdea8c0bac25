"""Passwords that are quick to check: for tests, where nobody guesses them."""

from argon2 import PasswordHasher

from handfest.access.passwords import Passwords


def quick_passwords() -> Passwords:
    """argon2 with the least it can do."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
