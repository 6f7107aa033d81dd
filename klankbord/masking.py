"""Takes what points at a person, and what is a secret, out of a text before it is stored. Pure.

Amounts, order numbers and version numbers stay: they are the evidence. What is masked leaves a word
in square brackets, so that a reader, a signal and a search still see that something stood there.
"""

import re
from collections.abc import Iterable

EMAIL, PHONE, HANDLE, IBAN, BSN, KEY, PASSWORD = (
    "[e-mail]",
    "[phone]",
    "[handle]",
    "[IBAN]",
    "[BSN]",
    "[key]",
    "[password]",
)
#: placeholders that stand for a secret (law.md F4)
SECRETS = (IBAN, BSN, KEY, PASSWORD)

# Key shapes as their issuers document them: AWS access key id, GitHub token, Slack token, Google API key,
# Stripe key, JSON Web Token, PEM private key.
_KEYS = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[0-9A-Za-z]{20,255}\b"
    r"|\bxox[abprs]-[0-9A-Za-z-]{10,250}"
    r"|\bAIza[0-9A-Za-z_-]{30,40}"
    r"|\b[sr]k_(?:live|test)_[0-9A-Za-z]{10,100}\b"
    r"|\beyJ[0-9A-Za-z_-]{10,2000}\.eyJ[0-9A-Za-z_-]{10,2000}\.[0-9A-Za-z_-]{10,500}"
    r"|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[\s\S]{0,8000}?(?:-----END [A-Z ]{0,20}PRIVATE KEY-----|\Z)"
)
# "password: x", "wachtwoord is x", "api_key=x": the value goes, the word stays.
_ASSIGNED = re.compile(
    r"(?i)\b(pass(?:word|wd|phrase)?|wachtwoord|ww|pin(?:code)?|api[_ -]?(?:key|sleutel)|secret|token)"
    r"(\s*(?::|=|\bis(?: nog steeds| gewoon| still| just)?\b)\s*[\"'`]?(?=[^\s\"'`,;]{0,128}[\d_!@#$%^&*])"
    r"|\s+(?=[^\s\"'`,;\d]{3,60}\d))"
    r"([^\s\"'`,;]{4,128})"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
# X, Mastodon (with a server) and Reddit spellings; not inside a word, an address or a path.
# A pattern that begins with its first sign, and looks back after it, is searched for far quicker.
_HANDLE = re.compile(
    r"@(?<![\w@/.+-]@)\w{2,30}(?:@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})?"
    r"|/(?<![\w/]/)u/[\w-]{3,20}\b|u(?<![\w/]u)/[\w-]{3,20}\b"
)
# Dutch numbers and numbers with a country code; ten digits without a separator must start with 06 or 0[1-9]0.
_PHONE = re.compile(
    r"(?:\+(?<![\w.,:/-]\+)|0(?<![\w.,:/-]0)0)\d{2}[ -]?\(?0?\)?\d(?:[ -]?\d){7,9}(?![\w])"
    r"|0(?<![\w.,:/-]0)6[ -]?(?:\d[ -]?){7}\d(?!\w)"
    r"|0(?<![\w.,:/-]0)\d{1,3}[ -]\d(?:[ -]?\d){5,7}(?!\w)"
)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_BSN = re.compile(r"(?i)\b(bsn|burgerservicenummer|sofinummer)(\D{0,12})(\d{3}[ .]?\d{3}[ .]?\d{3})(?!\d)")


def iban_holds(text: str) -> bool:
    """Whether the letters and digits meet the IBAN check (ISO 7064 MOD 97-10)."""
    compact = text.replace(" ", "")
    if not 15 <= len(compact) <= 34:
        return False
    return int("".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])) % 97 == 1


def bsn_holds(digits: str) -> bool:
    """Whether nine digits meet the Dutch citizen number's eleven test (weights 9..2, -1)."""
    numbers = [int(sign) for sign in digits if sign.isdigit()]
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return len(numbers) == 9 and sum(w * n for w, n in zip(weights, numbers, strict=True)) % 11 == 0


def masked(text: str, keep: Iterable[str] = ()) -> str:
    """The text without handles, addresses, phone numbers and secrets.

    Args:
        text: what a source gave, already plain text.
        keep: handles that stay, without the `@`: the organisation's own accounts.
    """
    # Each mask behind a cheap hint: most posts hold none of this, and every post passes here.
    if _holds(text, _KEY_STARTS):
        text = _KEYS.sub(KEY, text)
    folded = text.casefold()
    if _holds(folded, _CUES):
        text = _mask_assigned(text)
    if _LONG_NUMBER.search(text):
        text = _mask_iban(text)
        if _holds(folded, _BSN_CUES):
            text = _mask_bsn(text)
        text = _PHONE.sub(PHONE, text)
    if "@" in text or "u/" in text:
        kept = {handle.casefold().lstrip("@") for handle in keep}
        text = _HANDLE.sub(lambda m: m[0] if m[0].lstrip("@").casefold() in kept else HANDLE, text)
    return _EMAIL.sub(EMAIL, text) if "@" in text else text


def _mask_iban(text: str) -> str:
    return _IBAN.sub(lambda m: IBAN if iban_holds(m[0]) else m[0], text)


def _mask_bsn(text: str) -> str:
    return _BSN.sub(lambda m: f"{m[1]}{m[2]}{BSN}" if bsn_holds(m[3]) else m[0], text)


def _mask_assigned(text: str) -> str:
    return _ASSIGNED.sub(lambda m: f"{m[1]}{m[2]}{PASSWORD}", text)


_KEY_STARTS = (
    "AKIA",
    "ASIA",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "xox",
    "AIza",
    "k_live_",
    "k_test_",
    "eyJ",
    "-----",
)
_CUES = ("pass", "wachtw", "ww", "pin", "key", "sleutel", "secret", "token")
_BSN_CUES = ("bsn", "burgerservice", "sofi")
# Eight digits with at most two separators between them: less holds no phone number and no account.
_LONG_NUMBER = re.compile(r"\d(?:[ ().-]{0,2}\d){7}")


def _holds(text: str, words: tuple[str, ...]) -> bool:
    for word in words:  # noqa: SIM110 - a generator takes twice as long
        if word in text:
            return True
    return False
