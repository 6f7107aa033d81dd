"""A channel's settings come in, the channel that carries messages there goes out."""

from pathlib import Path

from klankbord.ports import Channel
from klankbord.settings import ChannelSettings
from reports.folder import FolderChannel
from reports.smtp import SmtpChannel
from reports.webhook import WebhookChannel


def channel_for(settings: ChannelSettings, data_dir: Path) -> Channel:
    """The channel of one [[channel]] table; nothing is opened before the first message.

    Args:
        settings: checked when the config was read.
        data_dir: what a folder channel's path is relative to.
    """
    if settings.kind == "smtp":
        return SmtpChannel(settings)
    if settings.kind == "webhook":
        return WebhookChannel(settings)
    return FolderChannel(settings, data_dir)
