import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { settle } from "./support/clock.mjs";
import { installDom } from "./support/dom.mjs";
import { ScriptedHub } from "./support/hub.mjs";

installDom();
const React = await import("react");
const { createRoot } = await import("react-dom/client");
const { renderToString } = await import("react-dom/server");
const act = React.act ?? (await import("react-dom/test-utils")).act;
const { default: useSSEDefault, SSEProvider, useSSE, useSSEContext, useSSEEvents } = await import("../dist/react/index.js");
const { createElement: h, StrictMode, useEffect } = React;

const url = "http://hub.test/sse/connect/auth";
let hub, root;

beforeEach(() => {
  hub = new ScriptedHub();
  root = createRoot(document.getElementById("root"));
});
afterEach(async () => {
  await render(null);
  root.unmount();
  await nextTask();
  assert.equal(hub.open.length, 0, "no stream is left");
  for (const button of document.querySelectorAll("#pushhub-toasts li button, dialog button")) button.click();
});

/** The disconnect after an unmount waits for one task. */
const nextTask = () => act(() => new Promise((resolve) => setTimeout(resolve, 2)).then(settle));
const render = (element) => act(() => Promise.resolve(root.render(element)).then(settle));
const welcome = (open) => act(() => hub.last.welcome(open));
const send = (type, data, id) => act(() => hub.last.event(type, data, id));
const quiet = (options = {}) => ({ url, fetch: hub.fetch, logEvents: false, ...options });

/** A component that shows what its hook returned, and keeps it. */
function probe(use) {
  const seen = { renders: 0, sse: undefined };
  const Probe = (props) => {
    seen.renders += 1;
    seen.sse = use(props);
    return h("p", null, seen.sse.connectionState);
  };
  return { seen, Probe };
}

for (const strict of [false, true]) {
  const mode = strict ? " under StrictMode" : "";
  const wrap = (element) => (strict ? h(StrictMode, null, element) : element);

  test(`mounting connects once, unmounting disconnects${mode}`, async () => {
    const { seen, Probe } = probe(() => useSSE(quiet()));
    await render(wrap(h(Probe)));
    await nextTask();
    assert.equal(hub.requests.filter((request) => !request.aborted).length, 1);
    assert.equal(hub.requests.length, 1);
    await welcome();
    assert.equal(document.body.textContent, "open");
    assert.deepEqual([seen.sse.isConnected, seen.sse.connectionId], [true, "conn_0123456789abcdef"]);
    await render(null);
    await nextTask();
    assert.equal(hub.last.aborted, true);
  });

  test(`events reach subscribers, and kept ones those who come later${mode}`, async () => {
    const got = [];
    const Reader = ({ sse }) => {
      const { subscribe } = sse;
      useEffect(() => subscribe("notice", (event) => got.push(JSON.parse(event.data))), [subscribe]);
      return null;
    };
    const { seen, Probe } = probe(() => useSSE(quiet()));
    await render(wrap(h(Probe)));
    await welcome();
    await send("notice", 1, "1");
    await render(wrap(h(React.Fragment, null, h(Probe), h(Reader, { sse: seen.sse }))));
    await settle();
    await send("notice", 2, "2");
    assert.deepEqual(got, [1, 2]);
  });

  test(`a provider's tree shares one connection${mode}`, async () => {
    const a = probe(() => useSSEContext());
    const b = probe(() => useSSEContext());
    await render(wrap(h(SSEProvider, quiet({ getToken: () => "t" }), h(a.Probe), h(b.Probe))));
    await welcome();
    assert.equal(hub.requests.length, 1);
    assert.equal(hub.last.headers.get("Authorization"), "Bearer t");
    assert.equal(a.seen.sse.client, b.seen.sse.client);
    assert.deepEqual([a.seen.sse.isConnected, b.seen.sse.isConnected], [true, true]);
  });

  test(`a change of the address replaces the stream and keeps the functions and the subscriptions${mode}`, async () => {
    const { seen, Probe } = probe(({ to }) => useSSE(quiet({ url: to })));
    await render(wrap(h(Probe, { to: null })));
    assert.equal(hub.requests.length, 0);
    assert.equal(seen.sse.connectionState, "closed");
    const { subscribe, once, unsubscribe, reconnect, disconnect, addTopics, removeTopics } = seen.sse;
    const got = [];
    subscribe("notice", (event) => got.push(event.data));
    await render(wrap(h(Probe, { to: url })));
    await welcome();
    await render(wrap(h(Probe, { to: `${url}?2` })));
    await nextTask();
    assert.deepEqual(hub.requests.map((request) => request.aborted), [true, false]);
    await welcome();
    await send("notice", 1, "1");
    assert.deepEqual(got, ["1"]);
    for (const [name, before] of Object.entries({ subscribe, once, unsubscribe, reconnect, disconnect, addTopics, removeTopics })) {
      assert.equal(seen.sse[name], before, name);
    }
  });
}

