"""The real pushhubd on real sockets. PUSHHUBD names the binary; the default is the debug build."""

import os
import pathlib
import resource
import shutil
import tempfile

import pytest

from fake_hub import FakeHub
from following import Following
from hub import Hub

# Thousands of clients take as many descriptors here as in the hub.
_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (_hard, _hard))

ROOT = pathlib.Path(__file__).resolve().parents[2]


def binary(name: str, variable: str) -> str:
    path = os.environ.get(variable) or str(ROOT / ".build" / "debug" / name)
    if not os.access(path, os.X_OK):
        pytest.exit(f"{path} is not there: swift build --product {name}", returncode=2)
    return path


@pytest.fixture
def start_hub():
    """Starts hubs with settings by their keys; ends them with the test."""
    hubs = []
    directory = pathlib.Path(tempfile.mkdtemp(prefix="pushhub-"))

    def start(settings=None, **options):
        hub = Hub(binary("pushhubd", "PUSHHUBD"), directory / str(len(hubs)), settings or {}, **options)
        hubs.append(hub)
        return hub.start()

    start.hubs = hubs
    start.directory = directory
    yield start
    for hub in hubs:
        hub.kill()
    shutil.rmtree(directory)


@pytest.fixture
def shared_hub(start_hub):
    """Starts a hub whose socket every user of the system may open."""

    def start(settings=None):
        hub = start_hub({"publish.mode": "0666", **(settings or {})})
        for directory in [hub.directory, hub.directory.parent]:
            directory.chmod(0o711)
        return hub

    return start


@pytest.fixture
def hub(start_hub):
    return start_hub()


@pytest.fixture
def fake(tmp_path):
    hubs = []

    def start(script, **options):
        hubs.append(FakeHub(tmp_path / f"hub{len(hubs)}.sock", script, **options))
        return hubs[-1]

    yield start
    for hub in hubs:
        hub.close()


@pytest.fixture
def follow():
    """Starts `pushhub-send` with commands that go on; ends them with the test."""
    processes = []

    def start(*arguments, hub):
        socket = getattr(hub, "path", None) or hub.socket_path
        processes.append(Following(*arguments, socket=socket))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
