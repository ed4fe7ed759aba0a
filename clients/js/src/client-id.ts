const storageKey = "pushhub.clientId";
let ownId: string | undefined;

/** The id of this tab: made once and kept in the session's storage, so that a reload does not change it. */
export function tabClientId(): string {
  try {
    sessionStorage[storageKey] = ownId ??= (sessionStorage[storageKey] as string | undefined) ?? randomId();
  } catch {
    // No storage here (a worker, a server, a browser that blocks it): the id lives as long as the page.
  }
  return (ownId ??= randomId());
}

/** 96 random bits; `crypto.randomUUID` would need a secure context. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return "cid_" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
