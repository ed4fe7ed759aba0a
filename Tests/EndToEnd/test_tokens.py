"""`pushhubd token` and `pushhubd check-token`: what the one makes the real hub accepts; what the hub refuses the other explains."""

import base64
import hashlib
import hmac
import json
import os
import re
import subprocess
import time

import pytest

from conftest import binary
from hub import DEADLINE, SECRET, Hub, b64, make_token
from key_files import ES256_TOKEN_OF_K, RSA, RSA_PRIVATE, key_set, oct_jwk

ISSUER, AUDIENCE = "https://issuer.example", "push"
GOOD = {"sub": "42", "iss": ISSUER, "aud": AUDIENCE}


def pushhubd(*arguments, settings=None, **options):
    """Runs a command of the daemon's; `settings` is a hub whose settings it is to have."""
    environment = settings.environment() if settings else {"PATH": "/usr/bin:/bin"}
    return subprocess.run(
        [binary("pushhubd", "PUSHHUBD"), *arguments], env=environment, capture_output=True, text=True, timeout=DEADLINE,
        **options)


def make(*arguments, settings=None):
    result = pushhubd("token", *arguments, settings=settings)
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.strip()


def claims_of(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=DEADLINE)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_token_made_with_a_private_key_is_accepted(start_hub, algorithm):
    private, public = start_hub.directory / "private.pem", start_hub.directory / "public.pem"
    private.write_text(RSA_PRIVATE)  # to make one takes long
    if algorithm == "ES256":
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", str(private))  # behind a block with its curve
    if algorithm == "EdDSA":
        openssl("genpkey", "-algorithm", "ED25519", "-out", str(private))
    openssl("pkey", "-in", str(private), "-pubout", "-out", str(public))
    hub = start_hub({"auth.key-file": str(public)})
    token = make("--user", "42", "--key", str(private), settings=hub)
    assert json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))["alg"] == algorithm
    with hub.subscribe(token=token) as stream:
        assert stream.next_of("open")
    for key in (["--key", str(private)], []):  # its public part, and the hub's own key
        checked = pushhubd("check-token", *key, token, settings=hub)
        assert (checked.returncode, checked.stdout.splitlines()[0]) == (0, "accepted")
    assert "holds" in pushhubd("token", "--user", "42", settings=hub).stderr


def test_a_token_made_with_the_hubs_secret_gets_an_event_to_its_user(start_hub):
    hub = start_hub({"auth.issuer": ISSUER, "auth.audience": AUDIENCE})
    token = make(
        "--user", "42", "--scope", "pushhub:publish", "--scope", "pushhub:admin", "--topic", "orders/*", "--topic", "a b",
        "--claim", 'publish=["news"]', "--claim", "x=1.50", "--expires", "10m", settings=hub)
    claims = claims_of(token)
    assert abs(claims["iat"] - time.time()) < DEADLINE
    assert claims == {
        "sub": "42", "scope": "pushhub:publish pushhub:admin", "topics": ["orders/*", "a b"], "iss": ISSUER,
        "aud": AUDIENCE, "iat": claims["iat"], "exp": claims["iat"] + 600, "publish": ["news"], "x": 1.5}
    with hub.subscribe(token=token, path="/sse/connect/auth?topic=orders/1&topic=a%20b") as stream:
        assert stream.next_of("open").data["topics"] == ["orders/1", "a b"]
        hub.command('PUSH user:42 notice {"title":"hi"}')
        assert stream.next_of("notice").data == {"title": "hi"}
    assert hub.request("GET", "/sse/stats", token).status == 200


def test_the_claims_are_called_as_the_hub_is_told(start_hub):
    hub = start_hub({"auth.scope-claim": "roles", "auth.topics-claim": "https://t.example/topics"})
    token = make("--user", "é", "--scope", "pushhub:admin", "--topic", "*", "--expires", "never", settings=hub)
    claims = claims_of(token)
    assert claims == {
        "sub": "é", "roles": "pushhub:admin", "https://t.example/topics": ["*"], "iat": claims["iat"]}
    assert hub.request("GET", "/sse/stats", token).status == 200


