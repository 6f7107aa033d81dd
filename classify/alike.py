"""Texts come in, groups of texts that say nearly the same go out. Pure."""

import re
from collections.abc import Sequence
from itertools import pairwise

#: share of the shorter text's word pairs that must stand in the other: retweets, truncations, one-word edits
NEAR = 0.8
#: fewer words than this must be equal; words that make the keys; words compared
_SHORT, _KEY, _MOST = 6, 5, 80
#: groups under one key that a text is compared with
_COMPARED = 20
_NOISE = re.compile(r"https?://\S+|\[[^\]\n]{1,30}\]|@\w+|\brt\b")
_WORD = re.compile(r"\w+")


def groups_of(texts: Sequence[str]) -> list[list[int]]:
    """Places of texts that say nearly the same, each group and all groups in the order given.

    Only texts that begin or end alike are compared, so that a week costs no more than its posts:
    a copy that was cut short ends otherwise, one with words before it begins otherwise.
    """
    groups: list[list[int]] = []
    said: list[tuple[str, ...]] = []
    exact: dict[tuple[str, ...], int] = {}
    held: dict[tuple[str, ...], list[int]] = {}
    for number, text in enumerate(texts):
        words = tuple(_WORD.findall(_NOISE.sub(" ", text.casefold()))[:_MOST])
        place = exact.get(words) if words else None
        if place is None:
            keys = (("<", *words[:_KEY]), (*words[-_KEY:], ">"))
            likely = {near for key in keys for near in held.get(key, ())}
            place = next((near for near in sorted(likely) if _alike(words, said[near])), None)
            if place is None:
                place = len(groups)
                groups.append([])
                said.append(words)
                for key in keys:
                    if len(known := held.setdefault(key, [])) < _COMPARED:
                        known.append(place)
            exact[words] = place
        groups[place].append(number)
    return groups


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if min(len(one), len(other)) < _SHORT:
        return False
    mine, theirs = frozenset(pairwise(one)), frozenset(pairwise(other))
    return len(mine & theirs) >= NEAR * min(len(mine), len(theirs))
