"""A message comes in and leaves as a card of a chat service, through the address that is its secret."""

from collections.abc import Callable
from datetime import datetime

from klankbord.ports import Message
from klankbord.settings import ChannelSettings
from reports.posting import Poster, Request
from reports.smtp import secret_of
from reports.webhook import json_headers


class ChatChannel:
    """Posts cards to one incoming webhook of a chat service, whose address is its secret."""

    def __init__(self, settings: ChannelSettings, body_of: Callable[[Message], bytes]) -> None:
        """Keep the settings and what makes a message the service's JSON; nothing is opened yet."""
        self._settings, self._body_of = settings, body_of
        self._poster = Poster(settings.id, settings.allow_addresses, settings.timeout)

    @property
    def id(self) -> str:
        """Key in delivery.toml."""
        return self._settings.id

    def send(self, message: Message, now: datetime) -> None:
        """Post the card once.

        Raises:
            DeliveryError: not taken, see `Poster`; temporary while the environment has no address.
        """
        request = Request(headers=json_headers(message), body=self._body_of(message))
        self._poster.post(secret_of(self._settings), request, now)
