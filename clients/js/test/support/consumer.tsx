// What an application writes; compiled against the packed package, never run.
import { createClient, TopicError, type AddedTopics, type HubClient, type PushEvent } from "pushhub-client";
import { Connection, PushHubClient as CoreClient } from "pushhub-client/core";
import { EventStreamParser } from "pushhub-client/parser";
import useSSE, { SSEProvider, useSSEContext, useSSEEvents, type SSE } from "pushhub-client/react";
import { mountToasts, showDialog, showToast, type ToastLevel } from "pushhub-client/toast";

const client: HubClient = createClient({
  url: "/sse/connect/auth",
  getToken: async ({ refresh }) => (refresh ? "new" : "old"),
  shareAcrossTabs: true,
  user: 42,
  topics: ["orders/42"],
  from: "start",
  gap: "skip",
  onSnapshot: (values) => values.map(({ topic }: PushEvent) => topic?.length),
});
const added: Promise<AddedTopics> = client.addTopics(["orders/43"] as const);
added.then(({ position, values }) => position + values.length, (error) => error instanceof TopicError && error.code);
client.removeTopics(["orders/43"]);
const stop: () => void = client.subscribe("notice", (event: PushEvent) => showToast({ level: "info", title: event.data }));
stop();
mountToasts({ close: "Fermer", more: (count) => `${count} autres` });
const level: ToastLevel = "error";
const closeToast: () => void = showToast({ level, title: "fire", text: "in the kitchen", duration: 0, key: "fire" });
showDialog({ title: "Signed out", text: "elsewhere", key: "loginout", onOk: closeToast });
const core: CoreClient = client;
const reason: string | null = core.snapshot.closeReason;
new EventStreamParser({ onEvent: ({ type }) => void type.length }).push(new Uint8Array());
new Connection(() => ({ url: null }), { onEvent() {}, onSnapshot() {}, onGap() {}, onProblem() {} }).start();

const waiting: "backoff" | "hidden" | "offline" | null = core.waiting;
client.configure({ shouldRetry: ({ status }) => status === 410, headers: { "X-Tenant": "7" }, whileHidden: true, lastEventId: "e-1" });
client.configure({ onRequest: ({ method, headers }) => headers.set("X-Method", method + waiting) });

function Inbox() {
  const sse: SSE = useSSEContext();
  // @ts-expect-error results are readonly
  sse.isConnected = true;
  // @ts-expect-error the functions, too
  sse.subscribe = () => () => {};
  // @ts-expect-error and what is in the state
  sse.snapshot.attempts = 0;
  useSSEEvents(sse, { notify: ({ level }) => level === "warning", logout: () => sse.disconnect(), texts: { closeAll: "Tout fermer" } });
  return <p>{sse.isConnected ? sse.connectionId : (sse.lastEvent?.data ?? reason)}</p>;
}

export function App() {
  const own = useSSE({ url: null, reconnectDelay: 3000, maxReconnectAttempts: Infinity, clientId: null });
  useSSE();
  useSSE({ topics: ["news"] }).addTopics(["sport"]).then(({ position }) => position.length);
  // @ts-expect-error there is no other beginning
  useSSE({ from: "end" });
  // @ts-expect-error a number is not an address
  useSSE({ url: 5 });
  return (
    <SSEProvider url="/sse/connect/auth" getToken={() => null} user={own.connectionState}>
      <Inbox />
    </SSEProvider>
  );
}
