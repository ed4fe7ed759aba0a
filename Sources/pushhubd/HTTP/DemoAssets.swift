// swift-format-ignore-file
// Made by clients/js/scripts/embed-demo.py from clients/js/demo; change those files, not this one.

/// The demo page that the hub serves under `--dev`.
enum DemoAssets {
  /// One file: the path it is served at, its content type, and its bytes as text.
  typealias File = (path: String, contentType: String, body: String)

  static let files: [File] = [
    (path: "/", contentType: "text/html; charset=utf-8", body: #"""
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>pushhub · live demo</title>
    <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='9' fill='%230b7a5b'/%3E%3Cg fill='none' stroke='white' stroke-width='2.6' stroke-linecap='round'%3E%3Ccircle cx='11' cy='16' r='2.2' fill='white' stroke='none'/%3E%3Cpath d='M15.5 10.5a7.8 7.8 0 0 1 0 11M20 7a12.7 12.7 0 0 1 0 18'/%3E%3C/g%3E%3C/svg%3E">
    <link rel="stylesheet" href="/demo/demo.css">
    <script src="/demo/pushhub.js" defer></script>
    <script src="/demo/demo.js" defer></script>
  </head>
  <body>
    <a class="skip" href="#send-title">Skip to sending</a>
    <header class="top">
      <div class="brand">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="9"></rect>
          <circle cx="11" cy="16" r="2.4"></circle>
          <path d="M15.5 10.5a7.8 7.8 0 0 1 0 11M20 7a12.7 12.7 0 0 1 0 18"></path>
        </svg>
        <h1>pushhub <small>live demo</small></h1>
      </div>
      <p id="state" class="pill" data-state="closed" role="status"><i aria-hidden="true"></i><span>Not connected</span></p>
      <div class="buttons">
        <button id="reconnect" type="button">Reconnect</button>
        <button id="disconnect" type="button">Disconnect</button>
      </div>
    </header>

    <main>
      <section class="card you" aria-labelledby="you-title">
        <h2 id="you-title">You</h2>
        <form id="connect-form" autocomplete="off">
          <label for="user">Connect as</label>
          <div class="row">
            <input id="user" name="user" required maxlength="64" spellcheck="false" autocapitalize="none">
            <button class="primary" type="submit">Connect</button>
          </div>
          <label class="check">
            <input id="share" type="checkbox" checked>
            <span>One stream for all my tabs</span>
          </label>
        </form>
        <dl class="facts">
          <div><dt>Connection</dt><dd id="connection-id">–</dd></div>
          <div><dt>Last heartbeat</dt><dd id="heartbeat">–</dd></div>
          <div><dt>Position</dt><dd id="position">–</dd></div>
        </dl>
        <p class="hint"><a id="new-tab" target="_blank" rel="noopener">Open another tab</a> as the same user, or a window as somebody else.</p>
      </section>

      <section class="card send" aria-labelledby="send-title">
        <h2 id="send-title" tabindex="-1">Send</h2>
        <form id="send-form" autocomplete="off">
          <fieldset class="segments">
            <legend>To</legend>
            <label><input type="radio" name="target" value="user" checked><span>One user</span></label>
            <label><input type="radio" name="target" value="everyone"><span>Everyone</span></label>
          </fieldset>
          <div class="pair">
            <div id="recipient-field">
              <label for="recipient">User</label>
              <input id="recipient" name="recipient" maxlength="128" spellcheck="false" autocapitalize="none">
            </div>
            <div>
              <label for="type">Event type</label>
              <input id="type" name="type" list="types" value="notice" required maxlength="128" spellcheck="false" autocapitalize="none">
              <datalist id="types">
                <option value="notice"></option>
                <option value="announcement"></option>
                <option value="message"></option>
                <option value="loginout"></option>
                <option value="order:shipped"></option>
              </datalist>
            </div>
          </div>
          <fieldset class="segments levels">
            <legend>Level</legend>
            <label><input type="radio" name="level" value="low" checked><span>Info</span></label>
            <label><input type="radio" name="level" value="medium"><span>Warning</span></label>
            <label><input type="radio" name="level" value="high"><span>Error</span></label>
          </fieldset>
          <label for="title">Title</label>
          <input id="title" name="title" value="Hello from pushhub" required maxlength="200">
          <label for="content">Text <small>optional</small></label>
          <textarea id="content" name="content" rows="2" maxlength="2000"></textarea>
          <div class="row end">
            <output id="send-result" for="type title content" role="status"></output>
            <button class="primary" type="submit">Send</button>
          </div>
        </form>
      </section>

      <section class="card stats" aria-labelledby="stats-title">
        <h2 id="stats-title">Hub</h2>
        <dl class="tiles">
          <div><dt>Connections</dt><dd id="stat-connections">–</dd></div>
          <div><dt>Users</dt><dd id="stat-users">–</dd></div>
          <div><dt>Published</dt><dd id="stat-published">–</dd></div>
          <div><dt>Delivered</dt><dd id="stat-delivered">–</dd></div>
        </dl>
        <figure>
          <figcaption><span>Deliveries per second</span><span><span id="chart-top"></span><b id="rate">0</b></span></figcaption>
          <svg id="chart" viewBox="0 0 600 120" preserveAspectRatio="none" role="img" aria-label="Deliveries per second over the last minute">
            <path class="grid" d="M0 30H600M0 60H600M0 90H600"></path>
            <path id="chart-area" class="area" d=""></path>
            <path id="chart-line" class="line" d=""></path>
          </svg>
          <div class="axis" aria-hidden="true"><span>a minute ago</span><span>now</span></div>
        </figure>
        <div id="burst-row" class="row spread">
          <p id="uptime" class="hint"></p>
          <button id="burst" type="button">Send a burst of 50</button>
        </div>
        <h3>Who is here</h3>
        <ul id="people" class="people"></ul>
      </section>

      <section class="card feed" aria-labelledby="feed-title">
        <div class="row spread">
          <h2 id="feed-title">Events <span id="count" class="count">0</span></h2>
          <div class="row">
            <label class="check"><input id="system" type="checkbox"><span>System events</span></label>
            <button id="clear" type="button">Clear</button>
          </div>
        </div>
        <ol id="events" class="events" role="log" aria-labelledby="feed-title" tabindex="0"></ol>
        <div id="empty" class="empty">
          <svg viewBox="0 0 96 96" aria-hidden="true"><circle cx="34" cy="48" r="6"></circle><path d="M46 34a20 20 0 0 1 0 28M58 24a34 34 0 0 1 0 48M70 14a48 48 0 0 1 0 68"></path></svg>
          <p><b>Listening.</b><br>Send yourself something, or use the shell below.</p>
        </div>
      </section>

      <section class="card shell" aria-labelledby="shell-title">
        <div class="row spread">
          <h2 id="shell-title">From a shell</h2>
          <button class="copy" type="button" data-copy="shell-code">Copy</button>
        </div>
        <pre tabindex="0" aria-labelledby="shell-title"><code id="shell-code"></code></pre>
        <div class="row spread">
          <h3>Over HTTP</h3>
          <button class="copy" type="button" data-copy="curl-code">Copy</button>
        </div>
        <pre tabindex="0" aria-label="The same over HTTP"><code id="curl-code"></code></pre>
      </section>
    </main>
    <footer><p>Served by <code>pushhubd --dev</code> on this machine only. <span id="version"></span></p></footer>
    <noscript><p class="card">This page needs JavaScript: it is a demonstration of the browser client.</p></noscript>
  </body>
</html>

"""#),
    (path: "/demo/demo.css", contentType: "text/css; charset=utf-8", body: #"""
:root {
  color-scheme: light dark;
  --paper: #f3f5f2;
  --card: #ffffff;
  --ink: #14201b;
  --soft: #5a6a62;
  --line: #dde4df;
  --field: #f7f9f7;
  --chosen: #ffffff;
  --accent: #0b7a5b;
  --accent-ink: #ffffff;
  --accent-soft: #dff3ea;
  --info: #1d63c4;
  --warning: #a65b00;
  --error: #c22f2f;
  --shadow: 0 1px 2px rgb(20 32 27 / 0.05), 0 8px 24px rgb(20 32 27 / 0.06);
}

@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0d1311;
    --card: #151d1a;
    --ink: #e8f0ec;
    --soft: #97a89f;
    --line: #26322d;
    --field: #101715;
    --chosen: #263a32;
    --accent: #43d49c;
    --accent-ink: #06281c;
    --accent-soft: #14352a;
    --info: #7fb2ff;
    --warning: #f0b04f;
    --error: #ff8a80;
    --shadow: 0 1px 2px rgb(0 0 0 / 0.4), 0 10px 30px rgb(0 0 0 / 0.25);
  }
}

* {
  box-sizing: border-box;
}

body {
  margin: 0;
  background:
    radial-gradient(60rem 30rem at 85% -12rem, color-mix(in srgb, var(--accent) 16%, transparent), transparent),
    var(--paper);
  color: var(--ink);
  font: 15px/1.5 Inter, system-ui, -apple-system, "Segoe UI", sans-serif;
  -webkit-text-size-adjust: 100%;
}

:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
}

