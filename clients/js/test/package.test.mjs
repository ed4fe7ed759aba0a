import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
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
  for (const name of ["consumer.tsx", "consumer.cts"]) cpSync(join(here, "test/support", name), join(project, name));
});
after(() => rmSync(project, { recursive: true }));

for (const [module, resolution, ...files] of [["Node16", "node16", "consumer.tsx", "consumer.cts"], ["ESNext", "node", "consumer.tsx"]]) {
  test(`a consumer accepts the types under ${resolution} resolution`, () => {
    const flags = ["--noEmit", "--strict", "--jsx", "react-jsx", "--target", "ES2020", "--lib", "ES2020,DOM,DOM.Iterable"];
    const types = ["--module", module, "--moduleResolution", resolution, "--types", "react"];
    const { status, stdout } = spawnSync("tsc", [...flags, ...types, ...files], { cwd: project, encoding: "utf8" });
    assert.equal(status, 0, stdout);
  });
}

const entries = {
  "": ["Connection", "EventStreamParser", "PushHubClient", "TabSource", "TopicError", "createClient"],
  "/core": ["Connection", "EventStreamParser", "PushHubClient"],
  "/parser": ["EventStreamParser", "maxEventLength"],
  "/react": ["SSEProvider", "default", "useSSE", "useSSEContext", "useSSEEvents"],
  "/toast": ["mountToasts", "showDialog", "showToast"],
};
for (const [format, type, load] of [
  ["ES modules", "module", "const load = (name) => import(name);"],
  ["CommonJS", "commonjs", "const load = async (name) => require(name);"],
]) {
  test(`every entry can be loaded as ${format}, and the client is the same class in each`, () => {
    const script = `
      ${load}
      (async () => {
        const entries = {};
        for (const entry of ${JSON.stringify(Object.keys(entries))}) entries[entry] = await load("pushhub-client" + entry);
        const names = Object.entries(entries).map(([entry, all]) => [entry, Object.keys(all).sort()]);
        const { "": index, "/core": core, "/parser": parser } = entries;
        const client = index.createClient({ url: null, clientId: "c" });
        console.log(JSON.stringify({
          names: Object.fromEntries(names),
          same: client instanceof core.PushHubClient && core.EventStreamParser === parser.EventStreamParser,
        }));
      })();`;
    const out = execFileSync("node", [`--input-type=${type}`, "-e", script], { cwd: project, encoding: "utf8" });
    assert.deepEqual(JSON.parse(out), { names: entries, same: true });
  });
}

test("each format has types of its own for every entry", () => {
  for (const [entry, conditions] of Object.entries(manifest.exports)) {
    if (typeof conditions === "string") continue;
    for (const [condition, { types, default: code }] of Object.entries(conditions)) {
      assert.equal(types.replace(/\.d\.ts$/, ".js"), code, entry);
      assert.equal(code.startsWith("./dist/cjs/"), condition === "require", entry);
    }
  }
});

test("the React entry is a client module in both formats", () => {
  for (const file of ["dist/react/index.js", "dist/cjs/react/index.js"]) {
    const lines = readFileSync(join(project, "node_modules/pushhub-client", file), "utf8").split("\n");
    assert.ok(lines.slice(0, 2).includes('"use client";'), file);
  }
});

test("a bundler keeps the script for plain pages and the toasts, and drops what has no effect", () => {
  const bundle = (name) => {
    const options = ["--bundle", "--format=esm", "--minify-syntax", "--log-level=error"];
    return execFileSync("esbuild", options, { cwd: project, encoding: "utf8", input: `import "pushhub-client${name}"` });
  };
  assert.match(bundle("/pushhub.min.js"), /PushHub/);
  assert.match(bundle("/toast"), /pushhub-toasts/);
  assert.doesNotMatch(bundle(""), /class/);
});

test("every script has a source map with the source in it", () => {
  const dist = join(project, "node_modules/pushhub-client/dist");
  const scripts = readdirSync(dist, { recursive: true }).filter((name) => name.endsWith(".js"));
  assert.ok(scripts.length > 40);
  for (const name of scripts) {
    const link = /\n\/\/# sourceMappingURL=(.+)\s*$/.exec(readFileSync(join(dist, name), "utf8"));
    const { sources, sourcesContent } = JSON.parse(readFileSync(join(dist, dirname(name), link[1])));
    assert.ok(sources.length > 0 && sourcesContent.every((text) => text.length > 0), name);
  }
});

test("the script for plain pages makes one global", () => {
  const script = readFileSync(join(project, "node_modules/pushhub-client/dist/pushhub.min.js"), "utf8");
  const page = vm.createContext({ crypto, TextDecoder });
  const before = Object.keys(page);
  vm.runInContext(script, page);
  assert.equal(vm.runInContext('PushHub.createClient({ url: null, clientId: "c" }).connectionState', page), "closed");
  assert.deepEqual(Object.keys(page.PushHub).sort(), [...new Set([...entries[""], ...entries["/toast"]])].sort());
  assert.deepEqual(Object.keys(page).filter((name) => !before.includes(name)), ["PushHub"]);
});

test("nothing is packed but what a consumer needs, and nothing depends on anything", () => {
  const files = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).trim().split("\n");
  assert.ok(files.includes("package/README.md"));
  assert.deepEqual(files.filter((file) => !/^package\/(package\.json|README\.md|LICENSE|dist\/.*|(core|parser|react|toast)\/(package\.json)?)$/.test(file)), []);
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.peerDependenciesMeta.react.optional, true);
});
