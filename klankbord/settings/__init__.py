"""A config folder of TOML files comes in, one checked Settings goes out, or every mistake at once."""

from klankbord.settings.files import load, policy_of, starter_folder
from klankbord.settings.models import (
    ChannelSettings,
    DeliverySettings,
    GeneralSettings,
    QuerySettings,
    Settings,
    SourceSettings,
)
from klankbord.settings.organisation import Fact, Organisation, Topic

__all__ = [
    "ChannelSettings",
    "DeliverySettings",
    "Fact",
    "GeneralSettings",
    "Organisation",
    "QuerySettings",
    "Settings",
    "SourceSettings",
    "Topic",
    "load",
    "policy_of",
    "starter_folder",
]
