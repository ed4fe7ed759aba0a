"use strict";
/* The demo page of pushhubd --dev: the client as the package ships it, and no framework. */

const byId = (id) => document.getElementById(id);
const maxShown = 200;
const samples = 61;

/** What the hub gives this page under --dev: a token for the user, and one that may publish and look around. */
let session = { token: "", adminToken: "", basePath: "/sse", publishSocket: "" };
let user = new URLSearchParams(location.search).get("user") || remembered() || "alice";
let received = 0;
let unseen = 0;
let lastHeartbeat = 0;

function remembered() {
  try {
    return localStorage.getItem("pushhub.demo.user");
  } catch {
    return null;
  }
}

function remember(name) {
  try {
    localStorage.setItem("pushhub.demo.user", name);
  } catch {
    // Then the next visit starts as alice again.
  }
}

async function openSession() {
  const response = await fetch(`/demo/session?user=${encodeURIComponent(user)}`, { cache: "no-store" });
  if (!response.ok) throw new Error(`The hub gives no demo session (status ${response.status}).`);
  session = await response.json();
  showCommands();
  return session.token;
}

// The connection

const client = PushHub.createClient({ url: null });

function options() {
  return {
    url: `${session.basePath}/connect/auth`,
    user,
    shareAcrossTabs: byId("share").checked,
    getToken: openSession,
    onGap: () => PushHub.showToast({ level: "warning", title: "Some events are gone", text: "This page was away longer than the hub remembers." }),
  };
}

async function connectAs(name) {
  user = name;
  remember(name);
  byId("user").value = name;
  byId("new-tab").href = `?user=${encodeURIComponent(name)}`;
  if (!byId("recipient").value) byId("recipient").value = name;
  try {
    await openSession();
    client.configure(options());
    client.reconnect();
  } catch (error) {
    PushHub.showToast({ level: "error", title: "No connection", text: String(error.message) });
  }
}

/** What was connected, and is still wanted, is connected again. */
let wasOpen = false;

function showState() {
  const { connectionState, connectionId, retryAt, waiting, error, closeReason } = client.snapshot;
  if (connectionState !== "connecting") wasOpen = connectionState === "open";
  const words = {
    open: `Connected as ${user}`,
    closed: closeReason ? `Closed: ${closeReason}` : "Not connected",
    error: error ? `Failed: ${error.message}` : "Failed",
    connecting: waiting === "offline" ? "Waiting for the network" : wasOpen ? "Reconnecting…" : "Connecting…",
  };
  // Screen readers hear the words; the seconds are for the eye alone.
  setText(byId("state").querySelector("[role=status]"), words[connectionState]);
  const seconds = connectionState === "connecting" && retryAt !== null ? Math.ceil((retryAt - Date.now()) / 1000) : 0;
  setText(byId("countdown"), seconds > 0 ? `in ${seconds} s` : "");
  byId("state").dataset.state = connectionState;
  setText(byId("connection-id"), connectionId ?? "–");
  byId("connection-id").title = connectionId ?? "";
  byId("disconnect").disabled = connectionState === "closed" || connectionState === "error";
}

client.onStateChange(showState);
byId("connect-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = byId("user").value.trim();
  if (name) connectAs(name);
});
byId("share").addEventListener("change", () => {
  client.configure(options());
  client.connect();
});
byId("reconnect").addEventListener("click", () => client.reconnect());
byId("disconnect").addEventListener("click", () => client.disconnect());

// Events

const levels = { high: "error", medium: "warning" };

function fieldsOf(event) {
  try {
    const value = JSON.parse(event.data);
    return value !== null && typeof value === "object" ? value : { title: String(value) };
  } catch {
    return { title: event.data };
  }
}

client.subscribe("*", (event) => {
  setText(byId("position"), event.lastEventId || "–");
  if (["open", "welcome", "heartbeat", "close", "error"].includes(event.type)) {
    if (byId("system").checked) addToFeed(event, "system");
    return;
  }
  const fields = fieldsOf(event);
  const tone = levels[fields.level] ?? "info";
  addToFeed(event, tone);
  if (event.type === "loginout") return;
  toast(event, fields, tone);
  if (document.hidden) document.title = `(${(unseen += 1)}) pushhub · live demo`;
});
client.subscribe("heartbeat", () => (lastHeartbeat = Date.now()));
client.subscribe("welcome", () => (lastHeartbeat = Date.now()));
client.subscribe("error", (event) => PushHub.showToast({ level: "warning", title: "The hub says", text: String(fieldsOf(event).message) }));
client.subscribe("loginout", (event) => {
  const { message, clientType } = fieldsOf(event);
  if (clientType !== "web") return;
  const text = message || "You have signed in elsewhere.";
  PushHub.showDialog({ title: "Signed out", text, key: "loginout", onOk: () => client.disconnect() });
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  document.title = "pushhub · live demo";
});

