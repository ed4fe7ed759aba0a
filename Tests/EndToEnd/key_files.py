"""Files that may lie where the key file is expected, with what the hub says of each, and tokens that were signed once.

A file either holds keys, or it is public in one way or another (`looks_like`), or it is a secret.
"""

import base64
import bz2
import dataclasses
import gzip
import io
import json
import lzma
import random
import re
import zipfile

RSA = """\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAn91omNmN2jkbAaCLxKKE
RihAV2izRScXteTG1rpORLpMpWqh/67S1PrYamG1fsNM8Sw+Ki8Sya4UD/siJFjA
l0/bmAiRKaFlpJ58HyhHUcxwU8oOgO2IhSbVmS7i6piQobbJ/wuB/xwBhcx6jPiO
YngkOhK6IscsBkGsSy6VulyT/MDpS5scYZYwJZ4D3mx1hvqfSf4TOgTBma509LYA
XFampYDZYcY4rK9a8gheAmIfXi+TbAVIbtvipi7eaL7yaXK7sY8jNU85kAs0tqCK
kmFBBrU3krg7xjXa5Q22ENzQdxz1xuBglynTHHwMEj2ZiVkl5mzmomm41GyXrDG3
tQIDAQAB
-----END PUBLIC KEY-----
"""
# Of the same key, which is for tests alone.
RSA_PRIVATE = """\
-----BEGIN PRIVATE KEY-----
MIIEvwIBADANBgkqhkiG9w0BAQEFAASCBKkwggSlAgEAAoIBAQCf3WiY2Y3aORsB
oIvEooRGKEBXaLNFJxe15MbWuk5EukylaqH/rtLU+thqYbV+w0zxLD4qLxLJrhQP
+yIkWMCXT9uYCJEpoWWknnwfKEdRzHBTyg6A7YiFJtWZLuLqmJChtsn/C4H/HAGF
zHqM+I5ieCQ6EroixywGQaxLLpW6XJP8wOlLmxxhljAlngPebHWG+p9J/hM6BMGZ
rnT0tgBcVqalgNlhxjisr1ryCF4CYh9eL5NsBUhu2+KmLt5ovvJpcruxjyM1TzmQ
CzS2oIqSYUEGtTeSuDvGNdrlDbYQ3NB3HPXG4GCXKdMcfAwSPZmJWSXmbOaiabjU
bJesMbe1AgMBAAECggEADOlH4lhnwYEtMjNyNl5dyoDDuYuGNwaSPqmMeZkwaxKU
0CNNlCXdd0APLIBZtTQ2yZ+mIagNn2ZEzomc10ynuVDEzoGan78eQ25dXfLV18Bo
Lgw6oaUNipt5UtbbktDhlX360HNwe1catGCwYSRN85v6aQpMKDTn1FWHgcbwZs2k
oxV9Vq3lBZbrss0d58U5+U3EnUD5CxLRnohGnupkYhlSQOzM9zZTjOClTFcFJ1Cc
pmoxJKd0a7jN7Suwj9IMlpfuKpm/SZo++1zuq7tfloB/3hyq65EM77ifI/ih+6fb
TawpmACpFsoYQ+T2smdkIIZhmr/DkFfDns3hu9IZnQKBgQDOSYToCUGqyD+kfwZ4
Mjxdj6qcgzcciOw26Sz3ERnn5/IKsbEEqIWI5uykYTEXAuAGQ0dhVxB+YWVGVSV0
dh/1ahCyiSlnyKxSth7QgEumwCCOD985vnwgyB23vupzJ94ZkMe3xZ33fNcqls/V
rkqyRAfjKTL5JPdJZM/SSwI1kwKBgQDGY/TvZ29Fauji6oGmbKD93wugKFnWCury
nEtELfKCvSY/qJm3BsTVV8RyIQD+PWEdQ2WUwWZM0zhVH5PAvVc9+FhHClFshduC
gt6CQ3wlv/db0/A0Rw544a01EGJVIUzsgwP5jzNdR6H5upLjeUYdfivFXmlcACnv
0dGoOr4qlwKBgQDHohBz+ZlKLFai26coJP2UUdd7deScwclPbqLsSul2K1pqjQHR
j0EDdu8mOUSnj0m75dorUnWMyLaYtQf1R+evucCE9wZSALr7pHH3t2D+88nNkYCm
wjggBWn1C1aasMdYmGse5qjz/CXCeoaRtQVmtT2o0ZMZ13NU3LHeQmbV7wKBgQCl
FSwNwp4+v1WG7OhxmdblKaK85JbMm00iEJg45Zr023xmYF94g3Nqq5vV9EylQmH7
PcfbXotHxkML4jjKm0NrV6ntg1J54XDlSwzojEtUBkdI7DTm63HJeNDuZPHOMOWX
sPWvxk9RgXfxHCV6j8GebQzzMTquyZwb6RZyzF7NhQKBgQCErUwwk9C98Indo85s
/CKJP3fre/2OnLG/PDeNzg5P+/WFP67TDEnJPa5aH+e+yZS2xXB3Kd5p9aDJM7Fy
NBlTo8zL3QwdckrFW3qpKcY/UM/xfu0jhlwZk4lg6CQNoEvtlgxeTGJ14k1m/P8Y
JADBC3xFQikjb4VMP27J8OK9Xg==
-----END PRIVATE KEY-----
"""
P256 = """\
-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJUVEAL8Ol1cwfUcsXPCd9EcnNqVI
AjTCSaNYPhKwrb3JGMsohIJRwblXNq4PBiYZO2Sx5sUTntb3CMEdQu22vA==
-----END PUBLIC KEY-----
"""
ED25519 = """\
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAggg9KX87a1ZtUh3LJpNX988yvPofy1IyvFI6Dfkyj7A=
-----END PUBLIC KEY-----
"""
ED448 = """\
-----BEGIN PUBLIC KEY-----
MEMwBQYDK2VxAzoAlP3+bMNcbtHIWw3ZoeQeoXtlxguCnjyEMAOJpFbzdqDX2q5j
Rj1SW2aHmo8ntH0S8AezTzX4WQmA
-----END PUBLIC KEY-----
"""
OPENSSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIIIPSl/O2tWbVIdyyaTV/fPMrz6H8tSMrxSOg35Mo+w me@host\n"

