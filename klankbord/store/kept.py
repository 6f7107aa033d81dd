"""What the store answers when it kept something, and what a judgement was made with. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a batch did to the store."""

    new: int = 0
    edited: int = 0
    unchanged: int = 0
    #: read, but not about the organisation
    dropped: int = 0
    deleted: int = 0

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(
            new=self.new + other.new,
            edited=self.edited + other.edited,
            unchanged=self.unchanged + other.unchanged,
            dropped=self.dropped + other.dropped,
            deleted=self.deleted + other.deleted,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What a judgement was made with."""

    policy: str
    classifier: str