def test_a_key_set_signs_with_its_last_secret(start_hub):
    secrets = [SECRET, SECRET[::-1]]
    path = start_hub.directory / "set"
    path.write_bytes(key_set(oct_jwk(secrets[0], kid="old"), oct_jwk(secrets[1], kid="new", alg="HS512")))
    hub = start_hub({"auth.key-file": str(path)})
    token = make("--user", "42", settings=hub)
    assert hub.request("GET", "/sse/users/42/connections", token).status == 200


def test_the_secret_is_never_printed(start_hub):
    hub = start_hub()
    for arguments in (["token", "--user", "42"], ["check-token", "x"], ["check-token", make_token(GOOD)]):
        result = pushhubd(*arguments, settings=hub)
        assert SECRET.decode() not in result.stdout + result.stderr


@pytest.mark.parametrize("arguments, code, words", [
    ([], 64, "whom the token is for is missing: write --user ID"),
    (["--user", ""], 64, "“” is no user id"),
    (["--user", "x" * 129], 64, "is no user id: it takes 1 to 128 bytes without control characters"),
    (["--user", "1", "--user", "2"], 64, "--user is given twice"),
    (["--user", "1", "--scope", "a b"], 64, "“a b” is no scope"),
    (["--user", "1", "--topic", " a"], 64, "“ a” is no topic"),
    (["--user", "1", "--expires", "1"], 64, "“1” is no duration"),
    (["--user", "1", "--expires", "0s"], 64, "out of bounds: it takes 1s to 3650d"),
    (["--user", "1", "--claim", "x"], 64, "“x” has no name and value"),
    (["--user", "1", "--claim", "x=y"], 64, "--claim x: “y” is no JSON"),
    (["--user", "1", "--claim", "x=1", "--claim", "x=1"], 64, "“x” is set by another --claim already"),
    (["--user", "1", "--claim", "sub=2"], 64, "“sub” is set by --user already"),
    (["--user", "1", "--claim", "id=2"], 64, "“id” is set by --user already"),
    (["--user", "1", "--claim", "user_id=2"], 64, "“user_id” is set by --user already"),
    (["--user", "1", "--claim", "iat=2"], 64, "“iat” is set by the time of the call already"),
    (["--user", "1", "--claim", "exp=2"], 64, "“exp” is set by --expires already: leave one out, or write --expires never"),
    (["--user", "1", "--scope", "a", "--claim", 'scope="b"'], 64, "“scope” is set by --scope already"),
    (["--user", "1", "--topic", "a", "--claim", 'topics="b"'], 64, "“topics” is set by --topic already"),
    (["--user", "1", "--auth-issuer", "i", "--claim", 'iss="b"'], 64, "“iss” is set by auth.issuer already"),
    (["--user", "1", "--auth-audience", "i", "--claim", 'aud="b"'], 64, "“aud” is set by auth.audience already"),
    (["--user", "1", "--dev"], 64, "--dev goes with no command"),
    (["--user", "1", "extra"], 64, "“extra” belongs to no option"),
    (["--user", "1", "--key", "/nonexistent"], 66, "--key /nonexistent is not there"),
    (["--user", "1", "--key", "a-secret-of-more-than-32-bytes-in-the-place-of-its-file"], 66, "the file that --key names is not there"),
    (["--user", "1", "--key", "/"], 66, "--key / cannot be read: Is a directory"),
    (["--user", "1", "--auth-key-file", "/nonexistent"], 66, "auth.key-file /nonexistent is not there"),
    (["--user", "1", "--key", "KEYS/public"], 78, "holds an RSA public key (RS256), which checks tokens and makes none"),
    (["--user", "1", "--key", "KEYS/short"], 78, "holds a secret of 5 bytes; it takes at least 32"),
    (["--user", "1", "--key", "KEYS/encrypted"], 78, "holds a private key with a passphrase"),
    (["--user", "1", "--key", "KEYS/openssh"], 78, "holds a key of OpenSSH"),
    (["--user", "1", "--key", "KEYS/p384"], 78, "holds a private key that cannot be used"),
    (["--user", "1", "--threads", "0"], 78, "threads"),
])
def test_what_makes_no_token_is_named(tmp_path, arguments, code, words):
    (tmp_path / "public").write_text(RSA)
    (tmp_path / "short").write_text("short\n")
    (tmp_path / "openssh").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE=\n-----END OPENSSH PRIVATE KEY-----\n")
    key = ["genpkey", "-algorithm", "EC", "-pkeyopt"]
    openssl(*key, "ec_paramgen_curve:P-256", "-aes256", "-pass", "pass:abcd", "-out", str(tmp_path / "encrypted"))
    openssl(*key, "ec_paramgen_curve:P-384", "-out", str(tmp_path / "p384"))
    result = pushhubd("token", *[a.replace("KEYS", str(tmp_path)) for a in arguments])
    assert (result.returncode, result.stdout) == (code, "")
    assert words in result.stderr and result.stderr.startswith("pushhubd: ")
    assert len(result.stderr.splitlines()) == 1