test("an event renders only who asked for lastEvent", async () => {
  const plain = probe(() => useSSEContext());
  const curious = probe(() => {
    const sse = useSSEContext();
    return { ...sse, connectionState: sse.lastEvent?.data ?? "nothing yet" };
  });
  let providerRenders = 0;
  const App = () => {
    providerRenders += 1;
    return h(SSEProvider, quiet(), h(plain.Probe), h(curious.Probe));
  };
  await render(h(App));
  await welcome();
  const before = [plain.seen.renders, curious.seen.renders, providerRenders];
  for (const number of [1, 2, 3]) await send("notice", number, `${number}`);
  assert.deepEqual([plain.seen.renders, providerRenders], [before[0], before[2]]);
  assert.equal(curious.seen.renders, before[1] + 3);
  assert.match(document.body.textContent, /3$/);
});

test("once, unsubscribe, disconnect and reconnect", async () => {
  const { seen, Probe } = probe(() => useSSEDefault(quiet()));
  await render(h(Probe));
  await welcome();
  const got = [];
  const handler = (event) => got.push(event.data);
  seen.sse.once("a", handler);
  seen.sse.subscribe("b", handler);
  for (const number of [1, 2]) for (const type of ["a", "b"]) await send(type, `${type}${number}`, `${type}${number}`);
  seen.sse.unsubscribe("b", handler);
  await send("b", "b3", "b3");
  assert.deepEqual(got, ['"a1"', '"b1"', '"b2"']);
  await act(() => seen.sse.disconnect());
  assert.equal(seen.sse.connectionState, "closed");
  await act(() => Promise.resolve(seen.sse.reconnect()).then(settle));
  assert.equal(hub.requests.length, 2);
  assert.equal(hub.last.headers.get("Last-Event-ID"), "b3");
});

test("autoconnect: false waits for reconnect; autoDisconnect: false outlives the component", async () => {
  const { seen, Probe } = probe(() => useSSE(quiet({ autoconnect: false, autoDisconnect: false })));
  await render(h(Probe));
  assert.equal(hub.requests.length, 0);
  await act(() => Promise.resolve(seen.sse.reconnect()).then(settle));
  await welcome();
  await render(null);
  await nextTask();
  assert.equal(hub.last.aborted, false);
  seen.sse.disconnect();
});

for (const strict of [false, true]) {
  test(`autoDisconnect: false leaves one stream, which the next mount takes over${strict ? ", under StrictMode" : ""}`, async () => {
    const { seen, Probe } = probe(() => useSSE(quiet({ url: `${url}?left=${strict}`, autoDisconnect: false })));
    for (let mount = 0; mount < 4; mount += 1) {
      await render(strict ? h(StrictMode, null, h(Probe)) : h(Probe));
      if (mount === 0) await welcome();
      await nextTask();
      assert.equal(document.body.textContent, "open");
      await render(null);
      await nextTask();
    }
    assert.deepEqual([hub.requests.length, hub.open.length], [1, 1]);
    seen.sse.disconnect();
  });
}

test("two mounts at a time with autoDisconnect: false leave one stream", async () => {
  const both = () => useSSE(quiet({ url: `${url}?two`, autoDisconnect: false }));
  const [a, b] = [probe(both), probe(both)];
  await render([h(a.Probe, { key: 1 }), h(b.Probe, { key: 2 })]);
  await render(null);
  await nextTask();
  assert.equal(hub.requests.filter((request) => !request.aborted).length, 1);
  a.seen.sse.disconnect();
  b.seen.sse.disconnect();
});

test("a hook without options does nothing, and needs none", async () => {
  const { Probe } = probe(() => useSSE());
  await render(h(Probe));
  assert.equal(document.body.textContent, "closed");
});

test("a default spelled out and left out is the same stream, and wakes nothing that was disconnected", async () => {
  const { seen, Probe } = probe(({ more }) => useSSE(quiet(more)));
  await render(h(Probe, { more: {} }));
  await welcome({ id: "5" });
  const defaults = { clientId: null, user: null, shareAcrossTabs: false, autoconnect: true, whileHidden: false };
  await render(h(Probe, { more: defaults }));
  await nextTask();
  assert.deepEqual([hub.requests.length, hub.open.length], [1, 1]);
  await act(() => seen.sse.disconnect());
  await render(h(Probe, { more: {} }));
  await nextTask();
  assert.equal(document.body.textContent, "closed");
});

