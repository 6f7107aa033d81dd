"""Encoder's vectors come in with judgements and go out for the next; none outlives the text it is of."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, insert, select

from klankbord.finding import Embedding
from klankbord.mention import MentionId
from klankbord.store import schema
from klankbord.store.mentions import parts


def kept(connection: Connection, ids: Sequence[MentionId]) -> dict[MentionId, Embedding]:
    """The vectors that are held of these mentions."""
    table = schema.embedding
    found: dict[MentionId, Embedding] = {}
    for part in parts(ids):
        rows = connection.execute(select(table).where(table.c.mention_id.in_(part))).mappings()
        found.update(
            (row["mention_id"], Embedding(encoder=row["encoder"], of=row["of"], values=row["vector"]))
            for row in rows
        )
    return found


def keep(connection: Connection, vectors: Iterable[tuple[MentionId, Embedding | None]]) -> None:
    """Hold these vectors, and no others, of these mentions."""
    table, given = schema.embedding, list(vectors)
    if not given:
        return
    for part in parts([key for key, _ in given]):
        connection.execute(delete(table).where(table.c.mention_id.in_(part)))
    rows = [
        {"mention_id": key, "encoder": one.encoder, "of": one.of, "vector": one.values}
        for key, one in given
        if one is not None
    ]
    if rows:
        connection.execute(insert(table), rows)