def test_a_key_that_this_user_may_not_read_is_named(tmp_path):
    """Root reads everything, so it is another user who tries."""
    key = tmp_path / "key"
    key.write_bytes(SECRET)
    key.chmod(0)
    drop = [] if os.getuid() else ["setpriv", "--reuid=65534", "--clear-groups"]
    for directory in [tmp_path, *list(tmp_path.parents)[:2]]:
        directory.chmod(0o755)
    result = subprocess.run(
        [*drop, binary("pushhubd", "PUSHHUBD"), "token", "--user", "1", "--key", str(key)], capture_output=True, text=True,
        timeout=DEADLINE)
    assert (result.returncode, result.stdout) == (77, "")
    assert "may not be read by this user" in result.stderr


def test_what_is_probably_not_meant_is_a_warning(start_hub):
    hub = start_hub()
    result = pushhubd("token", "--user", "1", "--scope", "publish", "--claim", f"nbf={int(time.time()) + 7200}", settings=hub)
    assert result.returncode == 0 and result.stdout.count(".") == 2
    assert "the hub knows no scope “publish”: did you mean pushhub:publish?" in result.stderr
    assert re.search(r"the hub refuses this token: the token is not valid for another 7\d\d\d s", result.stderr)


# Tokens that are spoilt, each in one way, for one of three hubs; # is a number in what is said, @ a time.


def sign(header, claims, secret=SECRET, hash=hashlib.sha256):
    """Header and claims as texts, or as values that become JSON."""
    parts = [p if isinstance(p, bytes) else (p if isinstance(p, str) else json.dumps(p)).encode() for p in (header, claims)]
    return sign_parts(*map(b64, parts), secret, hash)


def sign_parts(header, claims, secret=SECRET, hash=hashlib.sha256):
    text = header + "." + claims
    return text + "." + b64(hmac.new(secret, text.encode(), hash).digest())


HS256 = {"alg": "HS256", "typ": "JWT"}


def with_claims(**claims):
    return sign(HS256, {**GOOD, **claims})


def without(name):
    return sign(HS256, {k: v for k, v in GOOD.items() if k != name})


def with_text(text):
    """With this behind the other claims."""
    return sign(HS256, json.dumps(GOOD)[:-1] + "," + text + "}")


good = sign(HS256, GOOD)
head, body, signature = good.split(".")
now = int(time.time())