.skip {
  position: absolute;
  inset-inline-start: 16px;
  inset-block-start: -60px;
  padding: 8px 14px;
  border-radius: 0 0 10px 10px;
  background: var(--accent);
  color: var(--accent-ink);
  z-index: 2;
}

.skip:focus {
  inset-block-start: 0;
}

/* The bar at the top */

.top {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 10px 16px;
  max-width: 1240px;
  margin: 0 auto;
  padding: 18px 20px 14px;
}

.brand {
  display: flex;
  align-items: center;
  gap: 12px;
  margin-inline-end: auto;
}

.brand svg {
  width: 36px;
  height: 36px;
  fill: none;
  stroke: #ffffff;
  stroke-width: 2.4;
  stroke-linecap: round;
}

.brand rect {
  fill: #0b7a5b;
  stroke: none;
}

.brand circle {
  fill: #ffffff;
  stroke: none;
}

h1 {
  margin: 0;
  font-size: 20px;
  letter-spacing: -0.02em;
}

h1 small {
  margin-inline-start: 4px;
  color: var(--soft);
  font-size: 14px;
  font-weight: 500;
  letter-spacing: 0;
}

.pill {
  display: flex;
  align-items: center;
  gap: 8px;
  margin: 0;
  padding: 6px 14px;
  border: 1px solid var(--line);
  border-radius: 99px;
  background: var(--card);
  font-size: 14px;
  font-weight: 600;
  font-variant-numeric: tabular-nums;
}

.pill i {
  width: 9px;
  height: 9px;
  border-radius: 50%;
  background: var(--soft);
}

.pill[data-state="open"] {
  border-color: color-mix(in srgb, var(--accent) 45%, var(--line));
  background: var(--accent-soft);
}

.pill[data-state="open"] i {
  background: var(--accent);
  animation: beat 2.4s ease-out infinite;
}

.pill[data-state="connecting"] i {
  background: var(--warning);
  animation: blink 1s ease-in-out infinite alternate;
}

.pill[data-state="error"] i {
  background: var(--error);
}

@keyframes beat {
  0% {
    box-shadow: 0 0 0 0 color-mix(in srgb, var(--accent) 60%, transparent);
  }
  70%,
  100% {
    box-shadow: 0 0 0 9px transparent;
  }
}

@keyframes blink {
  to {
    opacity: 0.3;
  }
}

.buttons,
.row {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 10px;
}

.row.spread {
  justify-content: space-between;
}

.row.end {
  flex-wrap: nowrap;
  justify-content: space-between;
}

/* The cards */

main {
  display: grid;
  grid-template-columns: minmax(0, 23rem) minmax(0, 1fr);
  grid-template-rows: auto auto auto 1fr;
  grid-template-areas:
    "you stats"
    "send stats"
    "send feed"
    "shell feed";
  gap: 18px;
  max-width: 1240px;
  margin: 0 auto;
  padding: 6px 20px 12px;
}

.you {
  grid-area: you;
}
.send {
  grid-area: send;
}
.stats {
  grid-area: stats;
}
.feed {
  grid-area: feed;
}
.shell {
  grid-area: shell;
}

.card {
  min-width: 0;
  padding: 20px;
  border: 1px solid var(--line);
  border-radius: 18px;
  background: var(--card);
  box-shadow: var(--shadow);
}

h2 {
  margin: 0 0 12px;
  font-size: 17px;
  letter-spacing: -0.01em;
}

.row > h2,
.row > h3 {
  margin: 0;
}

h3 {
  margin: 18px 0 8px;
  font-size: 14px;
}

.hint {
  margin: 0;
  color: var(--soft);
  font-size: 14px;
}

a {
  color: var(--accent);
  text-underline-offset: 3px;
}

/* Forms */

label,
legend {
  display: block;
  margin: 12px 0 5px;
  padding: 0;
  color: var(--soft);
  font-size: 13px;
  font-weight: 600;
}

form > label:first-child {
  margin-block-start: 0;
}

label small {
  font-weight: 400;
}

input:not([type]),
textarea {
  width: 100%;
  min-width: 0;
  padding: 9px 12px;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--field);
  color: inherit;
  font: inherit;
}

textarea {
  display: block;
  resize: vertical;
}

.you .row {
  flex-wrap: nowrap;
}

.pair {
  display: grid;
  grid-template-columns: 1fr 1fr;
  gap: 12px;
}

.pair > [hidden] + div {
  grid-column: 1 / -1;
}

button {
  padding: 8px 15px;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--card);
  color: inherit;
  font: inherit;
  font-size: 14px;
  font-weight: 600;
  white-space: nowrap;
  cursor: pointer;
  transition: background-color 0.15s, border-color 0.15s;
}

button:hover {
  border-color: color-mix(in srgb, var(--accent) 50%, var(--line));
  background: var(--accent-soft);
}

button:disabled {
  opacity: 0.45;
  cursor: default;
}

button.primary {
  padding: 10px 20px;
  border-color: transparent;
  background: var(--accent);
  color: var(--accent-ink);
}

button.primary:hover {
  background: color-mix(in srgb, var(--accent) 86%, var(--ink));
}

.send .row.end {
  margin-block-start: 16px;
}

output {
  min-width: 0;
  color: var(--soft);
  font-size: 14px;
  overflow-wrap: anywhere;
}

output[data-bad] {
  color: var(--error);
}

.check {
  display: flex;
  align-items: center;
  gap: 9px;
  color: inherit;
  font-size: 14px;
  font-weight: 400;
  cursor: pointer;
}

.feed .check {
  margin: 0;
}

.check input {
  width: 17px;
  height: 17px;
  margin: 0;
  accent-color: var(--accent);
}

.segments {
  display: grid;
  grid-auto-columns: 1fr;
  grid-auto-flow: column;
  margin: 12px 0 0;
  padding: 3px;
  border: 1px solid var(--line);
  border-radius: 12px;
  background: var(--field);
}

.segments legend {
  float: inline-start;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  position: absolute;
}

.segments label {
  position: relative;
  margin: 0;
  color: inherit;
}

.segments input {
  position: absolute;
  inset: 0;
  margin: 0;
  opacity: 0;
  cursor: pointer;
}

.segments span {
  display: block;
  padding: 6px 4px;
  border-radius: 9px;
  font-size: 14px;
  text-align: center;
}

.segments input:checked + span {
  background: var(--chosen);
  box-shadow: 0 1px 3px rgb(0 0 0 / 0.16);
  color: var(--accent);
}

.segments input:focus-visible + span {
  outline: 2px solid var(--accent);
  outline-offset: 1px;
}

.levels input[value="low"]:checked + span {
  color: var(--info);
}
.levels input[value="medium"]:checked + span {
  color: var(--warning);
}
.levels input[value="high"]:checked + span {
  color: var(--error);
}

/* Facts and figures */

dl,
dd,
ul,
ol,
figure {
  margin: 0;
  padding: 0;
  list-style: none;
}

.facts {
  margin: 14px 0;
  padding: 12px 0;
  border-block: 1px solid var(--line);
  font-size: 14px;
}

.facts div {
  display: flex;
  justify-content: space-between;
  gap: 14px;
}

.facts dt {
  color: var(--soft);
}

