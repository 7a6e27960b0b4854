"""What several test modules share."""

import os
from pathlib import Path

import pytest

# Before scikit-learn starts its threads: where others use the cores they spin, and a fit of a second takes 40.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real documents beside the checkout, or skip and say so."""
    if not SHARED.is_dir():
        pytest.skip("../shared is absent: the real documents are not part of the repository")
    return SHARED
