"""LinkedIn, faked: a caller that delivers signed notifications to the receiver of the organisation's Page.

As learn.microsoft.com documents them (LinkedIn, "Organization Social Action Notifications" and
shared/api-guide/webhook-validation, read in a copy of 2026-08-13). Unlike the other platforms it is never
asked anything, so it cannot answer wrongly either: what stands on the port is our own receiver.
"""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from threading import Event, Thread
from typing import Any, Self, cast
from urllib.parse import urlsplit

from collectors import Workshop
from collectors.linkedin import inbox_of
from collectors.linkedin_receiver import serve_inbox, signature
from klankbord import clock
from klankbord.demo.fakes import Fake, Fakery, Standing
from klankbord.demo.loopback import Reply, Trouble

ORGANISATION = "urn:li:organization:24680"
ENVIRONMENT = {"KLANKBORD_DEMO_LINKEDIN_SECRET": "demo-client-secret-of-klankbord"}
SECRET = ENVIRONMENT["KLANKBORD_DEMO_LINKEDIN_SECRET"]
_ACTIVITY = "urn:li:activity:7395000000000000001"
#: notifications in one delivery
_TOGETHER = 10


@dataclass(slots=True)
class LinkedInFake:
    """The Page's post, and the comments that members write under it."""

    page_says: str = "Voorbeeld BV heeft een nieuwe app."
    #: notifications that no receiver has taken yet
    waiting: list[dict[str, Any]] = field(default_factory=list)
    address: str = ""
    _made: int = 0
    _owners: dict[str, str] = field(default_factory=dict)
    _sent: list[dict[str, Any]] = field(default_factory=list)

    def post(self, text: str, *, at: datetime, author: str = "Wieneke Planteman") -> str:
        """A member comments under the Page's post."""
        self._made += 1
        moment = int(at.astimezone(UTC).timestamp() * 1000)
        key = f"urn:li:comment:({_ACTIVITY},{(moment << 22) + self._made})"
        self._owners[key] = f"urn:li:person:{blake2b(author.encode(), digest_size=5).hexdigest()}"
        self._notify("COMMENT", key, at, text)
        return key

    def edit(self, key: str, text: str, *, at: datetime) -> None:
        """The comment now says this."""
        self._notify("COMMENT_EDIT", key, at, text)

    def delete(self, key: str) -> None:
        """The comment is taken away, a moment after the last thing that happened."""
        self._notify("COMMENT_DELETE", key, self.last + timedelta(seconds=1), "")

    def settings(self, address: str) -> dict[str, object]:
        """A source that reads the inbox of the Page's receiver."""
        return {
            "kind": "linkedin",
            "url": address or "http://127.0.0.1:1",
            "organisation": ORGANISATION,
            "client_secret": "env:KLANKBORD_DEMO_LINKEDIN_SECRET",
            "allow_addresses": ["127.0.0.0/8"],
        }

    def deliver(self) -> None:
        """Call the receiver with what waits, ten at once; what is not taken waits on."""
        while self.address and self.waiting:
            if self.call(self.waiting[:_TOGETHER])[0] != 200:
                return
            del self.waiting[:_TOGETHER]

    def call(self, notifications: list[dict[str, Any]], **headers: str) -> tuple[int, bytes]:
        """One delivery, signed unless the headers say otherwise."""
        body = json.dumps(
            {"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": notifications}
        ).encode()
        return self.send("POST", "/", body, {"X-LI-Signature": signature(body, SECRET)} | headers)

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """One request to the receiver."""
        parts = urlsplit(self.address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 0, timeout=5)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    @property
    def last(self) -> datetime:
        """When the last thing happened."""
        moments = (int(one["lastModifiedAt"]) for one in self._sent)
        return datetime.fromtimestamp(max(moments, default=0) / 1000, UTC)

    def _notify(self, action: str, key: str, at: datetime, text: str) -> None:
        number = key.rpartition(",")[2].rstrip(")")
        comment = {"owner": self._owners[key], "text": text, "entity": key, "object": _ACTIVITY}
        notification: dict[str, Any] = {
            "notificationId": 5_600_000_000 + len(self._sent),
            "organizationalEntity": ORGANISATION,
            "action": action,
            "sourcePost": _ACTIVITY,
            "decoratedSourcePost": {
                "owner": ORGANISATION,
                "mediaCategory": "NONE",
                "text": self.page_says,
                "entity": "urn:li:share:7395000000000000000",
            },
            "lastModifiedAt": int(at.astimezone(UTC).timestamp() * 1000),
            # as delivered: without urn:li: inside
            "generatedActivity": f"urn:li:comment:({_ACTIVITY.removeprefix('urn:li:')},{number})",
            "decoratedGeneratedActivity": {"comment": comment} if text else None,
            "subscriber": "urn:li:person:administrator",
        }
        self._sent.append(notification)
        self.waiting.append(notification)
        self.deliver()


class Receiving:
    """Our receiver on a port, called by the fake once it knows where its inbox is: see `into`."""

    def __init__(self, fake: LinkedInFake) -> None:
        """Nothing stands yet."""
        self._fake, self._over = fake, Event()
        self._serving: Thread | None = None
        #: made by the collector: none, ever
        self.requests = 0

    @property
    def address(self) -> str:
        """Where the receiver is reached; empty until it is told its inbox."""
        return self._fake.address

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        if self._serving:
            self._serving.join(timeout=5)

    def into(self, workshop: Workshop) -> None:
        """Stand up with this workshop's inbox, and take what waits."""
        ready = Event()

        def told(port: int) -> None:
            self._fake.address = f"http://127.0.0.1:{port}"
            ready.set()

        def serve() -> None:
            inbox = inbox_of(workshop)
            serve_inbox(lambda: SECRET, inbox, port=0, stop=self._over, clock=self._now, ready=told)

        self._serving = Thread(target=serve, daemon=True)
        self._serving.start()
        ready.wait(5)
        self._fake.deliver()

    def always(self, trouble: Reply | Trouble) -> None:
        """Does nothing: a service that is never asked gives no wrong answers."""

    def next(self, *troubles: Reply | Trouble) -> None:
        """Does nothing, for the same reason."""

    def well(self) -> None:
        """It is."""

    def _now(self) -> datetime:
        # notifications of the tests' own calendar must not seem to come from the future
        return max(clock.now(), self._fake.last)


def _standing(fake: Fake) -> Standing:
    return Receiving(cast("LinkedInFake", fake))


FAKERY = Fakery(make=LinkedInFake, stand=_standing)