# The claims are {"sub":"42"}.
RS256_TOKEN = (
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiJ9.bG2y6rpZCw0SYmKECTmMpsM6Vx0wYiNU-sySMOU7IGaKhuZ0hePgAhb_bZc"
    "chAFkPiMXzNS980yN6j2gZ1PqcRFvkNxOz0qWGGkfuROd_Jwe_P5Nq8WrSOlD8n2tb6lOtBx_IHH-5e-gKUEpvSDOnmy_JCko7ACMmA1ONVZbwCwOL"
    "_OMIsP2J56QThPrcox71gMcaTMFnnkZwbt5WH35hOr7X-XF0IibML1_jTM986si4bFkoawMM31Qv1WjyckCp8OdSMM0WGETUevg3RwM3GH0EyB0Dzy"
    "2we8eZf5tXhidoyAFRDZLOGe48irUWRZqdo_heVCheoGz6tNX1o5-6A")
RS256_TOKEN_OF_K = (
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImsifQ.eyJzdWIiOiI0MiJ9.KUhZNMuB5MwnlbGs4fc_uwcael5i2T0BRqrWfZG3-r0VqnR"
    "iuUBahfY22_fifXb5K3EqqdBH5cBBdK02eTJXTF_t67gMZa72zuvQEggNbiAsmtYhIXvocM_yKLoMU5labedKCPhTXUozqfAbcqdrj7VsZg9fIz7FLw"
    "gyiJ2tAAfSc52QmJ10N3KeHGtBaQ-o6FMIm39A4HzigVX0-c7KOylZS9gzgWlSahSSZvCAC5dxeup4BnZTh77OdgglP63B5uoHG1zfe6x_MiAvnTo5H"
    "HXIRgBLbggvr-M2459PpJjuA7NiE_o_mr9krBCHSyfxqd4r9SI0AE8SpSprzETsvg")
ES256_TOKEN_OF_K = (
    "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImsifQ.eyJzdWIiOiI0MiJ9.eDJE-DQ-u4Xy0LxRGqdNZ2MvO0jpWz-6XIfrnyzmDLCgjkG"
    "GnGZ458ocE2QP2NKaSDC5rNPZnp8Yn5t3d0vMsw")
EDDSA_TOKEN = (
    "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiJ9.OCw0PNjzkr0XO5poESyUb3TPhk1wcBJrHyHSWTPS4ryqwvYyjZCxs6XCi8G33"
    "iEBh8598-nisZuvTyFvsOCIDg")


def der(pem: str) -> bytes:
    return base64.b64decode("".join(pem.splitlines()[1:-1]))