.facts dd {
  overflow: hidden;
  font-variant-numeric: tabular-nums;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.tiles {
  display: grid;
  grid-template-columns: repeat(4, 1fr);
  gap: 12px;
}

.tiles div {
  display: flex;
  flex-direction: column;
  padding: 12px 14px;
  border-radius: 12px;
  background: var(--field);
}

.tiles dt {
  order: 1;
  color: var(--soft);
  font-size: 13px;
}

.tiles dd {
  font-size: 26px;
  font-weight: 700;
  font-variant-numeric: tabular-nums;
  letter-spacing: -0.03em;
  line-height: 1.2;
}

.stats {
  display: flex;
  flex-direction: column;
}

figure {
  display: flex;
  flex: 1;
  flex-direction: column;
  margin-block-start: 18px;
}

figcaption {
  display: flex;
  justify-content: space-between;
  align-items: baseline;
  color: var(--soft);
  font-size: 13px;
  font-weight: 600;
}

figcaption b {
  margin-inline-start: 8px;
  color: var(--accent);
  font-size: 20px;
  font-variant-numeric: tabular-nums;
}

#chart {
  display: block;
  flex: 1;
  width: 100%;
  height: 120px;
  min-height: 120px;
  margin-block-start: 6px;
  overflow: visible;
}

#chart path {
  vector-effect: non-scaling-stroke;
}

.grid {
  fill: none;
  stroke: var(--line);
  stroke-dasharray: 2 5;
}

.area {
  fill: color-mix(in srgb, var(--accent) 16%, transparent);
}

.line {
  fill: none;
  stroke: var(--accent);
  stroke-width: 2;
  stroke-linejoin: round;
}

.axis {
  display: flex;
  justify-content: space-between;
  margin-block: 4px 12px;
  color: var(--soft);
  font-size: 12px;
}

.people li {
  display: grid;
  grid-template-columns: minmax(0, 9rem) 1fr auto auto;
  align-items: center;
  gap: 12px;
  padding: 4px 0;
  font-size: 14px;
}

.people button {
  padding: 3px 10px;
  font-size: 13px;
}

.people .name:hover {
  text-decoration: underline;
}

.people .name {
  padding-inline: 0;
  border: 0;
  background: none;
  color: var(--accent);
  overflow: hidden;
  text-align: start;
  text-overflow: ellipsis;
}

.bar {
  height: 8px;
  overflow: hidden;
  border-radius: 4px;
  background: var(--field);
}

.bar i {
  display: block;
  width: 0;
  height: 100%;
  border-radius: 4px;
  background: var(--accent);
  transition: width 0.4s;
}

/* The feed */

.count {
  margin-inline-start: 4px;
  padding: 2px 9px;
  border-radius: 99px;
  background: var(--accent-soft);
  color: var(--accent);
  font-size: 13px;
  font-variant-numeric: tabular-nums;
}

.events {
  display: grid;
  gap: 8px;
  max-height: 34rem;
  margin-block-start: 14px;
  overflow-y: auto;
  overscroll-behavior: contain;
}

.events:empty {
  display: none;
}

.events li {
  display: grid;
  grid-template-columns: auto minmax(0, 1fr) auto;
  align-items: baseline;
  gap: 2px 12px;
  padding: 11px 14px;
  border-inline-start: 4px solid var(--tone, var(--accent));
  border-radius: 10px;
  background: var(--field);
  animation: arrive 0.35s ease-out;
}

.events li[data-tone="info"] {
  --tone: var(--info);
}
.events li[data-tone="warning"] {
  --tone: var(--warning);
}
.events li[data-tone="error"] {
  --tone: var(--error);
}
.events li[data-tone="system"] {
  --tone: var(--line);
}

@keyframes arrive {
  from {
    opacity: 0;
    transform: translateY(-8px);
    background: var(--accent-soft);
  }
}

.events .type {
  color: var(--tone, var(--accent));
  font-size: 13px;
  font-weight: 700;
}

.events strong {
  overflow-wrap: anywhere;
}

.events time {
  color: var(--soft);
  font-size: 13px;
  font-variant-numeric: tabular-nums;
}

