"""Everything about the process that student code runs in, on both sides of the boundary."""
