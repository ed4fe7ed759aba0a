"""The units as such."""

import json

from installed import SERVICE, SOCKETS


def test_exposure_is_low(hub):
    rows = json.loads(hub.lab.out("systemd-analyze", "security", "--json=short", SERVICE, check=False))
    assert len(rows) > 50
    # 10 means an exposure of 1.0.
    result = hub.lab.run("systemd-analyze", "security", "--threshold=10", "--no-pager", SERVICE, check=False)
    assert result.returncode == 0, result.stdout.splitlines()[-1]
    print(result.stdout.splitlines()[-1])


def test_units_have_no_mistakes(hub):
    result = hub.lab.run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", SERVICE, *SOCKETS, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_hub_has_neither_network_nor_rights(hub):
    status = dict(
        line.split(":\t", 1) for line in hub.lab.path(f"/proc/{hub.inner_pid}/status").read_text().splitlines() if ":\t" in line
    )
    assert all(int(status[name], 16) == 0 for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb"))
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert set(status["Uid"].split()) != {"0"}
    own = hub.lab.out("readlink", f"/proc/{hub.inner_pid}/ns/net")
    assert own != hub.lab.out("readlink", "/proc/1/ns/net")


def test_descriptor_limit_reaches_the_hub(hub):
    limits = hub.lab.path(f"/proc/{hub.inner_pid}/limits").read_text()
    soft, hard = next(line for line in limits.splitlines() if line.startswith("Max open files")).split()[3:5]
    assert soft == hard
    assert int(hard) >= 10_000


def test_crash_is_no_reason_to_give_up(hub):
    for _ in range(8):
        old = hub.inner_pid
        hub.lab.systemctl("kill", "--signal=KILL", "--kill-whom=main", SERVICE)
        hub.wait_for_new_process(old)
    for unit in SOCKETS:
        assert hub.lab.show(unit, "ActiveState") == "active"
    assert hub.lab.get("/healthz").startswith(b"HTTP/1.1 200")
