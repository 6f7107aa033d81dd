"""A Reading comes in; each signal votes with the spans that made it vote, or abstains. Pure."""

from classify.signals.registry import SIGNALS, SIGNALS_VERSION, Signal, votes
from classify.signals.spans import Span

__all__ = ["SIGNALS", "SIGNALS_VERSION", "Signal", "Span", "votes"]
