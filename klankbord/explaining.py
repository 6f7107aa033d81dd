"""An installation and a finding's id come in; why the finding stands goes out, for somebody who looks."""

from collections.abc import Mapping
from dataclasses import replace

from classify.corpus import Example, load
from classify.explaining import Explanation, Looked, Told, explain, looked_at
from classify.keywords import ListHit, keywords_of, post_for
from classify.nearest import Case
from classify.own_words import own_words
from klankbord.errors import NotFoundError
from klankbord.finding import Decision, Embedding, Finding, Protection, finding_id
from klankbord.installation import Installation
from klankbord.mention import Mention, MentionId
from klankbord.policy import Clause, Lang, Mode
from klankbord.store.learning import Told as Answer
from reports.quote import may_quote

#: confirmed findings on the clause that a post is compared with, newest first
_COMPARED = 500


def explained(opened: Installation, prefix: str, language: Lang | None = None) -> Explanation:
    """Why a finding stands.

    Args:
        opened: the installation.
        prefix: the finding's id, or the first letters of it.
        language: of what is said; the installation's own when not given.

    Raises:
        NotFoundError: there is no such finding, the policy lost its clause, it is only counted, or its post
            is protected by what the guard knows now.
    """
    finding = opened.store.finding(prefix)
    clause = _clause(opened, finding)
    if finding.mode < Mode.DIGEST:
        raise NotFoundError("this finding is only counted: nobody may look at it one by one")
    mention = finding.mention
    kept = opened.store.embeddings([mention])
    lang = _judged_anew(opened, mention, kept)
    looked = looked_at(
        mention,
        own_words(opened.settings.organisation),
        opened.model,
        opened.encoder,
        kept.get(mention.id),
        always=opened.settings.general.encode == "all",
    )
    confirmed, dismissed = opened.store.answered(finding.clause_id)
    told = Told(
        clause=clause,
        strictness=opened.settings.policy.strictness,
        model_now=opened.classifier.version,
        hits=_hits(opened, mention, clause, lang),
        confirmed_cases=_confirmed(opened, finding, looked),
        written=_written(),
        copies=opened.store.copies([finding.id]).get(finding.id, ()),
        confirmed=confirmed,
        dismissed=dismissed,
    )
    said = explain(
        finding, looked, opened.model, opened.encoder, told, language or opened.settings.general.language
    )
    return said if may_quote(mention) else _unquoted(said)


def _unquoted(said: Explanation) -> Explanation:
    """Without a word of the post: its source does not let it be quoted."""
    near = tuple(replace(one, words=()) for one in said.nearest)
    return replace(said, text="", weights=(), nearest=near)


def _clause(opened: Installation, finding: Finding) -> Clause:
    try:
        return opened.settings.policy.clause(finding.clause_id)
    except KeyError:
        raise NotFoundError(f"the policy has no clause {finding.clause_id} any more") from None


def _judged_anew(opened: Installation, mention: Mention, kept: Mapping[MentionId, Embedding]) -> str | None:
    """The post's language; what the guard would hold back now is not shown, whatever stands (law.md D1).

    Raises:
        NotFoundError: the guard holds it back.
    """
    if not (mention.text or mention.title):
        return mention.lang
    (judged,) = opened.classifier.judge([mention], kept)
    if judged.protection is not Protection.NONE:
        raise NotFoundError("this finding no longer stands; `klankbord classify --again` takes it out")
    return judged.lang


def _hits(opened: Installation, mention: Mention, clause: Clause, lang: str | None) -> list[ListHit]:
    hits = keywords_of(opened.settings).hits(post_for(mention), lang)
    return [hit for hit in hits if hit.table.clause == clause.number]


def _confirmed(opened: Installation, finding: Finding, looked: Looked) -> list[Case]:
    """Confirmed findings on the clause whose texts stand and may be quoted, each with its place."""
    answers = [
        one
        for one in opened.store.learning.told()
        if one.clause_id == finding.clause_id
        and one.decision is Decision.CONFIRMED
        and one.mention.id != finding.mention.id
        and one.mention.terms.export
        and one.mention.terms.store
    ][-_COMPARED:]
    kept = opened.store.learning.embeddings([one.mention.id for one in answers])
    return [_case(opened, one, looked, kept.get(one.mention.id)) for one in answers]


def _case(opened: Installation, one: Answer, looked: Looked, kept: Embedding | None) -> Case:
    sharp = looked.name == "sharp"
    seen = looked_at(
        one.mention,
        own_words(opened.settings.organisation),
        opened.model,
        opened.encoder if sharp else None,
        kept,
        always=sharp,
    )
    return Case(
        id=finding_id(one.mention.id, one.clause_id),
        text=one.mention.text or one.mention.title,
        at=one.at,
        place=seen.place,
    )


def _written() -> dict[str, Example]:
    return {one.id: one for one in load("train").examples}
