"""A config folder of TOML files comes in, one checked Settings goes out, or every mistake at once."""

from klankbord.settings.delivery import (
    AlertSettings,
    ChannelSettings,
    DeliverySettings,
    DigestSettings,
    PersonSettings,
    RuleSettings,
)
from klankbord.settings.examples import ExampleSettings, OwnExample, examples_of
from klankbord.settings.files import load, policy_of, starter_folder
from klankbord.settings.keywords import Exclusion, KeywordList, ListedTerm
from klankbord.settings.models import GeneralSettings, QuerySettings, Settings
from klankbord.settings.organisation import (
    Ambiguous,
    Fact,
    Organisation,
    Public,
    SealedTopic,
    Speaker,
    Topic,
)
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
    "AlertSettings",
    "Ambiguous",
    "BlueskySource",
    "BudgetSettings",
    "ChannelSettings",
    "DeliverySettings",
    "DigestSettings",
    "ExampleSettings",
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
    "OwnExample",
    "PersonSettings",
    "Public",
    "QuerySettings",
    "RedditSource",
    "RuleSettings",
    "SealedTopic",
    "Settings",
    "SourceSettings",
    "Speaker",
    "StackExchangeSource",
    "TermsSettings",
    "Topic",
    "WikiSource",
    "XSource",
    "YouTubeSource",
    "examples_of",
    "load",
    "policy_of",
    "starter_folder",
]
