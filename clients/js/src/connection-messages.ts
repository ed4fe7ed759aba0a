import type { WorldInput } from "./runner.js";
import type { Snapshot, Token } from "./source.js";

/** What happens to a connection. */
export type ConnectionInput =
  | WorldInput
  | { kind: "start"; pace?: Pace | undefined }
  | { kind: "stop" | "reconnect" }
  /** A token is there (or none is needed): the stream is asked for. */
  | { kind: "authorized"; isOtherUser: boolean }
  /** The head of an event stream. */
  | { kind: "accepted" }
  /** Another answer; `retry`: what the application says about it. */
  | { kind: "refused"; status: number; message: string; retryAfter: number; retry: boolean | undefined }
  /** No request can be made at all: not an address. */
  | { kind: "impossible"; message: string }
  /** A chunk has come and is read; `isMidEvent`: it ended within an event. */
  | { kind: "bytes"; isMidEvent: boolean }
  /** The first event: the hub's `open`, or another server's; `heartbeatInterval` in milliseconds, 0 for none. */
  | { kind: "opened"; connectionId: string | null; heartbeatInterval: number }
  /** The server's `retry:`. */
  | { kind: "retryTime"; milliseconds: number }
  /** The token of the open stream lives for so many milliseconds more. */
  | { kind: "tokenEnds"; life: number }
  | { kind: "closed"; reason: string | null; reconnect: boolean }
  /** There is no stream, or none any more: `getToken` failed, there was no answer, or it ended. */
  | { kind: "lost"; message: string }
  /** The token of the open stream now lives so much longer: 0 if its renewal failed, NaN if it is not to be tried again. */
  | { kind: "renewed"; life: number }
  /** The token on the open stream is no longer the stream's user's. */
  | { kind: "wrongUser"; isKnown: boolean };

/** Something for each of them. */
export type ConnectionHandlers = { [Input in ConnectionInput as Input["kind"]]: (input: Input) => void };

/** What a connection is to do about it, in this order. */
export type ConnectionAction =
  /** Begin an attempt: ask for a token, unless there is one, then, from `lastEventId` on, for the stream. */
  | { kind: "authorize"; refresh: boolean; token: Token }
  /** Let go of the attempt, or of its stream. */
  | { kind: "abandon" }
  | { kind: "renew" }
  | { kind: "abandonRenewal" }
  | { kind: "publish"; snapshot: Snapshot };

/** What a connection takes over from one before it, so that a change of hands does not skip a pause. */
export interface Pace {
  attempts: number;
  /** Milliseconds until the next attempt is due. */
  delay: number;
  /** One that is there already, for the first attempt. */
  token?: Token;
  /** It is a fresh one. */
  isRefreshed: boolean;
}
