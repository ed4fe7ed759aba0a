const storageKey = "pushhub.clientId";
let ownId: string | undefined;

/**
 * The id of this tab: made once and kept in the session's storage, so that a reload does not change it.
 *
 * It is in the storage only between two pages: `window.open` and "duplicate tab" copy the storage of a living page, and
 * the copy is to have an id of its own.
 */
export function tabClientId(): string {
  if (ownId === undefined) {
    ownId = exchange() ?? randomId();
    globalThis.addEventListener?.("pagehide", () => exchange(ownId));
    globalThis.addEventListener?.("pageshow", () => exchange());
  }
  return ownId;
}

/** What the storage held; it holds the id now, or nothing. */
function exchange(id?: string): string | undefined {
  try {
    const stored = sessionStorage[storageKey] as string | undefined;
    if (id) sessionStorage[storageKey] = id;
    else delete sessionStorage[storageKey];
    return stored;
  } catch {
    // No storage here (a worker, a server, a browser that blocks it): the id lives as long as the page.
    return undefined;
  }
}

/** 96 random bits; `crypto.randomUUID` would need a secure context. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return "cid_" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