SPOILT = {
    # The form.
    "empty": ("secret", "", "the token is empty"),
    "one part": ("secret", head, "the token has 1 part, where a JWT has three with dots between: it was cut, or is something else"),
    "two parts": ("secret", f"{head}.{body}", "the token has 2 parts, where a JWT has three with dots between: it was cut, or is something else"),
    "four parts": ("secret", good + ".x", "the token has 4 parts, where a JWT has three with dots between: it is something else"),
    "JWE": ("secret", good + ".x.y", "the token has five parts: it is encrypted (JWE), and only signed ones (JWS) are read"),
    "too long": ("secret", with_claims(x="x" * 8192), "the token has # bytes, and may have 8192"),
    "blank within": ("secret", good[:20] + " " + good[20:], "the header has a blank or a line break in it: a token is one word"),
    "header in another alphabet": ("secret", f"+{head}.{body}.{signature}", "the header has “+” or “/”, of base64: a token is in base64url, with “-” and “_”"),
    "header with a foreign character": ("secret", f"{head[:-1]}~.{body}.{signature}", "the header has a character that base64url does not have"),
    "header cut": ("secret", f"{head[:33]}.{body}.{signature}", "the header is no base64url: it was cut or changed"),
    "padding": ("secret", good + "=", "the signature has “=”: base64url in a token has no padding"),
    "claims with padding": ("secret", sign_parts(head, body.rstrip("=") + "=="), "the claims part has “=”: base64url in a token has no padding"),
    # The header.
    "header no JSON": ("secret", sign("{alg:HS256}", GOOD), "the header is not a JSON object"),
    "header an array": ("secret", sign(["HS256"], GOOD), "the header is not a JSON object"),
    "header twice": ("secret", sign('{"alg":"HS256","alg":"HS256"}', GOOD), "the header has “alg” twice"),
    "crit": ("secret", sign({**HS256, "crit": ["exp"]}, GOOD), "the header has “crit”, extensions that must be understood, and none is"),
    "no alg": ("secret", sign({"typ": "JWT"}, GOOD), "the header has no “alg”"),
    "alg a number": ("secret", sign({"alg": 256}, GOOD), "“alg” is a number, and must be a string"),
    "alg none": ("secret", b64(b'{"alg":"none"}') + f".{body}.", "“alg” is none: the token is not signed"),
    "alg NONE": ("secret", b64(b'{"alg":"NONE"}') + f".{body}.", "“alg” is none: the token is not signed"),
    "unknown alg": ("secret", sign({"alg": "ES384"}, GOOD), "“alg” is “ES384”, which the hub does not know"),
    "other alg": ("secret", sign({"alg": "HS512"}, GOOD), "the signature has 32 bytes, where HS512 has 64: the token was cut or changed"),
    "public token for a secret": ("secret", ES256_TOKEN_OF_K, "“alg” is ES256, which takes a public key, and the hub's key is for HS256, HS384, HS512"),
    "secret token for a public key": ("public", good, "“alg” is HS256, which takes a shared secret, and the hub's key is for RS256"),
    "public key as a secret": ("public", sign(HS256, GOOD, RSA.encode()), "“alg” is HS256, which takes a shared secret, and the hub's key is for RS256"),
    "kid a number": ("set", sign({**HS256, "kid": 7}, GOOD), "“kid” is a number, and must be a string"),
    "unknown kid": ("set", sign({**HS256, "kid": "new"}, GOOD), "“kid” is “new”, and no key of that name is for the token's algorithm"),
    "key of another kid": ("set", sign({**HS256, "kid": "k2"}, GOOD), "the signature is wrong: the token was signed with another key, or changed"),
    "no kid": ("set", sign(HS256, GOOD, b"no secret of the set " * 2), "the token has no “kid”, and the first 4 keys for HS256 did not sign it"),
    # The signature.
    "other key": ("secret", sign(HS256, GOOD, SECRET[::-1]), "the signature is wrong: the token was signed with another key, or changed"),
    "changed": ("secret", f"{head}.{b64(json.dumps({**GOOD, 'sub': '43'}).encode())}.{signature}", "the signature is wrong: the token was signed with another key, or changed"),
    "cut": ("secret", good[:-2], "the signature is no base64url: it was cut or changed"),
    "truncated": ("secret", good[:-3], "the signature has # bytes, where HS256 has 32: the token was cut or changed"),
    "no signature": ("secret", f"{head}.{body}.", "the signature has 0 bytes, where HS256 has 32: the token was cut or changed"),
    # The claims.
    "claims no JSON": ("secret", sign(HS256, "sub=42"), "the claims part is not a JSON object"),
    "claims a string": ("secret", sign(HS256, '"42"'), "the claims part is not a JSON object"),
    "claims twice": ("secret", with_text('"sub":"43"'), "the claims part has “sub” twice"),
    "expired": ("secret", with_claims(exp=now - 3600), "the token expired # s ago: “exp” is @"),
    "exp a string": ("secret", with_claims(exp=str(now + 60)), "“exp” is a string, and must be a number: seconds since 1970"),
    "exp null": ("secret", with_claims(exp=None), "“exp” is null, and must be a number: seconds since 1970"),
    "not yet valid": ("secret", with_claims(nbf=now + 7200), "the token is not valid for another # s: “nbf” is @"),
    "nbf a boolean": ("secret", with_claims(nbf=True), "“nbf” is a boolean, and must be a number: seconds since 1970"),
    "iat a string": ("secret", with_claims(iat="now"), "“iat” is a string, and must be a number: seconds since 1970"),
    "wrong iss": ("secret", with_claims(iss="x"), '“iss” is "x", and must be “https://issuer.example” (auth.issuer)'),
    "no iss": ("secret", without("iss"), "“iss” is not there, and must be “https://issuer.example” (auth.issuer)"),
    "wrong aud": ("secret", with_claims(aud=["a", "b"]), '“aud” is ["a", "b"], and must be or hold “push” (auth.audience)'),
    "no aud": ("secret", without("aud"), "“aud” is not there, and must be or hold “push” (auth.audience)"),
    "no user": ("secret", without("sub"), "no claim names the user: “id”, “user_id” or “sub”"),
    "user null": ("secret", with_claims(sub=None), "“sub” is null, and must be a string or an integer"),
    "user a list": ("secret", with_claims(sub=["42"]), "“sub” is an array, and must be a string or an integer"),
    "user a fraction": ("secret", with_claims(sub=1.5), "“sub” is a number that is no integer: a fraction, an exponent or -0"),
    "user empty": ("secret", with_claims(sub=""), "“sub” is empty, and names no user"),
    "user too long": ("secret", with_claims(sub="x" * 129), "“sub” has 129 bytes, and a user id has at most 128"),
    "user with a control character": ("secret", with_claims(sub="a\nb"), "“sub” has a control character or half of a surrogate pair, which a user id has not"),
    "first user claim is bad": ("secret", with_claims(id=None), "“id” is null, and must be a string or an integer"),
}


