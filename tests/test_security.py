"""docs/security.md names a proof for every promise: each of them has to exist."""

import ast
import re

from grading_engine.course import KIT

TEXT = (KIT / "docs" / "security.md").read_text()


def test_every_proof_exists():
    proofs = re.findall(r"`(tests/[^`]+)`", TEXT)
    assert len(proofs) > 30
    for proof in proofs:
        path, _, name = proof.partition("::")
        assert (KIT / path).exists(), proof
        if name:
            names = {node.name for node in ast.walk(ast.parse((KIT / path).read_text()))
                     if isinstance(node, ast.FunctionDef)}
            assert name in names, proof
        elif re.fullmatch(r"tests/hostile/\w+", path):
            assert (KIT / path / "outcome.toml").exists(), proof


def test_every_promise_has_a_proof():
    rows = TEXT.split("| promise | proven by |")[1].split("\n## ")[0].strip().splitlines()[1:]
    assert all("`tests/" in row.split("|")[2] for row in rows)
