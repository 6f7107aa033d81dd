"""A channel's settings come in, the channel that carries messages there goes out."""

from collections.abc import Callable
from pathlib import Path

from klankbord.ports import Channel
from klankbord.settings import ChannelSettings
from reports import slack, teams
from reports.apprise_channel import AppriseChannel
from reports.chat import ChatChannel
from reports.folder import FolderChannel
from reports.smtp import SmtpChannel
from reports.webhook import WebhookChannel

_SENDERS: dict[str, Callable[[ChannelSettings], Channel]] = {
    "smtp": SmtpChannel,
    "webhook": WebhookChannel,
    "slack": lambda settings: ChatChannel(settings, slack.body_of),
    "teams": lambda settings: ChatChannel(settings, teams.body_of),
    "apprise": AppriseChannel,
}


def channel_for(settings: ChannelSettings, data_dir: Path) -> Channel:
    """The channel of one [[channel]] table; nothing is opened before the first message.

    Args:
        settings: checked when the config was read.
        data_dir: what a folder channel's path is relative to.
    """
    if settings.kind == "folder":
        return FolderChannel(settings, data_dir)
    return _SENDERS[settings.kind](settings)