def url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def rsa_jwk(**members):
    # Behind the heads of SubjectPublicKeyInfo and RSAPublicKey: INTEGER of 257 bytes, INTEGER of 3.
    return {"kty": "RSA", "n": url(der(RSA)[33:289]), "e": "AQAB", **members}


def ec_jwk(**members):
    return {"kty": "EC", "crv": "P-256", "x": url(der(P256)[-64:-32]), "y": url(der(P256)[-32:]), **members}


def okp_jwk(**members):
    return {"kty": "OKP", "crv": "Ed25519", "x": url(der(ED25519)[-32:]), **members}


def oct_jwk(secret: bytes, **members):
    return {"kty": "oct", "k": url(secret), **members}


def key_set(*keys) -> bytes:
    return json.dumps({"keys": keys}).encode()


def wrapped(data: bytes, width: int = 64) -> bytes:
    text = base64.b64encode(data)
    return b"".join(text[i:i + width] + b"\n" for i in range(0, len(text), width))


@dataclasses.dataclass(frozen=True)
class KeyFile:
    name: str
    content: bytes
    # A pattern for what the hub says of it; None: it is a secret.
    looks_like: str | None = None

    def __str__(self):
        return self.name

    @property
    def secret(self) -> bytes:
        """As the hub and whoever signs read it: one line break at the end is no part of it, unless it is of 32 bytes."""
        line = re.sub(rb"\r?\n\Z", b"", self.content)
        return line if len(line) >= 32 or self.content.isascii() else self.content

    def guesses(self) -> set[bytes]:
        """What somebody who knows the file would try to sign with: all of it, its lines, what they stand for."""
        content = self.content
        found = {content, self.secret, content.strip(), content.strip().strip(b"\"'"), b"".join(content.split())}
        found |= set(content.splitlines()) | {line.split(b"=", 1)[-1] for line in content.splitlines()[:2]}
        for text in [b"".join(content.split()), content.strip().replace(b"\\n", b"")]:
            bare = text.rstrip(b"=")
            for decode in [
                lambda: base64.b64decode(bare + b"=" * (-len(bare) % 4), validate=True),
                lambda: base64.urlsafe_b64decode(bare + b"=" * (-len(bare) % 4)),
                lambda: bytes.fromhex(text.decode().removeprefix("0x").replace(":", "")),
                lambda: gzip.decompress(text),
            ]:
                try:
                    found.add(decode())
                except Exception:  # it is not of that encoding
                    pass
        return {guess for guess in found if guess}


PAGE = b"""<html>\r
<head><title>502 Bad Gateway</title></head>\r
<body>\r
<center><h1>502 Bad Gateway</h1></center>\r
<hr><center>nginx</center>\r
</body>\r
</html>\r
"""
XML_RSA = b"<RSAKeyValue><Modulus>n91omNmN2jkbAaCLxKKERihAV2izRScX</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>"
SET = key_set(rsa_jwk(kid="k"))
# For what PEM and key sets are refused for.
OTHER_SET = json.dumps({"issuer": "https://issuer.example", "jwks_uri": "https://issuer.example/jwks"}).encode()


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("key.pem", RSA)
    return buffer.getvalue()


