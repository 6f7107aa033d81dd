"""The phrases about sources, spikes, the model and summaries of alerts in English."""

PHRASES: dict[str, str] = {
    "label.rule": "Rule",
    "label.update": "Update",
    "label.seen": "Seen?",
    "alert.update": "this is alert number {n} about the same signal: it asked for an alert again",
    "notice.subject": "[{organisation}] {what}",
    "notice.source.silent": "Source without news: {source}",
    "notice.source.blocked": "Source not read: {source}",
    "notice.source.credential": "Source needs a credential or leave: {source}",
    "notice.source.budget": "Source near its limit for today: {source}",
    "notice.text.silent": (
        "{source} is read well and has been without news for far longer than usual. Perhaps nothing "
        "was said; perhaps its address or its search changed. What is said there may be missed."
    ),
    "notice.text.blocked": (
        "{source} cannot be read. What is said there is missed until that is mended; the digest "
        "prints the gap."
    ),
    "notice.text.credential": (
        "{source} refuses its credential, or our leave to read it ends soon. Once that is so, nothing"
        " is read there."
    ),
    "notice.text.budget": (
        "{source} has used most of what it may use today. Once all is used, it is read again tomorrow."
    ),
    "notice.do.silent": (
        "Open the source yourself and look whether there is news; then try `klankbord sources test {id}`."
    ),
    "notice.do.blocked": "Look at `klankbord sources list`, then try `klankbord sources test {id}`.",
    "notice.do.credential": (
        "Renew the credential, or read the terms again and set terms_read_on in sources.toml."
    ),
    "notice.do.budget": "If this happens often, read it less often or raise its budget in sources.toml.",
    "notice.spike.subject": "Far more said than usual: {source}",
    "notice.spike.text": (
        "In {source} far more was said about {organisation} in the last hours than is usual at this "
        "time of the week. What it is about is not known; it may be good news."
    ),
    "notice.spike.do": "Read the newest mentions before answering anybody.",
    "notice.model": "Alerts about findings pause",
    "notice.model.text": (
        "The scores of the last week jumped: the classifier now points at far more or far fewer posts"
        " than before. Whether it errs is not known. Until that is clear, alerts about findings wait;"
        " the findings stand in the digest."
    ),
    "notice.model.do": "Look at the newest findings, then lift the pause or train the classifier again.",
    "label.detail": "Detail",
    "overflow.subject.one": "[{organisation}] {n} more alert of today in one mail",
    "overflow.subject.many": "[{organisation}] {n} more alerts of today in one mail",
    "overflow.lead": (
        "The day's number of separate alerts was reached. These came after it; each is a possible "
        "signal, and none is left out."
    ),
}
