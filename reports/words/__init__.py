"""A key comes in, the phrase in the reader's language goes out; both languages hold the same keys. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from klankbord.policy import Lang
from reports.dates import number
from reports.words import en, nl


@dataclass(frozen=True, slots=True)
class Words:
    """The phrases of one language."""

    language: Lang
    table: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """The phrase, filled in; KeyError for a key that does not exist."""
        return self.table[key].format(**values)

    def many(self, key: str, n: int, /, **values: object) -> str:
        """The phrase for one or for more; `{n}` is the number as people write it."""
        return self.table[f"{key}.one" if n == 1 else f"{key}.many"].format(
            n=number(n, self.language), **values
        )

    def either(self, key: str, fallback: str, /, **values: object) -> str:
        """The phrase, or that of another key where there is none."""
        return self(key if key in self.table else fallback, **values)


def words(language: Lang) -> Words:
    """The phrases of a language."""
    return Words(language, {"nl": nl.PHRASES, "en": en.PHRASES}[language])
