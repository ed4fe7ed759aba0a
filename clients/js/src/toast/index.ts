import { mountToasts } from "./toasts.js";

export type { DialogOptions, ToastLevel, ToastOptions, ToastTexts } from "./options.js";
export { mountToasts, showDialog, showToast } from "./toasts.js";

// Not before the page is there: a framework may be about to compare it with what its server made.
if (typeof document !== "undefined") {
  if (document.readyState === "complete") setTimeout(mountToasts);
  else window.addEventListener("load", () => setTimeout(mountToasts));
}