test("useAuthHook: false sends no token; the hook's own getToken goes before the provider's", async () => {
  const none = probe(() => useSSE(quiet({ useAuthHook: false })));
  const own = probe(() => useSSE(quiet({ getToken: async () => "own" })));
  const provided = probe(() => useSSE(quiet()));
  const tree = [none, own, provided].map(({ Probe }, key) => h(Probe, { key }));
  await render(h(SSEProvider, { ...quiet({ url: null }), getToken: () => "provider's" }, tree));
  const sent = hub.requests.map((request) => request.headers.get("Authorization")).sort();
  assert.deepEqual(sent, ["Bearer own", "Bearer provider's", null].sort());
});

test("the newest getToken is asked, not the one of the first render", async () => {
  const { seen, Probe } = probe(({ token }) => useSSE(quiet({ getToken: () => token })));
  await render(h(Probe, { token: "first" }));
  await render(h(Probe, { token: "second" }));
  await act(() => Promise.resolve(seen.sse.reconnect()).then(settle));
  assert.equal(hub.last.headers.get("Authorization"), "Bearer second");
  assert.equal(hub.requests.length, 2);
});

test("without a provider useSSEContext says what is missing", () => {
  assert.throws(() => renderToString(h(probe(() => useSSEContext()).Probe)), /needs an <SSEProvider>/);
});

test("on a server it renders a closed connection and opens nothing", () => {
  const { Probe } = probe(() => useSSEContext());
  assert.equal(renderToString(h(SSEProvider, quiet(), h(Probe))), "<p>closed</p>");
  assert.equal(hub.requests.length, 0);
});

function Events({ handlers }) {
  const sse = useSSE(quiet());
  useSSEEvents(sse, handlers);
  return h("p", null, sse.connectionState);
}

test("useSSEEvents shows by level, logs out of the web only, and passes errors and heartbeats on", async () => {
  const calls = [];
  const handlers = {
    notify: ({ level, title, text }) => calls.push(["notify", level, title, text]),
    showWarning: (title, text, { onOk }) => (calls.push(["warning", title, text]), onOk()),
    logout: () => calls.push(["logout"]),
    onError: (error) => calls.push(["error", error]),
    onHeartbeat: (timestamp) => calls.push(["heartbeat", timestamp]),
    texts: { logoutTitle: "登录异常", notice: "新通知" },
  };
  await render(h(Events, { handlers }));
  await welcome();
  await send("notice", { title: "fire", level: "high" }, "1");
  await send("notice", { title: "smoke", level: "medium", content: "in the kitchen" }, "2");
  await send("announcement", { title: "tea", level: "low" }, "3");
  await send("notice", {}, "4");
  await send("notice", null, "5");
  await send("loginout", { message: "phone only", clientType: "app" }, "6");
  await send("loginout", { message: "elsewhere", clientType: "web" }, "7");
  await send("error", { message: "token about to expire", status: 401 });
  await send("heartbeat", { timestamp: "now" }, "8");
  assert.deepEqual(calls, [
    ["notify", "error", "fire", ""],
    ["notify", "warning", "smoke", "in the kitchen"],
    ["notify", "info", "tea", ""],
    ["notify", "info", "新通知", ""],
    ["notify", "info", "新通知", ""],
    ["warning", "登录异常", "elsewhere"],
    ["logout"],
    ["error", { message: "token about to expire", status: 401 }],
    ["heartbeat", "now"],
  ]);
});

test("without handlers useSSEEvents shows toasts and a dialog, and disconnects after it", async () => {
  await render(h(Events));
  assert.deepEqual([...document.querySelectorAll("#pushhub-toasts [aria-live]:empty")].map((region) => region.role ?? region.getAttribute("role")),
    ["status", "alert"], "the live region is there before its text");
  await welcome();
  await send("notice", { title: "fire", level: "high" }, "1");
  await send("announcement", { title: "<b>tea</b>", level: "low", content: "at five" }, "2");
  const toasts = [...document.querySelectorAll("#pushhub-toasts li")];
  assert.deepEqual(toasts.map((toast) => toast.dataset.level), ["info", "error"]);
  assert.match(toasts[0].textContent, /<b>tea<\/b>at five/, "text, not markup");
  toasts[1].querySelector("button").click();
  assert.equal(document.querySelectorAll("#pushhub-toasts li").length, 1);
  for (const [id, message] of [["3"], ["4", "on a phone"], ["5", "on a tablet"]]) await send("loginout", { clientType: "web", message }, id);
  const dialogs = document.querySelectorAll("dialog");
  assert.equal(dialogs.length, 1);
  assert.match(dialogs[0].textContent, /Signed out.*elsewhere/);
  await act(() => Promise.resolve(dialogs[0].querySelector("button").click()).then(settle));
  assert.equal(document.querySelector("dialog"), null);
  assert.equal(hub.last.aborted, true);
});

