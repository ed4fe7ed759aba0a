import type { ConnectionOptions, Snapshot } from "./source.js";

/** What happens to a connection. */
export type ConnectionInput =
  /** `pace`: what it takes over from another connection. */
  | { kind: "start"; pace?: Pace }
  | { kind: "stop" | "reconnect" | "woke" | "left" | "online" | "offline" | "time" }
  /** A token is there (or none is needed): the stream is asked for. */
  | { kind: "authorized"; isOtherUser: boolean }
  | { kind: "tokenFailed"; message: string }
  /** The head of an event stream. */
  | { kind: "accepted" }
  /** Another answer; `retry`: what the application says about it. */
  | { kind: "refused"; status: number; message: string; retryAfter: number; retry: boolean | undefined }
  /** A chunk has come and is read; `isMidEvent`: it ended within an event. */
  | { kind: "bytes"; isMidEvent: boolean }
  /** The first event: the hub's `open`, or another server's; `heartbeatInterval` in milliseconds, 0 for none. */
  | { kind: "opened"; connectionId: string | null; heartbeatInterval: number }
  /** The server's `retry:`. */
  | { kind: "retryTime"; milliseconds: number }
  /** The token of the open stream lives for so many milliseconds more. */
  | { kind: "tokenEnds"; life: number }
  | { kind: "closed"; reason: string | null; reconnect: boolean }
  | { kind: "lost"; message: string }
  /** No request can be made at all: not an address. */
  | { kind: "impossible"; message: string }
  /** The new token lives so much longer than the last. */
  | { kind: "renewed"; life: number }
  | { kind: "renewalFailed"; isFinal: boolean }
  /** The token on the open stream is no longer the stream's user's. */
  | { kind: "wrongUser"; isKnown: boolean };

/** Something for each of them. */
export type ConnectionHandlers = { [Input in ConnectionInput as Input["kind"]]: (input: Input) => void };

/** What a connection is to do about it, in this order. */
export type ConnectionAction =
  /** Begin an attempt: ask for a token, then, from `lastEventId` on, for the stream. */
  | { kind: "authorize"; refresh: boolean }
  /** Let go of the attempt, or of its stream. */
  | { kind: "abandon" }
  | { kind: "renew" }
  | { kind: "abandonRenewal" }
  /** `retryAt` is on the machine's clock. */
  | { kind: "publish"; snapshot: Snapshot };

/** What the machine sees of the world when something happens. */
export interface ConnectionWorld {
  /** Milliseconds on a clock that sleep does not stop. */
  now: number;
  /** From 0 to 1. */
  random: number;
  isHidden: boolean;
  /** The browser says so, and the stream's address needs a network. */
  isOffline: boolean;
  options: ConnectionOptions;
}

/** What a connection takes over from one before it, so that a change of hands does not skip a pause. */
export interface Pace {
  attempts: number;
  /** Milliseconds until the next attempt is due. */
  delay: number;
  /** The token in hand is a fresh one. */
  isRefreshed: boolean;
}
