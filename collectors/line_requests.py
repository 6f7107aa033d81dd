"""A Line comes in, a `requests` session that speaks through it goes out."""

import http.cookiejar
from io import BytesIO

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from collectors.line import Line, given_back, passed_on


class _LineAdapter(BaseAdapter):
    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        """Whatever timeouts, proxies and certificates the client wanted, the line's own rules hold."""
        body = request.body.encode() if isinstance(request.body, str) else request.body
        answer = self._line.ask(
            str(request.url),
            method=request.method or "GET",
            headers=passed_on(request.headers),
            body=body if isinstance(body, bytes) else None,
        )
        response = requests.Response()
        response.status_code = answer.status
        response.headers = CaseInsensitiveDict(given_back(answer.headers))
        response.url, response.request = answer.url, request
        response.raw = BytesIO(answer.body)
        response._content = answer.body  # noqa: SLF001 - requests has no other way to hand a body over
        response.encoding = requests.utils.get_encoding_from_headers(response.headers)
        return response

    def close(self) -> None:
        """Nothing is kept open."""


def session_of(line: Line) -> requests.Session:
    """A session without cookies, proxies or netrc, whose every request is the line's."""
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, _LineAdapter(line))
    return session
