"""Text: the payload's lines, as any receiver of event streams reads them."""

import json

import pytest

from test_topics import follow

TEXTS = [
    "", "plain", "two\nlines", "a\r\nb", "a\rb", "\n", "\r\n\r\n", " leading", "trailing ", "a\n", "\ufeffmark", "\u2028\u2029",
    "event: x\ndata: y\n\nid: 1", ": comment", "data", "größe 😀", "a\tb", "\x1b[0m", "\x7f\x85", "<turbo-stream>\n</turbo-stream>"]


def as_received(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("text", TEXTS)
def test_the_text_goes_out_line_by_line(hub, text):
    with follow(hub, ["a"]) as stream:
        stream.opened()
        assert hub.command(f"@as=text PUSH topic:a patch {json.dumps(text)}").endswith(" 1")
        event = stream.next()
        assert (event.type, event.topic, event.text) == ("patch", "a", as_received(text))
        raw = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
        assert hub.command(f"@as=text PUSH user:42 patch {raw}").endswith(" 1")
        assert stream.next().text == as_received(text)
        token = hub.token("svc", ["pushhub:publish"])
        assert hub.request("POST", "/sse/send", token, {"topic": "a", "text": text}).json["sentCount"] == 1
        assert stream.next().text == as_received(text)
        assert hub.request("POST", "/sse/broadcast", token, {"text": text}).json["sentCount"] == 1
        assert stream.next().text == as_received(text)


@pytest.mark.parametrize("json_text", ["1", "{}", '["a"]', "null", '"\\u0000"', '"a\\ud800b"', '"\\udc00"', '"unended'])
def test_what_is_no_text_is_refused(hub, json_text):
    assert hub.command(f"@as=text PUSH user:42 x {json_text}").startswith("ERR bad-json ")


@pytest.mark.parametrize("body", [b'{"userId":1,"text":"\\u0000"}', b'{"userId":1,"text":"\\ud800"}'])
def test_what_is_no_text_is_refused_over_http(hub, body):
    answer = hub.request("POST", "/sse/send", hub.token("svc", ["pushhub:publish"]), body)
    assert answer.status == 400 and answer.json["code"] == "bad-json"


def test_text_is_replayed_as_it_was_sent(hub):
    with follow(hub, ["a"]) as stream:
        stream.opened()
        position = stream.last_id
    hub.command('@as=text PUSH topics:b,a x "one\\ntwo"')
    with follow(hub, ["a"], last_event_id=position) as stream:
        stream.opened()
        event = stream.next()
        assert (event.text, event.topic) == ("one\ntwo", "a")


def test_a_stream_of_tokens_can_be_reloaded_in_the_middle(hub):
    words = ["Once ", "upon\n", "a ", "time"]
    for word in words[:2]:
        hub.command(f"@as=text PUSH topic:answer/1 token {json.dumps(word)}")
    with follow(hub, ["answer/1"], query="from=start") as stream:
        stream.opened()
        assert "".join(e.text for e in stream.owed()[0]) == "Once upon\n"
        hub.command(f"@as=text PUSH topic:answer/1 token {json.dumps(words[2])}")
        assert stream.next().text == "a "
        cut = stream.last_id
    hub.command(f"@as=text PUSH topic:answer/1 token {json.dumps(words[3])}")
    with follow(hub, ["answer/1"], query="from=start", last_event_id=cut) as stream:
        stream.opened()
        assert stream.next().text == "time"
    with follow(hub, ["answer/1"], query="from=start") as stream:
        stream.opened()
        assert "".join(e.text for e in stream.owed()[0]) == "".join(words)
