/** What a connection asks of the page it lives in. Outside a page (a worker, a server) it is always visible. */
export interface Page {
  isHidden(): boolean;
  isOffline(): boolean;
  /**
   * Calls back when the page became visible or online or woke up (`wake`), and when it is put away, frozen, into the
   * back/forward cache or for good (`leave`). Returns how to stop that.
   */
  watch(signals: { wake(): void; leave(): void }): () => void;
}

export const browserPage: Page = {
  isHidden: () => globalThis.document?.visibilityState === "hidden",
  isOffline: () => globalThis.navigator?.onLine === false,
  watch({ wake, leave }) {
    if (!globalThis.document) return () => {};
    const onVisibility = () => {
      if (!browserPage.isHidden()) wake();
    };
    const listeners: [EventTarget, string, () => void][] = [
      [document, "visibilitychange", onVisibility],
      [document, "resume", wake],
      [document, "freeze", leave],
      [window, "online", wake],
      [window, "pageshow", wake],
      [window, "pagehide", leave],
    ];
    for (const [target, name, listener] of listeners) target.addEventListener(name, listener);
    return () => {
      for (const [target, name, listener] of listeners) target.removeEventListener(name, listener);
    };
  },
};