@pytest.fixture(scope="module")
def hubs(tmp_path_factory):
    directory = tmp_path_factory.mktemp("tokens")
    key = directory / "public.pem"
    key.write_text(RSA)
    keys = directory / "keys.json"
    keys.write_bytes(key_set(*[oct_jwk(SECRET[::-1] + bytes([i]), kid=f"k{i}") for i in range(5)]))
    rules = {"auth.issuer": ISSUER, "auth.audience": AUDIENCE}
    settings = {
        "secret": rules, "public": {**rules, "auth.key-file": str(key)}, "set": {**rules, "auth.key-file": str(keys)}}
    hubs = {}
    try:
        for name, its in settings.items():
            state = directory / f"state-{name}"
            state.mkdir()
            hubs[name] = Hub(
                binary("pushhubd", "PUSHHUBD"), directory / name, its, environment={"STATE_DIRECTORY": str(state)})
            hubs[name].start()
        yield hubs
    finally:
        for hub in hubs.values():
            hub.kill()


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_token_is_refused_and_explained(hubs, name):
    which, token, words = SPOILT[name]
    hub = hubs[which]
    answer = hub.request("GET", "/sse/connect/auth", headers=[f"Authorization: Bearer {token}"])
    assert answer.status == 401 and answer.json["code"] == "invalid-token"
    # The public words are one of a few, and say nothing of what stands in the token.
    assert re.fullmatch(r"The token[a-zA-Z0-9 ;']+\.?", answer.json["detail"])
    result = pushhubd("check-token", token, settings=hub)
    assert (result.returncode, result.stderr) == (65, "")
    assert re.fullmatch(pattern("refused: " + words), result.stdout.splitlines()[0])
    for part in token.split("."):
        assert len(part) < 16 or part not in result.stdout + result.stderr


def pattern(words):
    """A number stands for #, a time for @."""
    return re.escape(words).replace(r"\#", r"\d+").replace("@", r"20\d\d-\d\d-\d\dT[\d:.]+Z")


