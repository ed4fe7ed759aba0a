/** What a connection asks of the page it lives in. Outside a page (a worker, a server) it is always visible. */
export interface Page {
  isHidden(): boolean;
  isOffline(): boolean;
  /** Tells what happens to the page. Returns how to stop that. */
  watch(onSignal: (signal: PageSignal) => void): () => void;
}

/**
 * - `woke`: it became visible, was thawed, or is back from the back/forward cache;
 * - `left`: it is put away, frozen, into the back/forward cache or for good;
 * - `online`, `offline`: the browser says that the network came or went.
 */
export type PageSignal = "woke" | "left" | "online" | "offline";

export const browserPage: Page = {
  isHidden: () => globalThis.document?.visibilityState === "hidden",
  isOffline: () => globalThis.navigator?.onLine === false,
  watch(onSignal) {
    if (!globalThis.document) return () => {};
    const signals: [EventTarget, string, (event: Event) => void][] = [
      [document, "visibilitychange", () => browserPage.isHidden() || onSignal("woke")],
      [document, "resume", () => onSignal("woke")],
      [document, "freeze", () => onSignal("left")],
      [window, "pageshow", (event) => (event as PageTransitionEvent).persisted && onSignal("woke")],
      [window, "pagehide", () => onSignal("left")],
      [window, "online", () => onSignal("online")],
      [window, "offline", () => onSignal("offline")],
    ];
    for (const [target, name, listener] of signals) target.addEventListener(name, listener);
    return () => {
      for (const [target, name, listener] of signals) target.removeEventListener(name, listener);
    };
  },
};