.events p {
  grid-column: 1 / -1;
  margin: 0;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.events details {
  grid-column: 1 / -1;
  color: var(--soft);
  font-size: 13px;
}

.events summary {
  width: fit-content;
  cursor: pointer;
}

.events details code {
  display: block;
  padding-block-start: 4px;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.empty {
  padding: 34px 10px 26px;
  color: var(--soft);
  text-align: center;
}

.empty svg {
  width: 84px;
  fill: none;
  stroke: var(--accent);
  stroke-width: 4;
  stroke-linecap: round;
  opacity: 0.55;
}

.empty circle {
  fill: var(--accent);
  stroke: none;
}

code,
pre {
  font: 13px/1.6 ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, monospace;
}

pre {
  margin: 10px 0 14px;
  padding: 12px 14px;
  overflow-x: auto;
  border-radius: 10px;
  background: var(--field);
}

pre:last-child {
  margin-block-end: 0;
}

footer {
  max-width: 1240px;
  margin: 0 auto;
  padding: 4px 20px 28px;
  color: var(--soft);
  font-size: 13px;
}

[hidden] {
  display: none !important;
}

@media (max-width: 860px) {
  main {
    grid-template-columns: minmax(0, 1fr);
    grid-template-rows: none;
    grid-template-areas: "you" "send" "feed" "stats" "shell";
    gap: 14px;
    padding-inline: 14px;
  }

  .top {
    padding: 12px 14px;
  }

  h1 small {
    display: none;
  }

  .top .buttons {
    width: 100%;
  }

  .top .buttons button {
    flex: 1;
  }

  .card {
    padding: 16px;
    border-radius: 16px;
  }

  .tiles {
    grid-template-columns: repeat(2, 1fr);
  }

  /* Smaller than this, and a phone zooms in on a field that gets the focus. */
  input:not([type]),
  textarea {
    font-size: 16px;
  }

  .people li {
    grid-template-columns: minmax(0, 6rem) 1fr auto auto;
  }
}

@media (prefers-reduced-motion: reduce) {
  *,
  *::before {
    animation: none !important;
    transition: none !important;
  }
}

@media (forced-colors: active) {
  .segments input:checked + span {
    outline: 2px solid Highlight;
  }
}

"""#),
    (path: "/demo/demo.js", contentType: "text/javascript; charset=utf-8", body: #"""
"use strict";
/* The demo page of pushhubd --dev: the client as the package ships it, and no framework. */

const byId = (id) => document.getElementById(id);
const maxShown = 200;
const samples = 61;

/** What the hub gives this page under --dev: a token for the user, and one that may publish and look around. */
let session = { token: "", adminToken: "", basePath: "/sse", publishSocket: "" };
let user = new URLSearchParams(location.search).get("user") || remembered() || "alice";
let received = 0;
let unseen = 0;
let lastHeartbeat = 0;

function remembered() {
  try {
    return localStorage.getItem("pushhub.demo.user");
  } catch {
    return null;
  }
}

function remember(name) {
  try {
    localStorage.setItem("pushhub.demo.user", name);
  } catch {
    // Then the next visit starts as alice again.
  }
}

async function openSession() {
  const response = await fetch(`/demo/session?user=${encodeURIComponent(user)}`, { cache: "no-store" });
  if (!response.ok) throw new Error(`The hub gives no demo session (status ${response.status}).`);
  session = await response.json();
  showCommands();
  return session.token;
}

// The connection

const client = PushHub.createClient({ url: null });

function options() {
  return {
    url: `${session.basePath}/connect/auth`,
    user,
    shareAcrossTabs: byId("share").checked,
    getToken: openSession,
    onGap: () => PushHub.showToast({ level: "warning", title: "Some events are gone", text: "This page was away longer than the hub remembers." }),
  };
}

async function connectAs(name) {
  user = name;
  remember(name);
  byId("user").value = name;
  byId("new-tab").href = `?user=${encodeURIComponent(name)}`;
  if (!byId("recipient").value) byId("recipient").value = name;
  try {
    await openSession();
    client.configure(options());
    client.reconnect();
  } catch (error) {
    PushHub.showToast({ level: "error", title: "No connection", text: String(error.message) });
  }
}

function showState() {
  const { connectionState, connectionId, retryAt, waitingFor, error, closeReason } = client.snapshot;
  const seconds = retryAt === null ? 0 : Math.ceil((retryAt - Date.now()) / 1000);
  const words = {
    open: `Connected as ${user}`,
    closed: closeReason ? `Closed: ${closeReason}` : "Not connected",
    error: error ? `Failed: ${error.message}` : "Failed",
    connecting: waitingFor ? `Waiting to be ${waitingFor}` : seconds > 0 ? `Reconnecting in ${seconds} s` : "Connecting…",
  };
  setText(byId("state").querySelector("span"), words[connectionState]);
  byId("state").dataset.state = connectionState;
  setText(byId("connection-id"), connectionId ?? "–");
  byId("connection-id").title = connectionId ?? "";
  byId("disconnect").disabled = connectionState === "closed" || connectionState === "error";
}

client.onStateChange(showState);
byId("connect-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = byId("user").value.trim();
  if (name) connectAs(name);
});
byId("share").addEventListener("change", () => {
  client.configure(options());
  client.connect();
});
byId("reconnect").addEventListener("click", () => client.reconnect());
byId("disconnect").addEventListener("click", () => client.disconnect());

// Events

const levels = { high: "error", medium: "warning" };

function fieldsOf(event) {
  try {
    const value = JSON.parse(event.data);
    return value !== null && typeof value === "object" ? value : { title: String(value) };
  } catch {
    return { title: event.data };
  }
}

client.subscribe("*", (event) => {
  setText(byId("position"), event.lastEventId || "–");
  if (["open", "welcome", "heartbeat", "close", "error"].includes(event.type)) {
    if (byId("system").checked) addToFeed(event, "system");
    return;
  }
  const fields = fieldsOf(event);
  const tone = levels[fields.level] ?? "info";
  addToFeed(event, tone);
  if (event.type === "loginout") return;
  toast(event, fields, tone);
  if (document.hidden) document.title = `(${(unseen += 1)}) pushhub · live demo`;
});
client.subscribe("heartbeat", () => (lastHeartbeat = Date.now()));
client.subscribe("welcome", () => (lastHeartbeat = Date.now()));
client.subscribe("error", (event) => PushHub.showToast({ level: "warning", title: "The hub says", text: String(fieldsOf(event).message) }));
client.subscribe("loginout", (event) => {
  const { message, clientType } = fieldsOf(event);
  if (clientType !== "web") return;
  PushHub.showDialog({ title: "Signed out", text: message || "You have signed in elsewhere.", onOk: () => client.disconnect() });
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  document.title = "pushhub · live demo";
});

/** A burst is told by its first few toasts: nobody reads fifty. */
const toastedAt = [];
function toast(event, fields, level) {
  const now = Date.now();
  while (toastedAt.length > 0 && now - toastedAt[0] > 2000) toastedAt.shift();
  if (toastedAt.length >= 4) return;
  toastedAt.push(now);
  PushHub.showToast({ level, title: String(fields.title ?? event.type), text: String(fields.content ?? fields.message ?? "") });
}

function addToFeed(event, tone) {
  const fields = fieldsOf(event);
  const item = element("li", { tone });
  const text = String(fields.content ?? fields.message ?? "");
  item.append(
    element("span", {}, event.type, "type"),
    element("strong", {}, tone === "system" ? "" : String(fields.title ?? "")),
    element("time", {}, new Date().toLocaleTimeString()),
  );
  if (text) item.append(element("p", {}, text));
  const details = element("details");
  details.append(element("summary", {}, "Payload"), element("code", {}, `id: ${event.lastEventId}\ndata: ${event.data}`));
  item.append(details);
  byId("events").prepend(item);
  while (byId("events").childElementCount > maxShown) byId("events").lastElementChild.remove();
  setText(byId("count"), String((received += 1)));
  byId("empty").hidden = true;
}

byId("clear").addEventListener("click", () => {
  byId("events").replaceChildren();
  byId("empty").hidden = false;
  setText(byId("count"), String((received = 0)));
});

// Sending

function ask(path, body) {
  const call = () =>
    fetch(session.basePath + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { Authorization: `Bearer ${session.adminToken}`, ...(body !== undefined && { "Content-Type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
    });
  return call().then(async (response) => {
    if (response.status === 401) {
      await openSession();
      response = await call();
    }
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.detail ?? answer.title ?? `Status ${response.status}`);
    return answer;
  });
}

function composed() {
  const form = new FormData(byId("send-form"));
  const [eventType, title, content] = ["type", "title", "content"].map((name) => form.get(name).trim());
  const data =
    eventType === "loginout"
      ? { message: content || title, clientType: "web" }
      : { noticeId: `n_${Date.now().toString(36)}`, title, level: form.get("level"), category: "demo", ...(content && { content }) };
  const everyone = form.get("target") === "everyone";
  return { everyone, eventType, data, userId: form.get("recipient").trim() || user };
}

byId("send-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { everyone, eventType, data, userId } = composed();
  const result = byId("send-result");
  try {
    const body = everyone ? { eventType, data } : { userId, eventType, data };
    const { sentCount } = await ask(everyone ? "/broadcast" : "/send", body);
    delete result.dataset.bad;
    result.value = sentCount === 1 ? "Sent to 1 connection." : sentCount === 0 ? "Nobody is there; kept for a while." : `Sent to ${sentCount} connections.`;
  } catch (error) {
    result.dataset.bad = "";
    result.value = error.message;
  }
});
byId("send-form").addEventListener("change", () => {
  byId("recipient-field").hidden = composed().everyone;
  showCommands();
});
byId("send-form").addEventListener("input", showCommands);

byId("burst").addEventListener("click", async () => {
  byId("burst").disabled = true;
  for (let number = 1; number <= 50; number += 1) {
    const data = { title: `Burst ${number} of 50`, level: "low", category: "demo" };
    await ask("/broadcast", { eventType: "message", data }).catch(() => {});
  }
  byId("burst").disabled = false;
});

function showCommands() {
  const { everyone, eventType, data, userId } = composed();
  delete data.noticeId;
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const json = quote(JSON.stringify(data));
  const socket = session.publishSocket ? `--socket ${session.publishSocket} ` : "";
  setText(byId("shell-code"), `pushhub-send ${socket}\\\n  ${everyone ? "--broadcast" : `--user ${quote(userId)}`} ${quote(eventType)} \\\n  ${json}`);
  const body = everyone ? { eventType, data } : { userId, eventType, data };
  const path = `${location.origin}${session.basePath}/${everyone ? "broadcast" : "send"}`;
  setText(
    byId("curl-code"),
    `curl ${path} \\\n  -H "Authorization: Bearer $TOKEN" \\\n  -H "Content-Type: application/json" \\\n  -d ${quote(JSON.stringify(body))}`,
  );
}

for (const button of document.querySelectorAll(".copy")) {
  button.addEventListener("click", async () => {
    const text = byId(button.dataset.copy).textContent.replace("$TOKEN", session.adminToken);
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(byId(button.dataset.copy));
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), 1600);
  });
}

// Statistics

const rates = [];
let previous;

async function pollStats() {
  if (document.hidden || !session.adminToken) return;
  try {
    showStats(await ask("/stats"));
  } catch {
    // The state at the top says that the hub is away.
  }
}

function showStats(stats) {
  const number = (value) => Number(value).toLocaleString();
  setText(byId("stat-connections"), number(stats.totalConnections));
  setText(byId("stat-users"), number(stats.totalUsers));
  setText(byId("stat-published"), number(stats.eventsPublished));
  setText(byId("stat-delivered"), number(stats.eventsDelivered));
  setText(byId("uptime"), `Up for ${duration(stats.uptimeSeconds)}.`);
  setText(byId("version"), stats.version ? `Version ${stats.version}.` : "");
  showPeople(Object.entries(stats.connectionsByUser ?? {}));
  const now = performance.now();
  if (previous) rates.push((Math.max(0, stats.eventsDelivered - previous.delivered) * 1000) / (now - previous.at));
  previous = { delivered: stats.eventsDelivered, at: now };
  while (rates.length > samples) rates.shift();
  drawChart();
}

function drawChart() {
  const top = Math.max(10, ...rates) * 1.08;
  const step = 600 / (samples - 1);
  const points = rates.map((rate, at) => `${(600 - (rates.length - 1 - at) * step).toFixed(1)} ${(120 - (rate / top) * 120).toFixed(1)}`);
  const line = points.length > 1 ? `M${points.join("L")}` : "";
  byId("chart-line").setAttribute("d", line);
  byId("chart-area").setAttribute("d", line && `${line}L600 120L${600 - (points.length - 1) * step} 120Z`);
  const rate = rates.at(-1) ?? 0;
  const peak = Math.max(0, ...rates);
  setText(byId("rate"), rate.toFixed(rate > 0 && rate < 10 ? 1 : 0));
  setText(byId("chart-top"), `peak ${Math.round(peak)}`);
  byId("chart").setAttribute("aria-label", `Deliveries per second: now ${rate.toFixed(1)}, at most ${peak.toFixed(1)} in the last minute`);
}

