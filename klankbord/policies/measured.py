"""An installation comes in; on how many test posts its model was measured, per clause, goes out."""

from collections.abc import Mapping

from klankbord.errors import ModelError
from klankbord.installation import Installation


def positives_of(installation: Installation) -> Mapping[str, int] | None:
    """Clause number -> test posts; None where there is no model that can be used. Nothing is trained."""
    from classify.heads import SHARED
    from classify.model_file import load

    if not installation.model_file.exists():
        return None
    try:
        found = load(installation.model_file).metrics.test_positives
    except (ModelError, OSError):
        return None
    return {**found, **{number: found.get(head, 0) for number, head in SHARED.items()}}
