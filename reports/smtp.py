"""A message comes in, a mail server takes it or says why not."""

import os
import smtplib
import ssl
from contextlib import suppress
from datetime import datetime
from ipaddress import ip_address

from klankbord.errors import DeliveryError
from klankbord.ports import Message
from klankbord.settings import ChannelSettings
from reports.deadline import deadline
from reports.mail import domain_of, mail_of


class SmtpChannel:
    """Hands mails to one server; each message has a connection of its own."""

    def __init__(self, settings: ChannelSettings) -> None:
        """Keep the settings; nothing is opened yet."""
        self._settings = settings

    @property
    def id(self) -> str:
        """Key in delivery.toml."""
        return self._settings.id

    def send(self, message: Message, now: datetime) -> None:
        """Hand the mail over.

        Raises:
            DeliveryError: not taken. Taken for some addresses and not for others is permanent, so that those
                who have it do not get it again.
        """
        settings = self._settings
        sender = settings.sender or ""
        try:
            mail = mail_of(message, sender, settings.to, now)
            refused = self._handed_over(mail.as_bytes(), domain_of(sender))
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal(error.recipients, 0) from error
        except smtplib.SMTPResponseException as error:
            problem = f"{settings.host} answered {error.smtp_code} {_words(error.smtp_error)}"
            raise DeliveryError(problem, permanent=error.smtp_code >= 500) from error
        except (smtplib.SMTPNotSupportedError, ValueError) as error:
            raise DeliveryError(
                f"{settings.host} cannot do what is asked: {error}", permanent=True
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"{settings.host} was not reached: {error}") from error
        if refused:
            raise _refusal(refused, len(settings.to) - len(refused))

    def _handed_over(self, mail: bytes, domain: str) -> dict[str, tuple[int, bytes]]:
        """The addresses refused; those not in it took the mail."""
        settings = self._settings
        password = self._password()
        server = _server(settings, domain)
        with deadline(settings.timeout, lambda: server.sock):
            try:
                _greeted(*server.connect(settings.host or "", settings.port))
                if settings.security == "starttls":
                    server.starttls(context=ssl.create_default_context())
                if settings.user:
                    server.login(settings.user, password)
                refused = server.sendmail(settings.sender or "", list(settings.to), mail)
                # The mail is taken: a bad goodbye must not make it go out a second time.
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
                return refused
            finally:
                server.close()

    def _password(self) -> str:
        settings = self._settings
        if not settings.user:
            return ""
        if settings.security == "none" and not _is_here(settings.host or ""):
            raise DeliveryError("a password is not sent without TLS; set security", permanent=True)
        return secret_of(settings)


def secret_of(settings: ChannelSettings) -> str:
    """The channel's secret from the environment.

    Raises:
        DeliveryError: not set; temporary, so that nothing is lost while someone sets it.
    """
    secret = os.environ.get(settings.secret_env or "", "")
    if not secret:
        raise DeliveryError(
            f"channel {settings.id}: the environment has no {settings.secret_env or 'secret_env'}"
        )
    return secret


def _greeted(code: int, words: bytes) -> None:
    # Only smtplib's constructor looks at the greeting; connect() hands it over unread.
    if code != 220:
        raise smtplib.SMTPConnectError(code, words)


def _server(settings: ChannelSettings, domain: str) -> smtplib.SMTP:
    # The name of this machine is never asked for: that may wait on a name server.
    if settings.security == "tls":
        context = ssl.create_default_context()
        return _named(
            smtplib.SMTP_SSL(timeout=settings.timeout, local_hostname=domain, context=context), settings
        )
    return _named(smtplib.SMTP(timeout=settings.timeout, local_hostname=domain), settings)


def _named(server: smtplib.SMTP, settings: ChannelSettings) -> smtplib.SMTP:
    # smtplib checks a certificate against the name given at construction, where giving it would connect.
    server._host = settings.host  # type: ignore[attr-defined]  # noqa: SLF001
    return server


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refusal(refused: dict[str, tuple[int, bytes]], taken: int) -> DeliveryError:
    told = "; ".join(
        f"{address}: {code} {_words(words)}" for address, (code, words) in sorted(refused.items())
    )
    if taken:
        return DeliveryError(f"taken for {taken} addresses, refused for {told}", permanent=True)
    return DeliveryError(f"refused for {told}", permanent=all(code >= 500 for code, _ in refused.values()))


def _words(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:200]