_NOT_SECRET = {
    # Binary keys.
    "der": (der(RSA), "a key or certificate in DER"),
    "der-p256": (der(P256), "in DER"),
    "der-ed25519": (der(ED25519), "in DER"),
    "der-line-break": (der(RSA) + b"\n", "in DER"),
    "der-zeros": (der(P256) + bytes(4), "in DER"),
    "der-and-more": (der(RSA) + b"more", "in DER"),
    "der-cut": (der(RSA)[:200], "in DER"),
    "der-base64": (base64.b64encode(der(RSA)), "in DER .*in base64"),
    "der-base64-p256": (base64.b64encode(der(P256)) + b"\n", "in base64"),
    "der-base64-ed25519": (base64.b64encode(der(ED25519)), "in base64"),
    "der-base64-lines": (wrapped(der(RSA)), "in base64"),
    "der-base64-crlf": (wrapped(der(P256), 76).replace(b"\n", b"\r\n"), "in base64"),
    "der-base64url": (url(der(RSA)).encode(), "in base64"),
    "der-base64-escapes": (wrapped(der(RSA)).replace(b"\n", b"\\n"), "in base64"),
    "der-base64-twice": (base64.b64encode(base64.b64encode(der(RSA))), "in base64 in base64"),
    "der-base64-quoted": (b"'" + base64.b64encode(der(ED25519)) + b"'", "in base64"),
    "der-base64-variable": (b"JWT_PUBLIC_KEY=" + base64.b64encode(der(P256)), "in base64"),
    "der-base64-cut": (base64.b64encode(der(RSA))[:250], "in base64"),
    "der-hex": (der(RSA).hex().encode(), "in hexadecimal"),
    "der-hex-capitals": (der(P256).hex().upper().encode() + b"\n", "in hexadecimal"),
    "der-hex-colons": (der(ED25519).hex(":").encode(), "in hexadecimal"),
    "der-hex-0x": (b"0x" + der(ED25519).hex().encode(), "in hexadecimal"),
    "der-hex-lines": (b"\n".join(re.findall(b".{1,60}", der(RSA).hex().encode())), "in hexadecimal"),
    "point-base64url": (url(der(P256)[-65:]).encode(), "a bare point"),
    # PEM that is not as it should be, and PEM in something else.
    "pem-ed448": (ED448.encode(), "public key that cannot be used"),
    "pem-escapes": (RSA.replace("\n", "\\n").encode(), "PEM without its line breaks"),
    "pem-blanks": (RSA.replace("\n", " ").encode(), "PEM without its line breaks"),
    "pem-quoted": (json.dumps(RSA).encode(), "PEM"),
    "pem-percent": (RSA.replace(" ", "%20").replace("\n", "%0A").encode(), "PEM"),
    "pem-percent-all": (b"".join(b"%%%02X" % b for b in ED25519.encode()), "PEM in percent-encoding"),
    "pem-base64": (base64.b64encode(RSA.encode()), "PEM in base64"),
    "pem-base64-lines": (wrapped(RSA.encode(), 76), "PEM in base64"),
    "pem-hex": (P256.encode().hex().encode(), "PEM in hexadecimal"),
    "pem-utf16": (RSA.encode("utf-16"), "UTF-16"),
    "pem-utf16-big": (P256.encode("utf-16-be"), "UTF-16"),
    "pem-utf32": (P256.encode("utf-32"), "UTF-32"),
    "pem-latin1": ("Schlüssel\n".encode("latin-1") + RSA.encode(), "PEM"),
    "pem-json": (json.dumps({"k": RSA}).encode(), "no JWK Set"),
    "pem-end": (RSA.split("\n", 3)[3].encode(), "PEM"),
    # OpenSSH.
    "openssh": (OPENSSH.encode(), "a key of OpenSSH"),
    "openssh-options": (b'no-pty,command="x" ' + OPENSSH.encode(), "a key of OpenSSH"),
    "openssh-blob": (OPENSSH.split()[1].encode(), "a key of OpenSSH in base64"),
    "openssh-ecdsa": (b"ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY=\n", "a key of OpenSSH"),
    "ssh2": (b"---- BEGIN SSH2 PUBLIC KEY ----\nAAAAC3NzaC1lZDI1NTE5\n---- END SSH2 PUBLIC KEY ----\n", "OpenSSH"),
    # JSON.
    "json-other": (OTHER_SET, "no JWK Set"),
    "json-array": (b"[" + json.dumps(rsa_jwk()).encode() + b"]", "no JSON object"),
    "json-cut": (SET[:200], "no JSON object"),
    "json-python": (b"{'keys':[{'kty':'RSA','n':'n91omNmN2jkbAaCLxKKERihAV2izRScX'}]}", "no JSON object"),
    "json-string": (b'"n91omNmN2jkbAaCLxKKERihAV2izRScXteTG1rpORLpM"', "JSON"),
    "json-base64": (base64.b64encode(SET), "JSON in base64"),
    "json-base64url": (url(SET).encode(), "JSON in base64"),
    "json-percent": (b"%7B%22keys%22%3A%5B%5D%2C%22and%22%3A%22more%22%7D", "JSON in percent-encoding"),
    "json-utf16": (SET.decode().encode("utf-16"), "UTF-16"),
    "token": (RS256_TOKEN.encode() + b"\n", "a token"),
    # Compressed.
    "gzip": (gzip.compress(SET), "gzip"),
    "gzip-base64": (base64.b64encode(gzip.compress(SET)), "gzip.* in base64"),
    "zip": (zipped(), "zip"),
    "xz": (lzma.compress(SET), "xz"),
    "bzip2": (bz2.compress(SET), "bzip2"),
    "zstd": (bytes.fromhex("28b52ffd") + random.Random(1).randbytes(60), "zstd"),
    # Pages and documents.
    "page": (PAGE, "HTML or XML"),
    "page-line": (PAGE.replace(b"\r\n", b"").replace(b" ", b""), "HTML or XML"),
    "page-latin1": ("<html><body>Nicht verfügbar, später wieder</body></html>".encode("latin-1"), "HTML or XML"),
    "page-base64": (base64.b64encode(PAGE), "HTML or XML in base64"),
    "page-text": (b"upstream connect error or disconnect/reset before headers\n", "text with blanks"),
    "page-text-lines": (b"no\nhealthy-upstream!\nhere\nand-nowhere-else\n", "text of 4 lines"),
    "page-text-latin1": ("Dienst nicht verfügbar, bitte später versuchen".encode("latin-1"), "no UTF-8"),
    "xml": (b'<?xml version="1.0"?>\n' + XML_RSA, "HTML or XML"),
    "xml-line": (XML_RSA, "HTML or XML"),
    # Names and places.
    "path": (b"/etc/pushhub/keys/issuer-public.pem\n", "the path of a file"),
    "path-plain": (b"/var/lib/pushhub/keys/issuer/current\n", "the path of a file"),
    "path-relative": (b"../../run/secrets/pushhub/jwt/signing/key", "the path of a file"),
    "path-windows": (b"C:\\Users\\Administrator\\Documents\\jwt-key.txt", "the path of a file"),
    "file-name": (b"issuer-example-production-2026-public.pem", "the path of a file"),
    "address": (b"https://issuer.example/.well-known/jwks.json", "an address"),
    "address-host": (b"issuer.example.com/.well-known/openid/jwks", "an address"),
    "address-urn": (b"urn:ietf:params:oauth:jwk-thumbprint:sha-256:NzbLsXh8uDCcd", "an address"),
    "template": (b"${JWT_SECRET_OF_THE_PRODUCTION_SYSTEM}", "a template"),
    "template-braces": (b"{{.Values.pushhub.jwt.secret.productive}}", "a template"),
    "template-variable": (b"$CREDENTIALS_DIRECTORY/pushhub/jwt/key", "a template"),
    "fingerprint": (b"SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDaOtdd8dN1XQZDYmI", "a fingerprint"),
    # Nothing.
    "zeros": (bytes(64), "lost its contents"),
    "text-and-zeros": (b"n91omNmN2jkbAaCLxKKERihAV2izRScX" + bytes(32), "lost its contents"),
    "control-characters": (b"\x1b[31mn91omNmN2jkbAaCLxKKERihAV2izRScX\x1b[0m", "control characters"),
}

