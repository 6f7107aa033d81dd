"""A folder comes in; the demo writes its config there, reads the small web twice, and tells what it found."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from threading import Event

from klankbord import clock, lock
from klankbord.demo.feeds import site
from klankbord.demo.platforms import FORUM
from klankbord.demo.posts import later, written
from klankbord.demo.web import DEAD, SmallWeb
from klankbord.finding import Finding
from klankbord.installation import Installation
from klankbord.reading import SourceRun
from klankbord.settings import load, starter_folder
from klankbord.store.kept import Kept
from klankbord.week import Week
from klankbord.weekly import WrittenDigest

Say = Callable[..., None]

#: what each place is called, its kind, and the language of its posts
_SOURCES = {
    "energieforum": ("Energieforum", "feed", "nl"),
    "noorderpost": ("Noorderpost", "feed", "nl"),
    "groningerblog": ("Groninger blog", "feed", "nl"),
    "blogreacties": ("Groninger blog, reacties", "comment_feed", "nl"),
    FORUM: ("PlugTalk", "forum", "en"),
    "expatblog": ("Northern Expat", "feed", "en"),
    "expatcomments": ("Northern Expat, comments", "comment_feed", "en"),
    "nieuwsalert": ("Nieuws via alerts", "feed", ""),
    DEAD: ("Buurtforum (dood)", "feed", "nl"),
}


def write_config(folder: Path, address: str) -> Path:
    """Write the demo's config for a small web at this address; a config that stands gets the new address."""
    config = folder / "config"
    config.mkdir(parents=True, exist_ok=True)
    ours = files("klankbord.demo").joinpath("config")
    for name in ("klankbord.toml", "organisation.toml", "queries.toml", "delivery.toml"):
        text = ours.joinpath(name).read_text("utf-8")
        (config / name).write_text(text.replace("http://127.0.0.1:1", address), "utf-8")
    (config / "sources.toml").write_text(_sources(address), "utf-8")
    (config / "policy.toml").write_text(
        _policy((starter_folder() / "policy.toml").read_text("utf-8")), "utf-8"
    )
    return config


def _sources(address: str) -> str:
    read_on = clock.now().date().isoformat()
    tables = ["# Written by `klankbord demo`: every site is served by the demo itself, through base_url.\n"]
    for place, (name, kind, language) in _SOURCES.items():
        lines = [
            "[[source]]",
            f'id = "{place}"',
            f'kind = "{kind}"',
            f'name = "{name}"',
            f'url = "{site(place)}{"" if kind == "forum" else f"/{place}/feed"}"',
            f'base_url = "{address}"',
            'allow_addresses = ["127.0.0.0/8"]',
            'every = "1m"',
        ]
        # the demo is read in one run, so its forum need not be spared
        lines += ["crawl_delay = 0"] if kind == "forum" else []
        lines += [f'language = "{language}"'] if language else []
        # nor does it come back tomorrow for the rest
        budget = "\n[source.budget]\nrequests_per_run = 300\n" if kind == "forum" else ""
        terms = f"\n[source.terms]\nterms_read_on = {read_on}\nretention_days = 90\n"
        tables.append("\n".join(lines) + "\n" + budget + terms)
    return "\n".join(tables)


def _policy(text: str) -> str:
    """The starter policy as an organisation that adopted it would have it."""
    closed = '{status = "done", decided_on = "2026-01-15", reference = "demo"}'
    text = text.replace('{status = "open", decided_on = "", reference = ""}', closed)
    text = text.replace(
        'whistleblower_url = ""', 'whistleblower_url = "https://www.wadlicht.example/meldpunt"'
    )
    return text.replace('contact = ""', 'contact = "privacy@wadlicht.example"', 1)


