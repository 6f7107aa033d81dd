"""A message comes in, one of the many services that Apprise knows takes it or the error says why not."""

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from klankbord.errors import DeliveryError
from klankbord.ports import Message
from klankbord.settings import ChannelSettings
from reports.card import Card, card_of
from reports.posting import address_of
from reports.smtp import secret_of

if TYPE_CHECKING:
    from apprise import NotifyBase

#: many services read a name after `@` or `<` as somebody to call, and letters in between signs as markup
_HELD = str.maketrans({"<": "‹", ">": "›", "@": "@\u2060", "*": "∗", "`": "ˋ"})  # noqa: RUF001


class AppriseChannel:
    """Hands messages to one Apprise address, which is a secret as a whole.

    Apprise keeps no log, tries once, follows no redirect and writes nothing to disk here: the outbox does the
    first two. It says that a service did not take a message, hardly ever why, so another try is always made.
    """

    def __init__(self, settings: ChannelSettings) -> None:
        """Keep the settings; nothing is opened yet."""
        self._settings = settings

    @property
    def id(self) -> str:
        """Key in delivery.toml."""
        return self._settings.id

    def send(self, message: Message, now: datetime) -> None:  # noqa: ARG002 - a channel's promise
        """Hand the message over once.

        Raises:
            DeliveryError: not taken; temporary while Apprise is not installed or the environment has no
                address, permanent where the address is of no service or leads to a private network.
        """
        settings = self._settings
        url = secret_of(settings)
        apprise = _apprise(settings.id)
        asset = apprise.AppriseAsset(
            app_id="Klankbord",
            async_mode=False,
            allow_templates=False,
            default_service_retry=0,
            http_redirects=False,
            interpret_emojis=False,
            plugin_paths=[],
            service_timeout=settings.timeout,
            storage_mode="memory",
        )
        service = apprise.Apprise.instantiate(url, asset=asset)
        if service is None:
            told = f"channel {settings.id}: {settings.secret_env} holds no address that Apprise knows"
            raise DeliveryError(told, permanent=True)
        _once(service)
        _asked(service, settings)
        card = card_of(message)
        carrier = apprise.Apprise(service, asset=asset)
        taken = carrier.notify(
            title=held(card.title), body=body_of(card), body_format="text", timeout=settings.timeout
        )
        if not taken:
            raise DeliveryError(f"{service.service_name} did not take it ({taken.status.name.lower()})")


def body_of(card: Card) -> str:
    """The card as plain text, which Apprise turns into what a service takes."""
    links = [f"{label} {address}" for label, address in card.links]
    parts = [
        *(held(paragraph) for paragraph in card.paragraphs),
        held(card.columns),
        "\n".join(held(f"{label}: {value}") for label, value in card.facts),
        "\n".join(links),
        held(card.footer),
    ]
    return "\n\n".join(part for part in parts if part)


def held(text: str) -> str:
    """Text that calls nobody and is no markup in the services that know some."""
    return text.replace("](", "] (").translate(_HELD)


def _apprise(channel: str) -> Any:  # noqa: ANN401 - a library that may not be there
    try:
        import apprise
    except ImportError as error:
        problem = f"channel {channel} needs Apprise: pip install 'klankbord[apprise]'"
        raise DeliveryError(problem) from error
    # its log names addresses, which are secrets
    log = logging.getLogger("apprise")
    log.propagate, log.disabled = False, True
    return apprise


def _once(service: "NotifyBase") -> None:
    """What an address asks for with `?retry=` and `?redirect=` is not done."""
    service.retry = 0
    service.redirects = False


def _asked(service: "NotifyBase", settings: ChannelSettings) -> None:
    """Refuse a private address where the address names the host; Apprise asks the name again afterwards.

    Raises:
        DeliveryError: private and not listed, or without an address.
    """
    templates: tuple[str, ...] = service.templates
    names_host = any("{host}" in template for template in templates)
    host = getattr(service, "smtp_host", None) or getattr(service, "host", None)
    # a service in its cloud reads that part of the address as a name of something else, often a secret
    if not names_host or not host or getattr(service, "mode", "") == "cloud":
        return
    bare = f"[{host}]" if ":" in host and not host.startswith("[") else host
    address_of(urlsplit(f"//{bare}"), settings.allow_addresses)