test("two components of one page show an event once", async () => {
  const App = () => {
    const sse = useSSE(quiet());
    useSSEEvents(sse);
    useSSEEvents(sse);
    return null;
  };
  await render(h(App));
  await welcome();
  await send("notice", { title: "once" }, "10");
  await send("notice", { title: "and again" }, "11");
  const titles = [...document.querySelectorAll("#pushhub-toasts strong")].map((title) => title.textContent);
  assert.deepEqual(titles, ["and again", "once"]);
});

test("an application that shows notices itself gets no toasts into its page", async () => {
  await render(h(Events, { handlers: { notify() {} } }));
  await welcome();
  await send("notice", { title: "fire" }, "1");
  assert.equal(document.querySelector("#pushhub-toasts li"), null);
});

test("a hundred mounts under StrictMode leave no stream, listener or timer behind", async () => {
  const counts = { document: 0, window: 0 };
  for (const name of ["document", "window"]) {
    const target = globalThis[name];
    const { addEventListener, removeEventListener } = target;
    target.addEventListener = (...all) => ((counts[name] += 1), addEventListener.apply(target, all));
    target.removeEventListener = (...all) => ((counts[name] -= 1), removeEventListener.apply(target, all));
  }
  const { Probe } = probe(() => useSSEContext());
  for (let round = 0; round < 100; round += 1) {
    await render(h(StrictMode, null, h(SSEProvider, quiet(), h(Probe))));
    await welcome();
    await render(null);
    await nextTask();
  }
  assert.equal(hub.requests.length, 100);
  assert.equal(hub.open.length, 0);
  assert.deepEqual(counts, { document: 0, window: 0 });
  for (const name of ["document", "window"]) {
    delete globalThis[name].addEventListener;
    delete globalThis[name].removeEventListener;
  }
});


const setOf = (request) => JSON.parse(request.init.body);
const answerTopics = (topics, values = []) =>
  act(async () => {
    await hub.requests.find(({ init }) => init.method === "GET").event("topics", { topics }, "e-5");
    await hub.last.answer(200, {}, JSON.stringify({ position: "e-5", topics, values }));
  });

test("topics are those of the last render: what is new is added to the stream, and what is gone removed", async () => {
  const snapshots = [];
  const onSnapshot = (values) => snapshots.push(values.map(({ data }) => data));
  const { seen, Probe } = probe(({ id }) => useSSE(quiet({ topics: [`orders/${id}`], onSnapshot })));
  await render(h(Probe, { id: 1 }));
  assert.deepEqual(hub.last.url.searchParams.getAll("topic"), ["orders/1"]);
  await welcome({ topics: ["orders/1"], snapshot: 0 });
  await render(h(Probe, { id: 1 }));
  assert.equal(hub.requests.length, 1, "the same names in another array are no change");
  await render(h(Probe, { id: 2 }));
  assert.deepEqual(setOf(hub.last).remove, ["orders/1"]);
  await answerTopics([]);
  assert.deepEqual(setOf(hub.last).add, ["orders/2"]);
  await answerTopics(["orders/2"], [{ id: "e-3", event: "state", topic: "orders/2", data: { paid: true } }]);
  assert.deepEqual(snapshots, [[], ['{"paid":true}']]);
  assert.equal(seen.sse.isConnected, true);
  assert.equal(hub.open.length, 1);
});

test("a child adds a topic before its provider has connected", async () => {
  const got = [];
  const Order = () => {
    const { addTopics, removeTopics } = useSSEContext();
    useEffect(() => {
      addTopics(["orders/7"]).then(({ values }) => got.push(...values.map(({ data }) => data)));
      return () => removeTopics(["orders/7"]);
    }, [addTopics, removeTopics]);
    return null;
  };
  await render(h(SSEProvider, quiet(), h(Order)));
  await welcome({ topics: ["orders/7"], snapshot: 0 });
  assert.deepEqual(setOf(hub.last).add, ["orders/7"]);
  await answerTopics(["orders/7"], [{ id: "e-3", event: "state", topic: "orders/7", data: 1 }]);
  assert.deepEqual(got, ["1"]);
  await render(h(SSEProvider, quiet()));
  assert.deepEqual(setOf(hub.last).remove, ["orders/7"]);
  await answerTopics([]);
});