function showPeople(entries) {
  const list = byId("people");
  const busiest = entries.sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).slice(0, 6);
  const most = Math.max(1, ...busiest.map(([, count]) => count));
  // Rows are kept while their user is there: the focus and a bar's motion survive.
  const rows = new Map([...list.children].map((row) => [row.dataset.user, row]));
  for (const [name, row] of rows) if (!busiest.some(([other]) => other === name)) row.remove();
  busiest.forEach(([name, count], at) => {
    const row = rows.get(name) ?? personRow(name);
    if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null);
    row.querySelector("i").style.width = `${(count / most) * 100}%`;
    setText(row.querySelector("b"), String(count));
  });
}

function personRow(name) {
  const row = element("li", { user: name });
  const write = element("button", {}, name, "name");
  write.type = "button";
  write.setAttribute("aria-label", `Write to ${name}`);
  write.addEventListener("click", () => {
    byId("send-form").elements.target.value = "user";
    byId("recipient").value = name;
    byId("recipient-field").hidden = false;
    showCommands();
    byId("title").focus();
  });
  const bar = element("span", {}, "", "bar");
  bar.append(element("i"));
  const close = element("button", {}, "Close");
  close.type = "button";
  close.setAttribute("aria-label", `Close the connections of ${name}`);
  close.addEventListener("click", () => ask(`/users/${encodeURIComponent(name)}/disconnect`, { reason: "asked for on the demo page" }).catch(() => {}));
  row.append(write, bar, element("b"), close);
  return row;
}

function duration(seconds) {
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  return days ? `${days} d ${hours} h` : hours ? `${hours} h ${minutes} min` : minutes ? `${minutes} min` : `${Math.floor(seconds)} s`;
}

// Small things

