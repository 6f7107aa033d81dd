"""A Line comes in, an `httpx` transport that speaks through it goes out."""

import httpx

from collectors.line import Line, given_back, passed_on


class _LineTransport(httpx.BaseTransport):
    def __init__(self, line: Line) -> None:
        self._line = line

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Whatever timeouts, proxies and certificates the client wanted, the line's own rules hold."""
        answer = self._line.ask(
            str(request.url),
            method=request.method,
            headers=passed_on(request.headers),
            body=request.read() or None,
        )
        return httpx.Response(
            answer.status, headers=given_back(answer.headers), content=answer.body, request=request
        )


def transport_of(line: Line) -> httpx.BaseTransport:
    """A transport whose every request is the line's."""
    return _LineTransport(line)
