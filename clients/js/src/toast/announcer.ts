import { element } from "./style.js";

/** Screen readers know a region only some time after it came into the page: what is said before that is not heard. */
const settling = 150;
/** What was said goes from the page after this many milliseconds, so that nobody reads it twice. */
const keptFor = 5000;
/** So many messages may wait to be said; of more, the newest are. */
const maxPending = 10;

/** Says things to screen readers: one live region for the page, with a part that waits its turn and one that does not. */
export class Announcer {
  readonly element = element("div", "pushhub-announcer");
  readonly #polite = this.#part("status", "polite");
  readonly #assertive = this.#part("alert", "assertive");
  #pending: { part: HTMLElement; text: string }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string, isUrgent: boolean): void {
    this.#pending.push({ part: isUrgent ? this.#assertive : this.#polite, text });
    this.#pending = this.#pending.slice(-maxPending);
    if (this.#timer === undefined) this.#flush();
  }

  /** The element has come to another place in the page: nothing is said twice, and what comes waits until it is known. */
  settle(): void {
    this.#polite.replaceChildren();
    this.#assertive.replaceChildren();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, settling);
  }

  #flush(): void {
    for (const { part, text } of this.#pending) {
      const message = element("p");
      message.textContent = text;
      part.append(message);
      setTimeout(() => message.remove(), keptFor);
    }
    this.#pending = [];
  }

  #part(role: string, politeness: string): HTMLElement {
    const part = element("div");
    part.setAttribute("role", role);
    part.setAttribute("aria-live", politeness);
    part.setAttribute("aria-atomic", "false");
    this.element.append(part);
    return part;
  }
}
