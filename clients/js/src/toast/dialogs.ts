import { focusedElement } from "./layer.js";
import type { DialogOptions } from "./options.js";
import { adoptStyles, element, shortened } from "./style.js";

/** So many dialogs wait for their turn; of what comes on top a warning is left. */
const maxWaiting = 20;
let lastNumber = 0;

interface Waiting extends DialogOptions {
  key: string;
}

/** One dialog at a time, each with one button; the next opens when it was answered. */
export class Dialogs {
  #waiting: Waiting[] = [];
  #open: { key: string; element: HTMLDialogElement } | undefined;

  show(options: DialogOptions): void {
    const { key = `${options.title}\n${options.text}` } = options;
    // Somebody else has removed it: it is shown again, because it waits for an answer.
    if (this.#open && !this.#open.element.isConnected) present(this.#open.element);
    if (this.#open?.key === key || this.#waiting.some((other) => other.key === key)) return;
    if (this.#waiting.length === maxWaiting) {
      return console.warn("pushhub: too many dialogs wait for an answer; left out:", options.title);
    }
    this.#waiting.push({ ...options, key });
    this.#openNext();
  }

  #openNext(): void {
    if (this.#open) return;
    const options = this.#waiting.shift();
    if (!options) return;
    const before = focusedElement();
    const dialog = made(options, () => {
      if (this.#open?.element !== dialog) return;
      this.#open = undefined;
      dialog.close?.();
      dialog.remove();
      // After what closing it has set in motion: the focus may have been in a toast, which lay inside the dialog meanwhile.
      queueMicrotask(() => {
        if ((focusedElement() ?? document.body) === document.body) (before as HTMLElement | null)?.focus?.();
        this.#openNext();
      });
      options.onOk();
    });
    this.#open = { key: options.key, element: dialog };
    present(dialog);
  }
}

function made({ title, text, okLabel = "OK" }: DialogOptions, onAnswer: () => void): HTMLDialogElement {
  const heading = element("h2", "", shortened(title));
  const body = element("p", "", shortened(text));
  const button = element("button", "", okLabel);
  button.type = "button";
  button.autofocus = true;
  const dialog = element("dialog", "pushhub-dialog", heading, body, button);
  dialog.setAttribute("role", "alertdialog");
  lastNumber += 1;
  for (const [part, attribute] of [[heading, "aria-labelledby"], [body, "aria-describedby"]] as const) {
    part.id = `pushhub-dialog-${lastNumber}-${part.localName}`;
    part.dir = "auto";
    dialog.setAttribute(attribute, part.id);
  }
  button.addEventListener("click", onAnswer);
  dialog.addEventListener("close", onAnswer);
  dialog.addEventListener("keydown", (event) => {
    // Without modal dialogs the browser does not close it.
    if (event.key === "Escape" && !dialog.showModal) onAnswer();
  });
  return dialog;
}

function present(dialog: HTMLDialogElement): void {
  adoptStyles(document);
  document.body.append(dialog);
  if (dialog.showModal) {
    dialog.removeAttribute("open");
    dialog.showModal();
  } else {
    dialog.setAttribute("open", "");
    dialog.querySelector("button")?.focus();
  }
}
