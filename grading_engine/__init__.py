"""The staff's grading engine: sandbox, hidden tests, nbgrader stages, reports and the `course` command."""

import os

# Before anything imports TensorFlow: it prints about its build on standard error, and oneDNN's kernels sum in an
# order of their own, which makes references differ in the last bits from machine to machine.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import sys

# jsonschema would compile a grammar of internet addresses, for a second at every start; no notebook's schema needs it.
sys.modules.setdefault("rfc3987_syntax", None)