@pytest.mark.parametrize("text, left_out", [
    ("{}", None), (" {}\r\n", None), ("Bearer {}", "“Bearer”"), ("bearer  {}\n", "“Bearer”"),
    ("Authorization: Bearer {}", "“Authorization:” and “Bearer”"), ('"{}"', "the \" at both ends"),
    ("'Bearer {}'\n", "the ' at both ends and “Bearer”"),
])
def test_a_token_may_be_pasted_with_what_was_around_it(hubs, text, left_out):
    hub = hubs["secret"]
    for arguments, options in [(["-"], {"input": text.format(good)}), ([text.format(good)], {})]:
        result = pushhubd("check-token", *arguments, settings=hub, **options)
        assert result.returncode == 0 and result.stdout.startswith("accepted\nuser: 42\n")
        notes = [line for line in result.stdout.splitlines() if line.startswith("note: ")]
        assert notes == ([f"note: left out, as no part of the token: {left_out}"] if left_out else [])


def test_a_pasted_word_without_a_token_is_refused(hubs):
    result = pushhubd("check-token", "-", settings=hubs["secret"], input="\n")
    assert (result.returncode, result.stdout.splitlines()[0]) == (65, "refused: the token is empty")
    result = pushhubd("check-token", settings=hubs["secret"])
    assert result.returncode == 64 and "the token is missing" in result.stderr


def test_who_is_accepted_and_what_they_may_is_told(hubs):
    token = with_claims(
        scope="pushhub:admin other", topics=["orders/*", "", "news"], publish="a b", iat=now, exp=now + 7200)
    lines = pushhubd("check-token", token, settings=hubs["secret"]).stdout.splitlines()
    assert lines[:5] == [
        "accepted", "user: 42", "scopes: pushhub:admin, “other” (the hub does not know it)",
        "topics: “orders/*”, “” (is no topic), “news”", "may publish to: “a”, “b”"]
    assert re.fullmatch(r"issued: 20\S+Z, \d+ s ago", lines[5])
    assert re.fullmatch(r"expires: 20\S+Z, in [67]\d\d\d s", lines[6])
    assert lines[7].startswith("key: a shared secret (HS256, HS384, HS512), auth.key-file /")
    assert len(lines) == 8


@pytest.mark.parametrize("claims, note", [
    ({"scope": 7}, "“scope” is a number, and must be a string or an array of strings: it grants nothing"),
    ({"topics": {"a": 1}}, "“topics” is an object, and must be a string or an array of strings: it grants nothing"),
    ({"publish": True}, "“publish” is a boolean, and must be a string or an array of strings: it grants nothing"),
    ({"iat": now + 7200}, "“iat” is yet to come: the issuer's clock is ahead"),
])
def test_what_the_hub_accepts_and_nobody_can_have_meant_is_noted(hubs, claims, note):
    token = with_claims(**claims)
    assert hubs["secret"].request("GET", "/sse/users/42/connections", token).status == 200
    result = pushhubd("check-token", token, settings=hubs["secret"])
    assert result.returncode == 0 and f"note: {note}" in result.stdout.splitlines()


def test_a_token_that_was_taken_back_is_refused_with_the_time(start_hub):
    state = start_hub.directory / "state"
    state.mkdir()
    hub = start_hub(environment={"STATE_DIRECTORY": str(state)})
    token = make_token({"sub": "42", "iat": 1000})

    def check(command, words):
        assert hub.command(command).startswith("OK ")
        answer = pushhubd("check-token", token, settings=hub)
        assert (answer.returncode, answer.stdout.splitlines()[0]) == (0 if words == "accepted" else 65, words)

    check("PING", "accepted")
    check("REVOKE user:43", "accepted")
    check("REVOKE user:42 before=1001", "refused: revoked at 1970-01-01T00:16:41.000Z: it was issued before")
    check("UNREVOKE user:42", "accepted")
    check("BLOCK user:42", "refused: the user is blocked, until UNBLOCK")
    check("UNBLOCK user:42", "accepted")


def test_where_no_state_is_found_that_is_said(start_hub):
    hub = start_hub(environment={"STATE_DIRECTORY": "/nonexistent"})
    answer = pushhubd("check-token", make_token({"sub": "42"}), settings=hub)
    assert answer.returncode == 0
    assert "note: who is revoked or blocked is not looked at: there is no state of a hub in /nonexistent" in answer.stdout
