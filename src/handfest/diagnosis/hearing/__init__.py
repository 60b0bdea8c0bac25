"""What spoken and written words of a recorded call mean: times, days, deeds; its phrases are data."""
