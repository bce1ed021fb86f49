"""What a Dask worker loads to be one with another version of the kit."""

from grading_engine import workers

workers.kit_digest = lambda: "another"
