"""The hub behind nginx, HAProxy and Caddy, configured word for word as docs/operations.md says."""

import csv
import io
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import time

import pytest

from conftest import ROOT
from hub import DEADLINE, Response, Stream

PROXIES = pathlib.Path(os.environ.get("PUSHHUB_TEST_PROXIES") or ROOT / ".venv" / "proxies")
SITE = "www.example.org"


def documented(name):
    """The configuration in the section of that name."""
    page = (ROOT / "docs" / "operations.md").read_text()
    section = re.search(rf"^### {name}\n(.*?)(?=^##)", page, re.M | re.S).group(1)
    return re.search(r"^```\w*\n(.*?)^```", section, re.M | re.S).group(1)


def put(text, old, new):
    """Ports, paths and certificates cannot be those of the page."""
    assert text.count(old) == 1, f"{old!r} is not once in the documented block"
    return text.replace(old, new)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    directory = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", f"/CN={SITE}", "-addext", f"subjectAltName=DNS:{SITE}", "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=directory, check=True, capture_output=True)
    (directory / "site.pem").write_bytes((directory / "cert.pem").read_bytes() + (directory / "key.pem").read_bytes())
    return directory


class Proxy:
    def __init__(self, hub, directory, certificate):
        self.hub_port, self.directory, self.certificate = hub.port, directory, certificate
        self.port = free_port()
        self.origin = f"https://{SITE}:{self.port}"
        self.process = subprocess.Popen(
            self.command(), cwd=directory, stdin=subprocess.DEVNULL, stdout=(directory / "log").open("w"),
            stderr=subprocess.STDOUT, env={**os.environ, "HOME": str(directory)}, start_new_session=True)

    def file(self, name, text):
        path = self.directory / name
        path.write_text(text)
        return str(path)

    def connect(self, source="127.0.0.1"):
        """Waits until the proxy serves TLS."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(["http/1.1"])
        end = time.monotonic() + DEADLINE
        while True:
            try:
                plain = socket.create_connection(("127.0.0.1", self.port), DEADLINE, (source, 0))
                return context.wrap_socket(plain, server_hostname=SITE)
            except (OSError, ssl.SSLError):
                log = (self.directory / "log").read_text()
                assert self.process.poll() is None and time.monotonic() < end, log
                time.sleep(0.05)  # nothing tells when it listens

    def send(self, method, path, fields, body=None, source="127.0.0.1"):
        connection = self.connect(source)
        lines = [f"{method} {path} HTTP/1.1", f"Host: {SITE}:{self.port}", *fields]
        data = b"" if body is None else json.dumps(body).encode()
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(data)}"]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + data)
        return connection

    def request(self, method, path, fields, body=None):
        with self.send(method, path, [*fields, "Connection: close"], body) as connection:
            return Response.read(connection.makefile("rb"), method)

    def close(self):
        os.killpg(self.process.pid, signal.SIGKILL)  # workers, too; an orderly end would wait for streams
        self.process.wait(DEADLINE)


class Nginx(Proxy):
    def command(self):
        block = put(documented("nginx"), "127.0.0.1:8888", f"127.0.0.1:{self.hub_port}")
        block = put(block, "    listen 443 ", f"    listen 127.0.0.1:{self.port} ")
        places = "".join(
            f"{name}_temp_path {self.directory}/{name};\n" for name in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
        text = (
            f"daemon off;\npid {self.directory}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{places}"
            f"ssl_certificate {self.certificate}/cert.pem;\nssl_certificate_key {self.certificate}/key.pem;\n{block}}}\n")
        if os.geteuid() == 0:
            text = "user root;\n" + text
        return [str(PROXIES / "usr/sbin/nginx"), "-e", "stderr", "-c", self.file("nginx.conf", text)]


class HAProxy(Proxy):
    def command(self):
        block = put(documented("HAProxy"), "127.0.0.1:8888", f"127.0.0.1:{self.hub_port}")
        block = put(block, "bind :443 ", f"bind 127.0.0.1:{self.port} ")
        block = put(block, "/etc/haproxy/site.pem", f"{self.certificate}/site.pem")
        text = f"global\n    stats socket {self.directory}/stats\n{block}"
        return [str(PROXIES / "usr/sbin/haproxy"), "-db", "-f", self.file("haproxy.cfg", text)]

    def health(self):
        """What it says of the hub."""
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(self.directory / "stats"))
            client.sendall(b"show stat\n")
            table = client.makefile().read().lstrip("# ")
        return next(row for row in csv.DictReader(io.StringIO(table)) if row["svname"] == "hub")


class Caddy(Proxy):
    def command(self):
        block = put(documented("Caddy"), "127.0.0.1:8888", f"127.0.0.1:{self.hub_port}")
        block = put(block, f"{SITE} {{", f"https://{SITE}:{self.port} {{")
        options = (
            "{\n admin off\n local_certs\n skip_install_trust\n auto_https disable_redirects\n"
            f" storage file_system {self.directory}/storage\n}}\n")
        return [str(PROXIES / "usr/bin/caddy"), "run", "--adapter", "caddyfile", "--config", self.file("Caddyfile", options + block)]


@pytest.fixture(params=[Nginx, HAProxy, Caddy], ids=lambda kind: kind.__name__)
def proxy(request, hub, tmp_path, certificate):
    running = request.param(hub, tmp_path, certificate)
    yield running
    running.close()


def cookie(hub, user="42"):
    return f"Cookie: pushhub_token={hub.token(user, ['pushhub:publish'])}"


def test_a_page_of_the_site_subscribes_and_publishes_with_its_cookie(hub, proxy):
    fields = [cookie(hub), "Sec-Fetch-Site: same-origin"]
    with Stream.over(proxy.send("GET", "/sse/connect/auth", [*fields, "Accept: text/event-stream"])) as stream:
        assert stream.status == 200
        stream.opened()
        body = {"userId": 42, "eventType": "n", "data": {"through": "the proxy"}}
        answer = proxy.request("POST", "/sse/send", [*fields, f"Origin: {proxy.origin}"], body)
        assert (answer.status, answer.json["sentCount"]) == (200, 1)
        # At once: it would time out if the proxy collected what comes.
        assert stream.next().data == {"through": "the proxy"}


def address(hub, user="42"):
    """Of the user's only connection, without its port."""
    [connection] = json.loads(hub.command(f"CONNECTIONS user:{user}")[3:])["connections"]
    return re.sub(r"\A([\d.]+):\d+\Z", r"\1", connection["remoteAddress"])


