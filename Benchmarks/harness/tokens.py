"""JSON Web Tokens (RFC 7519) with HS256, made with the standard library."""

import base64
import hashlib
import hmac
import json
import time

from harness.places import OUTPUT

SECRET = b"a-secret-of-the-benchmark-longer-than-32-bytes"
LIFETIME = 86_400  # seconds


def encode(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def token(**claims) -> str:
    claims = {"exp": int(time.time()) + LIFETIME, **claims}
    head = encode(b'{"alg":"HS256","typ":"JWT"}') + b"." + encode(json.dumps(claims, separators=(",", ":")).encode())
    return (head + b"." + encode(hmac.new(SECRET, head, hashlib.sha256).digest())).decode()


def file_for(users: int):
    """A file with one token a line, for the users u0, u1, and so on."""
    path = OUTPUT / f"tokens-{users}"
    path.write_text("".join(token(sub=f"u{user}") + "\n" for user in range(users)))
    return path
