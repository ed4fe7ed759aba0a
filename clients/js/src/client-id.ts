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
    ownId = takeStored() ?? randomId();
    globalThis.window?.addEventListener?.("pagehide", () => store(ownId));
    globalThis.window?.addEventListener?.("pageshow", takeStored);
  }
  return ownId;
}

function takeStored(): string | undefined {
  try {
    const id = sessionStorage[storageKey] as string | undefined;
    delete sessionStorage[storageKey];
    return id;
  } catch {
    // No storage here (a worker, a server, a browser that blocks it): the id lives as long as the page.
    return undefined;
  }
}

function store(id: string | undefined): void {
  try {
    sessionStorage[storageKey] = id;
  } catch {
    // As above.
  }
}

/** 96 random bits; `crypto.randomUUID` would need a secure context. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return "cid_" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
