"""A config folder of TOML files comes in, one checked Settings goes out, or every mistake at once."""

from klankbord.settings.files import load, policy_of, starter_folder
from klankbord.settings.keywords import Exclusion, KeywordList, ListedTerm
from klankbord.settings.models import (
    ChannelSettings,
    DeliverySettings,
    GeneralSettings,
    QuerySettings,
    Settings,
)
from klankbord.settings.organisation import Fact, Organisation, Topic
from klankbord.settings.sources import (
    BlueskySource,
    FeedSource,
    ForumSource,
    HackerNewsSource,
    LinkedInSource,
    MastodonSource,
    RedditSource,
    SourceSettings,
    StackExchangeSource,
    WikiSource,
    XSource,
    YouTubeSource,
)
from klankbord.settings.terms import BudgetSettings, TermsSettings

__all__ = [
    "BlueskySource",
    "BudgetSettings",
    "ChannelSettings",
    "DeliverySettings",
    "Exclusion",
    "Fact",
    "FeedSource",
    "ForumSource",
    "GeneralSettings",
    "HackerNewsSource",
    "KeywordList",
    "LinkedInSource",
    "ListedTerm",
    "MastodonSource",
    "Organisation",
    "QuerySettings",
    "RedditSource",
    "Settings",
    "SourceSettings",
    "StackExchangeSource",
    "TermsSettings",
    "Topic",
    "WikiSource",
    "XSource",
    "YouTubeSource",
    "load",
    "policy_of",
    "starter_folder",
]
