"""An installation with keyword lists and a model that scores as a test says, for the tests of keyword lists."""

from datetime import datetime, timedelta
from pathlib import Path
from shutil import copy

from builders import NOW, mention

from klankbord.alerting.rules import Rules
from klankbord.finding import ClauseScore, Decision, Judgement, Verdict, finding_id
from klankbord.installation import Installation
from klankbord.mention import Mention
from klankbord.policy import ClauseId, Mode
from klankbord.ports import Batch, Cursor
from klankbord.settings import load
from klankbord.store.kept import Versions

C03 = ClauseId("C03-internal-conversation")
LIST = """# what people say inside
id = "inside"
clause = "C03"   # conversations
weight = 0.4
terms = \"\"\"
groepsapp
interne memo
\"\"\"
"""


def config(folder: Path, **lists: str) -> Path:
    """A config folder with these lists."""
    made = folder / "config"
    (made / "keywords").mkdir(parents=True, exist_ok=True)
    (made / "organisation.toml").write_text('name = "Voorbeeld BV"\nofficial_accounts = ["@voorbeeld"]\n')
    (made / "klankbord.toml").write_text('language = "en"\n')
    for name, text in lists.items():
        (made / "keywords" / f"{name}.toml").write_text(text)
    return made


def installed(folder: Path, now: datetime = NOW, model: Path | None = None, **lists: str) -> Installation:
    """An installation with these lists, whose clock stands still."""
    made = config(folder, **lists)
    if model:
        (folder / "data").mkdir(exist_ok=True)
        for part in model.parent.glob(model.name + "*"):
            copy(part, folder / "data" / part.name)
    return Installation(load(made), lambda: now)


def stored(
    installation: Installation, *posts: tuple[str, str], clause: ClauseId = C03, days: int = 3
) -> list[Mention]:
    """Keep posts, each with what people said of it: confirmed, a reason why not, open, or nothing."""
    at = NOW - timedelta(days=days)
    made = [mention(text, published_at=at, collected_at=at) for text, _ in posts]
    installation.store.keep("blog", Batch(mentions=tuple(made), next=Cursor("1")), made, NOW)
    found = [_judged(one, clause, answer) for one, (_, answer) in zip(made, posts, strict=True)]
    installation.store.keep_judgements(found, Versions(policy="1", classifier="1"), Rules(), NOW, NOW)
    installation.store.answer(
        [
            (_verdict(one, clause, answer), clause)
            for one, (_, answer) in zip(made, posts, strict=True)
            if answer not in ("", "open")
        ]
    )
    return made


def _judged(one: Mention, clause: ClauseId, answer: str) -> tuple[Mention, Judgement]:
    score = ClauseScore(clause_id=clause, score=0.9, mode=Mode.DIGEST)
    return one, Judgement(mention_id=one.id, about=True, clauses=(score,) if answer else (), lang="nl")


def _verdict(one: Mention, clause: ClauseId, answer: str) -> Verdict:
    confirmed = answer == "confirmed"
    return Verdict(
        finding_id=finding_id(one.id, clause),
        decision=Decision.CONFIRMED if confirmed else Decision.DISMISSED,
        reason=None if confirmed else answer,
        outcome="general_reminder" if confirmed else None,
        by="ann",
        at=NOW,
    )
