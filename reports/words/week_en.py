"""The phrases about themes, posts that ask for an answer, quality and time of a digest in English."""

PHRASES: dict[str, str] = {
    "few.short": "<5",
    "mentions.few": "fewer than 5 mentions",
    "posts.one": "{n} post",
    "posts.many": "{n} posts",
    "judgement.asked.one": "{n} post asks for an answer.",
    "judgement.asked.many": "{n} posts ask for an answer.",
    "made_late": "This digest is late: it was due on {due}.",
    "themes.none": "No theme stood out: too few posts talked about the same.",
    "themes.sample": "Read from {read} of {of} posts, drawn by chance; the counts are of those.",
    "theme.copies.one": "{n} of them says nearly the same as another",
    "theme.copies.many": "{n} of them say nearly the same as another",
    "growth.new": "new this week",
    "growth.few": "up from fewer than 5 last week",
    "growth.same": "about as many as last week",
    "growth.by": "{change} on last week ({last})",
    "notable.question": "Question without an answer",
    "notable.question.why": "No answer to it was read.",
    "notable.question.alike": "{n} posts ask nearly the same; no answer was read.",
    "notable.question.next": "Answer it in public, or say when an answer comes.",
    "notable.complaint": "Complaint that grows",
    "notable.complaint.why": "{n} posts of this theme complain; the week before: {last}.",
    "notable.complaint.next": "Find out what goes wrong, and say in public what is being done about it.",
    "notable.theme": "part of the theme {words}",
    "notable.more": "More posts that ask for an answer and are not listed here: {n}.",
    "ageing.week": "under a week",
    "ageing.two": "one to two weeks",
    "ageing.four": "two to four weeks",
    "ageing.older": "over four weeks",
    "handled.aged.one": "{n} of them waits {age}.",
    "handled.aged.many": "{n} of them wait {age}.",
    "precision": (
        "In eight weeks {percent} per cent of {n} settled signals were acted on "
        "(95 % interval {low} to {high} per cent)."
    ),
    "precision.few": "In eight weeks {hits} of {n} settled signals were acted on: too few for a percentage.",
    "keyword.share": "{dismissed} of {n} signals were none ({low} to {high} per cent)",
    "keyword.few": "{dismissed} of {n} signals were none",
    "keyword.bad": "See what to leave out with `klankbord keywords suggest {name}`.",
    "keyword.watch": "Keep an eye on it.",
    "sample": (
        "Of {n} posts without a signal that somebody looked at, {relevant} did matter "
        "(95 % interval {low} to {high} per cent)."
    ),
    "sample.few": "Of {n} posts without a signal that somebody looked at, {relevant} did matter.",
    "sample.none": "Nobody looked at posts without a signal, so what was missed is not known.",
    "limits.themes": "A theme is words that posts share; what was meant by them, a person must read.",
    "coverage.given_up.one": (
        "{n} message of this week could not be delivered; see `klankbord alerts list --failed`."
    ),
    "coverage.given_up.many": (
        "{n} messages of this week could not be delivered; see `klankbord alerts list --failed`."
    ),
}
