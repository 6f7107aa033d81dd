"""A week comes in; what became of the keyword lists that changed in it or just before it goes out."""

from datetime import date, datetime

from classify.keyword_list import compiled
from klankbord.errors import SettingsError
from klankbord.settings import Settings
from klankbord.store.keywords import Shelf, Version
from klankbord.tuning.backtest import Tally
from klankbord.tuning.versions import NOBODY, table_of
from klankbord.week import RuleChanged, Week
from reports.changes import list_changed


def rules_changed(settings: Settings, shelf: Shelf, week: Week) -> tuple[RuleChanged, ...]:
    """The lists that changed in a week, and how those of the week before it did: day, role and words."""
    newest = shelf.newest(week.end_at)
    found = []
    for version in shelf.changed(week.later(-1).start_at, week.end_at):
        # Only the last of several versions in a row was there for a whole week.
        if newest[version.list_id].number == version.number and _tells(version):
            got = None if version.at >= week.start_at else _got(settings, shelf, version, week)
            predicted = version.predicted.get("posts_a_week")
            language = settings.general.language
            role, what = list_changed(version.list_id, version.number, language, predicted=predicted, got=got)
            day = version.at.astimezone(settings.zone).date()
            found.append(RuleChanged(day, role, what, predicted, got))
    return tuple(found)


def _tells(version: Version) -> bool:
    """That a list was there when somebody first looked is no change of it."""
    return bool(version.content) and (version.by != NOBODY or version.number > 1)


def _got(settings: Settings, shelf: Shelf, version: Version, week: Week) -> int | None:
    """How many stored posts of the week the version hits."""
    table = table_of(version)
    if table is None:
        return None
    try:
        one = compiled(table, settings.exclusions, settings.organisation)
    except SettingsError:
        # A template it named is gone: what it would have matched cannot be told.
        return None
    tally = Tally(None, one, {}, _no_week, now=week.end_at, most=0)
    for said in shelf.said(week.start_at, week.end_at):
        tally.add(said)
    return tally.changing.seen


def _no_week(_: datetime) -> date:
    return date.min
