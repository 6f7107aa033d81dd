"""A generated text comes in, what its wording lacks or must not hold goes out (law.md L2). Pure."""

import re

from klankbord.policy import Lang, Wording


def lint(text: str, wording: Wording, language: Lang) -> list[str]:
    """Problems with the wording of a generated text; never meant for a quoted post.

    Args:
        text: the sentence, or the generated part of a digest or alert.
        wording: the policy's words.
        language: which of them apply.
    """
    problems = banned(text, wording, language)
    if not _holds_one(text, wording.must_contain_one_of.get(language, ())):
        problems.append("no hedge: say that it is possible, not that it is so")
    if not _holds_one(text, wording.must_state_unknown.get(language, ())):
        problems.append("does not say what is unknown")
    return problems


def banned(text: str, wording: Wording, language: Lang) -> list[str]:
    """The banned words in a text, whole words only."""
    return [f"banned word: {word}" for word in wording.banned.get(language, ()) if _holds(text, word)]


def _holds_one(text: str, words: tuple[str, ...]) -> bool:
    return not words or any(_holds(text, word) for word in words)


def _holds(text: str, word: str) -> bool:
    pattern = r"\s+".join(re.escape(part) for part in word.split())
    return re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE) is not None
