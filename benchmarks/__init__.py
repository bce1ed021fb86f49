"""What the kit costs and finds, measured beside other ways to grade."""
