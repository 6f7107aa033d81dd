"""The pieces of a boolean query come in; its tree goes out, or what stands wrong among them. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from classify.query_ast import And, Extent, Near, Node, Not, Or, Term, Title, below
from classify.query_remark import Remarks, short
from classify.query_tokens import Piece

if TYPE_CHECKING:
    from lark import Lark

#: NEAR inside NEAR
_NEAR_DEEPEST = 3
_GRAMMAR = """
?start: either
either: both (OR both)*
both: unary (AND? unary)*
?unary: NOT unary -> negated
    | near
near: atom (NEAR atom)*
?atom: LEAF -> leaf
    | TITLE atom -> titled
    | LPAR either RPAR -> group
%declare LEAF AND OR NOT NEAR TITLE LPAR RPAR
"""
_OPERATORS = ("AND", "OR", "NEAR")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A piece of the tree on its way up."""

    node: Node
    #: "either", "both", "near", "negated" stand without brackets of their own; "atom" is closed
    shape: str
    start: int
    end: int
    #: what it was made of
    parts: "tuple[_Part, ...]" = ()


def tree_of(text: str, pieces: Sequence[Piece], remarks: Remarks) -> Node | None:
    """Check how the pieces stand together, then build; None when anything was refused."""
    _check_brackets(pieces, remarks)
    _check_neighbours(text, pieces, remarks)
    if remarks.refused:
        return None
    part = cast("_Part", _parser().parse(cast("str", pieces), on_error=None))
    _Judge(text, remarks).look(part)
    return part.node


def _check_brackets(pieces: Sequence[Piece], remarks: Remarks) -> None:
    opened: list[int] = []
    for piece in pieces:
        if piece.kind == "LPAR":
            opened.append(piece.start)
        elif piece.kind == "RPAR":
            if opened:
                opened.pop()
            else:
                remarks.refuse("bracket_close", piece.start)
    if opened:
        remarks.refuse("bracket_open", opened[-1])


def _check_neighbours(text: str, pieces: Sequence[Piece], remarks: Remarks) -> None:
    if not pieces and not remarks.refused:
        remarks.refuse("empty", 0)
    before: Piece | None = None
    for piece in pieces:
        waits = before is None or before.kind not in ("LEAF", "RPAR")
        shown = text[piece.start : piece.end]
        if waits and piece.kind in (*_OPERATORS, "RPAR"):
            remarks.refuse("missing", piece.start, shown)
        elif before and before.kind == "NOT" == piece.kind:
            remarks.refuse("double_not", piece.start)
        elif before and before.kind in ("NEAR", "TITLE") and piece.kind in ("NOT", "TITLE"):
            remarks.refuse("missing", piece.start, shown)
        before = piece
    if before and before.kind not in ("LEAF", "RPAR"):
        remarks.refuse("missing", before.start, text[before.start : before.end])


@cache
def _parser() -> "Lark":
    from lark import Lark, Token, Transformer, v_args
    from lark.lexer import Lexer

    class Feed(Lexer):
        """Hands over pieces that were read already."""

        def __init__(self, _conf: object) -> None:
            """Nothing to set up."""

        def lex(self, pieces: Sequence[Piece]) -> Iterator[Token]:  # type: ignore[override]
            """Each piece as lark's token."""
            for piece in pieces:
                token = Token(piece.kind, "")
                token.value = cast("str", piece)
                yield token

    builder = v_args(inline=True)(type("Builder", (Transformer,), _BUILDERS))
    return Lark(_GRAMMAR, parser="lalr", lexer=Feed, transformer=builder(), maybe_placeholders=False)


def _piece(token: Any) -> Piece:  # noqa: ANN401 - lark hands tokens around untyped
    return cast("Piece", token.value)


def _leaf(_self: object, token: object) -> _Part:
    piece = _piece(token)
    assert piece.node is not None  # noqa: S101 - a refused leaf ends the reading before
    return _Part(node=piece.node, shape="atom", start=piece.start, end=piece.end)


def _group(_self: object, opening: object, inner: _Part, closing: object) -> _Part:
    start, end = _piece(opening).start, _piece(closing).end
    return _Part(node=inner.node, shape="atom", start=start, end=end, parts=(inner,))


def _titled(_self: object, title: object, inner: _Part) -> _Part:
    at = (_piece(title).start, inner.end)
    return _Part(node=Title(child=inner.node, at=at), shape="atom", start=at[0], end=at[1], parts=(inner,))


def _negated(_self: object, sign: object, inner: _Part) -> _Part:
    at = (_piece(sign).start, inner.end)
    return _Part(node=Not(child=inner.node, at=at), shape="negated", start=at[0], end=at[1], parts=(inner,))


def _near(_self: object, first: _Part, *rest: object) -> _Part:
    part, all_parts = first, [first]
    for sign, right in zip(rest[::2], rest[1::2], strict=True):
        piece, other = _piece(sign), cast("_Part", right)
        at = (first.start, other.end)
        node = Near(left=part.node, right=other.node, between=piece.between, ordered=piece.ordered, at=at)
        all_parts.append(other)
        part = _Part(node=node, shape="near", start=at[0], end=at[1], parts=tuple(all_parts))
    return part