_random = random.Random(20261128)


def _printable(count: int) -> bytes:
    return bytes(_random.choice(range(0x21, 0x7F)) for _ in range(count))


_SECRETS = {
    "raw-32": _random.randbytes(32),
    "raw-64": _random.randbytes(64),
    "raw-line-break": _random.randbytes(40) + b"\n",
    "raw-32-ends-like-a-line": b"\xff" + _random.randbytes(30) + b"\n",
    "raw-like-der": b"\x30\x40" + _random.randbytes(64),
    "raw-like-utf16": b"\xff\xfe" + _random.randbytes(62),
    "hex": _random.randbytes(32).hex().encode() + b"\n",
    "hex-capitals": _random.randbytes(32).hex().upper().encode(),
    "hex-colons": _random.randbytes(32).hex(":").encode() + b"\n",
    "base64": base64.b64encode(_random.randbytes(32)) + b"\n",
    "base64-slash": b"/" + base64.b64encode(b"\xff" + _random.randbytes(31))[1:] + b"\n",
    "base64-crlf": base64.b64encode(_random.randbytes(32)) + b"\r\n",
    "base64-lines": wrapped(_random.randbytes(96)),
    "base64-lines-76": wrapped(_random.randbytes(128), 76),
    "base64url": url(_random.randbytes(32)).encode() + b"\n",
    "printable": b"x" + _printable(63) + b"\n",
    "letters": b"correct-horse-battery-staple-and-more",
    "same-letter": b"s" * 32,
    "accents": "Grüße-aus-München-und-überall-her".encode() + b"\n",
    "uuid": b"7f0c9f4e-3f0e-4b1a-9a55-0b6f3b1f9f11\n",
}

NOT_SECRET = [KeyFile(name, content, pattern) for name, (content, pattern) in _NOT_SECRET.items()]
SECRETS = [KeyFile("secret-" + name, content) for name, content in _SECRETS.items()]
