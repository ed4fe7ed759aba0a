"""Builds what is measured (as the Debian package does it), the floor and the load generator."""

import subprocess

from harness.places import FLOOR, LISTEN, LOAD, OUTPUT, ROOT, SOURCES


def tools():
    """The floor and the load generators; a few seconds, every time."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    compile_c(FLOOR, "Floor")
    compile_c(LOAD, "Load")
    compile_c(LISTEN, "Listen")


def compile_c(program, folder):
    sources = sorted(str(source) for source in (SOURCES / folder).glob("*.c"))
    subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", str(program), *sources], check=True)


def product(name):
    """Builds one product; returns the path of its binary."""
    built = subprocess.run([ROOT / "packaging" / "build-release", name], check=True, stdout=subprocess.PIPE, text=True)
    return built.stdout.strip()


def install_nchan():
    subprocess.run([ROOT / "scripts" / "setup", "nginx-light", "libnginx-mod-nchan"], check=True)
