import { Dialogs } from "./dialogs.js";
import type { DialogOptions, ToastOptions, ToastTexts } from "./options.js";
import { ToastRoom } from "./toast-room.js";

interface Shared {
  room: ToastRoom;
  dialogs: Dialogs;
}

/** A page has one of each, however many copies of this module it has loaded: as a script and in bundles. */
const name = Symbol.for("pushhub.toasts");
const page = globalThis as { [name]?: Shared };

/** Undefined outside a page (on a server). */
function shared(): Shared | undefined {
  if (typeof document === "undefined") return undefined;
  return (page[name] ??= { room: new ToastRoom(), dialogs: new Dialogs() });
}

/**
 * Puts the live region into the page, so that a screen reader knows it before the first toast comes, and sets what is said
 * around the toasts. It may be called again.
 */
export function mountToasts(texts: Partial<ToastTexts> = {}): void {
  shared()?.room.translate(texts);
}

/** Shows a small message in a corner of the page, and says it to screen readers; returns how to take it away. */
export function showToast(options: ToastOptions): () => void {
  return shared()?.room.show(options) ?? (() => {});
}

/** Asks for attention until it is answered: a modal dialog with one button. There is one at a time; others wait. */
export function showDialog(options: DialogOptions): void {
  shared()?.dialogs.show(options);
}