def show(
    folder: Path, *, once: bool, stop: Event, say: Say, talk: Callable[[str], None], step: Callable[[], None]
) -> None:
    """Run the demo in a folder.

    Args:
        folder: gets `config/` and `data/`.
        once: end after the digest.
        stop: set to end early.
        say: prints lines on stdout.
        talk: says a line on stderr.
        step: told after every step, for a progress bar.
    """
    posts = written(clock.now())
    with SmallWeb(posts) as web:
        config = write_config(folder, web.address)
        settings = load(config)
        installation = Installation(settings, clock.now, progress=talk, stop=stop)
        with lock.held(settings.data_dir):
            installation.store.outbox.release()
            talk(f"reading {len(_SOURCES)} sources with {len(posts)} posts over HTTP at {web.address}")
            first = _read(installation, step)
            web.show(later(posts))
            talk("reading once more: one article was edited meanwhile, one comment deleted")
            second = _read(installation, step)
            digest = _judge_and_tell(installation, step)
            _tell(installation, first, second, digest, say)
            if not once:
                _stay(installation, web, say)
        installation.close()


def _read(installation: Installation, step: Callable[[], None]) -> list[SourceRun]:
    runs = []
    for run in installation.collect(force=True):
        runs.append(run)
        step()
    return sorted(runs, key=lambda run: run.source_id)


def _judge_and_tell(installation: Installation, step: Callable[[], None]) -> WrittenDigest:
    for _ in installation.classify():
        step()
    week = Week.of(installation.clock(), installation.settings.zone).later(-1)
    written_digest = installation.write_digest(week, send=True)
    installation.tell()
    step()
    return written_digest


def _tell(
    installation: Installation,
    first: list[SourceRun],
    second: list[SourceRun],
    digest: WrittenDigest,
    say: Say,
) -> None:
    say("", "What was read")
    for run, again in zip(first, second, strict=True):
        problem = f"   {run.error.word}: {run.error.problem}" if run.error else ""
        say(f"  {run.source_id:<14} {_counts(run.kept)}; again: {_counts(again.kept)}{problem}")
        say(*(f"                 {remark}" for remark in run.remarks))
    week = digest.digest.week
    found = installation.store.findings(week=Week.named(week, installation.settings.zone))
    say("", f"What may need an answer in {week} ({len(found)} findings)")
    for finding in found:
        say(*_finding(installation, finding))
    said = installation.store.outbox.listed()
    told = {str(message["finding_id"]) for message in said if message["kind"] == "alert"}
    say("", f"Told at once, by mail and webhook ({len(told)} alerts)")
    for key in sorted(told):
        say(*_finding(installation, installation.store.finding(key)))
    sent = sum(message["state"] == "sent" for message in said)
    outbox = installation.settings.data_dir / "outbox"
    say(
        "",
        f"{sent} of {len(said)} messages sent; the mails are in {outbox}",
        f"digest: {digest.html}",
        f"as text: {digest.text}",
        f"look further: klankbord findings list -c {installation.settings.folder}",
    )


def _counts(kept: Kept) -> str:
    parts = [
        (kept.new, "new"),
        (kept.edited, "edited"),
        (kept.deleted, "deleted"),
        (kept.dropped, "not about us"),
    ]
    return ", ".join(f"{number} {word}" for number, word in parts if number) or "nothing new"


def _finding(installation: Installation, finding: Finding) -> list[str]:
    clause = installation.settings.policy.clause(finding.clause_id)
    spans = [_span(finding, one.field, one.start, one.end) for one in finding.evidence]
    words = [span for span in spans if any(sign.isalnum() for sign in span)][:4]
    text = " ".join(finding.mention.text.split())
    language = installation.settings.general.language
    title = f"{clause.number} {clause.title[language]} ({finding.mode.word}, {finding.score:.2f})"
    return [
        f"  {finding.id[:8]}  {title}",
        f"            {text[:150]}{'…' if len(text) > 150 else ''}",
        f"            because of: {'; '.join(dict.fromkeys(words))}",
    ]


def _span(finding: Finding, field: str, start: int, end: int) -> str:
    return " ".join(str(getattr(finding.mention, field))[start:end].split())[:60]


def _stay(installation: Installation, web: SmallWeb, say: Say) -> None:
    from klankbord.service import serve

    say("", f"The small web stays up at {web.address} and is read every minute; Ctrl-C stops the demo.")
    serve(installation)
