"""What the notebooks of the course import: data, plots and checks. Needs numpy and matplotlib only."""

__version__ = "0.1.0"
