"""An address comes in, the same address without tracking, handles or secrets goes out. Pure."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit, urlunsplit

MAX_URL = 2_000
_PORTS = {"http": "80", "https": "443"}
# Names of parameters that say where a reader came from, as their makers document them.
_TRACKING = re.compile(
    r"(?i)utm_\w*|mc_[ce]id|fbclid|gclid|gclsrc|dclid|wbraid|gbraid|msclkid|twclid|ttclid|igshid|igsh|yclid"
    r"|_hsenc|_hsmi|mkt_tok|oly_enc_id|oly_anon_id|vero_id|wickedid|s_cid|ns_\w+|pk_\w+|mtm_\w+"
    r"|ref_src|ref_url|spm|cmpid|xtor|rss_?source"
)
_SECRET = re.compile(
    r"(?i)([?&;](?:access_|api_?|auth_?)?(?:token|key|feed|user|sig|signature|password|passwd|pass|pwd|secret|auth)=)[^&;#\s]+"
)
_USERINFO = re.compile(r"(?i)\b(https?://)[^/@\s?#]*@")
_WRAPPER = re.compile(r"(?i)^(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?$")
_HANDLE_PATH = re.compile(
    r"(?i)(/@)[^/?#]+|(/(?:u|users?|authors?|profiles?|auteur|gebruiker|leden|members?)/)[^/?#]+"
)
#: sites whose addresses begin with a handle, and the form of theirs that needs none
_HANDLE_FIRST = re.compile(r"(?i)^(https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/)(?!i/)[^/?#]+(/status/)")
_AUTHOR_PARAMETER = re.compile(r"(?i)([?&;](?:author|auteur|username|screen_name|handle)=)[^&;#\s]*")
#: without any of these in lower case the pattern above finds nothing
_HANDLE_HINTS = ("/@", "/u", "/author", "/profile", "/auteur", "/gebruiker", "/leden", "/member")
_NAMED = re.compile(
    r"(?i)(?:^https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/(?!i/)"
    r"|/@|/(?:u|users?|authors?|profiles?|auteur|gebruiker|leden|members?)/"
    r"|[?&;](?:author|auteur|username|screen_name|handle)=)([\w.-]{3,40})"
)
_MAX_WRAPPERS = 3
#: an address that is what it should be already, but for its query
_TIDY = re.compile(r"(https?://[a-z0-9.-]+/[^?#\s]*)(?:\?([^#\s]*))?(#\S*)?")


@lru_cache(maxsize=1024)
def canonical(url: str) -> str:
    """The address by which two copies of one post are recognised; the fragment stays, it names a comment."""
    url = url.strip()[:MAX_URL]
    if (tidy := _TIDY.fullmatch(url)) and "/url" not in tidy[1]:
        query = _untracked(tidy[2]) if tidy[2] else ""
        return tidy[1] + ("?" + query if query else "") + (tidy[3] if tidy[3] and tidy[3] != "#" else "")
    try:
        for _ in range(_MAX_WRAPPERS):
            inner = _unwrapped(url)
            if inner == url:
                break
            url = inner
        return _tidied(url)
    except ValueError:
        return url


def _unwrapped(url: str) -> str:
    """The address inside `google.com/url?…`, else the address itself."""
    parts = urlsplit(url)
    if parts.path not in {"/url", "/alerts/url"} or not _WRAPPER.match(parts.hostname or ""):
        return url
    wrapped = dict(parse_qsl(parts.query))
    inner = wrapped.get("url") or wrapped.get("q") or ""
    return inner.strip() if inner.strip().lower().startswith(("http://", "https://")) else url


def _tidied(url: str) -> str:
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not parts.hostname:
        return url
    host = re.sub(rf"(?::(?:{_PORTS[scheme]})?)+$", "", parts.netloc.rpartition("@")[2].lower())
    return urlunsplit((scheme, host, parts.path or "/", _untracked(parts.query), parts.fragment))


def _untracked(query: str) -> str:
    return "&".join(
        pair for pair in query.split("&") if pair and not _TRACKING.fullmatch(pair.partition("=")[0])
    )


def author_free(url: str) -> str:
    """The address with handles in its path emptied: `/@name/1` becomes `/@/1` (law.md B6)."""
    url = _HANDLE_FIRST.sub(r"\1i\2", url)
    if "=" in url:
        url = _AUTHOR_PARAMETER.sub(r"\1", url)
    lowered = url.lower()
    if not any(hint in lowered for hint in _HANDLE_HINTS):
        return url
    head, mark, tail = url.partition("?")
    scheme, slashes, path = head.partition("://")
    if not slashes:
        return _emptied(head) + mark + tail
    return scheme + slashes + _emptied(path) + mark + tail


def handles_in(url: str) -> tuple[str, ...]:
    """The handles that an address names: its text may name them too."""
    if "/" not in url[8:] and "=" not in url:
        return ()
    found = _NAMED.findall(url)
    return tuple(dict.fromkeys(name for name in found if any(sign.isalpha() for sign in name)))


def _emptied(path: str) -> str:
    return _HANDLE_PATH.sub(lambda m: m[1] or m[2], path)


def redacted(url: str) -> str:
    """The address, or a text that holds addresses, with the values of secret parameters taken out."""
    if "@" in url:
        url = _USERINFO.sub(r"\1", url)
    return _SECRET.sub(r"\1[secret]", url) if "=" in url else url
