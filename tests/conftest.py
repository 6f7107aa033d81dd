"""What several test files share: one trained model for the whole session."""

from pathlib import Path

import pytest
from builders import NOW


@pytest.fixture(scope="session")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model trained from the shipped posts, as an installation keeps it; copy it, do not change it."""
    from classify.model_file import load_or_train

    file = tmp_path_factory.mktemp("model") / "model.skops"
    load_or_train(file, NOW, lambda _: None)
    return file