/** Tabs that share the stream show an event's toast once. */
function toast(event, fields, level) {
  const text = String(fields.content ?? fields.message ?? "");
  const key = client.connectionId ? `${client.connectionId} ${event.lastEventId}` : undefined;
  PushHub.showToast({ level, title: String(fields.title ?? event.type), text, key });
}

function addToFeed(event, tone) {
  const fields = fieldsOf(event);
  const item = element("li", { tone });
  const text = String(fields.content ?? fields.message ?? "");
  item.append(
    element("span", {}, event.type, "type"),
    element("strong", {}, tone === "system" ? "" : String(fields.title ?? "")),
    element("time", {}, new Date().toLocaleTimeString()),
  );
  if (text) item.append(element("p", {}, text));
  const details = element("details");
  details.append(element("summary", {}, "Payload"), element("code", {}, `id: ${event.lastEventId}\ndata: ${event.data}`));
  item.append(details);
  byId("events").prepend(item);
  while (byId("events").childElementCount > maxShown) byId("events").lastElementChild.remove();
  setText(byId("count"), String((received += 1)));
  byId("empty").hidden = true;
}

byId("clear").addEventListener("click", () => {
  byId("events").replaceChildren();
  byId("empty").hidden = false;
  setText(byId("count"), String((received = 0)));
});

// Sending

function ask(path, body) {
  const call = () =>
    fetch(session.basePath + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { Authorization: `Bearer ${session.adminToken}`, ...(body !== undefined && { "Content-Type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
    });
  return call().then(async (response) => {
    if (response.status === 401) {
      await openSession();
      response = await call();
    }
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.detail ?? answer.title ?? `Status ${response.status}`);
    return answer;
  });
}

function composed() {
  const form = new FormData(byId("send-form"));
  const [eventType, title, content] = ["type", "title", "content"].map((name) => form.get(name).trim());
  const data =
    eventType === "loginout"
      ? { message: content || title, clientType: "web" }
      : { noticeId: `n_${Date.now().toString(36)}`, title, level: form.get("level"), category: "demo", ...(content && { content }) };
  const everyone = form.get("target") === "everyone";
  return { everyone, eventType, data, userId: form.get("recipient").trim() || user };
}

byId("send-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { everyone, eventType, data, userId } = composed();
  const result = byId("send-result");
  try {
    const body = everyone ? { eventType, data } : { userId, eventType, data };
    const { sentCount } = await ask(everyone ? "/broadcast" : "/send", body);
    delete result.dataset.bad;
    result.value = sentCount === 1 ? "Sent to 1 connection." : sentCount === 0 ? "Nobody is there; kept for a while." : `Sent to ${sentCount} connections.`;
  } catch (error) {
    result.dataset.bad = "";
    result.value = error.message;
  }
});
byId("send-form").addEventListener("change", () => {
  byId("recipient-field").hidden = composed().everyone;
  showCommands();
});
byId("send-form").addEventListener("input", showCommands);

byId("burst").addEventListener("click", async () => {
  byId("burst").disabled = true;
  for (let number = 1; number <= 50; number += 1) {
    const data = { title: `Burst ${number} of 50`, level: "low", category: "demo" };
    await ask("/broadcast", { eventType: "message", data }).catch(() => {});
  }
  byId("burst").disabled = false;
});

function showCommands() {
  const { everyone, eventType, data, userId } = composed();
  delete data.noticeId;
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const json = quote(JSON.stringify(data));
  const socket = session.publishSocket ? `--socket ${session.publishSocket} ` : "";
  setText(byId("shell-code"), `pushhub-send ${socket}\\\n  ${everyone ? "--broadcast" : `--user ${quote(userId)}`} ${quote(eventType)} \\\n  ${json}`);
  const body = everyone ? { eventType, data } : { userId, eventType, data };
  const path = `${location.origin}${session.basePath}/${everyone ? "broadcast" : "send"}`;
  setText(
    byId("curl-code"),
    `curl ${path} \\\n  -H "Authorization: Bearer $TOKEN" \\\n  -H "Content-Type: application/json" \\\n  -d ${quote(JSON.stringify(body))}`,
  );
}

