export type ToastLevel = "info" | "warning" | "error";

export interface ToastOptions {
  level: ToastLevel;
  title: string;
  text?: string;
  /** Milliseconds until it goes by itself; 0: it stays. Default: 6 s, an error 12 s. */
  duration?: number;
  /** What the button that closes it is called. Default `Close`. */
  closeLabel?: string;
}

export interface DialogOptions {
  title: string;
  text: string;
  /** Default `OK`. */
  okLabel?: string;
  onOk(): void;
}

const maxToasts = 5;
const colors: Record<ToastLevel, string> = { info: "#3b82f6", warning: "#d97706", error: "#ef4444" };
const symbols: Record<ToastLevel, string> = { info: "ℹ", warning: "⚠", error: "✖" };
const box = {
  boxSizing: "border-box",
  fontSize: "14px",
  lineHeight: "1.45",
  color: "CanvasText",
  background: "Canvas",
  border: "1px solid color-mix(in srgb, CanvasText 18%, transparent)",
  borderRadius: "10px",
  boxShadow: "0 8px 28px rgb(0 0 0 / .2)",
};

/** Shows a small message in a corner of the page; returns how to take it away. Screen readers hear it. */
export function showToast({ level, title, text, duration, closeLabel = "Close" }: ToastOptions): () => void {
  const close = element("button", { font: "inherit", border: "0", background: "none", color: "inherit", padding: "4px 8px" });
  close.textContent = "×";
  close.setAttribute("aria-label", closeLabel);
  const mark = element("span", { color: colors[level], fontWeight: "700" });
  mark.textContent = symbols[level];
  mark.setAttribute("aria-hidden", "true");
  const body = element("div", { flex: "1", minWidth: "0", overflowWrap: "anywhere" });
  const heading = element("strong", { display: "block" });
  heading.textContent = title;
  body.append(heading, text ?? "");
  const toast = element("div", { ...box, display: "flex", gap: "10px", padding: "10px 6px 10px 14px", alignItems: "start" });
  toast.style.borderLeft = `4px solid ${colors[level]}`;
  toast.dataset.level = level;
  toast.setAttribute("role", level === "error" ? "alert" : "status");
  toast.append(mark, body, close);

  const list = toastList();
  list.append(toast);
  while (list.childElementCount > maxToasts) list.firstElementChild?.remove();
  const remove = () => toast.remove();
  close.addEventListener("click", remove);
  dismissAfter(toast, remove, duration ?? (level === "error" ? 12_000 : 6000));
  return remove;
}

/** Asks for attention until it is answered: a modal dialog with one button. */
export function showDialog({ title, text, okLabel = "OK", onOk }: DialogOptions): void {
  const dialog = element("dialog", { ...box, padding: "20px 22px", maxWidth: "min(26rem, calc(100vw - 32px))" });
  const heading = element("h2", { fontSize: "18px", lineHeight: "1.3", margin: "0 0 8px" });
  heading.textContent = title;
  heading.id = "pushhub-dialog-title";
  dialog.setAttribute("role", "alertdialog");
  dialog.setAttribute("aria-labelledby", heading.id);
  const body = element("p", { margin: "0 0 16px", overflowWrap: "anywhere" });
  body.textContent = text;
  const button = element("button", { font: "inherit", padding: "7px 18px" });
  button.textContent = okLabel;
  button.autofocus = true;
  dialog.append(heading, body, button);
  let answered = false;
  const answer = () => {
    if (answered) return;
    answered = true;
    dialog.remove();
    onOk();
  };
  button.addEventListener("click", answer);
  dialog.addEventListener("close", answer);
  document.body.append(dialog);
  if (typeof dialog.showModal === "function") dialog.showModal();
  else dialog.setAttribute("open", "");
}

/** A toast that somebody points at or has the focus in stays. */
function dismissAfter(toast: HTMLElement, remove: () => void, duration: number): void {
  if (duration === 0) return;
  let timer = setTimeout(remove, duration);
  const hold = () => clearTimeout(timer);
  const letGo = () => {
    clearTimeout(timer);
    timer = setTimeout(remove, duration);
  };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("pointerleave", letGo);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", letGo);
}

function toastList(): HTMLElement {
  const existing = document.getElementById("pushhub-toasts");
  if (existing) return existing;
  const list = element("section", {
    position: "fixed",
    insetBlockEnd: "16px",
    insetInlineEnd: "16px",
    zIndex: "2147483000",
    display: "grid",
    gap: "10px",
    width: "min(22rem, calc(100vw - 32px))",
  });
  list.id = "pushhub-toasts";
  list.setAttribute("aria-label", "Notifications");
  document.body.append(list);
  return list;
}

/** Styled through the object model, which a strict Content-Security-Policy allows. */
function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  style: Partial<CSSStyleDeclaration>,
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  Object.assign(made.style, style);
  return made;
}
