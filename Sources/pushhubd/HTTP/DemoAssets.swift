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
      <p id="state" class="pill" data-state="closed"><i aria-hidden="true"></i><span role="status">Not connected</span><span id="countdown" aria-hidden="true"></span></p>
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
        <ol id="events" class="events" aria-labelledby="feed-title" tabindex="0"></ol>
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

#countdown {
  color: var(--soft);
  font-weight: 500;
}

#countdown:empty {
  display: none;
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

/** What was connected, and is still wanted, is connected again. */
let wasOpen = false;

function showState() {
  const { connectionState, connectionId, retryAt, waiting, error, closeReason } = client.snapshot;
  if (connectionState !== "connecting") wasOpen = connectionState === "open";
  const words = {
    open: `Connected as ${user}`,
    closed: closeReason ? `Closed: ${closeReason}` : "Not connected",
    error: error ? `Failed: ${error.message}` : "Failed",
    connecting: waiting === "offline" ? "Waiting for the network" : wasOpen ? "Reconnecting…" : "Connecting…",
  };
  // Screen readers hear the words; the seconds are for the eye alone.
  setText(byId("state").querySelector("[role=status]"), words[connectionState]);
  const seconds = connectionState === "connecting" && retryAt !== null ? Math.ceil((retryAt - Date.now()) / 1000) : 0;
  setText(byId("countdown"), seconds > 0 ? `in ${seconds} s` : "");
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
  const text = message || "You have signed in elsewhere.";
  PushHub.showDialog({ title: "Signed out", text, key: "loginout", onOk: () => client.disconnect() });
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  document.title = "pushhub · live demo";
});

