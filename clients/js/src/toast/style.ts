/** Colours are the page's own (`Canvas`, `CanvasText`), so that they follow its `color-scheme`. */
const css = `
#pushhub-toasts, .pushhub-dialog { font-size: 14px; line-height: 1.45; text-align: start; }
#pushhub-toasts { position: fixed; inset: auto 0 0 auto; width: 0; height: 0; z-index: 2147483647; }
#pushhub-toasts .pushhub-unseen, #pushhub-toasts .pushhub-announcer {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
#pushhub-toasts section {
  position: fixed; inset: auto; inset-block-end: 0; inset-inline-end: 0; z-index: 2147483647; box-sizing: border-box;
  display: flex; flex-direction: column; width: min(25rem, 100vw); height: auto; max-height: 100vh; max-height: 100dvh; margin: 0;
  padding: 0; border: 0; background: none; color: CanvasText; overflow: hidden; pointer-events: none;
}
dialog > #pushhub-toasts section { max-height: 45vh; }
#pushhub-toasts ul {
  display: grid; gap: 10px; min-height: 0; margin: 0; padding: 12px 16px 16px; overflow: hidden auto; overscroll-behavior: contain;
  list-style: none; scrollbar-width: thin;
}
#pushhub-toasts li, #pushhub-toasts section > div {
  display: flex; gap: 10px; align-items: flex-start; margin: 0; padding: 12px 8px 12px 14px;
  border: 1px solid color-mix(in srgb, CanvasText 20%, transparent); border-radius: 12px; background: Canvas;
  background: light-dark(Canvas, color-mix(in srgb, Canvas, CanvasText 7%));
  box-shadow: 0 2px 6px rgb(0 0 0 / .1), 0 8px 20px rgb(0 0 0 / .16); pointer-events: auto;
}
#pushhub-toasts li { --tone: #3b82f6; border-inline-start: 4px solid var(--tone); animation: pushhub-arrive .25s ease-out; }
#pushhub-toasts li[data-level=warning] { --tone: #d97706; }
#pushhub-toasts li[data-level=error] { --tone: #ef4444; }
#pushhub-toasts li > div { flex: 1; min-width: 0; overflow-wrap: anywhere; }
#pushhub-toasts strong { display: block; margin: 0; font-weight: 600; }
#pushhub-toasts p { margin: 2px 0 0; white-space: pre-line; }
#pushhub-toasts svg {
  flex: none; width: 20px; height: 20px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round;
  stroke-linejoin: round;
}
#pushhub-toasts li > svg { color: var(--tone); }
#pushhub-toasts button {
  all: unset; display: grid; place-items: center; flex: none; box-sizing: border-box; min-width: 28px; min-height: 28px;
  margin-block: -4px; border-radius: 8px; cursor: pointer;
}
#pushhub-toasts button svg { width: 16px; height: 16px; opacity: .75; }
#pushhub-toasts button:hover { background: color-mix(in srgb, CanvasText 10%, transparent); }
#pushhub-toasts button:focus-visible { outline: 2px solid; }
#pushhub-toasts section > div { align-items: center; justify-content: space-between; margin: 0 16px 16px; padding-block: 8px; }
#pushhub-toasts section[hidden], #pushhub-toasts section > [hidden] { display: none; }
#pushhub-toasts section > div > button { padding-inline: 10px; font-weight: 600; }
.pushhub-dialog {
  box-sizing: border-box; width: min(26rem, calc(100vw - 32px)); max-height: calc(100vh - 32px); margin-block-start: 8vh; padding: 22px 24px;
  border: 1px solid color-mix(in srgb, CanvasText 20%, transparent); border-radius: 16px; background: Canvas; color: CanvasText;
  background: light-dark(Canvas, color-mix(in srgb, Canvas, CanvasText 7%)); overflow: auto;
  box-shadow: 0 16px 48px rgb(0 0 0 / .3);
}
.pushhub-dialog::backdrop { background: rgb(0 0 0 / .45); }
.pushhub-dialog > h2 { margin: 0 0 8px; font-size: 18px; line-height: 1.3; overflow-wrap: anywhere; }
.pushhub-dialog > p { margin: 0 0 20px; overflow-wrap: anywhere; white-space: pre-line; }
.pushhub-dialog > button {
  all: unset; display: block; box-sizing: border-box; min-width: 88px; margin-inline-start: auto; padding: 8px 20px;
  border-radius: 10px; background: #1d4ed8; color: #fff; font-weight: 600; text-align: center; cursor: pointer;
}
.pushhub-dialog > button:hover { background: #1e40af; }
.pushhub-dialog > button:focus-visible { outline: 2px solid CanvasText; outline-offset: 2px; }
@keyframes pushhub-arrive { from { opacity: 0; transform: translateY(8px); } }
@media (prefers-reduced-motion: reduce) { #pushhub-toasts li { animation: none; } }
@media (forced-colors: active) { .pushhub-dialog > button { border: 1px solid; } }
`;
let sheet: CSSStyleSheet | undefined;

/** Styles a document or a shadow tree with a sheet made by script, which a strict Content-Security-Policy allows. */
export function adoptStyles(root: Document | ShadowRoot): void {
  if (!root.adoptedStyleSheets) return;
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = "",
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** A sign that says nothing to a screen reader. `path` is drawn in a square of 20 units. */
export function sign(path: string): SVGElement {
  const [svg, line] = ["svg", "path"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name)) as [
    SVGElement,
    SVGElement,
  ];
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** What a peer sends has no bound: so many UTF-16 units of it are shown. */
const maxTextLength = 2000;

export function shortened(given: string): string {
  const text = String(given);
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
}
