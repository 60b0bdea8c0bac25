"""The findings by their stable ids: what each means, whose move it is, what to do."""
