"""The key file: whatever lies there, at the start and at a reload. Nothing that is public is ever taken for a secret."""

import os
import re
import signal
import subprocess

import pytest

from conftest import binary
from hub import DEADLINE, SECRET, Hub, make_token
from key_files import (
    ED25519, EDDSA_TOKEN, ES256_TOKEN_OF_K, NOT_SECRET, RS256_TOKEN, RS256_TOKEN_OF_K, RSA, SECRETS, ec_jwk, key_set,
    oct_jwk, okp_jwk, rsa_jwk, url)

ADVICE = "`auth.key-type: secret` takes it all the same"


def status(hub, token):
    """204: the token is good, and a client that reconnects to a stream that was closed for good is told to stay away."""
    return hub.request("GET", "/sse/connect/auth", token, headers=["Last-Event-ID: closed"]).status


def is_good(hub, token):
    found = status(hub, token)
    assert found in (204, 401), found
    return found == 204


def signed_by(secret):
    return make_token({"sub": "42"}, secret)


class Reloads:
    """A hub whose key file changes, and that is told so."""

    def __init__(self, hub):
        self.hub = hub
        self.count = 0

    def load(self, content):
        """What the hub says to it: whether it took the file over, and the entry."""
        self.hub.key_path.write_bytes(content)
        return self.again()

    def again(self):
        self.count += 1
        self.hub.signal(signal.SIGHUP)
        entry = self.hub.wait_for_log("(configuration reloaded|configuration is not taken over).*", self.count)
        return entry.group(1) == "configuration reloaded", entry.group(0)


def refused_start(tmp_path, content, settings=None):
    hub = Hub(binary("pushhubd", "PUSHHUBD"), tmp_path / "refused", settings or {})
    hub.key_path.write_bytes(content)
    result = subprocess.run(
        [hub.binary], env=hub.environment(), capture_output=True, text=True, timeout=DEADLINE, cwd=hub.directory)
    return result.returncode, result.stderr, hub.key_path


def start_with(start_hub, content, settings=None):
    """A hub whose key file is there before it starts."""
    path = start_hub.directory / f"key-{len(start_hub.hubs)}"
    path.write_bytes(content)
    hub = start_hub({"auth.key-file": str(path), **(settings or {})})
    hub.key_path = path
    return hub


def test_the_table_is_long_enough():
    assert len(NOT_SECRET) + len(SECRETS) >= 60
    assert len({file.name for file in NOT_SECRET + SECRETS}) == len(NOT_SECRET + SECRETS)


@pytest.mark.parametrize("file", NOT_SECRET, ids=str)
def test_at_the_start_it_is_refused_with_what_it_looks_like(file, tmp_path):
    code, text, path = refused_start(tmp_path, file.content)
    assert code == 78
    assert re.search(rf"auth\.key-file {re.escape(str(path))} .*{file.looks_like}", text), text
    assert ADVICE in text
    # What the file holds is not in the log.
    for line in file.content.splitlines():
        assert len(line) < 24 or line.decode("latin-1") not in text


@pytest.mark.parametrize("file", SECRETS, ids=str)
def test_at_the_start_a_good_secret_is_used_as_it_is(file, start_hub):
    hub = start_with(start_hub, file.content)
    assert is_good(hub, signed_by(file.secret))


def test_at_a_reload_nothing_takes_the_place_of_public_keys(start_hub):
    hub = start_with(start_hub, RSA.encode())
    reloads = Reloads(hub)
    for file in NOT_SECRET + SECRETS:
        is_taken, entry = reloads.load(file.content)
        assert not is_taken, file
        words = file.looks_like or "would be taken for a secret, while tokens are checked with public keys"
        assert str(hub.key_path) in entry and re.search(words, entry), (file, entry)
        for guess in file.guesses():
            assert not is_good(hub, signed_by(guess)), (file, guess)
        assert is_good(hub, RS256_TOKEN), file
    # And public keys do.
    assert reloads.load(ED25519.encode())[0]
    assert is_good(hub, EDDSA_TOKEN) and not is_good(hub, RS256_TOKEN)


