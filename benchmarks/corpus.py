"""Numbers come in, the bytes of feeds that all name one organisation go out; the same each time. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from random import Random

#: a Wednesday; every entry is older
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
NAME = "Wadlicht Energie"

_NAMING = {
    "nl": (
        "Al drie dagen wacht ik op antwoord van Wadlicht Energie over mijn eindafrekening.",
        "Vandaag keurig geholpen door Wadlicht Energie, binnen vijf minuten iemand aan de lijn.",
        "Weet iemand of de app van Wadlicht Energie weer werkt na de update van gisteren?",
        "Mijn buurman stapte over naar Wadlicht Energie en betaalt nu € 12,50 per maand minder.",
    ),
    "en": (
        "Still waiting for Wadlicht Energie to answer my question about the final bill.",
        "Great service by Wadlicht Energie today, somebody picked up within five minutes.",
        "Does anybody know whether the app of Wadlicht Energie works again after the update?",
        "My neighbour switched to Wadlicht Energie and now pays € 12.50 a month less.",
    ),
}
_MORE = {
    "nl": (
        "De storing duurde van 9 uur 's ochtends tot ver in de middag.",
        "Ik heb het ordernummer 4482913 al twee keer doorgegeven.",
        "Bij de vorige leverancier ging dat een stuk sneller.",
        "Misschien ligt het aan de nieuwe meterkast, dat zou kunnen.",
        "Volgens de website zou het binnen twee werkdagen geregeld zijn.",
        "Bel me gerust op 06 12345678 als iemand dit herkent.",
        "Zo'n café-gesprek levert soms meer op dan de helpdesk.",
        "@noorderling zei vorige week precies hetzelfde.",
    ),
    "en": (
        "The outage lasted from 9 in the morning until late in the afternoon.",
        "I gave them order number 4482913 twice already.",
        "My previous supplier was a good deal faster.",
        "Perhaps it is the new meter cupboard, that could well be.",
        "According to the website it should be settled within two working days.",
        "Mail me at someone@example.org if you had this as well.",
        "A chat in a café sometimes helps more than the helpdesk.",
        "@northerner said exactly the same last week.",
    ),
}
_FIRST = ("Anne", "Bram", "Chantal", "Dirk", "Elif", "Femke", "Gijs", "Hanna", "Imre", "Jolanda")
_LAST = ("de Boer", "Visser", "van den Berg", "Yilmaz", "Smits", "O'Neill", "Postma", "Zijlstra")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One feed and where it lives."""

    number: int
    url: str
    content_type: str
    language: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    address: str
    title: str
    markup: str
    author: str
    at: datetime


def feeds(count: int, entries: int, edition: int = 0) -> tuple[Feed, ...]:
    """Feeds of so many entries; another edition has other addresses, authors and words."""
    return tuple(feed(number, entries, edition) for number in range(count))


def feed(number: int, entries: int, edition: int = 0) -> Feed:
    """One feed: even numbers RSS 2.0, odd ones Atom; two in three are Dutch."""
    chance = Random(edition * 1_000_003 + number)
    language = "en" if number % 3 == 2 else "nl"
    host = f"feed{number}-{edition}.example"
    made = [_entry(chance, language, host, place) for place in range(entries)]
    write, kind = (_rss, "application/rss+xml") if number % 2 == 0 else (_atom, "application/atom+xml")
    return Feed(
        number=number,
        url=f"https://{host}/feed",
        content_type=f"{kind}; charset=utf-8",
        language=language,
        body=write(host, language, made).encode(),
    )


def _entry(chance: Random, language: str, host: str, place: int) -> _Entry:
    sentences = [chance.choice(_NAMING[language]), *chance.sample(_MORE[language], chance.randint(1, 4))]
    return _Entry(
        address=f"https://{host}/2026/11/{place}-{chance.getrandbits(32):08x}",
        title=" ".join(sentences[-1].split()[:6]),
        markup=_markup(chance, sentences, host),
        author=f"{chance.choice(_FIRST)} {chance.choice(_LAST)}",
        at=NOW - timedelta(minutes=37 * place + chance.randint(1, 30)),
    )


def _markup(chance: Random, sentences: list[str], host: str) -> str:
    """Half of the entries are plain sentences, the others what blog software makes of them."""
    if chance.random() < 0.5:
        return escape(" ".join(sentences), quote=False)
    first, *rest = (escape(sentence, quote=False) for sentence in sentences)
    link = f'<a href="https://{host}/tag/energie?utm_source=feed">meer</a>'
    return f"<p><strong>{first}</strong></p>\n<p>{'<br/>'.join(rest)} {link}&nbsp;&hellip;</p>"


def _rss(host: str, language: str, entries: list[_Entry]) -> str:
    items = "".join(
        f"<item><title>{escape(entry.title)}</title><link>{entry.address}?utm_medium=rss</link>"
        f'<guid isPermaLink="false">{entry.address}</guid><dc:creator>{escape(entry.author)}</dc:creator>'
        f"<pubDate>{format_datetime(entry.at)}</pubDate>"
        f"<description><![CDATA[{entry.markup}]]></description></item>\n"
        for entry in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{host}</title><link>https://{host}/</link><description>Over wonen</description>"
        f"<language>{language}</language>\n{items}</channel></rss>"
    )


def _atom(host: str, language: str, entries: list[_Entry]) -> str:
    items = "".join(
        f"<entry><id>{entry.address}</id><title>{escape(entry.title)}</title>"
        f'<link rel="alternate" href="{entry.address}"/><author><name>{escape(entry.author)}</name></author>'
        f"<published>{entry.at.isoformat()}</published><updated>{entry.at.isoformat()}</updated>"
        f'<content type="html">{escape(entry.markup)}</content></entry>\n'
        for entry in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}"><id>https://{host}/</id>'
        f"<title>{host}</title><updated>{NOW.isoformat()}</updated>\n{items}</feed>"
    )
