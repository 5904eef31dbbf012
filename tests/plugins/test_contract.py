"""Every bundled programme holds the contract that any programme is held to."""

import importlib
import tomllib
from pathlib import Path

from taizhang.testing import contract

HERE = Path(__file__).parent
PROJECT = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
BUNDLED = PROJECT["entry-points"]["taizhang.plugins"]

GIVEN = {"liunuo": {"liunuo.pledge.rate": {"period": "2012"}}}
"""What is not accepted as it would be drawn: a period is written as such."""

for name, module in BUNDLED.items():
    samples = HERE / f"{name}.jsonl"
    globals()[f"test_{name}"] = contract(
        importlib.import_module(module).programme,
        samples=samples if samples.exists() else None,
        given=GIVEN.get(name),
    )