def test_at_a_reload_nothing_but_a_secret_takes_the_place_of_a_secret(hub):
    reloads = Reloads(hub)
    good = signed_by(SECRET)
    for file in NOT_SECRET:
        is_taken, entry = reloads.load(file.content)
        assert not is_taken, file
        assert str(hub.key_path) in entry and re.search(file.looks_like, entry) and ADVICE in entry, (file, entry)
        for guess in file.guesses():
            assert not is_good(hub, signed_by(guess)), (file, guess)
        assert is_good(hub, good), file
    for file in SECRETS:
        before = good
        good = signed_by(file.secret)
        assert reloads.load(file.content)[0], file
        assert is_good(hub, good) and not is_good(hub, before), file


def test_key_type_secret_takes_any_file(start_hub):
    hub = start_hub({"auth.key-type": "secret"})
    reloads = Reloads(hub)
    for file in NOT_SECRET + SECRETS:
        assert reloads.load(file.content)[0], file
        assert is_good(hub, signed_by(file.secret)), file
    assert not reloads.load(b"s" * 31 + b"\n")[0]


@pytest.mark.parametrize("key_type", ["pem", "jwks"])
def test_another_key_type_takes_no_secret(key_type, tmp_path):
    for number, file in enumerate(SECRETS):
        code, text, path = refused_start(tmp_path / str(number), file.content, {"auth.key-type": key_type})
        assert code == 78 and re.search(rf"auth\.key-file {re.escape(str(path))} .*(no PEM|JWK Set)", text), text


def test_key_types_take_what_they_are_for(start_hub, tmp_path):
    assert is_good(start_with(start_hub, RSA.encode(), {"auth.key-type": "pem"}), RS256_TOKEN)
    assert is_good(start_with(start_hub, key_set(rsa_jwk()), {"auth.key-type": "jwks"}), RS256_TOKEN)
    assert refused_start(tmp_path / "a", RSA.encode(), {"auth.key-type": "jwks"})[0] == 78
    assert refused_start(tmp_path / "b", key_set(rsa_jwk()), {"auth.key-type": "pem"})[0] == 78


def test_from_public_keys_to_a_secret_takes_a_restart_whatever_the_key_type(start_hub, tmp_path):
    file = tmp_path / "pushhubd.yaml"
    file.write_text("")
    path = tmp_path / "key"
    path.write_bytes(RSA.encode())
    hub = start_hub({"auth.key-file": str(path)}, arguments=["--config", str(file)])
    reloads = Reloads(hub)
    file.write_text("auth:\n  key-type: secret\n")
    is_taken, entry = reloads.again()
    assert not is_taken and "takes a restart" in entry
    assert is_good(hub, RS256_TOKEN) and not is_good(hub, signed_by(RSA.encode().strip()))
    path.write_bytes(SECRET)
    assert not reloads.again()[0]
    hub.restart()
    assert is_good(hub, signed_by(SECRET)) and not is_good(hub, RS256_TOKEN)


@pytest.mark.parametrize("keys", [[{"kty": "oct", "k": url(SECRET)}], [rsa_jwk(), {"kty": "oct", "k": url(SECRET)}]],
                         ids=["alone", "beside them"])
def test_a_secret_in_a_key_set_takes_no_place_of_public_keys_at_a_reload(start_hub, tmp_path, keys):
    path = tmp_path / "key"
    path.write_bytes(key_set(rsa_jwk()))
    hub = start_hub({"auth.key-file": str(path), "auth.key-type": "jwks"})
    path.write_bytes(key_set(*keys))
    is_taken, entry = Reloads(hub).again()
    assert not is_taken and "takes a restart" in entry
    assert is_good(hub, RS256_TOKEN) and not is_good(hub, signed_by(SECRET))


@pytest.mark.parametrize("content", [None, SECRET], ids=["nobody writes into", "somebody writes into"])
def test_a_pipe_in_the_place_of_the_file_holds_up_nothing(start_hub, tmp_path, content):
    path = tmp_path / "key"
    path.write_bytes(SECRET)
    hub = start_hub({"auth.key-file": str(path)})
    path.unlink()
    os.mkfifo(path)
    # Kept open and not written to: the hub waits for a second, and no longer.
    writer = os.open(path, os.O_RDWR)
    if content:
        os.write(writer, content)
    reloads = Reloads(hub)
    assert not reloads.again()[0]
    assert is_good(hub, signed_by(SECRET))
    os.close(writer)
    assert not reloads.again()[0]
    assert hub.stop() == 0


