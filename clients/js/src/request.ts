import type { ConnectionOptions, Token } from "./source.js";

/** The address of a stream, relative to the page; null for what is none. */
export function addressOf(url: string | null | undefined): URL | null {
  try {
    return new URL(url ?? "", globalThis.document?.baseURI ?? globalThis.location?.href);
  } catch {
    return null;
  }
}

/** What a stream's request and the renewal of its token have in common: headers, credentials, and the application's say. */
export async function requestFor(
  method: "GET" | "POST",
  url: URL,
  token: Token,
  { headers: own, onRequest, withCredentials }: ConnectionOptions,
): Promise<{ href: string; init: RequestInit & { headers: Headers } }> {
  const headers = new Headers(own);
  if (method === "GET") headers.set("Accept", "text/event-stream");
  if (token) headers.set("Authorization", `Bearer ${token}`);
  await onRequest?.({ method, url, headers });
  const credentials = withCredentials ? "include" : "same-origin";
  return { href: url.href, init: { method, headers, credentials, cache: "no-store" } };
}
