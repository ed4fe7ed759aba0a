import { createRequire, Module } from "node:module";

// jsdom has too many dependencies to copy: it is read from where Debian has put it.
process.env.NODE_PATH = "/usr/share/nodejs";
Module._initPaths();
const { JSDOM, VirtualConsole } = createRequire("/usr/share/nodejs/")("jsdom");

/** Makes the globals of a page; React is to be imported after this. */
export function installDom() {
  const dom = new JSDOM("<!doctype html><body><div id=root></div>", {
    url: "http://page.test/app/",
    virtualConsole: new VirtualConsole().sendTo(console),
    pretendToBeVisual: true,
  });
  for (const name of ["window", "document", "sessionStorage", "HTMLElement", "Node", "Event", "MutationObserver"]) {
    Object.defineProperty(globalThis, name, { configurable: true, writable: true, value: name === "window" ? dom.window : dom.window[name] });
  }
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: dom.window.navigator });
  // Node's own would keep the process alive.
  delete globalThis.BroadcastChannel;
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  return dom;
}