# Key sets

UNUSABLE = {
    "Ed448": ({"kty": "OKP", "crv": "Ed448", "kid": "bad", "x": url(bytes(57))}, "curve"),
    "RSA of 1024 bits": ({"kty": "RSA", "kid": "bad", "n": url(b"\xc1" + bytes(range(127))), "e": "AQAB"}, "too weak"),
    "unknown kty": ({"kty": "AKP", "kid": "bad", "alg": "ML-DSA-44", "pub": "AA"}, "kind that is not supported"),
    "unknown crv": (ec_jwk(kid="bad", crv="P-521"), "curve"),
    "unknown alg": (rsa_jwk(kid="bad", alg="PS256"), "algorithm"),
    "private": (rsa_jwk(kid="bad", d="AQAB"), "private key"),
    "no n": ({"kty": "RSA", "kid": "bad", "e": "AQAB"}, "“n”"),
    "n that is no base64url": (rsa_jwk(kid="bad", n="a+b/"), "“n”"),
    "no point": (ec_jwk(kid="bad", y=url(bytes(32))), "point"),
    "short secret": (oct_jwk(b"short", kid="bad"), "secret of 5 bytes"),
    "kid that is a number": (rsa_jwk(kid=7), "“kid”"),
    "no object": ("bad", "no JSON object"),
    "null": (None, "no JSON object"),
}


@pytest.mark.parametrize("key,words", UNUSABLE.values(), ids=UNUSABLE)
def test_a_key_that_cannot_be_used_is_left_out_and_named(key, words, start_hub, tmp_path):
    name = "“bad”" if isinstance(key, dict) and key["kid"] == "bad" else r"key \d"
    hub = start_with(start_hub, key_set(key, okp_jwk(kid="good")))
    assert re.search(rf"left out.*{name}.*{words}", hub.log()), hub.log()
    assert is_good(hub, EDDSA_TOKEN)
    # The same beside the next key, at a reload.
    hub.lines.clear()
    assert Reloads(hub).load(key_set(rsa_jwk(kid="next"), key))[0]
    hub.wait_for_log(f"left out.*{name}.*{words}")
    assert is_good(hub, RS256_TOKEN) and not is_good(hub, EDDSA_TOKEN)
    code, text, path = refused_start(tmp_path, key_set(key))
    assert code == 78 and re.search(f"{re.escape(str(path))} .*{words}", text), text


def test_a_member_that_is_there_twice_leaves_its_key_out(start_hub):
    good = key_set(okp_jwk(kid="good")).decode()
    twice = good.replace('{"keys": [', '{"keys": [{"kty":"oct","kty":"oct","k":"' + url(SECRET) + '"},')
    hub = start_with(start_hub, twice.encode())
    assert "has a member twice" in hub.log()
    assert is_good(hub, EDDSA_TOKEN) and not is_good(hub, signed_by(SECRET))


def test_keys_of_different_kinds_may_have_one_id(start_hub):
    hub = start_with(start_hub, key_set(rsa_jwk(kid="k"), ec_jwk(kid="k")))
    assert is_good(hub, RS256_TOKEN_OF_K) and is_good(hub, ES256_TOKEN_OF_K)
    assert "left out" not in hub.log()


def test_a_set_with_no_key_left_changes_nothing(start_hub):
    hub = start_with(start_hub, RSA.encode())
    reloads = Reloads(hub)
    for keys in [[], [key for key, _ in UNUSABLE.values()], [rsa_jwk(use="enc")]]:
        is_taken, entry = reloads.load(key_set(*keys))
        assert not is_taken and "without a key that the hub can use" in entry
        assert len(entry) < 9000
        assert is_good(hub, RS256_TOKEN)


def test_a_token_without_kid_is_tried_with_a_few_keys_and_is_told_so(start_hub):
    other = [oct_jwk(b"%032d" % number, kid=f"k{number}") for number in range(15)]
    hub = start_with(start_hub, key_set(*other, oct_jwk(SECRET, kid="last")))
    assert is_good(hub, signed_by(b"%032d" % 3))
    answer = hub.request("GET", "/sse/connect/auth", signed_by(SECRET))
    assert answer.status == 401 and "must name its key" in answer.json["detail"]
    assert "must name its key" in answer.headers["www-authenticate"]
