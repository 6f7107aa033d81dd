"""The outside world comes in, Mentions go out; one file a kind of source."""
