import type { ConnectionOptions, Token } from "./source.js";

/** The address of a stream, relative to the page; null for what is none. */
export function addressOf(url: string | null | undefined): URL | null {
  try {
    return new URL(url ?? "", globalThis.document?.baseURI ?? globalThis.location?.href);
  } catch {
    return null;
  }
}

interface HubRequest {
  /** GET for a stream, POST for what concerns an open one: the renewal of its token, its topics. */
  method: "GET" | "POST";
  url: URL;
  token: Token;
  signal: AbortSignal;
  lastEventId?: string;
  body?: string | undefined;
}

/**
 * Sends the request for a stream or one that concerns it, with what they have in common: headers, credentials, and the
 * application's say, after which `url` is where it went.
 */
export async function send(
  { method, url, token, signal, lastEventId, body }: HubRequest,
  { headers: own, onRequest, withCredentials, fetch: ownFetch = fetch }: ConnectionOptions,
): Promise<Response> {
  const isStream = method === "GET";
  const headers = new Headers(own);
  if (isStream) headers.set("Accept", "text/event-stream");
  if (token) headers.set("Authorization", `Bearer ${token}`);
  await onRequest?.({ method, url, headers });
  if (lastEventId) headers.set("Last-Event-ID", byteString(lastEventId));
  signal.throwIfAborted();
  return ownFetch(url.href, {
    method,
    headers,
    body,
    signal,
    credentials: withCredentials ? "include" : "same-origin",
    cache: "no-store",
    // A redirect would make a GET of a POST.
    redirect: isStream ? "follow" : "error",
  });
}

/** Whether a refusal is likely to be over soon. */
export function isPassing(status: number): boolean {
  return status >= 500 || [408, 425, 429].includes(status);
}

/** A header's value is bytes: the id goes out as the UTF-8 it came in as (fetch refuses other characters). */
function byteString(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
