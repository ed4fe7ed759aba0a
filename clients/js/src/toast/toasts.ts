import { Dialogs } from "./dialogs.js";
import type { DialogOptions, ToastOptions, ToastTexts } from "./options.js";
import { ToastRoom } from "./toast-room.js";

let room: ToastRoom | undefined;
const dialogs = new Dialogs();

/**
 * Puts the live region into the page, so that a screen reader knows it before the first toast comes, and sets what is said
 * around the toasts. It may be called again. Does nothing outside a page (on a server).
 */
export function mountToasts(texts: Partial<ToastTexts> = {}): void {
  if (typeof document === "undefined") return;
  room ??= new ToastRoom();
  room.translate(texts);
}

/** Shows a small message in a corner of the page, and says it to screen readers; returns how to take it away. */
export function showToast(options: ToastOptions): () => void {
  mountToasts();
  return room?.show(options) ?? (() => {});
}

/** Asks for attention until it is answered: a modal dialog with one button. There is one at a time; others wait. */
export function showDialog(options: DialogOptions): void {
  if (typeof document !== "undefined") dialogs.show(options);
}