function element(name, data = {}, text = "", className = "") {
  const made = document.createElement(name);
  Object.assign(made.dataset, data);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** Only when it differs: screen readers read what changes. */
function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

setInterval(() => {
  showState();
  const age = lastHeartbeat ? Math.round((Date.now() - lastHeartbeat) / 1000) : null;
  setText(byId("heartbeat"), age === null ? "–" : age < 2 ? "just now" : `${age} s ago`);
  pollStats();
}, 1000);
showCommands();
connectAs(user);

"""#),
    (path: "/demo/pushhub.js", contentType: "text/javascript; charset=utf-8", body: #"""
"use strict";var PushHub=(()=>{var L=Object.defineProperty;var W=Object.getOwnPropertyDescriptor;var K=Object.getOwnPropertyNames;var V=Object.prototype.hasOwnProperty;var J=(o,t)=>{for(var e in t)L(o,e,{get:t[e],enumerable:!0})},Q=(o,t,e,n)=>{if(t&&typeof t=="object"||typeof t=="function")for(let i of K(t))!V.call(o,i)&&i!==e&&L(o,i,{get:()=>t[i],enumerable:!(n=W(t,i))||n.enumerable});return o};var X=o=>Q(L({},"__esModule",{value:!0}),o);var gt={};J(gt,{Connection:()=>c,EventStreamParser:()=>p,PushHubClient:()=>g,TabSource:()=>v,createClient:()=>mt,showDialog:()=>_,showToast:()=>q});var H="pushhub.clientId",D;function M(){try{sessionStorage[H]=D??=sessionStorage[H]??w()}catch{}return D??=w()}function w(){let o=crypto.getRandomValues(new Uint8Array(12));return"cid_"+Array.from(o,t=>t.toString(16).padStart(2,"0")).join("")}function j(o,t){let e=o===0?t:Math.max(t,Math.min(1e3*2**o,3e4));return Math.min(e,864e5)*(1-Math.random()/2)}function U(o){let t=/^\d+$/.test(o)?Number(o)*1e3:Date.parse(o)-Date.now();return t>0?Math.min(t*(1+Math.random()/10),864e5):0}var Y=/^(open|welcome|heartbeat|close|error)$/;function f(o){return Y.test(o)}function x(o){try{return Object(JSON.parse(o.data))}catch{return{}}}var p=class{lastEventId;#s;#e;#n=new TextDecoder("utf-8",{ignoreBOM:!0});#r=!1;#t=!1;#o="";#i=[];#h=0;#c="";#a;#u=!1;constructor(t,e="",n=16777216){this.#s=t,this.lastEventId=this.#a=e,this.#e=n}push(t){let e=this.#n.decode(t,{stream:!0});e!==""&&(this.#r||(this.#r=!0,e.charCodeAt(0)===65279&&(e=e.slice(1))),this.#f(e))}#f(t){let e=0;this.#t&&(this.#t=!1,t.charCodeAt(0)===10&&(e=1));let n=t.indexOf(`
`,e),i=t.indexOf("\r",e);for(;n!==-1||i!==-1;){let s=i===-1||n!==-1&&n<i?n:i;this.#v(t.slice(e,s)),e=s+1,s===i&&(e===t.length?this.#t=!0:n===e&&(e+=1),i=t.indexOf("\r",e)),n!==-1&&n<e&&(n=t.indexOf(`
`,e))}this.#d(t.slice(e))}#d(t){this.#h+this.#o.length+t.length<=this.#e?this.#o+=t:this.#g()}#g(){this.#u=!0,this.#i=[],this.#h=0,this.#o=":"}#v(t){this.#d(t);let e=this.#o;if(this.#o="",e==="")return this.#l();let n=e.indexOf(":");if(n!==0){if(n===-1)return this.#p(e,"");this.#p(e.slice(0,n),e.slice(e.charCodeAt(n+1)===32?n+2:n+1))}}#p(t,e){if(t==="data"){if(this.#u)return;this.#i.push(e),this.#h+=e.length+1}else t==="event"?this.#c=e:t==="id"?e.includes("\0")||(this.#a=e):t==="retry"&&/^[0-9]+$/.test(e)&&this.#s.onRetry?.(Number(e))}#l(){let t=this.#c||"message",e=this.#i,n=this.#u;this.#c="",this.#i=[],this.#h=0,this.#u=!1,this.lastEventId=this.#a,n?this.#s.onOversize?.():e.length>0&&this.#s.onEvent({type:t,data:e.join(`
`),lastEventId:this.#a})}};var tt=9e4,I=1e4,N="The token could not be renewed.",k=class{#s;#e;#n;#r;#t=new AbortController;constructor(t){this.#s=t,this.#n=t.expiresAt,this.#e=t.now-Date.now(),this.#i()}stop(){clearTimeout(this.#r),this.#t.abort()}#o(){return this.#n-Date.now()-this.#e}#i(){let t=this.#o();this.#h(t-Math.min(tt,t/4))}#h(t){this.#r=setTimeout(()=>t>864e5?this.#i():void this.#c(),Math.min(t,864e5))}async#c(){let{url:t,getToken:e,fetch:n,onForbidden:i,onProblem:s}=this.#s,{signal:r}=this.#t;try{let a=await e({refresh:!0});if(r.aborted||!a)return;let h=await n(t,{method:"POST",headers:{Authorization:`Bearer ${a}`},signal:r});if(h.status===403)return i();if(h.status<500&&h.status!==429){if(!h.ok)return s(N,h.status);let d=(await h.json()).tokenExpiresAt;if(r.aborted||!d)return;this.#n=Date.parse(d),this.#o()>I/10&&this.#i();return}}catch(a){if(r.aborted)return;s(N,a)}this.#o()>I&&this.#h(I)}};var E=class{#s;#e;#n;#r=0;#t=0;constructor(t,e){this.#e=t,this.#s=e,this.heard(),this.#i(t)}heard(){this.#r=performance.now(),this.#t=Date.now()}setLimit(t){this.#e=t,this.#i(t)}stop(){clearTimeout(this.#n)}check(){this.#o()>=this.#e&&this.#i(1e3,!0)}#o(){return Math.max(performance.now()-this.#r,Date.now()-this.#t)}#i(t,e=!1){if(clearTimeout(this.#n),t===1/0)return;let n=Date.now()+t;this.#n=setTimeout(()=>{let i=this.#e-this.#o();i>0?this.#i(i):!e&&Date.now()-n>1e3?this.#i(1e3,!0):this.#s()},Math.min(t,2**31-1))}};var et=15e3,nt=2.5,S=class{openedAt=null;#s;#e;#n=new AbortController;#r;#t;#o;#i=null;#h=NaN;#c;constructor(t,e){this.#s=t,this.#e=e}cancel(){this.#r?.stop(),this.#t?.stop(),this.#n.abort()}check(){this.#r?.check()}async run(t,e){let n;try{let s=await this.#a(t,e);if(!s)return;this.#r=new E(et,()=>this.#l("silent","No answer in time.")),n=await(this.#s.fetch??fetch)(this.#o,s)}catch(s){return this.#l("network",String(s))}if(this.#n.signal.aborted)return;let i=this.#u(n);if(i)return this.#m(i);await this.#f(n,t)}async#a(t,e){let{url:n,clientId:i,getToken:s,withCredentials:r}=this.#s,a={Accept:"text/event-stream"};try{this.#o=new URL(n??"",globalThis.document?.baseURI??globalThis.location?.href)}catch{return void this.#m({kind:"rejected",error:{kind:"http",message:`Not an address: ${n}`}})}i&&!this.#o.searchParams.has("clientId")&&this.#o.searchParams.set("clientId",i);try{let h=await s?.({refresh:e});h&&(a.Authorization=`Bearer ${h}`)}catch(h){return void this.#l("token",String(h))}if(!this.#n.signal.aborted)return t&&(a["Last-Event-ID"]=it(t)),{headers:a,signal:this.#n.signal,cache:"no-store",credentials:r?"include":"same-origin"}}#u(t){let{status:e,headers:n}=t,i=n.get("Content-Type")??"";if(e===200&&/^\s*text\/event-stream\s*(;|$)/i.test(i))return;if(e===204)return{kind:"closed",reason:null,reconnect:!1};let s=e===401||e===403,r={kind:s?"unauthorized":e===200?"content-type":"http",message:`HTTP status ${e}, content type "${i}"`,status:e};return s?{kind:"unauthorized",error:r}:e<500&&![408,425,429].includes(e)?{kind:"rejected",error:r}:{kind:"lost",error:r,retryAfter:U(n.get("Retry-After")??"")}}async#f(t,e){let n=new p({onEvent:s=>this.#g(s),onRetry:this.#e.onRetry,onOversize:()=>this.#e.onProblem("An event was too large and is left out.")},e),{signal:i}=this.#n;try{let s=t.body.getReader();for(;;){let{done:r,value:a}=await s.read();if(i.aborted)return;if(r)break;if(this.#r?.heard(),n.push(a),i.aborted)return;if(this.#c)return this.#m(this.#c);this.#d(),this.#e.onPosition(n.lastEventId)}this.#l("network","The stream ended.")}catch(s){this.#l("network",String(s))}}#d(){this.openedAt===null&&(this.openedAt=performance.now(),this.#i===null&&this.#r?.setLimit(1/0),this.#e.onOpen(this.#i))}#g(t){if(this.#n.signal.aborted||this.#c)return;let{type:e}=t;if(e==="open"?this.#v(x(t)):this.#d(),e==="welcome"&&this.#p(x(t)),e==="close"){let{reason:n,reconnect:i}=x(t);this.#c={kind:"closed",reason:String(n),reconnect:i!==!1}}this.#e.onEvent(t)}#v({connectionId:t,heartbeatInterval:e,tokenExpiresAt:n,replay:i}){this.#i=typeof t=="string"?t:null,this.#h=Date.parse(String(n));let s=this.#s.enableHeartbeat!==!1&&Number(e)>0;this.#r?.setLimit(s?Number(e)*nt:1/0),this.#d(),i==="gap"&&this.#e.onGap()}#p({timestamp:t}){let e=Date.parse(String(t)),{getToken:n}=this.#s;!n||!this.#i||!(this.#h>e)||(this.#t?.stop(),this.#t=new k({url:new URL(`../connections/${encodeURIComponent(this.#i)}/renew`,this.#o),expiresAt:this.#h,now:e,getToken:n,fetch:this.#s.fetch??fetch,onForbidden:()=>this.#m({kind:"wrongUser"}),onProblem:this.#e.onProblem}))}#l(t,e){this.#m({kind:"lost",error:{kind:t,message:e},retryAfter:0})}#m(t){this.#n.signal.aborted||(this.cancel(),this.#e.onEnd(t))}};function it(o){return Array.from(new TextEncoder().encode(o),t=>String.fromCharCode(t)).join("")}var b={isHidden:()=>globalThis.document?.visibilityState==="hidden",isOffline:()=>globalThis.navigator?.onLine===!1,watch({wake:o,leave:t}){if(!globalThis.document)return()=>{};let n=[[document,"visibilitychange",()=>{b.isHidden()||o()}],[document,"resume",o],[document,"freeze",t],[window,"online",o],[window,"pageshow",o],[window,"pagehide",t]];for(let[i,s,r]of n)i.addEventListener(s,r);return()=>{for(let[i,s,r]of n)i.removeEventListener(s,r)}}};var l={connectionState:"closed",isConnected:!1,connectionId:null,attempts:0,retryAt:null,waitingFor:null,error:null,closeReason:null};var st=6e4,c=class{lastEventId;#s;#e;#n;#r=l;#t="idle";#o;#i;#h;#c=0;#a=0;#u;#f=!1;constructor(t,e,n="",i=b){this.#s=t,this.#e=e,this.#n=i,this.lastEventId=n}start(){this.#t==="idle"&&this.reconnect()}stop(){this.#k({})}reconnect(){this.#i??=this.#n.watch({wake:()=>this.#C(),leave:()=>this.#O()}),this.#a=0,this.#f=!1,this.#d()}#d(){this.#E(),this.#t="trying",this.#c=0;let t=new S(this.#s(),{onOpen:e=>this.#g(e),onEvent:e=>{e.type!=="close"&&(this.lastEventId=e.lastEventId),this.#e.onEvent(e)},onPosition:e=>this.lastEventId=e,onRetry:e=>this.#u=e,onGap:()=>this.#e.onGap(),onProblem:(e,n)=>this.#e.onProblem(e,n),onEnd:e=>this.#v(t,e)});this.#o=t,this.#b({connectionState:"connecting",attempts:this.#a,error:this.#r.error}),this.#o===t&&t.run(this.lastEventId,this.#f)}#g(t){this.#f=!1,this.#b({connectionState:"open",isConnected:!0,connectionId:t})}#v(t,e){switch(t.openedAt!==null&&performance.now()-t.openedAt>=st&&(this.#a=0),e.kind){case"rejected":return this.#P(e.error);case"unauthorized":return this.#f||!this.#s().getToken?this.#P(e.error):(this.#f=!0,this.#d());case"wrongUser":return this.#d();case"closed":return e.reconnect?(this.#f=e.reason==="token-expired",this.#p(null,0,this.#f,e.reason)):this.#k({closeReason:e.reason});case"lost":return this.#p(e.error,e.retryAfter,e.error.kind==="silent")}}#p(t,e,n,i=null){let{maxReconnectAttempts:s=1/0,reconnectDelay:r=3e3}=this.#s();if(this.#a>=s)return this.#P(t??{kind:"network",message:`The hub closed the stream: ${i}.`});let a=n&&this.#a===0?0:j(this.#a,this.#u??r);this.#a+=1,this.#c=Date.now()+e,this.#l(Math.max(a,e),{error:t,closeReason:i})}#l(t,e){this.#E(),this.#t="waiting",this.#h=setTimeout(()=>this.#m(),t),this.#b({connectionState:"connecting",attempts:this.#a,retryAt:Date.now()+t,waitingFor:this.#w(),...e})}#m(){let t=this.#w();t?this.#b({...this.#r,waitingFor:t,retryAt:null}):this.#d()}#w(){return this.#n.isHidden()?"visible":this.#n.isOffline()?"online":null}#C(){if(this.#t==="trying")return this.#o?.check();if(this.#t==="idle"||this.#w())return;let t=this.#c-Date.now(),{error:e,closeReason:n}=this.#r;t>0?this.#l(t,{error:e,closeReason:n}):this.#d()}#O(){this.#t!=="idle"&&(this.#E(),this.#t="away",this.#b({connectionState:"connecting",waitingFor:"visible"}))}#P(t){this.#k({connectionState:"error",attempts:this.#a,error:t})}#k(t){this.#E(),this.#t="idle",this.#i?.(),this.#i=void 0,this.#b(t)}#E(){clearTimeout(this.#h),this.#o?.cancel(),this.#o=void 0}#b(t){this.#r={...l,...t},this.#e.onSnapshot(this.#r)}};var ot=100,rt=1024*1024,T=class{#s=[];#e=[];#n=0;#r=!1;subscribe(t,e){let n={type:t,handler:e};return this.#s=this.#s.concat(n),this.#h(),()=>this.#o(i=>i===n)}unsubscribe(t,e){this.#o(n=>n.type===t&&n.handler===e)}once(t,e){let n=this.subscribe(t,i=>{n(),e(i)});return n}dispatch(t){!this.#t(t.type,t)&&!f(t.type)&&this.#i(t),this.#t("*",t)}forget(){this.#e=[],this.#n=0}#t(t,e){let n=this.#s.filter(i=>i.type===t);for(let i of n)this.#s.includes(i)&&m(i.handler,e);return n.length>0}#o(t){this.#s=this.#s.filter(e=>!t(e))}#i(t){for(this.#e.push(t),this.#n+=t.data.length;this.#e.length>ot||this.#n>rt;)this.#n-=this.#e.shift()?.data.length??0}#h(){this.#r||this.#e.length===0||(this.#r=!0,queueMicrotask(()=>{this.#r=!1;let t=this.#e;this.forget();for(let e of t)this.#t(e.type,e)||this.#i(e)}))}};function m(o,...t){try{o(...t)}catch(e){(globalThis.reportError??console.error)(e)}}function C(o){try{let t=(o??"").split(".")[1]??"",e=atob(t.replace(/-/g,"+").replace(/_/g,"/")),n=new TextDecoder().decode(Uint8Array.from(e,r=>r.charCodeAt(0))),i=JSON.parse(n),s=i.id??i.user_id??i.sub;if(typeof s=="string"||Number.isSafeInteger(s))return String(s)}catch{}}var at=["url","user","clientId","shareAcrossTabs"],g=class{#s=new T;#e=new Set;#n=new Set;#r;#t;#o;#i=l;#h=null;#c;constructor(t,e=(...n)=>new c(...n)){this.#t=t,this.#r=e}get snapshot(){return this.#i}get connectionState(){return this.#i.connectionState}get isConnected(){return this.#i.isConnected}get connectionId(){return this.#i.connectionId}get lastEvent(){return this.#h}get clientId(){return this.#t.clientId??M()}subscribe=(t,e)=>this.#s.subscribe(t,e);unsubscribe=(t,e)=>this.#s.unsubscribe(t,e);once=(t,e)=>this.#s.once(t,e);connect=()=>{this.#t.url!==null&&(this.#o??=this.#a(),this.#o.start())};reconnect=()=>{this.#o?this.#o.reconnect():this.connect()};disconnect=()=>this.#o?.stop();onStateChange=t=>z(this.#e,t);onAnyEvent=t=>z(this.#n,t);configure=t=>{let e=this.#t;this.#t=t,!at.every(n=>e[n]===t[n])&&(this.#c=void 0,this.#f())};#a(){let t=()=>this.#o===i,{getToken:e}=this.#t,n=()=>({...this.#t,clientId:this.clientId,getToken:e&&(s=>this.#u(s,t))}),i=this.#r(n,{onEvent:s=>t()&&this.#d(s),onSnapshot:s=>t()&&this.#v(s),onGap:()=>t()&&this.#t.onGap&&m(this.#t.onGap),onProblem:(s,r)=>m(this.#t.onProblem??console.warn,s,r)});return i}async#u(t,e){let n=await this.#t.getToken?.(t),i=C(n);if(!e()||i===void 0)return n;let s=this.#c;return this.#c=i,s!==void 0&&s!==i&&(this.#f(),this.connect()),n}#f(){this.#o?.stop(),this.#o=void 0,this.#s.forget(),this.#g(null)}#d(t){this.#t.logEvents&&console.debug("pushhub:",t.type,t.data),this.#s.dispatch(t),this.#g(t)}#g(t){this.#h=t,this.#n.forEach(e=>m(e))}#v(t){this.#i=t,this.#e.forEach(e=>m(e))}};function z(o,t){return o.add(t),()=>o.delete(t)}var ht=500,dt=1024*1024,lt=1e4,P=class{position="";#s=[];#e=0;#n=new Set;take(t){let{type:e,lastEventId:n,data:i}=t,s=f(e);return e==="close"||n===""?!0:this.#n.has(n)?s:(this.#s.push({id:n,event:s?null:t}),this.#e+=s?0:i.length,this.#r(),this.moveTo(n),!0)}moveTo(t){if(this.position=t,t!==""&&(this.#n.add(t),!(this.#n.size<=lt)))for(let e of this.#n){this.#n.delete(e);break}}hasSeen(t){return this.#n.has(t)}since(t){if(t===this.position)return[];for(let e=this.#s.length-1;e>=0;e-=1)if(this.#s[e]?.id===t)return this.#s.slice(e+1).flatMap(({event:n})=>n??[]);return null}#r(){for(;this.#s.length>ht||this.#e>dt;)this.#e-=this.#s.shift()?.event?.data.length??0}};var y=class{#s;#e;#n;#r;constructor(t,e){this.#s=t,this.#e=e}static isAvailable(){return typeof navigator<"u"&&!!navigator.locks&&typeof BroadcastChannel<"u"}request(){this.#n=new AbortController,this.#t({signal:this.#n.signal},this.#n.signal)}steal(){this.#n?.abort(),this.#n=new AbortController,this.#t({steal:!0},this.#n.signal)}release(){this.#n?.abort(),this.#r?.(),this.#r=void 0}#t(t,e){let n=!1,i=()=>{if(!e.aborted)return n=!0,new Promise(s=>{this.#r=s,this.#e.onGranted()})};navigator.locks.request(this.#s,t,i).catch(()=>{e.aborted||(n?this.#e.onLost():this.#e.onUnavailable())})}};var F=5e3,R=3e3,G=F*3,ct=30,v=class{#s;#e;#n;#r=w();#t=new P;#o=0;#i="idle";#h;#c;#a;#u=l;#f={...l,connectionState:"connecting"};#d=0;#g=0;#v=-1/0;#p="no";#l=null;#m;#w;#C;constructor(t,e,n=b){this.#s=t,this.#e=e,this.#n=n}start(){this.#i==="idle"?(this.#w??=this.#n.watch({wake:()=>this.#H(),leave:()=>this.#E()}),this.#O()):(this.#u.connectionState==="closed"||this.#u.connectionState==="error")&&this.reconnect()}stop(){this.#b("idle"),this.#w?.(),this.#w=void 0,this.#T(l)}reconnect(){this.#i==="leader"?this.#a?.reconnect():this.#i==="follower"?this.#x({kind:"reconnect"}):this.#i!=="joining"&&(this.#b("idle"),this.start())}async#O(){let t=++this.#o;this.#i="joining",this.#T({...l,connectionState:"connecting"});let e=await this.#P();if(t!==this.#o)return;if(e===void 0)return this.#k();this.#i="follower",this.#f=this.#u,this.#p="no",this.#l=null;let n=new BroadcastChannel(e);n.onmessage=({data:i})=>this.#D(i),this.#c=n,this.#h=new y(e,{onGranted:()=>t===this.#o&&this.#z(),onLost:()=>t===this.#o&&this.#I(),onUnavailable:()=>t===this.#o&&this.#k()}),this.#h.request(),this.#S(this.#y(!0))}async#P(){let{url:t,user:e,getToken:n}=this.#s();if(y.isAvailable())try{let i=e??C(await n?.({refresh:!1})),s=new URL(t??"",globalThis.document?.baseURI??globalThis.location?.href);return s.searchParams.delete("clientId"),i===void 0?void 0:`pushhub/${1} ${s.href} ${i}`}catch{return}}#k(){this.#b("alone"),this.#a=new c(this.#s,this.#e,this.#t.position,this.#n),this.#a.start()}#E(){this.#i==="idle"||this.#i==="alone"||(this.#b("away"),this.#T({...l,connectionState:"connecting",waitingFor:"visible"}))}#b(t){this.#o+=1,this.#i=t,clearTimeout(this.#m),this.#R(),this.#h?.release(),this.#c?.close(),this.#h=this.#c=void 0}#H(){this.#i==="away"?this.#O():this.#i==="follower"&&this.#S(this.#y())}#y(t=!1){let e=!this.#n.isHidden();return this.#x({kind:"hello",from:this.#r,position:this.#t.position,visible:e,starting:t}),performance.now()}#S(t,e=!1){clearTimeout(this.#m),this.#m=setTimeout(()=>{let n=performance.now()-t>R+1e3;this.#g>=t?this.#m=setTimeout(()=>this.#S(this.#y()),F-R):n&&!e?this.#S(this.#y(),!0):(this.#h?.steal(),this.#S(this.#y()))},R+Math.random()*500)}#D(t){if(t.kind==="hello")return this.#$(t);if(t.kind==="reconnect")return void this.#a?.reconnect();if(!(t.term<this.#d)&&(t.term>this.#d&&(this.#d=t.term,this.#i==="leader"&&this.#I()),this.#i==="follower")){switch(this.#g=performance.now(),"snapshot"in t&&(this.#f=t.snapshot),t.kind){case"lead":this.#p="no",this.#y();break;case"event":this.#j(t);break;case"gap":this.#e.onGap();break;case"sync":t.to===this.#r&&this.#U(t.answer)}this.#M()}}#M(){let t=this.#f;t.isConnected&&this.#t.position===""||this.#i==="follower"&&t!==this.#u&&this.#T(t)}#j({previous:t,event:e,isCatchingUp:n}){if(t===this.#t.position)return void this.#A(e);if(f(e.type))return this.#e.onEvent(e);n||this.#t.hasSeen(e.lastEventId)||this.#p!=="no"||(this.#p="asking",this.#y())}#U(t){if(this.#p!=="taking the lead"&&(this.#p="no",!(t===null||t.position===""||this.#t.hasSeen(t.position)))){if(t.events===null&&this.#t.position!=="")return this.#N(t.position);for(let e of t.events??[])this.#A(e);this.#t.moveTo(t.position)}}#N(t){this.#p="taking the lead",this.#l=t,this.#h?.steal()}#A(t){let e=this.#t.take(t);return e&&this.#e.onEvent(t),e}#z(){clearTimeout(this.#m),this.#i="leader",this.#p="no",this.#l!==null&&this.#t.hasSeen(this.#l)&&(this.#l=null),this.#d=Math.max(Date.now(),this.#d+1),this.#T({...l,connectionState:"connecting"}),this.#x({kind:"lead",term:this.#d,snapshot:this.#u}),this.#t.position!==""?this.#L():this.#m=setTimeout(()=>this.#L(),ct)}#L(){let t=this.#d,e=()=>this.#i==="leader"&&this.#d===t,n={onEvent:s=>{e()&&this.#G(s)},onSnapshot:s=>{e()&&(this.#T(s),this.#x({kind:"state",term:t,snapshot:s}))},onGap:()=>{e()&&(this.#e.onGap(),this.#l===null&&this.#x({kind:"gap",term:t}),this.#l=null)},onProblem:(s,r)=>this.#e.onProblem(s,r)},i={isHidden:()=>this.#n.isHidden()&&performance.now()-this.#v>G,isOffline:()=>this.#n.isOffline(),watch:({wake:s})=>(this.#C=s,this.#n.watch({wake:s,leave:()=>{}}))};this.#a=new c(this.#s,n,this.#t.position,i),this.#a.start()}#G(t){let e=this.#t.position,n=this.#A(t),i=this.#l!==null;n&&this.#x({kind:"event",term:this.#d,previous:e,event:t,isCatchingUp:i}),this.#l!==null&&(t.type==="heartbeat"||this.#t.hasSeen(this.#l))&&(this.#l=null)}#F(t){return t===""?{position:this.#l??this.#t.position,events:null}:this.#l===null?{position:this.#t.position,events:this.#t.since(t)}:null}#$(t){if(this.#i!=="leader")return;!this.#a&&this.#t.position===""&&this.#t.moveTo(t.position);let e=this.#F(t.position);if(this.#x({kind:"sync",term:this.#d,to:t.from,snapshot:this.#u,answer:e}),t.visible){let n=this.#n.isHidden()&&performance.now()-this.#v>G;this.#v=performance.now(),n&&this.#C?.()}t.starting&&this.#a?.start()}#I(){this.#i==="leader"&&(this.#i="follower",this.#R(),this.#h?.release(),this.#l=null,this.#h?.request(),this.#S(this.#y()))}#R(){let t=this.#a;this.#a=this.#C=void 0,t?.stop()}#x(t){this.#c?.postMessage(t)}#T(t){this.#u=t,this.#e.onSnapshot(t)}};var $={info:"#3b82f6",warning:"#d97706",error:"#ef4444"},ut={info:"\u2139",warning:"\u26A0",error:"\u2716"},B={boxSizing:"border-box",fontSize:"14px",lineHeight:"1.45",color:"CanvasText",background:"Canvas",border:"1px solid color-mix(in srgb, CanvasText 18%, transparent)",borderRadius:"10px",boxShadow:"0 8px 28px rgb(0 0 0 / .2)"};function q({level:o,title:t,text:e,duration:n,closeLabel:i="Close"}){let s=u("button",{font:"inherit",border:"0",background:"none",color:"inherit",padding:"4px 8px"});s.textContent="\xD7",s.setAttribute("aria-label",i);let r=u("span",{color:$[o],fontWeight:"700"});r.textContent=ut[o],r.setAttribute("aria-hidden","true");let a=u("div",{flex:"1",minWidth:"0",overflowWrap:"anywhere"}),h=u("strong",{display:"block"});h.textContent=t,a.append(h,e??"");let d=u("div",{...B,display:"flex",gap:"10px",padding:"10px 6px 10px 14px",alignItems:"start"});d.style.borderLeft=`4px solid ${$[o]}`,d.dataset.level=o,d.setAttribute("role",o==="error"?"alert":"status"),d.append(r,a,s);let O=pt();for(O.append(d);O.childElementCount>5;)O.firstElementChild?.remove();let A=()=>d.remove();return s.addEventListener("click",A),ft(d,A,n??(o==="error"?12e3:6e3)),A}function _({title:o,text:t,okLabel:e="OK",onOk:n}){let i=u("dialog",{...B,padding:"20px 22px",maxWidth:"min(26rem, calc(100vw - 32px))"}),s=u("h2",{fontSize:"18px",lineHeight:"1.3",margin:"0 0 8px"});s.textContent=o,s.id="pushhub-dialog-title",i.setAttribute("role","alertdialog"),i.setAttribute("aria-labelledby",s.id);let r=u("p",{margin:"0 0 16px",overflowWrap:"anywhere"});r.textContent=t;let a=u("button",{font:"inherit",padding:"7px 18px"});a.textContent=e,a.autofocus=!0,i.append(s,r,a);let h=!1,d=()=>{h||(h=!0,i.remove(),n())};a.addEventListener("click",d),i.addEventListener("close",d),document.body.append(i),typeof i.showModal=="function"?i.showModal():i.setAttribute("open","")}function ft(o,t,e){if(e===0)return;let n=setTimeout(t,e),i=()=>clearTimeout(n),s=()=>{clearTimeout(n),n=setTimeout(t,e)};o.addEventListener("pointerenter",i),o.addEventListener("pointerleave",s),o.addEventListener("focusin",i),o.addEventListener("focusout",s)}function pt(){let o=document.getElementById("pushhub-toasts");if(o)return o;let t=u("section",{position:"fixed",insetBlockEnd:"16px",insetInlineEnd:"16px",zIndex:"2147483000",display:"grid",gap:"10px",width:"min(22rem, calc(100vw - 32px))"});return t.id="pushhub-toasts",t.setAttribute("aria-label","Notifications"),document.body.append(t),t}function u(o,t){let e=document.createElement(o);return Object.assign(e.style,t),e}function mt(o){return new g(o,(t,e)=>t().shareAcrossTabs?new v(t,e):new c(t,e))}return X(gt);})();

"""#),
  ]
}
