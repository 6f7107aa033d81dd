"""What a Reddit source is to read comes in; its listings, and when enough of one was read, go out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from klankbord.mention import short_hash
from klankbord.ports import Search

#: posts on a page: Reddit gives no more
PAGE = 100
#: the longest text Reddit's search takes
_QUERY = 512
#: subreddits in one address: a listing ends after about 1,000 posts, whoever wrote them
_TOGETHER = 20
#: how far a first read looks back
_SEARCHED_BACK, _COMMENTS_BACK = timedelta(days=7), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One address that lists posts, the newest first."""

    path: str
    params: tuple[tuple[str, str], ...] = ()
    look_back: timedelta
    #: for people: what stands in it
    name: str

    @property
    def key(self) -> str:
        """Changes with what is asked for: another question is another walk."""
        return short_hash(self.path, *(f"{name}={value}" for name, value in self.params))


def listings(
    subreddits: Sequence[str], searches: Sequence[Search], *, search_all: bool
) -> tuple[Listing, ...]:
    """Searches for submissions, then the newest comments of the subreddits."""
    where = "" if search_all else "+".join(subreddits)
    found = [_search(query, where) for query in queries(searches)] if search_all or where else []
    for start in range(0, len(subreddits), _TOGETHER):
        names = "+".join(subreddits[start : start + _TOGETHER])
        found.append(Listing(path=f"r/{names}/comments", look_back=_COMMENTS_BACK, name=f"r/{names}"))
    return tuple(found)


def _search(query: str, where: str) -> Listing:
    params = (("q", query), ("sort", "new"), ("t", "all"), ("type", "link"))
    return Listing(
        path=f"r/{where}/search" if where else "search",
        params=(*params, ("restrict_sr", "1")) if where else params,
        look_back=_SEARCHED_BACK,
        name="search",
    )


def queries(searches: Sequence[Search]) -> tuple[str, ...]:
    """The searches joined with OR, as few texts as Reddit's limit of 512 characters allows."""
    packed: list[str] = []
    for group in dict.fromkeys(filter(None, map(_spelled, searches))):
        longer = f"{packed[-1]} OR {group}" if packed else group
        packed[-1:] = [longer] if packed and len(longer) <= _QUERY else [*packed[-1:], group]
    return tuple(packed)


def _spelled(search: Search) -> str:
    # In quotes no sign has a meaning of its own; Reddit knows no prefixes, so the whole word is asked for.
    text = search.text.replace('"', " ").replace("\\", " ")
    words = [" ".join(text.split())] if search.phrase else text.split()
    spelled = " AND ".join(f'"{word}"' for word in words if word)
    return (f"({spelled})" if len(words) > 1 else spelled)[:_QUERY]


def reached(created: Sequence[float], ids: Sequence[str], known: frozenset[str], until: float) -> bool:
    """Whether a page goes back to what was read before: a known post, or only posts older than `until`."""
    # one backdated post among the last ones does not end a walk
    return not known.isdisjoint(ids) or (bool(created) and max(created[-3:]) < until)


def gone_from(page: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Posts that stood between others that still stand there, and no longer do."""
    shown = set(page)
    last = max((place for place, one in enumerate(known) if one in shown), default=-1)
    return tuple(one for one in known[: last + 1] if one not in shown)


def since(listing: Listing, now: datetime) -> float:
    """Where a first read ends."""
    return (now - listing.look_back).timestamp()
