"""Reports over a period in their readings, and recorded calls played against another catalogue."""
