/* What the tests drive: `start` makes a client that writes down all it hears. */
const seen = { notes: [], heard: [], snapshots: [], types: [], states: [], connections: [], gaps: 0, problems: [], refreshes: 0 };
let client;
/** The options of the client. */
let given;

/** The messages that came from other tabs, where the test counts them. */
let messages = 0;
if (location.search === "?count-messages") {
  const Plain = BroadcastChannel;
  window.BroadcastChannel = class extends Plain {
    constructor(name) {
      super(name);
      this.addEventListener("message", () => (messages += 1));
    }
  };
}

/** `tokens` are handed out in turn, the last one for ever; a fresh one is taken only when it is asked for. */
function start({ url, tokens, ...options }) {
  let used = 0;
  begin({
    url,
    getToken: ({ refresh }) => {
      if (refresh) {
        seen.refreshes += 1;
        used = Math.min(used + 1, tokens.length - 1);
      }
      return tokens[used];
    },
    ...options,
  });
}

function begin(options) {
  given = {
    onGap: () => (seen.gaps += 1),
    onProblem: (message) => seen.problems.push(message),
    onSnapshot: (values) => seen.snapshots.push(values.map(({ data }) => JSON.parse(data))),
    reconnectDelay: 50,
    ...options,
  };
  client = PushHub.createClient(given);
  client.subscribe("*", (event) => seen.types.push(event.type));
  client.subscribe("note", (event) => {
    const note = JSON.parse(event.data);
    seen.notes.push(note);
    seen.heard.push(event.topic ? `${event.topic} ${note}` : String(note));
    const item = document.createElement("li");
    item.textContent = String(note);
    document.getElementById("notes").append(item);
  });
  client.onStateChange(() => {
    if (seen.states.at(-1) !== client.connectionState) seen.states.push(client.connectionState);
    const { connectionId } = client;
    if (connectionId && seen.connections.at(-1) !== connectionId) seen.connections.push(connectionId);
  });
  client.connect();
}

/** The page cannot really be hidden by the drivers: say that it is, as the browser would. */
function pretendHidden(hidden) {
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (hidden ? "hidden" : "visible") });
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}

function parseVector(base64, size) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const events = [];
  const parser = new PushHub.EventStreamParser({
    onEvent: ({ type, data, lastEventId }) => events.push({ event: type, data, lastEventId }),
  });
  for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size));
  return events;
}

/** The browser's own EventSource. */
function startNative(url) {
  window.native = new EventSource(url, { withCredentials: true });
  for (const type of ["open", "welcome", "close"]) native.addEventListener(type, () => seen.types.push(type));
  for (const type of ["topics", "heartbeat"]) native.addEventListener(type, () => seen.types.push(type));
  native.addEventListener("note", (event) => seen.notes.push(JSON.parse(event.data)));
}

/** What came of `addTopics`, in order with the notes. */
function follow(...names) {
  client.addTopics(names).then(
    ({ values }) => seen.heard.push(`values ${values.map(({ data }) => data)}`),
    (error) => seen.heard.push(`refused ${error.code}`),
  );
}
