// Stands in for Datastar 1 on the page of docs/html.md, as no package of PyPI or Debian has its script: the attributes,
// the request, and what becomes of the events' data lines, as far as that page goes.

const signals = {};
const retryDelay = 50;

function evaluate(expression) {
  const code = expression.replace(/\$(\w+)/g, "signals.$1").replace("@get(", "get(");
  return new Function("signals", "get", `return (${code})`)(signals, get);
}

function patchSignals(patch) {
  Object.assign(signals, patch);
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = evaluate(element.dataset.text);
}

/** The mode is the name of the method that Datastar calls, too, but for `outer` and `inner`, which morph. */
function patchElements({ selector, mode, elements }) {
  for (const target of document.querySelectorAll(selector)) {
    target[mode](document.createRange().createContextualFragment(elements));
  }
}

/** An event's data lines, each a name and a value; the lines of one name are one value. */
function readArguments(lines) {
  const values = {};
  for (const line of lines) {
    const blank = line.indexOf(" ");
    (values[line.slice(0, blank)] ??= []).push(line.slice(blank + 1));
  }
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.join("\n")]));
}

function handle({ event = "", data = [] }) {
  if (event === "datastar-patch-elements") patchElements(readArguments(data));
  if (event === "datastar-patch-signals") patchSignals(JSON.parse(readArguments(data).signals));
}

async function get(url, { headers, filterSignals: { include }, retry }) {
  const address = new URL(url, document.baseURI);
  const sent = Object.fromEntries(Object.entries(signals).filter(([name]) => include.test(name)));
  address.searchParams.set("datastar", JSON.stringify(sent));
  const fields = {
    Accept: "text/event-stream, text/html, application/json",
    "Content-Type": "application/json",
    "Datastar-Request": true,
    ...headers,
  };
  do {
    const response = await fetch(address, { headers: fields });
    if (response.status === 204) return;
    await read(response.body, fields);
    await new Promise((resolve) => setTimeout(resolve, retryDelay));
  } while (retry === "always");
}

async function read(body, fields) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let message = {};
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const [, name, text] = /^([^:]*):? ?(.*)$/.exec(line);
      if (line === "") {
        handle(message);
        message = {};
      } else if (name === "data") {
        (message.data ??= []).push(text);
      } else if (name === "event") {
        message.event = text;
      } else if (name === "id") {
        fields["Last-Event-ID"] = text;
      }
    }
  }
}

for (const element of document.querySelectorAll("[data-signals]")) patchSignals(evaluate(element.dataset.signals));
for (const element of document.querySelectorAll("[data-init]")) evaluate(element.dataset.init);