/** Tabs that share the stream show an event's toast once. */
function toast(event, fields, level) {
  const text = String(fields.content ?? fields.message ?? "");
  const key = client.connectionId ? `${client.connectionId} ${event.lastEventId}` : undefined;
  PushHub.showToast({ level, title: String(fields.title ?? event.type), text, key });
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
"use strict";var PushHub=(()=>{var Y=Object.defineProperty;var jt=Object.getOwnPropertyDescriptor;var Ut=Object.getOwnPropertyNames;var Ft=Object.prototype.hasOwnProperty;var $t=(s,t)=>{for(var e in t)Y(s,e,{get:t[e],enumerable:!0})},zt=(s,t,e,n)=>{if(t&&typeof t=="object"||typeof t=="function")for(let i of Ut(t))!Ft.call(s,i)&&i!==e&&Y(s,i,{get:()=>t[i],enumerable:!(n=jt(t,i))||n.enumerable});return s};var Bt=s=>zt(Y({},"__esModule",{value:!0}),s);var Le={};$t(Le,{Connection:()=>p,EventStreamParser:()=>w,PushHubClient:()=>k,TabSource:()=>T,createClient:()=>ue,mountToasts:()=>L,showDialog:()=>Dt,showToast:()=>Rt});var X="pushhub.clientId",M;function ct(){return M===void 0&&(M=Z()??tt(),globalThis.addEventListener?.("pagehide",()=>Z(M)),globalThis.addEventListener?.("pageshow",()=>Z())),M}function Z(s){try{let t=sessionStorage[X];return s?sessionStorage[X]=s:delete sessionStorage[X],t}catch{return}}function tt(){let s=crypto.getRandomValues(new Uint8Array(12));return"cid_"+Array.from(s,t=>t.toString(16).padStart(2,"0")).join("")}function H(s,t,e){let n=t>10?t:10,i=Math.max(n,Math.min(n*2**s,3e4));return Math.min(i,864e5)*(1-e/2)}function ut(s){return 3e4*(1-s/10)}function u(s){return Math.min(1e3*2**s,3e4)}function ft(s,t,e){let n=/^\d+$/.test(s)?Number(s)*1e3:Date.parse(s)-t;return n>0?Math.min(n*(1+e/10),864e5):0}var Gt=/^(open|welcome|heartbeat|close|error)$/;function b(s){return Gt.test(s)}function pt(s){try{return Object(JSON.parse(s.data))}catch{return{}}}var w=class{lastEventId;#t;#e;#s=new TextDecoder;#n=!1;#o=!1;#i="";#r=[];#h=0;#l="";#d;#m=!1;constructor(t,e="",n=16777216){this.#t=t,this.lastEventId=this.#d=e,this.#e=n}get isMidEvent(){return this.#n||this.#i!==""}push(t){let e=this.#s.decode(t,{stream:!0});if(e==="")return;let n=0;this.#o&&(this.#o=!1,e.charCodeAt(0)===10&&(n=1));let i=e.indexOf(`
`,n),o=e.indexOf("\r",n);for(;i!==-1||o!==-1;){let r=o===-1||i!==-1&&i<o?i:o;this.#a(e.slice(n,r)),n=r+1,r===o&&(n===e.length?this.#o=!0:i===n&&(n+=1),o=e.indexOf("\r",n)),i!==-1&&i<n&&(i=e.indexOf(`
`,n))}this.#u(e.slice(n))}#u(t){this.#h+this.#i.length+t.length<=this.#e?this.#i+=t:this.#f()}#f(){this.#m=!0,this.#r=[],this.#h=0,this.#i=":"}#a(t){this.#u(t);let e=this.#i;if(this.#i="",e==="")return this.#b();let n=e.indexOf(":");if(n!==0){if(this.#n=!0,n===-1)return this.#g(e,"");this.#g(e.slice(0,n),e.slice(e.charCodeAt(n+1)===32?n+2:n+1))}}#g(t,e){if(t==="data"){if(this.#m)return;this.#r.push(e),this.#h+=e.length+1}else t==="event"?this.#l=e:t==="id"?e.includes("\0")||(this.#d=e):t==="retry"&&/^[0-9]+$/.test(e)&&this.#t.onRetry?.(Number(e))}#b(){let t=this.#l||"message",e=this.#r,n=this.#m;this.#n=!1,this.#l="",this.#r=[],this.#h=0,this.#m=!1,this.lastEventId=this.#d,n?this.#t.onOversize?.():e.length>0&&this.#t.onEvent({type:t,data:e.join(`
`),lastEventId:this.#d})}};function y(s){try{return new URL(s??"",globalThis.document?.baseURI??globalThis.location?.href)}catch{return null}}async function et({method:s,url:t,token:e,signal:n,lastEventId:i},{headers:o,onRequest:r,withCredentials:a,fetch:h=fetch}){let l=s==="GET",c=new Headers(o);return l&&c.set("Accept","text/event-stream"),e&&c.set("Authorization",`Bearer ${e}`),await r?.({method:s,url:t,headers:c}),i&&c.set("Last-Event-ID",Wt(i)),n.throwIfAborted(),h(t.href,{method:s,headers:c,signal:n,credentials:a?"include":"same-origin",cache:"no-store",redirect:l?"follow":"error"})}function Wt(s){return String.fromCharCode(...new TextEncoder().encode(s))}var R=class{#t;#e;#s;#n;#o=new AbortController;#i;#r="";#h=null;#l=NaN;#d=!1;constructor(t,e,n,i){this.#t=t,this.#e=e,this.#s=n,this.#n=i}abandon(){this.abandonRenewal(),this.#o.abort()}abandonRenewal(){this.#i?.abort()}async run({refresh:t,token:e}){try{if(e??=await this.#t.getToken?.({refresh:t}),this.#g)return;this.#p({kind:"authorized",isOtherUser:this.#a(e,t)}),this.#g||await this.#m(e,this.#s.lastEventId)}catch(n){this.#p({kind:"lost",message:String(n)})}}async#m(t,e){let{url:n,clientId:i}=this.#t,o=y(n);if(!o)return this.#p({kind:"impossible",message:`Not an address: ${n}`});i&&!o.searchParams.has("clientId")&&o.searchParams.set("clientId",i);let{signal:r}=this.#o,a=await et({method:"GET",url:o,token:t,signal:r,lastEventId:e},this.#t);if(this.#g)return;this.#r=a.url||o.href;let h=this.#b(a);this.#p(h??{kind:"accepted"}),h||await this.#k(a,e)}async renew(){let{signal:t}=this.#i=new AbortController;try{let e=await this.#t.getToken?.({refresh:!0});if(t.aborted)return;if(!e)return this.#p({kind:"renewed",life:NaN});if(this.#a(e,!0))return this.#p({kind:"wrongUser",isKnown:!0});let n=new URL(`../connections/${encodeURIComponent(this.#h??"")}/renew`,this.#r),i=await et({method:"POST",url:n,token:e,signal:t},this.#t),{tokenExpiresAt:o}=i.ok?await i.json():{};t.aborted||this.#u(i,Date.parse(String(o)))}catch(e){t.aborted||this.#f(0,e)}}#u({ok:t,status:e},n){t?(this.#p({kind:"renewed",life:n-this.#l}),this.#l=n):e===403?this.#p({kind:"wrongUser",isKnown:!1}):this.#f(e<500&&e!==429?NaN:0,e)}#f(t,e){this.#p({kind:"renewed",life:t}),this.#e.onProblem("The token could not be renewed.",e)}#a(t,e){return!!this.#e.isOtherUser?.(t,e)}get#g(){return this.#o.signal.aborted}#b(t){let{status:e,headers:n}=t,i=n.get("Content-Type")??"";if(e===200&&/^text\/event-stream\s*(;|$)/i.test(i))return;let o;try{[204,401,403].includes(e)||(o=this.#t.shouldRetry?.(t))}catch(r){this.#e.onProblem("shouldRetry failed.",r)}return{kind:"refused",status:e,message:`HTTP status ${e}, content type "${i}"`,retryAfter:ft(n.get("Retry-After")??"",Date.now(),Math.random()),retry:o}}async#k(t,e){let n=new w({onEvent:o=>this.#w(o),onRetry:o=>this.#p({kind:"retryTime",milliseconds:o}),onOversize:()=>this.#e.onProblem("An event was too large and is left out.")},e),i=t.body.getReader();for(;;){let{done:o,value:r}=await i.read();if(o)return this.#p({kind:"lost",message:"The stream ended."});if(n.push(r),this.#g)return;this.#s.lastEventId=n.lastEventId,this.#p({kind:"bytes",isMidEvent:n.isMidEvent})}}#w(t){if(this.#g)return;let{type:e}=t,n=/^(open|welcome|close)$/.test(e)?pt(t):{};if(e==="open"?this.#c(n):this.#d||this.#c({}),this.#d=!0,e==="welcome"&&this.#y(n),this.#g||(e!=="close"&&(this.#s.lastEventId=t.lastEventId),this.#e.onEvent(t),e!=="close"))return;let{reason:i,reconnect:o}=n;this.#p({kind:"closed",reason:typeof i=="string"?i:null,reconnect:o!==!1})}#c({connectionId:t,heartbeatInterval:e,tokenExpiresAt:n,replay:i}){this.#h=typeof t=="string"?t:null,this.#l=Date.parse(String(n)),this.#p({kind:"opened",connectionId:this.#h,heartbeatInterval:Number(e)||0}),i==="gap"&&!this.#g&&this.#e.onGap()}#y({timestamp:t}){let e=this.#l-Date.parse(String(t));this.#h!==null&&e>0&&this.#p({kind:"tokenEnds",life:e})}#p(t){this.#g||this.#n(t)}};var D=class{deadline=1/0;isInDoubt=!1;#t;#e=1/0;#s=!1;constructor(t){this.#t=t}opened(t){this.#s=!0,this.#e=t>0?t*2.5:1/0,this.deadline=this.#t+this.#e}heard(t,e){this.#s||(this.#e=e?15e3:1/0),this.#t=t,this.isInDoubt=!1,this.deadline=t+this.#e}demandProof(t){this.isInDoubt||(this.isInDoubt=!0,this.deadline=t+5e3)}woke(t){t-this.#t>this.#e/2.5&&this.demandProof(t)}isOver(t){let e=t-this.deadline;return e<=1e3||this.isInDoubt?e>=0:(this.demandProof(t),!1)}};var qt=9e4,_t=6e4,Kt=15e3,N=class{dueAt;isUnderWay=!1;#t;#e=0;constructor(t,e){this.#t=t,this.dueAt=this.#s(e)}begin(t){this.isUnderWay=!0,this.dueAt=t+Kt}renewed(t,e){this.isUnderWay=!1,this.#t+=Math.max(t,0),this.#e=t>0&&this.#t-e>_t?0:this.#e+1;let n=this.#e>0?e+u(this.#e):e,i=t>0?Math.max(this.#s(e),n):n;this.dueAt=i<this.#t?i:1/0}#s(t){return this.#t-Math.min(qt,(this.#t-t)/4)}};var f={connectionState:"closed",isConnected:!1,connectionId:null,attempts:0,retryAt:null,waiting:null,error:null,closeReason:null};var mt=15e3,Vt=6e4,Jt=5e3,Qt=3e4,Yt=100,nt={error:null,closeReason:null},gt={attempts:0,delay:0,isRefreshed:!1},j=class{lastEventId;deadline=1/0;#t={kind:"idle"};#e=0;#s=-1/0;#n=0;#o=-1/0;#i;#r=!1;#h=nt;#l;#d=null;#m=0;#u;#f=[];#a;constructor(t){this.lastEventId=t}get isIdle(){return this.#t.kind==="idle"}receive(t,e){return this.#f=[],this.#a=e,this.#m=e.isOffline?this.#m||e.now+Qt:0,this[t.kind](t),this.deadline=this.#R(),this.#f}start({pace:t=gt}){this.isIdle&&this.#g(t)}reconnect(){this.#g(gt)}stop(){this.#L({})}accepted(){this.#t.kind==="connecting"&&(this.#t.step="opening")}impossible({message:t}){this.#A({kind:"http",message:t})}retryTime({milliseconds:t}){this.#l=t}tokenEnds({life:t}){let{now:e,options:n}=this.#a;n.getToken&&(this.#u=new N(e+t,e))}lost({message:t}){this.#w({error:{kind:this.#D?"token":"network",message:t}})}renewed({life:t}){this.#u?.renewed(t,this.#a.now)}wrongUser({isKnown:t}){t&&(this.lastEventId=""),this.#r=!0,this.#w({})}online(){this.#H(!0)}offline(){this.#H(!1)}#g({attempts:t,delay:e,token:n,isRefreshed:i}){this.#E(),this.#h=nt,this.#e=t,this.#n=0,this.#i=n,this.#r=i;let o=this.#a.now+e;e>0?this.#y({due:o,notBefore:o}):this.#b()}#b(){let{now:t}=this.#a;this.#E(),this.#t={kind:"connecting",step:"token",deadline:t+mt,restarts:!1},this.#s=t,this.#S({closeReason:null}),this.#f.push({kind:"authorize",refresh:this.#r,token:this.#i}),this.#i=void 0}authorized({isOtherUser:t}){this.#t.kind==="connecting"&&(t&&(this.lastEventId=""),this.#t.step="request")}refused({status:t,message:e,retryAfter:n,retry:i}){if(t===204)return this.#L({closeReason:null});let o=t===401||t===403,a={kind:o?"unauthorized":t===200?"content-type":"http",message:e,status:t};if(o)return this.#r||!this.#a.options.getToken?this.#A(a):(this.#r=!0,this.#h={error:a,closeReason:null},this.#b());let h=t>=500||[408,425,429].includes(t);if(!(i??(h||t===404||t===200)))return this.#A(a);let l=h?n:Math.max(n,ut(this.#a.random));return this.#w({error:a,notBefore:n,least:l})}opened({connectionId:t,heartbeatInterval:e}){this.#d=t,this.#t.kind==="connecting"?this.#k():this.#P(),this.#t.kind==="open"&&this.#t.liveness.opened(this.#F?e:0)}bytes({isMidEvent:t}){let{now:e}=this.#a,n=this.#t;if(n.kind==="connecting")n.deadline=Math.min(e+mt,this.#s+Vt),n.restarts=!1,t||this.#k();else if(n.kind==="open"){if(n.liveness.heard(e,t&&this.#F),!n.isCutOff)return;n.isCutOff=!1,this.#P()}}#k(){let{now:t}=this.#a;this.#r=!1,this.#h=nt,this.#t={kind:"open",since:t,liveness:new D(t),isCutOff:!1},this.#P()}closed({reason:t,reconnect:e}){if(!e)return this.#L({closeReason:t});let n=t==="token-expired"||t==="revoked";n&&(this.#r=!0),this.#w({closeReason:t,isSoon:n})}#w({error:t=null,closeReason:e=null,isSoon:n=!1,notBefore:i=0,least:o=0}){let{now:r,random:a,options:h}=this.#a;if(this.isIdle)return;this.#c(),this.#h={error:t,closeReason:e};let{maxReconnectAttempts:l=1/0,reconnectDelay:c=3e3}=h;if(this.#e>=l){let Nt=e===null?"The stream was lost.":`The hub closed the stream: ${e}.`;return this.#A(t??{kind:"network",message:Nt})}let P=this.#l??c,v=n&&this.#e===0?0:H(this.#e,P,a);this.#e+=1,this.#E(),this.#y({due:r+Math.max(v,o),notBefore:r+i})}#c(){this.#t.kind==="open"&&this.#a.now-this.#t.since>=Jt&&(this.#e=this.#n=0)}#y({due:t,notBefore:e}){let{now:n,wall:i}=this.#a,o=this.#C();if(t<=n&&o===null)return this.#b();this.#t={kind:"waiting",due:t,notBefore:e},this.#S({retryAt:t<=n?null:i+t-n,waiting:o??"backoff"})}#p(){return this.#a.now<this.#m}#C(){return this.#a.isHidden&&!this.#a.options.whileHidden?"hidden":this.#p()?"offline":null}woke(){let{now:t}=this.#a;if(t-this.#o<Yt)return;this.#o=t;let e=this.#t;if(e.kind==="connecting"&&e.step!=="opening"){let n=this.#s+u(this.#n);if(n>=e.deadline)return;if(this.#n+=1,n<=t)return this.#b();e.restarts=!0,e.deadline=n}else e.kind==="open"?e.liveness.woke(t):"due"in e&&this.#O(e)}#O({due:t,notBefore:e}){let n=Math.max(e,this.#s+u(this.#n));this.#C()===null&&t>this.#a.now&&t>n&&(this.#n+=1,t=n),this.#y({due:t,notBefore:e})}left(){let t=this.#t;if(this.isIdle)return;this.#c(),this.#E();let e="due"in t?t:{due:this.#s+u(this.#n),notBefore:0};this.#o=-1/0,this.#t={...e,kind:"away"},this.#S({waiting:"hidden"})}#H(t){let e=this.#t;e.kind==="open"?(t&&e.liveness.demandProof(this.#a.now),e.isCutOff||=this.#p(),e.isCutOff&&this.#P()):t?this.woke():e.kind==="waiting"&&this.#y(e)}time(){let{now:t}=this.#a,e=this.#t;e.kind==="waiting"?e.due<=t&&this.#y(e):e.kind==="connecting"?e.deadline<=t&&this.#j(e.restarts):e.kind==="open"&&(this.#U(),e.isCutOff&&!this.#p()&&e.liveness.demandProof(t),e.liveness.isOver(t)&&this.#x("The stream fell silent."))}#j(t){t?this.#b():this.#D?this.lost({message:"getToken did not settle in 15 s."}):this.#x("No answer in time.")}#x(t){this.#w({error:{kind:"silent",message:t},isSoon:!0})}#U(){let{now:t}=this.#a,e=this.#u;if(!(!e||t<e.dueAt)){if(e.isUnderWay)return this.#f.push({kind:"abandonRenewal"}),e.renewed(0,t);e.begin(t),this.#f.push({kind:"renew"})}}#R(){let t=this.#t;switch(t.kind){case"idle":case"away":return 1/0;case"connecting":return t.deadline;case"waiting":return this.#C()==="hidden"?1/0:Math.max(t.due,this.#m);case"open":{let e=t.isCutOff&&!t.liveness.isInDoubt?this.#m:1/0;return Math.min(t.liveness.deadline,e,this.#u?.dueAt??1/0)}}}get#D(){return this.#t.kind==="connecting"&&this.#t.step==="token"}get#F(){return this.#a.options.enableHeartbeat!==!1}#A(t){this.#L({connectionState:"error",attempts:this.#e,error:t})}#L(t){this.#E(),this.#I(t)}#E(){(this.#t.kind==="connecting"||this.#t.kind==="open")&&this.#f.push({kind:"abandon"}),this.#t={kind:"idle"},this.#u=void 0,this.#d=null}#P(){this.#t.kind==="open"&&this.#t.isCutOff?this.#I({connectionState:"connecting",waiting:this.#p()?"offline":null}):this.#I({connectionState:"open",isConnected:!0,connectionId:this.#d})}#S(t){this.#I({connectionState:"connecting",attempts:this.#e,...this.#h,...t})}#I(t){this.#f.push({kind:"publish",snapshot:{...f,...t}})}};var S={isHidden:()=>globalThis.document?.visibilityState==="hidden",isOffline:()=>globalThis.navigator?.onLine===!1,watch(s){if(!globalThis.document)return()=>{};let t=[[document,"visibilitychange",()=>S.isHidden()||s("woke")],[document,"resume",()=>s("woke")],[document,"freeze",()=>s("left")],[window,"pageshow",e=>e.persisted&&s("woke")],[window,"pagehide",()=>s("left")],[window,"online",()=>s("online")],[window,"offline",()=>s("offline")]];for(let[e,n,i]of t)e.addEventListener(n,i);return()=>{for(let[e,n,i]of t)e.removeEventListener(n,i)}}};function vt(){let s=0,t=performance.now(),e=Date.now();return()=>{let n=performance.now(),i=Date.now();return s+=Math.max(n-t,i-e,0),t=n,e=i,s}}function bt(s){let t,e=1/0;return(n,i)=>{n!==e&&(clearTimeout(t),e=n,n!==1/0&&(t=setTimeout(()=>{e=1/0,s()},Math.min(Math.ceil(n-i),2**31-1))))}}var Xt=100,Zt=1024*1024,te=1e4,ee=1e3,U=class{#t=[];#e=[];#s=!1;#n=new Set;subscribe(t,e,n=!1){let i={type:t,handler:e,isOnce:n};return this.#t=this.#t.concat(i),this.#n.size===ee&&this.#n.clear(),this.#n.add(t),this.#s=!0,queueMicrotask(()=>this.#l()),()=>this.#o(o=>o===i)}once(t,e){return this.subscribe(t,e,!0)}unsubscribe(t,e){this.#o(n=>n.type===t&&n.handler===e)}dispatch(t){this.#s&&this.#l(),!this.#i(t.type,t)&&!b(t.type)&&this.#r(t),this.#i("*",t)}forget(){this.#e=[]}#o(t){this.#t=this.#t.filter(e=>!t(e))}#i(t,e){let n=this.#t.filter(i=>i.type===t);for(let i of n)this.#t.includes(i)&&(i.isOnce&&this.#o(o=>o===i),g(i.handler,e));return n.length>0}#r(t){for(this.#e.push({event:t,until:this.#n.has(t.type)?performance.now()+te:1/0});this.#e.length>Xt||this.#h>Zt;)this.#e.shift()}get#h(){return this.#e.reduce((t,{event:e})=>t+e.data.length,0)}#l(){let t=performance.now();for(this.#e=this.#e.filter(({until:e})=>e>t);;){let e=this.#e.find(({event:n})=>this.#t.some(({type:i})=>i===n.type));if(this.#s=!!e,!e)return;this.#e.splice(this.#e.indexOf(e),1),this.#i(e.event.type,e.event)}}};function g(s,...t){try{s(...t)}catch(e){(globalThis.reportError??console.error)(e)}}function F(s,t,e,n){let i=vt(),o=bt(()=>l({kind:"time"})),r=[],a=!1,h;function l(c){let P=ne(t(),e,i());if(r.push(...s.receive(c,P)),o(s.deadline,P.now),s.isIdle?(h?.(),h=void 0):h??=e.watch(v=>l({kind:v})),!a){a=!0;for(let v=r.shift();v;v=r.shift())g(n,v);a=!1}}return l}function ne(s,t,e){let n=t.isOffline()&&!ie.test(y(s.url)?.hostname??"");return{now:e,wall:Date.now(),random:Math.random(),isHidden:t.isHidden(),isOffline:n,options:s}}var ie=/^((.*\.)?localhost|127(\.\d+){3}|\[::1\])$/;var p=class{#t;#e;#s;#n;#o=f;#i;constructor(t,e,n=t().lastEventId??"",i=S){this.#t=t,this.#e=e,this.#s=new j(n),this.#n=F(this.#s,t,i,o=>this.#r(o))}get lastEventId(){return this.#s.lastEventId}get snapshot(){return this.#o}start(t){this.#n({kind:"start",pace:t})}stop(){this.#n({kind:"stop"})}reconnect(){this.#n({kind:"reconnect"})}wake(){this.#n({kind:"woke"})}#r(t){switch(t.kind){case"authorize":return this.#i=new R(this.#t(),this.#e,this.#s,this.#n),void this.#i.run(t);case"abandon":return this.#i?.abandon();case"renew":return void this.#i?.renew();case"abandonRenewal":return this.#i?.abandonRenewal();case"publish":return this.#o=t.snapshot,this.#e.onSnapshot(t.snapshot)}}};function $(s){try{let t=(s??"").split(".")[1]??"",e=atob(t.replace(/-/g,"+").replace(/_/g,"/")),n=new TextDecoder().decode(Uint8Array.from(e,r=>r.charCodeAt(0))),i=JSON.parse(n),o=i.id??i.user_id??i.sub;if(typeof o=="string"||Number.isSafeInteger(o))return String(o)}catch{}}function wt({url:s,user:t,clientId:e,shareAcrossTabs:n}){return JSON.stringify([s||null,t?.toString(),e,!!n])}var k=class{#t=new U;#e=new Set;#s=new Set;#n;#o;#i;#r=f;#h=null;#l;#d;constructor(t={},e=(...n)=>new p(...n)){this.#o=t,this.#n=e}get snapshot(){return this.#r}get connectionState(){return this.#r.connectionState}get waiting(){return this.#r.waiting}get isConnected(){return this.#r.isConnected}get connectionId(){return this.#r.connectionId}get lastEvent(){return this.#h}get clientId(){return this.#o.clientId??ct()}subscribe=(t,e)=>this.#t.subscribe(t,e);unsubscribe=(t,e)=>this.#t.unsubscribe(t,e);once=(t,e)=>this.#t.once(t,e);connect=()=>{this.#o.url&&(this.#i??=this.#m(),this.#i.start())};reconnect=()=>{this.#i?this.#i.reconnect():this.connect()};disconnect=()=>this.#i?.stop();onStateChange=t=>yt(this.#e,t);onAnyEvent=t=>yt(this.#s,t);configure=t=>{let e=this.#o;this.#o=t,wt(e)!==wt(t)&&(this.#i?.stop(),this.#i=this.#d=void 0,this.#f())};#m(){let t=()=>this.#i===i,e=this.#o.lastEventId===this.#l?void 0:this.#o.lastEventId;this.#l=this.#o.lastEventId;let n=()=>({...this.#o,clientId:this.clientId,lastEventId:e}),i=this.#n(n,{onEvent:o=>t()&&this.#a(o),onSnapshot:o=>t()&&this.#b(o),onGap:()=>t()&&g(()=>this.#o.onGap?.()),onProblem:(o,r)=>g(this.#o.onProblem??console.warn,o,r),isOtherUser:o=>t()&&this.#u(o)});return i}#u(t){let e=this.#d;return this.#d=$(t)??e,e===void 0||this.#d===e?!1:(this.#f(),!0)}#f(){this.#t.forget(),this.#g(null)}#a(t){this.#o.logEvents&&console.debug("pushhub:",t.type,t.data),this.#t.dispatch(t),this.#g(t)}#g(t){this.#h=t,this.#s.forEach(e=>g(e))}#b(t){this.#r=t,this.#e.forEach(e=>g(e))}};function yt(s,t){return s.add(t),()=>s.delete(t)}var z=class{#t;#e;#s;#n;#o;#i=[];#r=new AbortController;#h;constructor(t,e,n){this.#t=t,this.#e=n,this.#s=this.#d("all"),this.#n=this.#d(e)}requestLock(t){this.#r.abort(),this.#r=new AbortController;let{signal:e}=this.#r,n=!1,i=()=>{if(!e.aborted)return n=!0,new Promise(o=>{this.#h=o,this.#o=this.#d("leader"),this.#e({kind:"lockGranted"})})};navigator.locks.request(this.#t,t?{steal:t}:{signal:e},i).catch(()=>{e.aborted||(n&&this.#o?.close(),this.#e({kind:n?"lockLost":"lockUnavailable"}))})}releaseLock(){this.#o?.close(),this.#r.abort(),this.#h?.()}tell(t,e){if(t==="all"){this.#i.push(e)===1&&queueMicrotask(()=>this.#l());return}let n=new BroadcastChannel(`${this.#t} ${t}`);n.postMessage([e]),n.close()}leave(){this.releaseLock(),this.#l(),this.#s.close(),this.#n.close()}#l(){this.#i.length>0&&this.#s.postMessage(this.#i),this.#i=[]}#d(t){let e=new BroadcastChannel(`${this.#t} ${t}`);return e.onmessage=({data:n})=>{for(let i of n)this.#e({kind:"message",message:i})},e}};var se=6e4,I=class{#t=0;#e=-1/0;pause(t){return t-this.#e>se&&(this.#t=0),t<this.#e?this.#e-t:(this.#e=t+u(this.#t),this.#t+=1,0)}};function C(s,t){if(s===t)return!1;let[,e="",n=""]=kt.exec(s)??[],[,i="",o=""]=kt.exec(t)??[];if(!(!n||!o||e!==i))return n.length===o.length?n>o:n.length>o.length}var kt=/^(|.*-)(0|[1-9][0-9]*)$/s;var oe=500,re=1024*1024,ae=1e4,O=class{position="";#t=[];#e=0;#s=0;#n=new Map;hasTaken(t){return this.#n.has(t)}hasSeen(t){return this.hasTaken(t)||!!C(this.position,t)}isReachedBy(t){return t===this.position||!!C(this.position,t)}take(t){b(t.type)||this.#i(t),this.moveTo(t.lastEventId)}takeGap(){return this.#n.get(this.position)!==this.#o?!1:(this.#i(null),!0)}restart(){this.#e=this.#o+1,this.#t=[],this.#s=0,this.position=""}moveTo(t){if(this.position=t,t==="")return;this.#n.set(t,this.#o);let[e=""]=this.#n.keys();this.#n.size>ae&&this.#n.delete(e)}since(t){let n=!this.hasTaken(t)&&C(this.position,t)?[...this.#n.keys()].reverse().find(o=>C(t,o)):t,i=(this.#n.get(n??"")??-1)-this.#e;return i<0?null:this.#t.slice(i)}get#o(){return this.#e+this.#t.length}#i(t){for(this.#t.push(t),this.#s+=t?.data.length??0;this.#t.length>oe||this.#s>re;)this.#s-=this.#t.shift()?.data.length??0,this.#e+=1}};var It=5e3,xt=6e3,it=3,he=1e3,le=30,Tt=1e3,de=It*3,ce=15e3,x={...f,connectionState:"connecting"},st={isRefreshed:!1},B=class{visibleUntil=0;#t;#e={role:"idle",due:1/0};#s;#n=new O;#o={begunAt:0,endedAt:0,endedIn:0,end:null};#i=0;#r=f;#h=x;#l=[];#d=new Map;#m=-1/0;#u=-1/0;#f=!1;#a=0;#g=new I;#b=new I;#k=st;#w=[];#c;constructor(t,e){this.#t=t,this.#n.moveTo(e)}get position(){return this.#n.position}get isIdle(){return this.#e.role==="idle"}get deadline(){return this.#e.due}receive(t,e){return this.#w=[],this.#c=e,this[t.kind](t),this.#w}stop(){this.#O("idle"),this.#T(f)}start(){ot(this.#r)&&this.reconnect()}reconnect(){let t=this.#e;this.#o.begunAt=Math.max(this.#c.wall,this.#o.endedAt+1),this.#a=0,t.role==="following"?(this.#R("reconnect"),this.#j(t)):t.role==="alone"||t.role==="leading"&&t.hasStream?this.#v({kind:"reconnect"}):t.role==="leading"?this.#N(t):this.#y()}#y(){let{now:t}=this.#c;this.#e={role:"joining",due:t+ce,isAsking:!0,since:t},this.#T(this.#M??x),this.#v({kind:"name",token:this.#k.token})}namingFailed({message:t}){this.#e.role==="joining"&&(this.#p(H(this.#a,1e3,this.#c.random),{kind:"token",message:t}),this.#a+=1)}#p(t,e){let{now:n,wall:i}=this.#c;this.#e={role:"joining",due:n+t,isAsking:!1,since:n},this.#T({...x,attempts:this.#a+1,retryAt:i+t,waiting:"backoff",error:e})}named({name:t}){if(this.#e.role==="joining"){if(t===null)return this.lockUnavailable();(this.#s??t)!==t&&this.#C(),this.#s=t,this.#a=0,this.#h=x,this.#v({kind:"join",name:t}),this.#H(null)}}#C(){this.#n=new O,this.#o={begunAt:this.#c.wall,endedAt:0,endedIn:0,end:null},this.#l=[]}lockUnavailable(){this.#O("alone"),this.#G(0,0,!0)}otherUser({token:t,isRefreshed:e}){if(this.#C(),this.#e.role==="alone")return;this.#O("idle"),this.#k={token:t,isRefreshed:e};let n=this.#g.pause(this.#c.now);n>0?this.#p(n,null):this.#y()}left(){this.isIdle||this.#e.role==="alone"||(this.#O("away"),this.#M||this.#T({...x,waiting:"hidden"}))}woke(){let t=this.#e;t.role==="away"?this.#y():t.role==="following"?this.#x(t):t.role==="joining"&&!t.isAsking&&(t.due=Math.min(t.due,t.since+u(this.#a)))}#O(t){this.#w.push({kind:"disconnect"},{kind:"leave"}),this.#e={role:t,due:1/0}}online(){}offline(){}#H(t){let e={role:"following",due:0,refusal:t,asked:0};this.#e=e,this.#x(e),t||this.#v({kind:"requestLock",steal:!1})}#j(t){t.refusal&&(t.refusal=null,this.#v({kind:"requestLock",steal:!1}))}#x(t){this.#u=this.#c.now,t.asked||=1,t.due=this.#u+Tt,this.#R("ask")}#U(t){this.#c.now-this.#u>=Tt&&this.#x(t)}#R(t){let e=!this.#c.isHidden;this.#z("leader",{kind:t,from:this.#t,position:this.position,isVisible:e,epoch:this.#o})}#D(t){let{now:e,random:n}=this.#c;t.due=e+xt+n*1e3,t.asked=0}#F(t){let e=this.#c.now-t.due>he;t.asked<it||t.asked===it&&e?(t.asked+=e?it:1,this.#x(t)):t.refusal?(this.#D(t),this.#_(t.refusal)):(this.#v({kind:"requestLock",steal:!0}),t.asked=0,this.#x(t))}message({message:t}){if(!("term"in t))return this.#V(t);if(t.term<this.#i)return;t.term>this.#i&&(this.#i=t.term,this.lockLost());let e=this.#e;e.role==="following"&&(this.#D(e),this.#m=this.#c.now,this.#k=st,t.kind==="event"?this.#L(t,e):this.#A(t,e),this.#K(e))}#A(t,e){let{position:n,snapshot:i,epoch:o,isHidden:r,greeting:a,news:h}=t;if(this.#q(o),this.#h=i,h)this.#E(h,n);else{if(r&&!this.#c.isHidden&&this.#R("visible"),!Et(o)!=!this.#M)return this.#x(e);if(n===""?this.position!=="":!this.#n.hasSeen(n))return this.#U(e)}this.#I(a)}#L({previous:t,event:e},n){if(!e)return this.#S(t);let i=rt(e)&&!this.#n.hasSeen(e.lastEventId);if(i&&!this.#n.isReachedBy(t))return this.#U(n);i&&this.#n.take(e),St(e)?this.#I([e]):(i||b(e.type)||e.lastEventId==="")&&this.#v({kind:"deliver",event:e})}#E({from:t,entries:e},n){if(n===""||this.#n.hasSeen(n))return;if(!e&&this.position!==""){if(!this.#f)return this.#P();this.#n.restart(),this.#v({kind:"gap"})}let i=t;for(let o of e??[]){if(!o){this.#S(i);continue}i=o.lastEventId,!this.#n.hasSeen(i)&&(this.#n.take(o),this.#v({kind:"deliver",event:o}))}this.#n.moveTo(n)}#P(){this.#b.pause(this.#c.now)===0&&this.#v({kind:"requestLock",steal:!0})}#S(t){t===this.position&&this.#n.takeGap()&&this.#v({kind:"gap"})}#I(t){let{connectionId:e}=this.#h;for(let n of t)this.#d.get(n.type)!==e&&(this.#d.set(n.type,e),this.#v({kind:"deliver",event:n}))}#K(t){let e=this.#h;if(e.isConnected){if(this.position==="")return;this.#j(t)}this.#_(e)}lockGranted(){let{now:t,wall:e}=this.#c,n=t-this.#m<xt&&this.position!=="",i={role:"leading",due:0,isListening:!n,hasStream:!1,openAt:1/0};this.#e=i,this.#i=Math.max(e,this.#i+1),this.#T(this.#M??x),this.#$(i),n?this.#N(i):i.due=t+le}#G(t,e,n){this.#v({kind:"connect",lastEventId:this.position,pace:{attempts:t,delay:e,...this.#k},isAlone:n}),this.#k=st}event({event:t}){let{role:e}=this.#e,{type:n,lastEventId:i}=t,o=this.position;if(e==="alone")return rt(t)&&this.#n.moveTo(i),this.#v({kind:"deliver",event:t});if(e==="leading"){if(rt(t)&&!this.#n.hasTaken(i))this.#n.take(t);else if(!b(n)&&i!=="")return;St(t)&&(this.#l=this.#l.filter(r=>r.type!==n).concat(t),this.#d.set(n,this.#h.connectionId)),this.#v({kind:"deliver",event:t}),this.#z("all",{kind:"event",term:this.#i,previous:o,event:t})}}snapshot({snapshot:t}){let e=this.#e;if(e.role==="alone")return this.#T(t);if(e.role!=="leading"||!e.hasStream)return;let{isConnected:n,connectionId:i,error:o,attempts:r,waiting:a}=t;i!==this.#h.connectionId&&(this.#l=[]),this.#h=t;let h=ot(t)&&o?.kind==="unauthorized";if(!h&&ot(t)){let l=Math.max(this.#c.wall,this.#o.begunAt);return this.#o={...this.#o,endedAt:l,endedIn:this.#i,end:t},this.#N(e)}e.openAt=n?Math.min(e.openAt,this.#c.wall):1/0,this.#T(t),this.#$(e),this.#f=h||this.#f&&!n,h?this.#B(t):a==="backoff"&&o?.kind==="token"&&r>1&&this.#B(null)}gap(){if(this.#e.role==="alone")return this.#v({kind:"gap"});this.#e.role==="leading"&&(this.#z("all",{kind:"event",term:this.#i,previous:this.position,event:null}),this.#S(this.position))}#V({kind:t,from:e,position:n,isVisible:i,epoch:o}){let r=this.#e;if(r.role==="leading"){if(this.#q(o),t==="reconnect"&&r.hasStream&&this.#v({kind:"reconnect"}),i){let{wall:a,isHidden:h}=this.#c;h&&a>=this.visibleUntil&&this.#v({kind:"wake"}),this.visibleUntil=a+de}t==="ask"&&(this.position===""&&r.isListening&&this.#n.moveTo(n),this.#W(e,{from:n,entries:this.#n.since(n)}))}}#$(t){t.due=this.#c.now+It,this.#W("all",null)}#W(t,e){let[n,i,o,r]=[this.#i,this.position,this.#r,this.#o],a=o.isConnected?this.#l:[],{isHidden:h}=this.#c;this.#z(t,{kind:"beat",term:n,position:i,snapshot:o,epoch:r,isHidden:h,greeting:a,news:e})}#B(t){this.#w.push({kind:"disconnect"},{kind:"releaseLock"}),this.#H(t)}lockLost(){this.#e.role==="leading"&&this.#B(null)}get#M(){return Et(this.#o)}#N(t){let e=this.#M;if(t.isListening=!1,!e&&!t.hasStream){t.hasStream=!0;let{connectionState:n,attempts:i,retryAt:o}=this.#h,r=n==="connecting";this.#G(r?i:0,Math.max((o??0)-this.#c.wall,0),!1)}else if(e){if(t.hasStream&&this.#v({kind:"disconnect"}),t.hasStream=!1,t.openAt=1/0,this.#r===e)return;this.#T(e),this.#$(t)}}#q({begunAt:t,endedAt:e,endedIn:n,end:i}){this.#o.begunAt=Math.max(this.#o.begunAt,t),e>this.#o.endedAt&&(this.#o={...this.#o,endedAt:e,endedIn:n,end:i});let o=this.#e;o.role==="leading"&&(this.#M&&o.openAt<e&&n<this.#i&&(this.#o.begunAt=e+1),o.isListening||this.#N(o))}time(){let t=this.#e;this.#c.now<t.due||(t.role==="joining"?t.isAsking?this.namingFailed({message:"getToken did not settle in 15 s."}):this.#y():t.role==="leading"?(t.isListening&&this.#N(t),this.#$(t)):t.role==="following"&&this.#F(t))}#v(t){this.#w.push(t)}#z(t,e){this.#v({kind:"tell",to:t,message:e})}#_(t){JSON.stringify(t)!==JSON.stringify(this.#r)&&this.#T(t)}#T(t){this.#r=t,this.#v({kind:"publish",snapshot:t})}};function Et({begunAt:s,endedAt:t,end:e}){return t>=s?e:null}function ot({connectionState:s}){return s==="closed"||s==="error"}function St({type:s}){return s==="open"||s==="welcome"}function rt({type:s,lastEventId:t}){return t!==""&&s!=="open"&&s!=="close"&&s!=="error"}var T=class{#t;#e;#s;#n=tt();#o;#i;#r=0;#h;#l;constructor(t,e,n=S){this.#t=t,this.#e=e,this.#s=n,this.#o=new B(this.#n,t().lastEventId??""),this.#i=F(this.#o,t,n,i=>this.#d(i))}start(){this.#i({kind:"start"})}stop(){this.#i({kind:"stop"})}reconnect(){this.#i({kind:"reconnect"})}#d(t){switch(t.kind){case"name":return void this.#m(t.token,++this.#r);case"join":this.#h=new z(t.name,this.#n,this.#i);return;case"leave":this.#h?.leave(),this.#h=void 0;return;case"requestLock":return this.#h?.requestLock(t.steal);case"releaseLock":return this.#h?.releaseLock();case"connect":return this.#f(t);case"disconnect":{let e=this.#l;return this.#l=void 0,e?.stop()}case"reconnect":return this.#l?.reconnect();case"wake":return this.#l?.wake();case"tell":return this.#h?.tell(t.to,t.message);case"deliver":return this.#e.onEvent(t.event);case"gap":return this.#e.onGap();case"publish":return this.#e.onSnapshot(t.snapshot)}}async#m(t,e){let n;try{n={kind:"named",name:await this.#u(t)}}catch(i){n={kind:"namingFailed",message:String(i)}}e===this.#r&&this.#i(n)}async#u(t){let{url:e,user:n,getToken:i}=this.#t();if(!globalThis.navigator?.locks)return null;let o=n??$(t??await i?.({refresh:!1})),r=y(e);return r?.searchParams.delete("clientId"),o===void 0||!r?null:`pushhub/${3} ${r.href} ${o}`}#f({lastEventId:t,pace:e,isAlone:n}){let i={onEvent:r=>this.#i({kind:"event",event:r}),onSnapshot:r=>this.#l===o&&this.#i({kind:"snapshot",snapshot:r}),onGap:()=>this.#i({kind:"gap"}),onProblem:(r,a)=>this.#e.onProblem(r,a),isOtherUser:(r,a)=>{let h=!!this.#e.isOtherUser?.(r,a);return h&&this.#i({kind:"otherUser",token:r,isRefreshed:a}),h}},o=new p(this.#t,i,t,n?this.#s:this.#a());this.#l=o,o.start(e)}#a(){return{isHidden:()=>this.#s.isHidden()&&Date.now()>=this.#o.visibleUntil,isOffline:()=>this.#s.isOffline(),watch:t=>this.#s.watch(e=>e!=="left"&&t(e))}}};function ue(s){return new k(s,(t,e)=>t().shareAcrossTabs?new T(t,e):new p(t,e))}var fe=`
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
`,A;function G(s){s.adoptedStyleSheets&&(A||(A=new CSSStyleSheet,A.replaceSync(fe)),s.adoptedStyleSheets.includes(A)||(s.adoptedStyleSheets=[...s.adoptedStyleSheets,A]))}function d(s,t="",...e){let n=document.createElement(s);return t&&(n.className=t),n.append(...e),n}function at(s){let[t,e]=["svg","path"].map(n=>document.createElementNS("http://www.w3.org/2000/svg",n));return t.setAttribute("viewBox","0 0 20 20"),t.setAttribute("aria-hidden","true"),e.setAttribute("d",s),t.append(e),t}var Ct=2e3;function E(s){let t=String(s);return t.length>Ct?`${t.slice(0,Ct)}\u2026`:t}var pe=/^(video|iframe|img|canvas|object|embed)$/,W=class{#t;#e;#s;#n;#o=new MutationObserver(()=>this.place());#i=!1;constructor(t,e,n,i){this.#t=t,this.#e=e,this.#s=n,this.#n=i,e.setAttribute("popover","manual"),new MutationObserver(()=>this.place()).observe(document,{subtree:!0,attributeFilter:["open"]}),new MutationObserver(()=>this.#d()).observe(t,{attributeFilter:["inert","aria-hidden"]}),document.addEventListener("focusin",()=>this.place()),document.addEventListener("fullscreenchange",()=>this.place()),document.addEventListener("toggle",({target:o})=>this.#i||=o!==e,!0);for(let o of["pointerdown","mousedown","click"])e.addEventListener(o,r=>r.stopPropagation());this.place()}place(){let t=this.#h();if(!(!t||this.#t.parentNode===t)){t.appendChild(this.#t),G(this.#t.getRootNode()),this.#o.disconnect();for(let e=t;e;e=Ot(e))this.#o.observe(e,{childList:!0,attributeFilter:["open"]});this.#r(),this.#n()}}update(){this.place(),this.#r()}#r(){let t=this.#e;if(t.hidden=this.#s(),!t.showPopover||!t.isConnected)return;let e=m();t.matches(":popover-open")&&(t.hidden||this.#i)&&t.hidePopover?.(),!t.hidden&&!t.matches(":popover-open")&&(t.showPopover(),t.contains(e)&&e.focus()),this.#i=!1}#h(){let t=this.#l(),e=document.fullscreenElement;for(;e?.shadowRoot?.fullscreenElement;)e=e.shadowRoot.fullscreenElement;return!e||pe.test(e.localName)||e.contains(document.body)?t??document.body:!t||t.contains(e)?e:t}#l(){for(let e=m();e;e=Ot(e))if(ht(e))return e;let t=this.#t.parentNode;return t&&ht(t)?t:[...document.querySelectorAll("dialog[open]")].filter(ht).pop()}#d(){for(let t of["inert","aria-hidden"])this.#t.hasAttribute(t)&&this.#t.removeAttribute(t)}};function m(){let s=document.activeElement;for(;s?.shadowRoot?.activeElement;)s=s.shadowRoot.activeElement;return s}function ht(s){if(s.nodeName!=="DIALOG"||!s.isConnected)return!1;try{return s.matches(":modal")}catch{return s.hasAttribute("open")}}function Ot(s){return s.parentNode??s.host??null}var me=20,At=0,q=class{#t=[];#e;show(t){let{key:e=`${t.title}
${t.text}`}=t;if(this.#e&&!this.#e.element.isConnected&&Lt(this.#e.element),!(this.#e?.key===e||this.#t.some(n=>n.key===e))){if(this.#t.length===me)return console.warn("pushhub: too many dialogs wait for an answer; left out:",t.title);this.#t.push({...t,key:e}),this.#s()}}#s(){if(this.#e)return;let t=this.#t.shift();if(!t)return;let e=m(),n=ge(t,()=>{this.#e?.element===n&&(this.#e=void 0,n.close?.(),n.remove(),queueMicrotask(()=>{(m()??document.body)===document.body&&e?.focus?.(),this.#s()}),t.onOk())});this.#e={key:t.key,element:n},Lt(n)}};function ge({title:s,text:t,okLabel:e="OK"},n){let i=d("h2","",E(s)),o=d("p","",E(t)),r=d("button","",e);r.type="button",r.autofocus=!0;let a=d("dialog","pushhub-dialog",i,o,r);a.setAttribute("role","alertdialog"),At+=1;for(let[h,l]of[[i,"aria-labelledby"],[o,"aria-describedby"]])h.id=`pushhub-dialog-${At}-${h.localName}`,h.dir="auto",a.setAttribute(l,h.id);return r.addEventListener("click",n),a.addEventListener("close",n),a.addEventListener("keydown",h=>{h.key==="Escape"&&!a.showModal&&n()}),a}function Lt(s){G(document),document.body.append(s),s.showModal?(s.removeAttribute("open"),s.showModal()):(s.setAttribute("open",""),s.querySelector("button")?.focus())}var ve=150,be=5e3,we=10,_=class{element=d("div","pushhub-announcer");#t=this.#i("status","polite");#e=this.#i("alert","assertive");#s=[];#n;say(t,e){this.#s.push({part:e?this.#e:this.#t,text:t}),this.#s=this.#s.slice(-we),this.#n===void 0&&this.#o()}settle(){this.#t.replaceChildren(),this.#e.replaceChildren(),clearTimeout(this.#n),this.#n=setTimeout(()=>{this.#n=void 0,this.#o()},ve)}#o(){for(let{part:t,text:e}of this.#s){let n=d("p");n.textContent=e,t.append(n),setTimeout(()=>n.remove(),be)}this.#s=[]}#i(t,e){let n=d("div");return n.setAttribute("role",t),n.setAttribute("aria-live",e),n.setAttribute("aria-atomic","false"),this.element.append(n),n}};var Pt="pushhub.toasts",K=class{#t=new Set;#e=typeof BroadcastChannel>"u"?void 0:new BroadcastChannel(Pt);constructor(t){this.#e&&(this.#e.onmessage=({data:e})=>{this.#n(e),t(e)})}isTaken(t){return this.#t.has(t)}async take(t){return navigator.locks?new Promise(e=>{let n=i=>{let o=i!==null&&this.#s(t);return e(o),o?new Promise(r=>setTimeout(r,2e3)):void 0};navigator.locks.request(`${Pt} ${t}`,{ifAvailable:!0},n).catch(()=>e(this.#s(t)))}):this.#s(t)}#s(t){return this.isTaken(t)?!1:(this.#n(t),this.#e?.postMessage(t),!0)}#n(t){this.#t.add(t);let[e]=this.#t;this.#t.size>200&&e!==void 0&&this.#t.delete(e)}};var Mt={notifications:"Notifications",close:"Close",closeAll:"Close all",more:s=>`${s} more`,warning:"Warning",error:"Error"};var ye={info:"M10 1.8a8.2 8.2 0 1 0 0 16.4 8.2 8.2 0 0 0 0-16.4M10 9.2v4.4M10 6.3v.01",warning:"M10 2.6 1.8 17h16.4L10 2.6M10 8.2v4M10 14.6v.01",error:"M6.6 1.8h6.8l4.8 4.8v6.8l-4.8 4.8H6.6l-4.8-4.8V6.6l4.8-4.8M10 6v4.6M10 13.8v.01"},ke="M4 4l12 12M16 4 4 16",V=class{element=d("section");#t=d("ul");#e=d("span");#s=d("div","",this.#e);#n=new Map;#o;#i;#r=null;constructor(t,e,n){this.#i=t,this.#o=e,this.#s.append(this.#d(n)),this.element.append(this.#t,this.#s),this.element.setAttribute("aria-live","off"),this.translate(t),this.element.addEventListener("focusin",({relatedTarget:i})=>{i&&!this.element.contains(i)&&(this.#r=i)})}get isEmpty(){return this.#n.size===0}get newest(){return[...this.#n.keys()].pop()}get hasFocus(){return this.element.contains(m())}translate(t){this.#i=t,this.element.setAttribute("aria-label",t.notifications),this.#s.lastChild.textContent=t.closeAll}update(t,e){let n=this.hasFocus,i=[...this.#n.keys()].filter(a=>!t.includes(a)),o=i.length>0?this.#h(i):null;for(let a of i)this.#n.get(a)?.remove(),this.#n.delete(a);let r=t.filter(a=>!this.#n.has(a));for(let a of r)this.#l(a);return this.#e.textContent=e>0?this.#i.more(e):"",this.#s.hidden=e===0,n&&!this.hasFocus&&(o??this.#r)?.focus?.(),this.isEmpty&&(this.#r=null),r}#h(t){let e=r=>!t.some(a=>this.#n.get(a)===r),n=[...this.#t.children],i=n.findIndex(r=>r.contains(m()));return(n.slice(i+1).find(e)??n.slice(0,Math.max(i,0)).reverse().find(e))?.querySelector("button")??null}#l(t){let{level:e,title:n,text:i}=t,o=d("strong","",n),r=d("div","",o);e!=="info"&&o.prepend(d("span","pushhub-unseen",`${this.#i[e]}: `)),i&&r.append(d("p","",i));for(let l of r.children)l.dir="auto";let a=this.#d(()=>this.#o(t));a.append(at(ke)),a.setAttribute("aria-label",this.#i.close),a.setAttribute("aria-description",n);let h=d("li","",at(ye[e]),r,a);h.dataset.level=e,this.#n.set(t,h),this.#t.prepend(h),this.#t.scrollTop=0}#d(t){let e=d("button");return e.type="button",e.addEventListener("mousedown",n=>n.preventDefault()),e.addEventListener("click",t),e}};var Ht={errors:20,others:9},J=class{#t={maxWaiting:Ht.errors,shown:[],waiting:[],leftOut:0};#e={maxWaiting:Ht.others,shown:[],waiting:[],leftOut:0};#s=[this.#t,this.#e];#n="free";#o=0;get shown(){return this.#s.flatMap(t=>t.shown.map(({toast:e})=>e))}get waiting(){return this.#s.flatMap(t=>t.waiting)}get more(){return this.#s.reduce((t,e)=>t+e.waiting.length+e.leftOut,0)}get nextDue(){return this.#n!=="free"?1/0:this.#o+Math.min(...this.#s.flatMap(t=>t.shown.map(({left:e})=>e)))}add(t,e){let n=t.level==="error"?this.#t:this.#e;n.waiting.push(t),this.advance(e),!(n.waiting.length<=n.maxWaiting)&&(n.waiting.shift(),n.leftOut+=1)}remove(t,e){for(let n of this.#s)n.shown=n.shown.filter(i=>i.toast!==t),n.waiting=n.waiting.filter(i=>i!==t);this.advance(e)}clear(){for(let t of this.#s)Object.assign(t,{shown:[],waiting:[],leftOut:0})}attend(t,e){this.advance(e),this.#n=t,this.advance(e)}advance(t){let e=this.#n==="free"?t-this.#o:0;this.#o=t;for(let n of this.#s){for(let i of n.shown)i.left-=e;for(n.shown=n.shown.filter(({left:i})=>i>0);this.#n!=="away"&&n.shown.length<3&&n.waiting.length>0;){let[i]=n.waiting.splice(0,1);n.shown.push({toast:i,left:i.duration})}n.shown.length+n.waiting.length===0&&(n.leftOut=0)}}};var xe=6e3,Te=60,Ee=3e4,Se=2147483647,Q=class{#t=new J;#e=new _;#s=new K(t=>this.#m(t));#n;#o;#i=Mt;#r=!1;#h;constructor(){this.#n=new V(this.#i,n=>this.#u(n),()=>this.#f());let t=this.#n.element,e=d("div","",this.#e.element,t);e.id="pushhub-toasts",this.#o=new W(e,t,()=>this.#n.isEmpty,()=>this.#e.settle()),document.body||document.addEventListener("DOMContentLoaded",()=>this.#a()),document.addEventListener("visibilitychange",()=>void this.#d()),window.addEventListener("keydown",n=>this.#g(n));for(let n of["pointerenter","pointerleave"])t.addEventListener(n,({pointerType:i})=>{this.#r=n==="pointerenter"&&i==="mouse",this.#a()});for(let n of["focusin","focusout"])t.addEventListener(n,()=>queueMicrotask(()=>this.#a()));this.#a()}translate(t){this.#i={...this.#i,...t},this.#n.translate(this.#i)}show(t){let{level:e,key:n}=t,[i,o]=[E(t.title),E(t.text??"")],{duration:r=e==="error"?1/0:Ie(i+o)}=t,a={level:e==="error"||e==="warning"?e:"info",title:i,text:o,duration:r>0?r:1/0,key:n},h=!1,l=()=>{h||(this.#t.add(a,performance.now()),this.#a())};return n===void 0?l():!this.#s.isTaken(n)&&!this.#t.waiting.some(c=>c.key===n)&&(lt()?l():this.#l(a).then(c=>c&&l())),()=>{h=!0,this.#u(a)}}async#l(t){if(t.key===void 0)return!0;t.claim??=this.#s.take(t.key);let e=await t.claim;return e&&(t.key=void 0),e}async#d(){if(!lt())for(let t of this.#t.waiting)await this.#l(t)||this.#t.remove(t,performance.now());this.#a()}#m(t){for(let e of this.#t.waiting)e.key===t&&this.#u(e)}#u(t){this.#t.remove(t,performance.now()),this.#a()}#f(){this.#t.clear(),this.#a()}#a(){let t=performance.now(),e=this.#t.waiting.some(({key:r})=>r!==void 0),n=this.#r||this.#n.hasFocus;this.#t.attend(lt()||e?"away":n?"held":"free",t);let i=this.#n.update(this.#t.shown,this.#t.more);this.#n.isEmpty&&(this.#r=!1),this.#o.update();for(let{level:r,title:a,text:h}of i){let l=[r==="info"?"":`${this.#i[r]}: `,a,h&&`. ${h}`].join("");this.#e.say(l,r==="error")}clearTimeout(this.#h);let{nextDue:o}=this.#t;o<1/0&&(this.#h=setTimeout(()=>this.#a(),Math.min(o-t,Se)))}#g(t){if(t.key!=="Escape"||t.defaultPrevented||t.isComposing||this.#n.isEmpty||!this.#n.hasFocus&&Ce())return;t.preventDefault();let e=this.#n.newest;e&&this.#u(e)}};function lt(){return document.visibilityState==="hidden"}function Ie(s){return Math.min(Math.max(xe,s.length*Te),Ee)}function Ce(){return document.querySelector("dialog[open], :is(:popover-open):not([popover=manual])")||document.fullscreenElement?!0:!!m()?.closest("input, textarea, select, [contenteditable], [aria-expanded=true], [role=dialog], [role=alertdialog], [role=menu], [role=listbox], [role=grid]")}var Oe=Symbol.for("pushhub.toasts"),Ae=globalThis;function dt(){if(!(typeof document>"u"))return Ae[Oe]??={room:new Q,dialogs:new q}}function L(s={}){dt()?.room.translate(s)}function Rt(s){return dt()?.room.show(s)??(()=>{})}function Dt(s){dt()?.dialogs.show(s)}typeof document<"u"&&(document.readyState==="complete"?setTimeout(L):window.addEventListener("load",()=>setTimeout(L)));return Bt(Le);})();

"""#),
  ]
}
