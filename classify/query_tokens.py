"""A boolean query comes in; operators and leaves with their places go out, or every mistake. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from classify.query_ast import Node, Pattern
from classify.query_leaf import compound_of, field_name, field_of, handle_of, tag_of, term_of, within_of
from classify.query_regex import MOST as MOST_PATTERNS
from classify.query_regex import pattern_of
from classify.query_remark import Remarks, short

Kind = Literal["LEAF", "AND", "OR", "NOT", "NEAR", "TITLE", "LPAR", "RPAR"]

#: words between that NEAR allows, and without a number
MOST_BETWEEN, USUAL_BETWEEN = 30, 5
#: deeper brackets than anybody writes; keeps the reading of a hostile query bounded
DEEPEST = 40
#: words and phrases of one query
MOST_LEAVES = 500
_MOST_PIECES = 4 * MOST_LEAVES
CURLY = "“”„‟«»\uff02"
_QUOTES = '"' + CURLY
_RUN = re.compile(rf"[^\s(){_QUOTES}]+")
_CLOSING = re.compile(f"[{_QUOTES}]")
_BROKEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]+")
_REGEX = re.compile(r"/((?:[^/\\\n]|\\.){1,2000})/(?=[\s()]|$)")
_NEARLY = re.compile(r"O?NEAR(?:/|$)", re.IGNORECASE)
_NEAR = re.compile(r"(O?NEAR)(?:/(\d{1,3})(f?))?")
_AFTER_QUOTE = re.compile(r"~(\d*)")
_MEANT = {"and": "AND", "or": "OR", "not": "NOT", "en": "AND", "of": "OR", "niet": "NOT"}
_FOREIGN = {"&&": "AND", "&": "AND", "||": "OR", "|": "OR", "+": "AND", "!": "NOT", "-": "NOT", "--": "NOT"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An operator, a bracket or a leaf."""

    kind: Kind
    start: int
    end: int
    #: of a LEAF; None: it was refused, and stands for its place
    node: Node | None = None
    #: of a NEAR
    between: int = 0
    ordered: bool = False


