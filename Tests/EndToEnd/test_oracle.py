"""Requests as bytes, read by the hub and by h11, a parser that others wrote: what the hub takes for a request is the same
one there, and is answered as the same request in its plainest form. The hub may refuse what h11 takes."""

import os
import random
import socket

import h11
import pytest

from hub import DEADLINE, Response

SEED = int(os.environ.get("ORACLE_SEED", "1"))
ROUNDS = int(os.environ.get("ORACLE_ROUNDS", "400"))
# Where a message ends, or what it is, is not sure: the hub says so and ends the connection.
FRAMING = {"malformed-request", "header-too-large", "target-too-long", "request-timeout"}
PIECES = [
    b"\r\n", b"\n", b"\r", b" ", b"\t", b"\0", b":", b";", b",", b"\x7f", b"\x80", b"chunked", b"Content-Length: 5\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n", b"Host: b\r\n", b"Expect: 100-continue\r\n", b"0\r\n\r\n",
    b" HTTP/1.0", b"\r\n\r\n", b"+", b"-1", b"%2F", b"HEAD", b"_", b"\"", b"=",
]


def samples(hub):
    token = hub.token("7", ["pushhub:publish", "pushhub:admin"]).encode()
    body = b'{"data":[1,2,3]}'
    who = b"Host: a\r\nAuthorization: Bearer " + token + b"\r\n"
    json = who + b"Content-Type: application/json\r\n"
    return [
        b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /sse/stats HTTP/1.1\r\n" + who + b"\r\n",
        b"HEAD /sse/stats HTTP/1.1\r\n" + who + b"Accept: */*\r\n\r\n",
        b"GET /nothing?a=b HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: a:80\r\n\r\n",
        b"POST /sse/broadcast HTTP/1.1\r\n" + json + b"Content-Length: %d\r\n\r\n" % len(body) + body,
        b"POST /sse/broadcast HTTP/1.1\r\n" + json + b"Transfer-Encoding: chunked\r\n\r\n"
        b"5;a=b\r\n" + body[:5] + b"\r\n%x\r\n" % len(body[5:]) + body[5:] + b"\r\n0\r\nTrailer: x\r\n\r\n",
        b"POST /sse/users/7/disconnect HTTP/1.1\r\n" + who + b"Content-Length: 0\r\n\r\n",
        b"POST /sse/send HTTP/1.1\r\n" + who + b"Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
    ]


def mutate(chance, corpus):
    data = bytearray(b"".join(chance.choice(corpus) for _ in range(chance.randint(1, 3))))
    for _ in range(chance.randint(0, 3)):
        place = chance.randrange(len(data) + 1)
        match chance.randrange(5):
            case 0: data[place:place] = chance.choice(PIECES)
            case 1: del data[place:place + chance.randint(1, 8)]
            case 2 if place < len(data): data[place] ^= 1 << chance.randrange(8)
            case 3:
                lines = bytes(data).split(b"\r\n")
                lines.insert(chance.randrange(len(lines)), chance.choice(lines))
                data = bytearray(b"\r\n".join(lines))
            case _: data[place:place] = data[place:place + chance.randint(1, 20)]
    return bytes(data)


def answers(hub, data):
    """What the hub answers to these bytes, and nothing behind them: (status, code of a problem) each."""
    with socket.create_connection(("127.0.0.1", hub.port), DEADLINE) as client:
        client.settimeout(DEADLINE)
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        received = b""
        while part := client.recv(65536):
            received += part
    found = []
    while received:
        head, end, rest = received.partition(b"\r\n\r\n")
        assert end, received
        status = int(head.split()[1])
        if status == 100:
            received = rest
            continue
        length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length")), 0)
        # The answer to HEAD tells a length, and another answer, or nothing, follows.
        has_content = length and not rest.startswith(b"HTTP/1.1 ") and rest
        content, received = (rest[:length], rest[length:]) if has_content else (b"", rest)
        found.append((status, Response(status, {}, content).json.get("code") if content.startswith(b'{"type"') else None))
    return found


def requests(data):
    """What h11 makes of them: (method, target, headers, content, version) of each; no content of one that is cut off."""
    found = []
    while data:
        # Before a request line empty lines are passed over (RFC 9112 section 2.2); h11 does not.
        while data.startswith(b"\r\n"):
            data = data[2:]
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 16)
        connection.receive_data(data)
        connection.receive_data(b"")
        head, content = None, b""
        try:
            while not isinstance(event := connection.next_event(), h11.EndOfMessage):
                if isinstance(event, h11.Request):
                    head = event
                elif isinstance(event, h11.Data):
                    content += bytes(event.data)
                else:
                    return found
        except h11.RemoteProtocolError:
            return found + ([(head.method, head.target, list(head.headers), None, head.http_version)] if head else [])
        found.append((head.method, head.target, list(head.headers), content, head.http_version))
        # Whether the connection is kept is the hub's to say: h11 does not for HTTP/1.0.
        data = connection.trailing_data[0]
    return found


def plain(request):
    method, target, headers, content, version = request
    lines = [method + b" " + target + b" HTTP/" + version]
    framing = (b"content-length", b"transfer-encoding", b"connection", b"expect", b"trailer")
    lines += [name + b": " + value for name, value in headers if name not in framing]
    if any(name in (b"content-length", b"transfer-encoding") for name, _ in headers):
        lines.append(b"Content-Length: %d" % len(content))
    return b"\r\n".join(lines) + b"\r\n\r\n" + content


@pytest.mark.parametrize("part", range(4))
def test_requests_are_those_that_another_parser_reads(hub, part):
    chance = random.Random(SEED * 4 + part)
    corpus = samples(hub)
    compared = refused = 0
    for number in range(ROUNDS // 4):
        data = mutate(chance, corpus)
        given, read = answers(hub, data), requests(data)
        for index, (status, code) in enumerate(given):
            # A refused HEAD has no content that could say why.
            if code in FRAMING or status == 400 and code is None:
                refused += 1
                break
            assert index < len(read), f"seed {SEED * 4 + part}, {number}: h11 refuses {data!r}, answered {given}"
            if read[index][3] is None:
                # Answered at the head, as what is wrong with it does not depend on the content.
                assert status >= 400 or read[index][0] == b"OPTIONS", (data, given)
                assert index == len(given) - 1, (data, given)
                break
            expected = answers(hub, plain(read[index]))
            assert expected and expected[0][0] == status, (
                f"seed {SEED * 4 + part}, {number}: {data!r} is answered {given}, and {plain(read[index])!r} {expected}")
            compared += 1
    assert compared > ROUNDS // 8 and refused > ROUNDS // 40, (compared, refused)
