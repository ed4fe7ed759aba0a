"""The servers that are compared: how each is started, subscribed to and published to."""

import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from harness import pinning, tokens
from harness.places import FLOOR, OUTPUT

PATIENCE = 20  # seconds
NCHAN_MODULE = "/usr/lib/nginx/modules/ngx_nchan_module.so"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """One running server, on one CPU unless said otherwise."""

    def __init__(self, cpus=pinning.SERVER):
        self.cpus = cpus
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="pushhub-bench-")
        self.socket = os.path.join(self.folder, "publish.sock")
        self.process = None

    def __enter__(self):
        try:
            self.start()
            return self
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_):
        self.stop()

    def spawn(self, command, **options):
        self.log = open(OUTPUT / f"{self.name}.log", "w")
        with pinning.pinned(self.cpus):
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd=self.folder, **options)

    def await_port(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)
        raise RuntimeError(f"{self.name} does not listen: see {self.log.name}")

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Floor(Server):
    name = "floor"

    def __init__(self, congestion=None, **options):
        super().__init__(**options)
        self.congestion = congestion

    def start(self):
        self.spawn([FLOOR, str(self.port), self.socket, *([self.congestion] if self.congestion else [])])
        self.await_port()

    def load_arguments(self, users, audience):
        return ["--port", str(self.port), "--path", "/{user}", "--socket", self.socket,
                "--to-all", "PUSH * message {json}", "--to-one", "PUSH user:{user} message {json}"]


class Pushhub(Server):
    name = "pushhub"
    binary = None

    def __init__(self, http=False, settings=None, wrapper=(), environment=None, host="127.0.0.1", **options):
        super().__init__(**options)
        self.host = host
        self.http = http
        self.settings = settings or {}
        self.wrapper = wrapper
        self.environment = environment or {}

    def start(self):
        """Returns when READY=1 has come; `start_seconds` is how long that took."""
        key = os.path.join(self.folder, "key")
        with open(key, "wb") as file:
            file.write(tokens.SECRET)
        settings = {
            "http.listen": f"{self.host}:{self.port}", "publish.socket": self.socket, "auth.key-file": key, "threads": 1,
            "log.target": "stderr", "limits.requests-per-second": 0, "limits.connections-per-user": 65536,
            **self.settings}
        variables = {k: v for k, v in os.environ.items() if not k.startswith("PUSHHUB_")}
        for setting, value in settings.items():
            variables["PUSHHUB_" + setting.replace(".", "_").replace("-", "_").upper()] = str(value)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(os.path.join(self.folder, "notify.sock"))
            notify.settimeout(PATIENCE)
            started = time.monotonic()
            self.spawn([*self.wrapper, self.binary], env={**variables, **self.environment, "NOTIFY_SOCKET": notify.getsockname()})
            while b"READY=1" not in notify.recv(4096):
                pass
            self.start_seconds = time.monotonic() - started

    def load_arguments(self, users, audience):
        common = ["--host", self.host, "--port", str(self.port), "--path", "/sse/connect/auth",
                  "--tokens", str(tokens.file_for(users))]
        if not self.http:
            return [*common, "--socket", self.socket, "--to-all", "PUSH * message {json}",
                    "--to-one", "PUSH user:{user} message {json}"]
        head = (f"POST /sse/VERB HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\n"
                f"Authorization: Bearer {tokens.token(sub='publisher', scope='pushhub:publish')}\r\n")
        return [*common, "--to-all", head.replace("VERB", "broadcast"), "--to-one", head.replace("VERB", "send"),
                "--body-to-all", '{"eventType":"message","data":{json}}',
                "--body-to-one", '{"userId":"{user}","eventType":"message","data":{json}}']

    def ask(self, command: str) -> str:
        """One line to the publishers' socket, and its reply."""
        with socket.socket(socket.AF_UNIX) as publisher:
            publisher.connect(self.socket)
            publisher.sendall(command.encode() + b"\n")
            return publisher.makefile().readline()


NCHAN_CONFIGURATION = """
load_module {module};
daemon off;
worker_processes 1;
worker_rlimit_nofile {descriptors};
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{ worker_connections {descriptors}; use epoll; multi_accept on; }}
http {{
  access_log off;
  tcp_nodelay on;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  nchan_shared_memory_size 512M;
  server {{
    listen 127.0.0.1:{port} backlog=65535;
    location /subscribe {{
      nchan_subscriber eventsource;
      nchan_channel_id $arg_channel;
      nchan_subscriber_timeout 0;
      nchan_subscriber_first_message newest;
    }}
    location /publish {{
      nchan_publisher http;
      nchan_channel_id $arg_channel;
      nchan_message_buffer_length 10;
      nchan_message_timeout 5m;
    }}
  }}
}}
"""


class Nchan(Server):
    """nginx with its push module, without any authentication, as it has none of its own."""

    name = "nchan"

    @staticmethod
    def is_installed():
        return os.path.exists(NCHAN_MODULE) and bool(shutil.which("nginx"))

    def start(self):
        configuration = os.path.join(self.folder, "nginx.conf")
        os.chmod(self.folder, 0o755)
        with open(configuration, "w") as file:
            file.write(NCHAN_CONFIGURATION.format(
                module=NCHAN_MODULE, folder=self.folder, port=self.port, descriptors=min(65536, hard_limit())))
        self.spawn(["nginx", "-p", self.folder, "-c", configuration])
        self.await_port()

    def load_arguments(self, users, audience):
        channel = "all" if audience == "all" else "{user}"
        head = (f"POST /publish?channel=CHANNEL HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
                "Content-Type: application/json\r\n")
        return ["--port", str(self.port), "--path", f"/subscribe?channel={channel}",
                "--to-all", head.replace("CHANNEL", "all"), "--to-one", head.replace("CHANNEL", "{user}"),
                "--body-to-all", "{json}", "--body-to-one", "{json}"]


def hard_limit() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]
