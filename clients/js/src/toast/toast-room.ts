import { Announcer } from "./announcer.js";
import { Claims } from "./claims.js";
import { focusedElement, Layer } from "./layer.js";
import { englishToastTexts, ToastOptions, ToastTexts } from "./options.js";
import { element, shortened } from "./style.js";
import { ListedToast, ToastList } from "./toast-list.js";
import { QueuedToast, ToastQueue } from "./toast-queue.js";

/** How long a toast is seen: long enough to notice it and to read it, in milliseconds. */
const shortest = 6000;
const perCharacter = 60;
const longest = 30_000;
/** Timers cannot wait longer. */
const longestTimer = 0x7fff_ffff;

interface Toast extends QueuedToast, ListedToast {
  /** Whether this page may show it; asked for once. */
  claim?: Promise<boolean>;
}

/** The toasts of a page: what comes goes through the queue to the list, and is said by the announcer. */
export class ToastRoom {
  readonly #queue = new ToastQueue<Toast>();
  readonly #announcer = new Announcer();
  readonly #claims = new Claims((key) => this.#takenElsewhere(key));
  readonly #list: ToastList<Toast>;
  readonly #layer: Layer;
  #texts = englishToastTexts;
  #isPointedAt = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#list = new ToastList(this.#texts, (toast) => this.#close(toast), () => this.#closeAll());
    const list = this.#list.element;
    const host = element("div", "", this.#announcer.element, list);
    host.id = "pushhub-toasts";
    this.#layer = new Layer(host, list, () => this.#list.isEmpty, () => this.#announcer.settle());
    if (!document.body) document.addEventListener("DOMContentLoaded", () => this.#update());
    document.addEventListener("visibilitychange", () => void this.#onVisibility());
    window.addEventListener("keydown", (event) => this.#onKey(event));
    for (const type of ["pointerenter", "pointerleave"] as const) {
      list.addEventListener(type, ({ pointerType }) => {
        this.#isPointedAt = type === "pointerenter" && pointerType === "mouse";
        this.#update();
      });
    }
    for (const type of ["focusin", "focusout"]) list.addEventListener(type, () => queueMicrotask(() => this.#update()));
    this.#update();
  }

  translate(texts: Partial<ToastTexts>): void {
    this.#texts = { ...this.#texts, ...texts };
    this.#list.translate(this.#texts);
  }

  show(options: ToastOptions): () => void {
    const { level, key } = options;
    const [title, text] = [shortened(options.title), shortened(options.text ?? "")];
    const { duration = level === "error" ? Infinity : readingTime(title + text) } = options;
    const toast: Toast = {
      // JavaScript may have given anything.
      level: level === "error" || level === "warning" ? level : "info",
      title,
      text,
      duration: duration > 0 ? duration : Infinity,
      key,
    };
    let isClosed = false;
    const add = () => {
      if (isClosed) return;
      this.#queue.add(toast, performance.now());
      this.#update();
    };
    if (key === undefined) add();
    else if (!this.#claims.isTaken(key) && !this.#queue.waiting.some((other) => other.key === key)) {
      if (isHidden()) add();
      else void this.#settle(toast).then((isOurs) => isOurs && add());
    }
    return () => {
      isClosed = true;
      this.#close(toast);
    };
  }

  async #settle(toast: Toast): Promise<boolean> {
    if (toast.key === undefined) return true;
    toast.claim ??= this.#claims.take(toast.key);
    const isOurs = await toast.claim;
    if (isOurs) toast.key = undefined;
    return isOurs;
  }

  /** What waited while the page was hidden is shown, but for what another page shows. */
  async #onVisibility(): Promise<void> {
    if (!isHidden()) {
      for (const toast of this.#queue.waiting) if (!(await this.#settle(toast))) this.#queue.remove(toast, performance.now());
    }
    this.#update();
  }

  #takenElsewhere(key: string): void {
    for (const toast of this.#queue.waiting) if (toast.key === key) this.#close(toast);
  }

  #close(toast: Toast): void {
    this.#queue.remove(toast, performance.now());
    this.#update();
  }

  #closeAll(): void {
    this.#queue.clear();
    this.#update();
  }

  #update(): void {
    const now = performance.now();
    const isUnsettled = this.#queue.waiting.some(({ key }) => key !== undefined);
    const isHeld = this.#isPointedAt || this.#list.hasFocus;
    this.#queue.attend(isHidden() || isUnsettled ? "away" : isHeld ? "held" : "free", now);
    const added = this.#list.update(this.#queue.shown, this.#queue.more);
    if (this.#list.isEmpty) this.#isPointedAt = false;
    this.#layer.update();
    for (const { level, title, text } of added) {
      const said = [level === "info" ? "" : `${this.#texts[level]}: `, title, text && `. ${text}`].join("");
      this.#announcer.say(said, level === "error");
    }
    clearTimeout(this.#timer);
    const { nextDue } = this.#queue;
    if (nextDue < Infinity) this.#timer = setTimeout(() => this.#update(), Math.min(nextDue - now, longestTimer));
  }

  /**
   * Escape closes the newest toast where the focus is in the list, or where nothing else can have been meant: nobody
   * has handled it, nothing is open that it closes, and the focus is in no field.
   */
  #onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || this.#list.isEmpty) return;
    if (!this.#list.hasFocus && hasOtherUse()) return;
    event.preventDefault();
    const newest = this.#list.newest;
    if (newest) this.#close(newest);
  }
}

function isHidden(): boolean {
  return document.visibilityState === "hidden";
}

function readingTime(text: string): number {
  return Math.min(Math.max(shortest, text.length * perCharacter), longest);
}

/** Whether Escape may close, empty or end something that is not a toast. */
function hasOtherUse(): boolean {
  const open = document.querySelector("dialog[open], :is(:popover-open):not([popover=manual])");
  if (open || document.fullscreenElement) return true;
  return !!focusedElement()?.closest(
    "input, textarea, select, [contenteditable], [aria-expanded=true], " +
      "[role=dialog], [role=alertdialog], [role=menu], [role=listbox], [role=grid]",
  );
}