for (const button of document.querySelectorAll(".copy")) {
  button.addEventListener("click", async () => {
    const text = byId(button.dataset.copy).textContent.replace("$TOKEN", session.adminToken);
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(byId(button.dataset.copy));
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), 1600);
  });
}

// Statistics

const rates = [];
let previous;

async function pollStats() {
  if (document.hidden || !session.adminToken) return;
  try {
    showStats(await ask("/stats"));
  } catch {
    // The state at the top says that the hub is away.
  }
}

function showStats(stats) {
  const number = (value) => Number(value).toLocaleString();
  setText(byId("stat-connections"), number(stats.totalConnections));
  setText(byId("stat-users"), number(stats.totalUsers));
  setText(byId("stat-published"), number(stats.eventsPublished));
  setText(byId("stat-delivered"), number(stats.eventsDelivered));
  setText(byId("uptime"), `Up for ${duration(stats.uptimeSeconds)}.`);
  setText(byId("version"), stats.version ? `Version ${stats.version}.` : "");
  showPeople(Object.entries(stats.connectionsByUser ?? {}));
  const now = performance.now();
  if (previous) rates.push((Math.max(0, stats.eventsDelivered - previous.delivered) * 1000) / (now - previous.at));
  previous = { delivered: stats.eventsDelivered, at: now };
  while (rates.length > samples) rates.shift();
  drawChart();
}

function drawChart() {
  const top = Math.max(10, ...rates) * 1.08;
  const step = 600 / (samples - 1);
  const points = rates.map((rate, at) => `${(600 - (rates.length - 1 - at) * step).toFixed(1)} ${(120 - (rate / top) * 120).toFixed(1)}`);
  const line = points.length > 1 ? `M${points.join("L")}` : "";
  byId("chart-line").setAttribute("d", line);
  byId("chart-area").setAttribute("d", line && `${line}L600 120L${600 - (points.length - 1) * step} 120Z`);
  const rate = rates.at(-1) ?? 0;
  const peak = Math.max(0, ...rates);
  setText(byId("rate"), rate.toFixed(rate > 0 && rate < 10 ? 1 : 0));
  setText(byId("chart-top"), `peak ${Math.round(peak)}`);
  byId("chart").setAttribute("aria-label", `Deliveries per second: now ${rate.toFixed(1)}, at most ${peak.toFixed(1)} in the last minute`);
}

function showPeople(entries) {
  const list = byId("people");
  const busiest = entries.sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).slice(0, 6);
  const most = Math.max(1, ...busiest.map(([, count]) => count));
  // Rows are kept while their user is there: the focus and a bar's motion survive.
  const rows = new Map([...list.children].map((row) => [row.dataset.user, row]));
  for (const [name, row] of rows) if (!busiest.some(([other]) => other === name)) row.remove();
  busiest.forEach(([name, count], at) => {
    const row = rows.get(name) ?? personRow(name);
    if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null);
    row.querySelector("i").style.width = `${(count / most) * 100}%`;
    setText(row.querySelector("b"), String(count));
  });
}

function personRow(name) {
  const row = element("li", { user: name });
  const write = element("button", {}, name, "name");
  write.type = "button";
  write.setAttribute("aria-label", `Write to ${name}`);
  write.addEventListener("click", () => {
    byId("send-form").elements.target.value = "user";
    byId("recipient").value = name;
    byId("recipient-field").hidden = false;
    showCommands();
    byId("title").focus();
  });
  const bar = element("span", {}, "", "bar");
  bar.append(element("i"));
  const close = element("button", {}, "Close");
  close.type = "button";
  close.setAttribute("aria-label", `Close the connections of ${name}`);
  close.addEventListener("click", () => ask(`/users/${encodeURIComponent(name)}/disconnect`, { reason: "asked for on the demo page" }).catch(() => {}));
  row.append(write, bar, element("b"), close);
  return row;
}

function duration(seconds) {
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  return days ? `${days} d ${hours} h` : hours ? `${hours} h ${minutes} min` : minutes ? `${minutes} min` : `${Math.floor(seconds)} s`;
}

// Small things

function element(name, data = {}, text = "", className = "") {
  const made = document.createElement(name);
  Object.assign(made.dataset, data);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** Only when it differs: screen readers read what changes. */
function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

setInterval(() => {
  showState();
  const age = lastHeartbeat ? Math.round((Date.now() - lastHeartbeat) / 1000) : null;
  setText(byId("heartbeat"), age === null ? "–" : age < 2 ? "just now" : `${age} s ago`);
  pollStats();
}, 1000);
showCommands();
connectAs(user);
