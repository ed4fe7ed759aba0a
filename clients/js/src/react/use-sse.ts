import { useContext, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { ClientOptions, identity } from "../client.js";
import type { EventHandler, PushEvent } from "../event.js";
import { HubClient } from "../hub-client.js";
import { AddedTopics, closedSnapshot, ConnectionState, Snapshot } from "../source.js";
import { AuthContext } from "./context.js";
import type { UseSSEOptions } from "./options.js";

export interface SSE {
  /** Calls the handler with each event of the type (`"*"`: of every type); returns how to stop that. */
  readonly subscribe: (type: string, handler: EventHandler) => () => void;
  readonly unsubscribe: (type: string, handler: EventHandler) => void;
  /** Calls the handler with the next event of the type only. */
  readonly once: (type: string, handler: EventHandler) => () => void;
  readonly connectionState: ConnectionState;
  /** What is waited for while connecting. */
  readonly waiting: Snapshot["waiting"];
  readonly isConnected: boolean;
  readonly connectionId: string | null;
  /** The newest event. Only a component that reads this is rendered again for each event. */
  readonly lastEvent: PushEvent | null;
  /** More of the state: when the next attempt is due, why the last one failed. */
  readonly snapshot: Snapshot;
  /** Follows topics, too; resolves with the position from which on, and the last values. */
  readonly addTopics: (names: readonly string[]) => Promise<AddedTopics>;
  readonly removeTopics: (names: readonly string[]) => void;
  readonly reconnect: () => void;
  readonly disconnect: () => void;
  /** What is under all this, for code outside React. */
  readonly client: HubClient;
}

/** Clients that go on without a component (`autoDisconnect: false`), one for each address: the next mount takes it over. */
const orphans = new Map<string, HubClient>();

/** One connection, as long as the component is mounted. */
export function useSSE(options: UseSSEOptions = {}): SSE {
  return useClientState(useOwnClient(options));
}

/** A client that lives as long as the component: its functions stay the same whatever the options become. */
export function useOwnClient(options: UseSSEOptions): HubClient {
  const auth = useContext(AuthContext);
  const { autoconnect = true, autoDisconnect = true, useAuthHook = true } = options;
  const url = options.url || null;
  const getToken = useAuthHook ? options.getToken ?? auth : null;
  // A token is asked for long after its attempt has begun.
  const latest = useRef(getToken);
  latest.current = getToken;
  const clientOptions: ClientOptions = {
    ...options,
    url,
    logEvents: options.logEvents ?? true,
    getToken: getToken && ((request) => latest.current?.(request)),
  };
  const [client] = useState(() => (autoDisconnect || !url ? undefined : orphans.get(url)) ?? new HubClient(clientOptions));

  useEffect(() => client.configure(clientOptions));

  const stream = identity(clientOptions);
  const pending = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    clearTimeout(pending.current);
    if (url && orphans.get(url) === client) orphans.delete(url);
    if (autoconnect) client.connect();
    return () => {
      if (autoDisconnect) {
        // A task later, so that StrictMode, and a change of the options, which both mount again at once, keep the stream.
        pending.current = setTimeout(client.disconnect);
      } else if (url) {
        if (orphans.get(url) !== client) orphans.get(url)?.disconnect();
        orphans.set(url, client);
      }
    };
  }, [client, url, stream, !getToken, autoconnect, autoDisconnect]);
  return client;
}

/** The state of a client as render sees it. */
export function useClientState(client: HubClient): SSE {
  const wantsEvents = useRef(false);
  const snapshot = useSyncExternalStore(client.onStateChange, () => client.snapshot, () => closedSnapshot);
  const lastEvent = useSyncExternalStore(
    client.onAnyEvent,
    () => (wantsEvents.current ? client.lastEvent : null),
    () => null,
  );
  return useMemo(
    () => ({
      subscribe: client.subscribe,
      unsubscribe: client.unsubscribe,
      once: client.once,
      connectionState: snapshot.connectionState,
      waiting: snapshot.waiting,
      isConnected: snapshot.isConnected,
      connectionId: snapshot.connectionId,
      get lastEvent() {
        wantsEvents.current = true;
        return lastEvent ?? client.lastEvent;
      },
      snapshot,
      addTopics: client.addTopics,
      removeTopics: client.removeTopics,
      reconnect: client.reconnect,
      disconnect: client.disconnect,
      client,
    }),
    [client, snapshot, lastEvent],
  );
}