class Reader:
    """Walks once over an expression."""

    def __init__(self, text: str, remarks: Remarks) -> None:
        """Nothing read yet."""
        self._text, self._remarks, self._at = text, remarks, 0
        self.pieces: list[Piece] = []
        self._leaves = self._depth = 0

    def read(self) -> list[Piece]:
        """Every piece in order; mistakes go to the remarks."""
        while self._at < len(self._text) and self._leaves <= MOST_LEAVES and len(self.pieces) <= _MOST_PIECES:
            self._next()
            if self._depth > DEEPEST:
                self._remarks.refuse("too_deep", self.pieces[-1].start, str(DEEPEST))
                return []
        if self._at < len(self._text):
            self._remarks.refuse("too_many", 0, str(MOST_LEAVES))
        patterns = [piece for piece in self.pieces if isinstance(piece.node, Pattern)]
        if len(patterns) > MOST_PATTERNS:
            self._remarks.refuse("regex_many", patterns[MOST_PATTERNS].start, str(MOST_PATTERNS))
        return self.pieces

    def _next(self) -> None:
        sign, start = self._text[self._at], self._at
        if sign.isspace():
            self._at = start + 1
        elif broken := _BROKEN.match(self._text, start):
            self._remarks.refuse("control", start, f"U+{ord(sign):04X}")
            self._at = broken.end()
        elif sign in "()":
            self._add("LPAR" if sign == "(" else "RPAR", start, start + 1)
            self._depth += 1 if sign == "(" else -1
        elif sign in _QUOTES:
            self._phrase(start)
        elif sign == "/":
            self._regex(start)
        elif sign == "-" and self._text[start + 1 : start + 2].strip("-)"):
            self._add("NOT", start, start + 1)
        else:
            self._word(start)

    def _add(self, kind: Kind, start: int, end: int, node: Node | None = None) -> None:
        self.pieces.append(Piece(kind=kind, start=start, end=end, node=node))
        self._leaves += kind == "LEAF"
        self._at = end

    def _quoted(self, start: int) -> tuple[str, int]:
        """What stands between quotes from an opening one on, and where it ends."""
        closing = _CLOSING.search(self._text, start + 1)
        if closing is None:
            self._remarks.refuse("quote_open", start)
            return "", len(self._text)
        for place in (start, closing.start()):
            if self._text[place] in CURLY:
                self._remarks.add("curly", place, self._text[place])
        words = self._text[start + 1 : closing.start()].strip()
        if broken := _BROKEN.search(words):
            self._remarks.refuse("control", start, f"U+{ord(broken[0][0]):04X}")
        elif not words.strip(_QUOTES):
            self._remarks.refuse("quote_empty", start)
        else:
            return words, closing.end()
        return "", closing.end()

    def _phrase(self, start: int) -> None:
        words, end = self._quoted(start)
        tilde = _AFTER_QUOTE.match(self._text, end)
        end = tilde.end() if tilde else end
        node: Node | None = None
        if words and tilde and tilde[1]:
            node = within_of(words, tilde[1], (start, end), self._remarks)
        elif words and tilde:
            node = compound_of(words, (start, end), self._remarks)
        elif words:
            node = term_of(words, (start, end), self._remarks)
        self._add("LEAF", start, end, node)

    def _regex(self, start: int) -> None:
        found = _REGEX.match(self._text, start)
        if found:
            self._add("LEAF", start, found.end(), pattern_of(found[1], (start, found.end()), self._remarks))
            return
        run = _RUN.match(self._text, start)
        end = run.end() if run else start + 1
        self._remarks.refuse("regex_open", start, short(self._text[start:end]))
        self._add("LEAF", start, end)

    def _word(self, start: int) -> None:
        run = _RUN.match(self._text, start)
        assert run is not None  # noqa: S101 - spaces, brackets and quotes were looked at before
        word, end = run[0], run.end()
        if word in ("AND", "OR", "NOT"):
            self._add(word, start, end)  # type: ignore[arg-type]
            return
        if broken := _BROKEN.search(word):
            word, end = word[: broken.start()], start + broken.start()
        if name := field_name(word):
            self._field(name, word[len(name) + 1 :], start, end)
        elif _NEARLY.match(word):
            self._near(word, start, end)
        else:
            self._plain(word, start, end)

    def _near(self, word: str, start: int, end: int) -> None:
        found = _NEAR.fullmatch(word)
        if word in ("near", "onear", "Near"):
            self._plain(word, start, end)
            return
        if not found or int(found[2] or 0) > MOST_BETWEEN:
            self._remarks.refuse("near_number", start, short(word), str(MOST_BETWEEN))
        between = int(found[2]) if found and found[2] else USUAL_BETWEEN
        if found and not found[2]:
            self._remarks.add("near_default", start, word)
        elif between < 2:
            self._remarks.add("near_close", start, word, str(between))
        ordered = bool(found and (found[3] or found[1] == "ONEAR"))
        self.pieces.append(Piece(kind="NEAR", start=start, end=end, between=between, ordered=ordered))
        self._at = end

    def _field(self, name: str, value: str, start: int, end: int) -> None:
        if not value and self._text[end : end + 1] and self._text[end] in _QUOTES:
            value, end = self._quoted(end)
            if not value:
                self._add("LEAF", start, end)
                return
        if name != "title":
            self._add("LEAF", start, end, field_of(name, value, (start, end), self._remarks))
        elif value:
            self._add("TITLE", start, start + 6)
            self._plain(value, start + 6, end)
        elif self._text[end : end + 1] == "(":
            self._add("TITLE", start, end)
        else:
            self._remarks.refuse("field_value", start, "title:", "title:voorbeeld")
            self._add("LEAF", start, end)

    def _plain(self, word: str, start: int, end: int) -> None:
        remarks, at = self._remarks, (start, end)
        node: Node | None = None
        if word in _FOREIGN:
            remarks.refuse("foreign_operator", start, word, _FOREIGN[word])
        elif word[0] == "!" and len(word) > 1:
            remarks.refuse("foreign_operator", start, "!", "NOT")
        elif unicodedata.category(word[0]) == "Pd" and word[0] != "-" and len(word) > 1:
            remarks.refuse("dash", start, word[0])
        elif meant := _MEANT.get(word.lower()):
            if word.isupper():
                remarks.refuse("operator_case", start, word, meant)
            else:
                remarks.add("lower_case", start, word, meant)
                node = term_of(word, at, Remarks(""))
        elif fuzzy := re.search(r"~\d+$", word):
            remarks.refuse("fuzzy", start, short(word[: fuzzy.start()] + fuzzy[0]))
        elif word.endswith("~"):
            node = compound_of(word[:-1], at, remarks)
        elif word[0] in "#\uff03" and len(word) > 1:
            node = tag_of(word[1:], at, remarks)
        elif word[0] in "@\uff20" and len(word) > 1:
            node = handle_of(word[1:], at, remarks)
        else:
            node = term_of(word, at, remarks)
        self._add("LEAF", start, end, node)
