"""A query comes in as text, a boolean one or a list; a Query that finds its words in posts goes out. Pure.

Boolean: `AND`, `OR`, `NOT` (or a leading `-`), brackets, `"a phrase"`, `prefix*`, `wo?d`, `a NEAR/3 b`,
`word~`, `raw:ING`, `title:`, `site:`, `source:`, `lang:`, `#tag`, `@handle`, `/re2/`. Words side by side mean
AND. List: a line is a word or phrase, lines are joined by OR. Both become one tree (`classify.query_ast`).
A word is a whole word; case and accents do not count; a space in a phrase also stands for a hyphen.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, cast

from classify.matcher_plan import Evaluate, evaluation
from classify.matcher_post import Place, Post, Sight, Span
from classify.query_ast import Node, Or, Term, anchored
from classify.query_grammar import tree_of
from classify.query_leaf import term_of
from classify.query_list import list_tree
from classify.query_remark import Remark, Remarks
from classify.query_tokens import Reader

#: characters of a boolean query, and of a list
LONGEST, LONGEST_LIST = 20_000, 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query that was read and checked."""

    #: as it was typed
    expression: str
    root: Node
    #: what a person should be told: what was read, and what else could have been meant
    remarks: tuple[Remark, ...] = ()
    face: Literal["boolean", "list"] = "boolean"
    #: made when first asked: a matcher makes its own
    _evaluate: Evaluate | None = field(default=None, init=False, repr=False, compare=False)

    def spans(self, text: str) -> tuple[Span, ...] | None:
        """Where the words that count stand in the text (code points), or None: no match."""
        places = self.places(Post(text=text))
        return None if places is None else tuple((place.start, place.end) for place in places)

    def places(self, post: Post) -> tuple[Place, ...] | None:
        """Where the words that count stand in a post, or None: no match."""
        if self._evaluate is None:
            object.__setattr__(self, "_evaluate", evaluation(self.root, {}))
        sight = Sight(post)
        found = cast("Evaluate", self._evaluate)(sight, None)
        return None if found is None else sight.placed(found)


def parse(expression: str) -> Query:
    """Read a boolean query.

    Raises:
        QueryError: a `QueryMistakes` with every mistake: line, column and what to write instead.
    """
    remarks = Remarks(expression)
    _check_length(expression, LONGEST, remarks)
    root = tree_of(expression, Reader(expression, remarks).read(), remarks)
    return _checked(expression, root, remarks, "boolean")


def parse_list(terms: str, *, required: str = "", excluded: str = "") -> Query:
    """Read a keyword list: one word or phrase a line, any of them is enough.

    Args:
        terms: the lines of the list; `# ` begins a comment.
        required: the box of which at least one line must stand in the post as well; may be empty.
        excluded: the box of which no line may stand in the post; may be empty.

    Raises:
        QueryError: a `QueryMistakes` with every mistake; lines count on through the three boxes.
    """
    boxes = [terms.rstrip("\n"), required.rstrip("\n"), excluded.rstrip("\n")]
    expression = "\n".join(boxes)
    remarks = Remarks(expression)
    _check_length(expression, LONGEST_LIST, remarks)
    return _checked(expression, list_tree(boxes, remarks), remarks, "list")


def term(words: str, *, prefix: bool = False) -> Query:
    """A word or phrase by itself, whatever signs it holds.

    Raises:
        QueryError: it holds no letter or digit, or is far too long.
    """
    remarks = Remarks(words)
    clean = words.replace("*", " ").replace("?", " ").rstrip()
    root = term_of(clean + "*" * prefix, (0, len(words)), remarks)
    return _checked(words, root, remarks, "list")


def each_line(query: Query) -> Iterator[tuple[str, Query]]:
    """The branches of a list or an OR, each as a query by itself, to count what each brings."""
    root = query.root
    first = next((node for node in getattr(root, "children", ()) if isinstance(node, Or)), root)
    for node in first.children if isinstance(first, Or) else (first,):
        shown = node.shown if isinstance(node, Term) else query.expression[slice(*node.at)]
        yield shown, Query(expression=shown, root=node, face=query.face)


def _check_length(expression: str, longest: int, remarks: Remarks) -> None:
    if len(expression) > longest:
        remarks.refuse("too_long", 0, str(len(expression)), str(longest))
    elif not expression.strip():
        remarks.refuse("empty", 0)
    if remarks.refused:
        remarks.settle()


def _checked(expression: str, root: Node | None, remarks: Remarks, face: Literal["boolean", "list"]) -> Query:
    if root is not None and not remarks.refused and not anchored(root):
        remarks.refuse("only_not", 0)
    told = remarks.settle()
    assert root is not None  # noqa: S101 - without a tree something was refused
    return Query(expression=expression, root=root, remarks=told, face=face)
