import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import vm from "node:vm";

const here = new URL("..", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(here, "package.json")));
const tarball = join(here, `pushhub-client-${manifest.version}.tgz`);
let project;

before(() => {
  project = mkdtempSync(join(tmpdir(), "pushhub-consumer-"));
  cpSync(join(here, "node_modules"), join(project, "node_modules"), { recursive: true });
  mkdirSync(join(project, "node_modules/pushhub-client"));
  execFileSync("tar", ["-xzf", tarball, "--strip-components=1", "-C", join(project, "node_modules/pushhub-client")]);
  writeFileSync(join(project, "package.json"), '{"type":"module"}');
  cpSync(join(here, "test/support/consumer.tsx"), join(project, "consumer.tsx"));
});
after(() => rmSync(project, { recursive: true }));

for (const [module, resolution] of [["Node16", "node16"], ["ESNext", "node"]]) {
  test(`a consumer accepts the types under ${resolution} resolution`, () => {
    const flags = ["--noEmit", "--strict", "--jsx", "react-jsx", "--target", "ES2020", "--lib", "ES2020,DOM,DOM.Iterable"];
    const types = ["--module", module, "--moduleResolution", resolution, "--types", "react"];
    const { status, stdout } = spawnSync("tsc", [...flags, ...types, "consumer.tsx"], { cwd: project, encoding: "utf8" });
    assert.equal(status, 0, stdout);
  });
}

test("every export of the package can be imported, and is what it says", () => {
  const script = `
    const names = {};
    for (const entry of ["", "/core", "/parser", "/react"]) names[entry] = Object.keys(await import("pushhub-client" + entry)).sort();
    const [index, core] = [await import("pushhub-client"), await import("pushhub-client/core")];
    console.log(JSON.stringify({ names, same: index.PushHubClient === core.PushHubClient }));`;
  const out = execFileSync("node", ["--input-type=module", "-e", script], { cwd: project, encoding: "utf8" });
  assert.deepEqual(JSON.parse(out), {
    names: {
      "": ["Connection", "EventStreamParser", "PushHubClient", "TabSource", "createClient", "showDialog", "showToast"],
      "/core": ["Connection", "EventStreamParser", "PushHubClient"],
      "/parser": ["EventStreamParser", "maxEventLength"],
      "/react": ["SSEProvider", "default", "useSSE", "useSSEContext", "useSSEEvents"],
    },
    same: true,
  });
});

test("the script for plain pages makes one global", () => {
  const script = readFileSync(join(project, "node_modules/pushhub-client/dist/pushhub.min.js"), "utf8");
  const page = vm.createContext({ crypto, TextDecoder });
  const before = Object.keys(page);
  vm.runInContext(script, page);
  assert.equal(vm.runInContext('PushHub.createClient({ url: null, clientId: "c" }).connectionState', page), "closed");
  assert.deepEqual(Object.keys(page).filter((name) => !before.includes(name)), ["PushHub"]);
});

test("nothing is packed but what a consumer needs, and nothing depends on anything", () => {
  const files = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).trim().split("\n");
  assert.ok(files.includes("package/README.md"));
  assert.deepEqual(files.filter((file) => !/^package\/(package\.json|README\.md|LICENSE|dist\/.*)$/.test(file)), []);
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.peerDependenciesMeta.react.optional, true);
});
