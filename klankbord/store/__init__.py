"""Mentions, findings and state changes come in and are kept; the only room that speaks SQL."""

from klankbord.store.store import Store

__all__ = ["Store"]
