import { focusedElement } from "./layer.js";
import { ToastLevel, ToastTexts } from "./options.js";
import { element, sign } from "./style.js";

const signs: Record<ToastLevel, string> = {
  info: "M10 1.8a8.2 8.2 0 1 0 0 16.4 8.2 8.2 0 0 0 0-16.4M10 9.2v4.4M10 6.3v.01",
  warning: "M10 2.6 1.8 17h16.4L10 2.6M10 8.2v4M10 14.6v.01",
  error: "M6.6 1.8h6.8l4.8 4.8v6.8l-4.8 4.8H6.6l-4.8-4.8V6.6l4.8-4.8M10 6v4.6M10 13.8v.01",
};
const cross = "M4 4l12 12M16 4 4 16";

/** A toast as the list shows it. */
export interface ListedToast {
  readonly level: ToastLevel;
  readonly title: string;
  readonly text: string;
}

/** The toasts as they are seen, the newest first, and below them how many more there are. */
export class ToastList<Toast extends ListedToast> {
  readonly element = element("section");
  readonly #items = element("ul");
  readonly #more = element("span");
  readonly #summary = element("div", "", this.#more);
  readonly #elements = new Map<Toast, HTMLElement>();
  readonly #onClose: (toast: Toast) => void;
  #texts: ToastTexts;
  /** Where the focus was before it came into the list. */
  #cameFrom: EventTarget | null = null;

  constructor(texts: ToastTexts, onClose: (toast: Toast) => void, onCloseAll: () => void) {
    this.#texts = texts;
    this.#onClose = onClose;
    this.#summary.append(this.#button(onCloseAll));
    this.element.append(this.#items, this.#summary);
    // Libraries that hide what is around their own dialogs spare what is said to be live, were it live never.
    this.element.setAttribute("aria-live", "off");
    this.translate(texts);
    this.element.addEventListener("focusin", ({ relatedTarget }) => {
      if (relatedTarget && !this.element.contains(relatedTarget as Node)) this.#cameFrom = relatedTarget;
    });
  }

  get isEmpty(): boolean {
    return this.#elements.size === 0;
  }
  get newest(): Toast | undefined {
    return [...this.#elements.keys()].pop();
  }
  get hasFocus(): boolean {
    return this.element.contains(focusedElement());
  }

  translate(texts: ToastTexts): void {
    this.#texts = texts;
    this.element.setAttribute("aria-label", texts.notifications);
    (this.#summary.lastChild as HTMLElement).textContent = texts.closeAll;
  }

  /** Shows these and no others; returns those that are new. */
  update(shown: readonly Toast[], more: number): Toast[] {
    const hadFocus = this.hasFocus;
    const gone = [...this.#elements.keys()].filter((toast) => !shown.includes(toast));
    const next = gone.length > 0 ? this.#nextTo(gone) : null;
    for (const toast of gone) {
      this.#elements.get(toast)?.remove();
      this.#elements.delete(toast);
    }
    const added = shown.filter((toast) => !this.#elements.has(toast));
    for (const toast of added) this.#add(toast);
    this.#more.textContent = more > 0 ? this.#texts.more(more) : "";
    this.#summary.hidden = more === 0;
    if (hadFocus && !this.hasFocus) ((next ?? this.#cameFrom) as HTMLElement | null)?.focus?.();
    if (this.isEmpty) this.#cameFrom = null;
    return added;
  }

  /** The button of the toast that follows the one with the focus, or of the one before. */
  #nextTo(gone: Toast[]): HTMLElement | null {
    const left = (item: HTMLElement) => !gone.some((toast) => this.#elements.get(toast) === item);
    const items = [...this.#items.children] as HTMLElement[];
    const at = items.findIndex((item) => item.contains(focusedElement()));
    const item = items.slice(at + 1).find(left) ?? items.slice(0, Math.max(at, 0)).reverse().find(left);
    return item?.querySelector("button") ?? null;
  }

  #add(toast: Toast): void {
    const { level, title, text } = toast;
    const heading = element("strong", "", title);
    const body = element("div", "", heading);
    if (level !== "info") heading.prepend(element("span", "pushhub-unseen", `${this.#texts[level]}: `));
    if (text) body.append(element("p", "", text));
    for (const part of body.children) (part as HTMLElement).dir = "auto";
    const close = this.#button(() => this.#onClose(toast));
    close.append(sign(cross));
    close.setAttribute("aria-label", this.#texts.close);
    close.setAttribute("aria-description", title);
    const item = element("li", "", sign(signs[level]), body, close);
    item.dataset.level = level;
    this.#elements.set(toast, item);
    this.#items.prepend(item);
    this.#items.scrollTop = 0;
  }

  /** A click with the mouse leaves the focus where it is. */
  #button(onClick: () => void): HTMLButtonElement {
    const button = element("button");
    button.type = "button";
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", onClick);
    return button;
  }
}
