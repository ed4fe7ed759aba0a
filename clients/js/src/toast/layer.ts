import { adoptStyles } from "./style.js";

/** What fills the screen without showing what is inside of it. */
const cannotHold = /^(video|iframe|img|canvas|object|embed)$/;

/** The methods of an element that browsers know as a popover. */
type PopoverElement = HTMLElement & { showPopover?(): void; hidePopover?(): void };

/**
 * Keeps an element where it is seen and can be used: in the page's body or, as everything outside a modal dialog or a
 * part that fills the screen is inert, in the topmost of these; and its list on top of all else (by the popover API or,
 * without that, by `z-index`).
 *
 * Nothing takes it away for good: not a dialog that is removed, nor a body that is replaced, nor a library that makes
 * inert what is around its own dialogs.
 */
export class Layer {
  readonly #host: HTMLElement;
  readonly #list: HTMLElement;
  readonly #isEmpty: () => boolean;
  readonly #onMove: () => void;
  /** Notices that the dialog around the host is closed, and that one of its ancestors is taken away. */
  readonly #surroundings = new MutationObserver(() => this.place());
  /**
   * Something may lie above the list: it is brought to the top when there is something new, and not before, because
   * opening it again starts its motion again.
   */
  #isCovered = false;

  /** `onMove` is called after the host has found another place. */
  constructor(host: HTMLElement, list: HTMLElement, isEmpty: () => boolean, onMove: () => void) {
    this.#host = host;
    this.#list = list;
    this.#isEmpty = isEmpty;
    this.#onMove = onMove;
    list.setAttribute("popover", "manual");
    new MutationObserver(() => this.place()).observe(document, { subtree: true, attributeFilter: ["open"] });
    new MutationObserver(() => this.#free()).observe(host, { attributeFilter: ["inert", "aria-hidden"] });
    // A dialog in a shadow tree is noticed by the focus that it takes.
    document.addEventListener("focusin", () => this.place());
    document.addEventListener("fullscreenchange", () => this.place());
    document.addEventListener("toggle", ({ target }) => (this.#isCovered ||= target !== list), true);
    // A dialog takes a click beside its box for a wish to close it; and the list lies beside the box.
    for (const type of ["pointerdown", "mousedown", "click"]) list.addEventListener(type, (event) => event.stopPropagation());
    this.place();
  }

  /** Puts the host where it belongs; it stays there if it is there already. */
  place(): void {
    const parent = this.#parent();
    if (!parent || this.#host.parentNode === parent) return;
    parent.appendChild(this.#host);
    adoptStyles(this.#host.getRootNode() as Document | ShadowRoot);
    this.#surroundings.disconnect();
    for (let node: Node | null = parent; node; node = parentOf(node)) {
      this.#surroundings.observe(node, { childList: true, attributeFilter: ["open"] });
    }
    this.#show();
    this.#onMove();
  }

  /** Shows the list on top of everything, or takes it away if it is empty. */
  update(): void {
    this.place();
    this.#show();
  }

  #show(): void {
    const list: PopoverElement = this.#list;
    list.hidden = this.#isEmpty();
    if (!list.showPopover || !list.isConnected) return;
    const focused = focusedElement();
    if (list.matches(":popover-open") && (list.hidden || this.#isCovered)) list.hidePopover?.();
    if (!list.hidden && !list.matches(":popover-open")) {
      list.showPopover();
      if (list.contains(focused)) (focused as HTMLElement).focus();
    }
    this.#isCovered = false;
  }

  /** What is inert neither behind a modal dialog nor behind a part that fills the screen. */
  #parent(): Node | null {
    const modal = this.#topModal();
    let filling = document.fullscreenElement;
    while (filling?.shadowRoot?.fullscreenElement) filling = filling.shadowRoot.fullscreenElement;
    if (!filling || cannotHold.test(filling.localName) || filling.contains(document.body)) return modal ?? document.body;
    return !modal || modal.contains(filling) ? filling : modal;
  }

  /** The dialog that makes all else inert: it took the focus when it opened. */
  #topModal(): Node | undefined {
    for (let node: Node | null = focusedElement(); node; node = parentOf(node)) if (isModal(node)) return node;
    const before = this.#host.parentNode;
    return before && isModal(before) ? before : [...document.querySelectorAll("dialog[open]")].filter(isModal).pop();
  }

  #free(): void {
    for (const name of ["inert", "aria-hidden"]) if (this.#host.hasAttribute(name)) this.#host.removeAttribute(name);
  }
}

/** The innermost element with the focus, through shadow trees. */
export function focusedElement(): Element | null {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  return focused;
}

function isModal(node: Node): boolean {
  if (node.nodeName !== "DIALOG" || !node.isConnected) return false;
  try {
    return (node as Element).matches(":modal");
  } catch {
    // An old browser does not tell: an open dialog is taken for a modal one.
    return (node as Element).hasAttribute("open");
  }
}

function parentOf(node: Node): Node | null {
  return node.parentNode ?? (node as ShadowRoot).host ?? null;
}
