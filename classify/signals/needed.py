"""A pattern comes in; words of which one must stand in every text that it matches go out. Pure.

Reads the part of the syntax that cues are written in: letters, escapes, classes, groups, alternatives,
lookarounds and repetitions. What it does not understand it takes as "may be anything": a cue is then tried on
every text, which is slow and never wrong.
"""

from dataclasses import dataclass

_REPEATS = "?*+{"
#: shorter words stand in nearly every text
_SHORTEST = 2
_LITERAL_ESCAPES = ".$^*+?()[]{}|\\/-'\"€%&#@!:;,"


def needed_words(pattern: str) -> frozenset[str] | None:
    """Words of which one stands in any text that the pattern matches; None where none can be named."""
    reader = _Reader(pattern)
    try:
        found = reader.alternatives()
    except (IndexError, ValueError):
        return None
    return found if reader.done else None


@dataclass(slots=True)
class _Reader:
    pattern: str
    place: int = 0

    @property
    def done(self) -> bool:
        return self.place >= len(self.pattern)

    def alternatives(self) -> frozenset[str] | None:
        """Up to the end or a closing bracket: every branch needs a word of its own."""
        branches = [self._sequence()]
        while not self.done and self.pattern[self.place] == "|":
            self.place += 1
            branches.append(self._sequence())
        known = [words for words in branches if words is not None]
        return frozenset().union(*known) if len(known) == len(branches) else None

    def _sequence(self) -> frozenset[str] | None:
        """Of all that must stand one after another, what is rarest: its shortest word is longest."""
        best: frozenset[str] | None = None
        run = ""
        while not self.done and self.pattern[self.place] not in "|)":
            letter, group = self._atom()
            least = self._least()
            if least is None and letter:
                run += letter
                continue
            kept = run + letter if letter and least else run
            best = _rarer(best, _word(kept))
            if group is not None and least != 0:
                best = _rarer(best, group)
            run = ""
        return _rarer(best, _word(run))

    def _atom(self) -> tuple[str, frozenset[str] | None]:
        """A letter, or what a group needs, or neither."""
        sign = self.pattern[self.place]
        self.place += 1
        if sign == "[":
            self.place = self.pattern.index("]", self.place + 1) + 1
            return "", None
        if sign == "(":
            return "", self._group()
        if sign == "\\":
            escaped = self.pattern[self.place]
            self.place += 1
            return (escaped if escaped in _LITERAL_ESCAPES else ""), None
        return ("" if sign in ".^$" else sign), None

    def _group(self) -> frozenset[str] | None:
        looks = False
        if self.pattern.startswith("?", self.place):
            # (?:…) holds what must stand; (?!…), (?=…), (?<!…), (?<=…) only look.
            looks = not self.pattern.startswith("?:", self.place)
            if looks and self.pattern.startswith("?P<", self.place):
                raise ValueError("named groups are not read")
            self.place += 2 if not self.pattern.startswith("?<", self.place) else 3
        found = self.alternatives()
        self.place += 1
        return None if looks else found

    def _least(self) -> int | None:
        """How often the atom before must stand at least; None without a repetition: once."""
        if self.done or self.pattern[self.place] not in _REPEATS:
            return None
        sign = self.pattern[self.place]
        if sign == "{":
            end = self.pattern.index("}", self.place)
            least = int(self.pattern[self.place + 1 : end].partition(",")[0] or 0)
            self.place = end + 1
        else:
            least = 1 if sign == "+" else 0
            self.place += 1
        if not self.done and self.pattern[self.place] in "?+":
            self.place += 1
        return least


def _word(run: str) -> frozenset[str] | None:
    # A quotation is blanked out with spaces: a space at the border may not stand in the text itself.
    word = run.strip(" ")
    return frozenset({word}) if len(word) >= _SHORTEST else None


def _rarer(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return one if other is None else other
    return max(one, other, key=lambda words: (min(map(len, words)), -len(words)))