def _several(shape: str, kind: type[And] | type[Or], given: Sequence[object]) -> _Part:
    parts = tuple(one for one in given if isinstance(one, _Part))
    if len(parts) == 1:
        return parts[0]
    at = (parts[0].start, parts[-1].end)
    children = tuple(part.node for part in parts)
    return _Part(node=kind(children=children, at=at), shape=shape, start=at[0], end=at[1], parts=parts)


def _both(_self: object, *given: object) -> _Part:
    return _several("both", And, given)


def _either(_self: object, *given: object) -> _Part:
    return _several("either", Or, given)


_BUILDERS = {
    "leaf": _leaf,
    "group": _group,
    "titled": _titled,
    "negated": _negated,
    "near": _near,
    "both": _both,
    "either": _either,
}


class _Judge:
    """Looks at what the grammar allows and people mean differently."""

    def __init__(self, text: str, remarks: Remarks) -> None:
        self._text, self._remarks = text, remarks

    def look(self, part: _Part) -> None:
        """Remark on a part and all it was made of."""
        if part.shape == "either":
            self._mixed(part)
        elif part.shape == "both":
            self._bare(part)
        elif part.shape == "near":
            self._near(part)
        elif isinstance(part.node, Title):
            self._title(part.node)
        for one in part.parts:
            self.look(one)

    def _shown(self, part: _Part) -> str:
        return short(self._text[part.start : part.end])

    def _joint(self, part: _Part, after: _Part) -> str:
        """The operator as it stands between two parts; words side by side are an AND."""
        between = " ".join(self._text[part.end : after.start].split())
        return between or "AND"

    def _mixed(self, part: _Part) -> None:
        loose = next((one for one in part.parts if one.shape in ("both", "near", "negated")), None)
        if loose is None or loose.shape == "negated":
            return
        place = part.parts.index(loose)
        tight = [
            f"({' '.join(self._pieces(one))})" if one.parts and one.shape != "atom" else self._shown(one)
            for one in part.parts
        ]
        first, *middle, last = self._pieces(loose)
        if last.startswith(("NOT ", "-")):
            middle, last = [*middle[:-1], "NOT"], last.removeprefix("NOT ").removeprefix("-")
        left = " OR ".join([*(self._shown(one) for one in part.parts[:place]), first])
        right = " OR ".join([last, *(self._shown(one) for one in part.parts[place + 1 :])])
        wide = [f"({left})" if place else left, *middle]
        wide.append(f"({right})" if place + 1 < len(part.parts) else right)
        readings = [" ".join(reading.split()) for reading in (" OR ".join(tight), " ".join(wide))]
        self._remarks.refuse("mixed", part.start, *(one.replace("AND NOT", "NOT") for one in readings))

    def _pieces(self, loose: _Part) -> list[str]:
        """What a part without brackets is made of, operators between."""
        if loose.shape == "negated":
            return [self._shown(loose)]
        told = [self._shown(loose.parts[0])]
        for before, after in zip(loose.parts, loose.parts[1:], strict=False):
            told += [self._joint(before, after), self._shown(after)]
        return told

    def _bare(self, part: _Part) -> None:
        pairs = list(zip(part.parts, part.parts[1:], strict=False))
        bare = [(one, other) for one, other in pairs if not self._text[one.end : other.start].strip()]
        words = [pair for pair in bare if all(isinstance(one.node, Term) and not one.parts for one in pair)]
        near = [(one, other) for one, other in bare if "near" in (one.shape, other.shape)]
        if words:
            run = [words[0][0], *(other for _, other in words)]
            told = [self._shown(one) for one in run[:8]]
            flat = " ".join(told).replace('"', "")
            self._remarks.add("bare_words", run[0].start, flat, " AND ".join(told))
        if near:
            one, other = near[0]
            told = [f"({self._shown(x)})" if x.shape == "near" else self._shown(x) for x in (one, other)]
            shown = short(self._text[one.start : other.end], 120)
            self._remarks.add("near_beside", one.start, shown, " AND ".join(told))

    def _near(self, part: _Part) -> None:
        if len(part.parts) > 2:
            pieces = self._pieces(part)
            left = f"({' '.join(pieces[:3])}) {' '.join(pieces[3:])}"
            right = f"{' '.join(pieces[:2])} ({' '.join(pieces[2:])})"
            self._remarks.refuse("near_chain", part.start, left, right)
        if _near_depth(part.node) > _NEAR_DEEPEST:
            self._remarks.refuse("near_deep", part.start, str(_NEAR_DEEPEST))
        for one in part.parts:
            if (strange := _not_a_place(one.node)) is not None:
                at = _start_of(strange)
                self._remarks.refuse("near_inside", at[0], short(self._text[at[0] : at[1]]))

    def _title(self, title: Title) -> None:
        waiting = [title.child]
        while waiting:
            node = waiting.pop()
            if type(node).__name__ in ("Site", "Source", "Lang", "Title"):
                at = _start_of(node)
                self._remarks.refuse("title_inside", at[0], short(self._text[at[0] : at[1]]))
            waiting += below(node)


def _start_of(node: Node) -> Extent:
    return node.at


def _near_depth(node: Node) -> int:
    deepest = max((_near_depth(child) for child in below(node)), default=0)
    return deepest + isinstance(node, Near)


def _not_a_place(node: Node) -> Node | None:
    """The first thing under a NEAR that has no place in the text."""
    if type(node).__name__ in ("And", "Not", "Site", "Source", "Lang", "Title"):
        return node
    return next((found for child in below(node) if (found := _not_a_place(child)) is not None), None)
