/** Web Locks and BroadcastChannel of one browser, in which a tab can be closed or frozen. */
export class FakeBrowser {
  #queues = new Map();
  channels = [];

  install() {
    const browser = this;
    globalThis.BroadcastChannel = class {
      constructor(name) {
        Object.assign(this, { name, onmessage: null, frozen: false, mail: [] });
        browser.channels.push(this);
      }
      postMessage(data) {
        // Who is frozen says nothing.
        if (this.frozen) return;
        for (const other of browser.channels) {
          if (other === this || other.name !== this.name) continue;
          other.mail.push(structuredClone(data));
          setImmediate(() => other.deliver());
        }
      }
      deliver() {
        while (!this.frozen && this.mail.length > 0 && browser.channels.includes(this)) {
          this.onmessage?.({ data: this.mail.shift() });
        }
      }
      close() {
        browser.channels = browser.channels.filter((channel) => channel !== this);
      }
    };
    Object.defineProperty(globalThis, "navigator", {
      configurable: true,
      value: { locks: { request: (...all) => this.#request(...all) } },
    });
  }

  uninstall() {
    delete globalThis.BroadcastChannel;
    delete globalThis.navigator;
  }

  get waiting() {
    return [...this.#queues.values()].reduce((sum, queue) => sum + queue.length, 0);
  }

  #request(name, { signal, steal }, callback) {
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    return new Promise((resolve, reject) => {
      const entry = { callback, resolve, reject, granted: false };
      const remove = () => queue.includes(entry) && queue.splice(queue.indexOf(entry), 1);
      entry.finish = (value) => {
        remove();
        resolve(value);
        this.#grant(queue);
      };
      signal?.addEventListener("abort", () => {
        if (entry.granted) return;
        remove();
        reject(new DOMException("aborted", "AbortError"));
      });
      if (steal && queue[0]?.granted) queue.shift().reject(new DOMException("stolen", "AbortError"));
      if (steal) queue.unshift(entry);
      else queue.push(entry);
      setImmediate(() => this.#grant(queue));
    });
  }

  #grant(queue) {
    const entry = queue[0];
    if (!entry || entry.granted) return;
    entry.granted = true;
    Promise.resolve(entry.callback({})).then(entry.finish, entry.reject);
  }
}