@pytest.mark.parametrize("kind", [Nginx, HAProxy, Caddy], ids=lambda kind: kind.__name__)
def test_the_clients_address_is_told_and_no_client_makes_one_up(start_hub, tmp_path, certificate, kind):
    hub = start_hub({"http.trusted-proxies": "127.0.0.1"})
    proxy = kind(hub, tmp_path, certificate)
    try:
        made_up = ["X-Forwarded-For: 198.51.100.7", "Forwarded: for=203.0.113.9;proto=http"]
        fields = [cookie(hub), "Sec-Fetch-Site: same-origin", *made_up]
        with Stream.over(proxy.send("GET", "/sse/connect/auth", fields, source="127.0.0.2")) as stream:
            stream.opened()
            assert address(hub) == "127.0.0.2"
    finally:
        proxy.close()


@pytest.mark.parametrize("fields, told", [
    ([], "127.0.0.1"), (["X-Forwarded-For: 192.0.2.1"], "192.0.2.1"), (["X-Forwarded-For: 198.51.100.9, 192.0.2.1"], "192.0.2.1"),
    (["X-Forwarded-For: 192.0.2.1, 127.0.0.9"], "192.0.2.1"), (["Forwarded: for=\"[2001:db8::1]\""], "2001:db8::1"),
    (["X-Forwarded-For: nonsense"], "127.0.0.1"),
])
def test_forwarding_fields_count_from_trusted_proxies_alone(start_hub, fields, told):
    for trusted, expected in [("loopback,unix", told), ("unix", "127.0.0.1"), ("", "127.0.0.1"), ("10.0.0.0/8", "127.0.0.1")]:
        hub = start_hub({"http.trusted-proxies": trusted})
        with hub.subscribe(headers=fields) as stream:
            stream.opened()
            assert address(hub) == expected
        secure = [cookie(hub), f"Origin: https://127.0.0.1:{hub.port}", "X-Forwarded-Proto: https"]
        status = hub.request("POST", "/sse/send", None, {"userId": 1, "data": 1}, secure).status
        assert status == (200 if "loopback" in trusted else 403)
        hub.stop()


@pytest.mark.parametrize("origin", ["https://evil.example", "http://www.example.org", "null"])
def test_other_pages_do_not(hub, proxy, origin):
    fields = [cookie(hub), f"Origin: {origin}"]
    body = {"userId": 42, "data": 1}
    assert proxy.request("POST", "/sse/send", fields, body).status == 403
    assert proxy.request("GET", "/sse/connect/auth", fields).status == 403


@pytest.mark.parametrize("proxy", [HAProxy], indirect=True)
def test_haproxy_finds_the_hub_healthy(hub, proxy):
    proxy.connect().close()
    end = time.monotonic() + DEADLINE
    while not (health := proxy.health())["check_code"]:
        assert time.monotonic() < end
        time.sleep(0.05)  # HAProxy tells nobody when it has checked
    assert (health["status"], health["check_status"], health["check_code"]) == ("UP", "L7OK", "200")


# Proxies in a row, and their spellings

@pytest.mark.parametrize("fields, is_https", [
    ([], False), (["https"], True), (["http"], False), (["HTTPS"], True), (["https,http"], True), (["https, http"], True),
    (["http, https"], False), (["https", "http"], True), (["http", "https"], False), (["httpsx"], False), ([""], False),
], ids=repr)
def test_the_first_proxy_says_which_scheme_the_browser_used(hub, fields, is_https):
    forwarded = [f"X-Forwarded-Proto: {field}" for field in fields]
    for scheme in ["http", "https"]:
        headers = [cookie(hub), f"Origin: {scheme}://127.0.0.1:{hub.port}", *forwarded]
        expected = 200 if (scheme == "https") == is_https else 403
        assert hub.request("POST", "/sse/send", None, {"userId": 1, "data": 1}, headers).status == expected, scheme
