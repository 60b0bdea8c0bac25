"""The rules over one recorded call, its verdict, and the ranking over many."""
