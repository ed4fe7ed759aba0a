"""The installed package under a real systemd. `LAB_PACKAGE` names a package; without it one is built."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

from installed import Installed  # noqa: E402
from lab import Lab, why_not  # noqa: E402


def pytest_terminal_summary(terminalreporter):
    reason = why_not()
    if reason:
        terminalreporter.write_line(f"NOT TESTED UNDER SYSTEMD: {reason}", red=True, bold=True)


@pytest.fixture(scope="session")
def package() -> Path:
    given = os.environ.get("LAB_PACKAGE")
    if given:
        return Path(given).resolve()
    result = subprocess.run([ROOT / "packaging" / "build-deb"], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return Path(result.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="session")
def machine():
    """Skips where there can be no lab."""
    reason = why_not()
    if reason:
        pytest.skip(reason)


@pytest.fixture
def bare_lab(machine, package, tmp_path_factory):
    """A lab without pushhub; the package is at its own path inside."""
    with Lab(tmp_path_factory.mktemp("lab"), bind=[str(package.parent)]) as lab:
        yield lab


@pytest.fixture(scope="module")
def installed(machine, package, tmp_path_factory):
    """A lab with the package installed, shared by the tests of one file."""
    with Lab(tmp_path_factory.mktemp("lab"), bind=[str(package.parent)]) as lab:
        lab.run("dpkg", "--install", str(package))
        yield Installed(lab)


@pytest.fixture
def hub(installed):
    """The installed hub as the package leaves it: running, with the units and the configuration of the package."""
    installed.reset()
    return installed
