"""examples.toml and the policy's own sentences come in, what the judgement may learn from goes out. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from klankbord.errors import Mistake
from klankbord.masking import masked
from klankbord.policy import Lang, Policy
from klankbord.settings.values import Table

if TYPE_CHECKING:
    from klankbord.settings.models import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnExample:
    """A sentence that the organisation wrote, and what it is an example of."""

    text: str
    lang: Lang
    #: number of a clause, such as `C02`; None: it is protected speech
    clause: str | None = None
    #: number of a protected category, such as `P03`; None: it is about a clause
    protected: str | None = None
    #: it may touch the clause; False: it looks like it and is fine, or it is protected
    touching: bool


class ExampleSettings(Table):
    """[[example]] in examples.toml: a sentence to learn from; write it yourself, paste nobody's post."""

    #: the sentence, as somebody might post it
    text: Annotated[str, Field(min_length=5, max_length=2_000)]
    #: language it is in
    language: Literal["nl", "en"]
    #: number of the clause it is an example of; this or `protected`
    clause: Annotated[str, Field(pattern=r"^C\d{2}$")] | None = None
    #: number of the protected category it is an example of
    protected: Annotated[str, Field(pattern=r"^P\d{2}$")] | None = None
    #: `false`: it looks as if it touches the clause, and does not
    touching: bool = True

    @model_validator(mode="after")
    def _one_thing(self) -> "ExampleSettings":
        if (self.clause is None) == (self.protected is None):
            raise ValueError("either a clause or a protected category")
        if self.protected and "touching" in self.model_fields_set and self.touching:
            raise ValueError(
                "touching = false, or no such key, with protected: protected speech touches nothing"
            )
        return self

    @property
    def record(self) -> OwnExample:
        """As the rooms use it."""
        return OwnExample(
            text=self.text,
            lang=self.language,
            clause=self.clause,
            protected=self.protected,
            touching=self.touching and self.clause is not None,
        )


class ExamplesFile(Table):
    """examples.toml."""

    #: one table for each sentence
    example: Annotated[tuple[ExampleSettings, ...], Field(max_length=5_000)] = ()


def wrong_examples(file: ExamplesFile, policy: Policy) -> Iterator[Mistake]:
    """What only shows beside the policy: numbers that do not exist, sentences twice, traces of people."""
    clauses = [clause.number for clause in policy.clauses if clause.kind == "rule"]
    categories = [category.id[:3] for category in policy.protected]
    seen: set[str] = set()
    for place, one in enumerate(file.example, start=1):
        key = f"example.{place}"
        for name, value, known in (
            ("clause", one.clause, clauses),
            ("protected", one.protected, categories),
        ):
            if value is not None and value not in known:
                yield _mistake(f"{key}.{name}", repr(value), f"one of {', '.join(known)}")
        if masked(one.text) != one.text:
            yield _mistake(
                f"{key}.text",
                "a handle, address, number or key of somebody",
                "a sentence of your own without these",
            )
        flat = " ".join(one.text.casefold().split())
        if flat in seen:
            yield _mistake(f"{key}.text", "the same sentence a second time", "each sentence once")
        seen.add(flat)


def _mistake(key: str, found: str, allowed: str) -> Mistake:
    return Mistake(file="examples.toml", key=key, found=found, allowed=allowed)


def examples_of(settings: "Settings") -> tuple[OwnExample, ...]:
    """Every sentence the organisation wrote: examples.toml, and those of its policy that did not ship.

    Only rules teach: a principle or a permission has no outcome. A sentence counts once.
    """
    from klankbord.settings.files import policy_of, starter_folder

    shipped = {one.text for one in _of_policy(policy_of(starter_folder() / "policy.toml"))}
    own = (one for one in _of_policy(settings.policy) if one.text not in shipped)
    return tuple(_once([*(one.record for one in settings.examples), *own]))


def _of_policy(policy: Policy) -> Iterator[OwnExample]:
    for clause in policy.clauses:
        if clause.kind != "rule":
            continue
        for outcome in ("flag", "pass"):
            for lang, sentences in clause.examples.get(outcome, {}).items():
                for text in sentences:
                    yield OwnExample(
                        text=text,
                        lang="nl" if lang == "nl" else "en",
                        clause=clause.number,
                        touching=outcome == "flag",
                    )


def _once(found: Iterable[OwnExample]) -> list[OwnExample]:
    return list({(one.text, one.clause, one.protected, one.touching): one for one in found}.values())
