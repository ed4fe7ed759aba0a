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
"use strict";var PushHub=(()=>{var X=Object.defineProperty;var Ft=Object.getOwnPropertyDescriptor;var Dt=Object.getOwnPropertyNames;var Ut=Object.prototype.hasOwnProperty;var jt=(s,t)=>{for(var e in t)X(s,e,{get:t[e],enumerable:!0})},Nt=(s,t,e,n)=>{if(t&&typeof t=="object"||typeof t=="function")for(let i of Dt(t))!Ut.call(s,i)&&i!==e&&X(s,i,{get:()=>t[i],enumerable:!(n=Ft(t,i))||n.enumerable});return s};var Wt=s=>Nt(X({},"__esModule",{value:!0}),s);var Ie={};jt(Ie,{Connection:()=>p,EventStreamParser:()=>y,PushHubClient:()=>S,TabSource:()=>I,createClient:()=>he,mountToasts:()=>H,showDialog:()=>Lt,showToast:()=>Ot});var Z="pushhub.clientId",R;function lt(){return R===void 0&&(R=tt()??et(),globalThis.window?.addEventListener?.("pagehide",()=>tt(R)),globalThis.window?.addEventListener?.("pageshow",()=>tt())),R}function tt(s){try{let t=sessionStorage[Z];return s?sessionStorage[Z]=s:delete sessionStorage[Z],t}catch{return}}function et(){let s=crypto.getRandomValues(new Uint8Array(12));return"cid_"+Array.from(s,t=>t.toString(16).padStart(2,"0")).join("")}function F(s,t,e){let n=t>10?t:10,i=Math.max(n,Math.min(n*2**s,3e4));return Math.min(i,864e5)*(1-e/2)}function dt(s){return 3e4*(1-s/10)}function u(s){return Math.min(1e3*2**s,3e4)}function ct(s,t,e){let n=/^\d+$/.test(s)?Number(s)*1e3:Date.parse(s)-t;return n>0?Math.min(n*(1+e/10),864e5):0}var Gt=/^(open|welcome|heartbeat|close|error)$/;function v(s){return Gt.test(s)}function ut(s){try{return Object(JSON.parse(s.data))}catch{return{}}}var y=class{lastEventId;#t;#e;#n=new TextDecoder("utf-8",{ignoreBOM:!0});#i=!1;#s=!1;#o=!1;#a="";#h=[];#d=0;#l="";#u;#r=!1;constructor(t,e="",n=16777216){this.#t=t,this.lastEventId=this.#u=e,this.#e=n}get isMidEvent(){return this.#s||this.#a!==""}push(t){let e=this.#n.decode(t,{stream:!0});e!==""&&(this.#i||(this.#i=!0,e.charCodeAt(0)===65279&&(e=e.slice(1))),this.#c(e))}#c(t){let e=0;this.#o&&(this.#o=!1,t.charCodeAt(0)===10&&(e=1));let n=t.indexOf(`
`,e),i=t.indexOf("\r",e);for(;n!==-1||i!==-1;){let o=i===-1||n!==-1&&n<i?n:i;this.#f(t.slice(e,o)),e=o+1,o===i&&(e===t.length?this.#o=!0:n===e&&(e+=1),i=t.indexOf("\r",e)),n!==-1&&n<e&&(n=t.indexOf(`
`,e))}this.#p(t.slice(e))}#p(t){this.#d+this.#a.length+t.length<=this.#e?this.#a+=t:this.#m()}#m(){this.#r=!0,this.#h=[],this.#d=0,this.#a=":"}#f(t){this.#p(t);let e=this.#a;if(this.#a="",e==="")return this.#w();let n=e.indexOf(":");if(n!==0){if(this.#s=!0,n===-1)return this.#y(e,"");this.#y(e.slice(0,n),e.slice(e.charCodeAt(n+1)===32?n+2:n+1))}}#y(t,e){if(t==="data"){if(this.#r)return;this.#h.push(e),this.#d+=e.length+1}else t==="event"?this.#l=e:t==="id"?e.includes("\0")||(this.#u=e):t==="retry"&&/^[0-9]+$/.test(e)&&this.#t.onRetry?.(Number(e))}#w(){let t=this.#l||"message",e=this.#h,n=this.#r;this.#s=!1,this.#l="",this.#h=[],this.#d=0,this.#r=!1,this.lastEventId=this.#u,n?this.#t.onOversize?.():e.length>0&&this.#t.onEvent({type:t,data:e.join(`
`),lastEventId:this.#u})}};function k(s){try{return new URL(s??"",globalThis.document?.baseURI??globalThis.location?.href)}catch{return null}}async function nt(s,t,e,{headers:n,onRequest:i,withCredentials:o}){let r=new Headers(n);s==="GET"&&r.set("Accept","text/event-stream"),e&&r.set("Authorization",`Bearer ${e}`),await i?.({method:s,url:t,headers:r});let a=o?"include":"same-origin";return{href:t.href,init:{method:s,headers:r,credentials:a,cache:"no-store"}}}var D=class{#t;#e;#n;#i;#s=new AbortController;#o;#a;#h="";#d=null;#l=NaN;#u=!1;constructor(t,e,n,i){this.#t=t,this.#e=e,this.#n=n,this.#i=i}cancel(){this.cancelRenewal(),this.#s.abort()}cancelRenewal(){this.#o?.abort()}async run(t,e){try{this.#a=e??await this.#t.getToken?.({refresh:t})}catch(n){return this.#b({kind:"tokenFailed",message:String(n)})}this.#f||(this.#b({kind:"authorized",isOtherUser:this.#m(this.#a,t)}),this.#f||await this.#r(this.#n.lastEventId))}async#r(t){let{url:e,clientId:n}=this.#t,i=k(e);if(!i)return this.#b({kind:"impossible",message:`Not an address: ${e}`});n&&!i.searchParams.has("clientId")&&i.searchParams.set("clientId",n);try{let{href:o,init:r}=await nt("GET",i,this.#a,this.#t);if(t&&r.headers.set("Last-Event-ID",$t(t)),this.#f)return;let a=await(this.#t.fetch??fetch)(o,{...r,signal:this.#s.signal});if(this.#f)return;this.#h=a.url||o;let h=this.#y(a);this.#b(h??{kind:"accepted"}),h||await this.#w(a,t)}catch(o){this.#b({kind:"lost",message:String(o)})}}async renew(){let{getToken:t}=this.#t,e=this.#o=new AbortController,{signal:n}=e;try{let i=await t?.({refresh:!0});if(n.aborted)return;if(!i)return this.#b({kind:"renewalFailed",isFinal:!0});if(this.#m(i,!0))return this.#b({kind:"wrongUser",isKnown:!0});let o=new URL(`../connections/${encodeURIComponent(this.#d??"")}/renew`,this.#h),{href:r,init:a}=await nt("POST",o,i,this.#t),h=await(this.#t.fetch??fetch)(r,{...a,signal:n,redirect:"error"}),l=h.ok?await h.json():null;n.aborted||this.#c(h,l)}catch(i){if(n.aborted)return;this.#b({kind:"renewalFailed",isFinal:!1}),this.#p(i)}}#c({status:t},e){if(e){let n=Date.parse(String(e.tokenExpiresAt));this.#b({kind:"renewed",life:n-this.#l}),this.#l=n}else t===403?this.#b({kind:"wrongUser",isKnown:!1}):(this.#b({kind:"renewalFailed",isFinal:t<500&&t!==429}),this.#p(t))}#p(t){this.#e.onProblem("The token could not be renewed.",t)}#m(t,e){return this.#e.isOtherUser?.(t,e)??!1}get#f(){return this.#s.signal.aborted}#y(t){let{status:e,headers:n}=t,i=n.get("Content-Type")??"";if(e===200&&/^\s*text\/event-stream\s*(;|$)/i.test(i))return;let o;try{[204,401,403].includes(e)||(o=this.#t.shouldRetry?.(t))}catch(r){this.#e.onProblem("shouldRetry failed.",r)}return{kind:"refused",status:e,message:`HTTP status ${e}, content type "${i}"`,retryAfter:ct(n.get("Retry-After")??"",Date.now(),Math.random()),retry:o}}async#w(t,e){let n=new y({onEvent:o=>this.#k(o),onRetry:o=>this.#b({kind:"retryTime",milliseconds:o}),onOversize:()=>this.#e.onProblem("An event was too large and is left out.")},e),i=t.body.getReader();for(;;){let{done:o,value:r}=await i.read();if(this.#f)return;if(o)return this.#b({kind:"lost",message:"The stream ended."});if(n.push(r),this.#f)return;this.#n.lastEventId=n.lastEventId,this.#b({kind:"bytes",isMidEvent:n.isMidEvent})}}#k(t){if(this.#f)return;let{type:e}=t,n=/^(open|welcome|close)$/.test(e)?ut(t):{};if(e==="open"?this.#g(n):this.#u||this.#g({}),this.#u=!0,e==="welcome"&&this.#x(n),this.#f||(e!=="close"&&(this.#n.lastEventId=t.lastEventId),this.#e.onEvent(t),e!=="close"))return;let{reason:i,reconnect:o}=n;this.#b({kind:"closed",reason:typeof i=="string"?i:null,reconnect:o!==!1})}#g({connectionId:t,heartbeatInterval:e,tokenExpiresAt:n,replay:i}){this.#d=typeof t=="string"?t:null,this.#l=Date.parse(String(n)),this.#b({kind:"opened",connectionId:this.#d,heartbeatInterval:Number(e)||0}),i==="gap"&&!this.#f&&this.#e.onGap()}#x({timestamp:t}){let e=this.#l-Date.parse(String(t));this.#d!==null&&e>0&&this.#b({kind:"tokenEnds",life:e})}#b(t){this.#f||this.#i(t)}};function $t(s){return Array.from(new TextEncoder().encode(s),t=>String.fromCharCode(t)).join("")}var x=class{#t=0;#e=performance.now();#n=Date.now();now(){let[t,e]=[performance.now(),Date.now()];return this.#t+=Math.max(t-this.#e,e-this.#n,0),this.#e=t,this.#n=e,this.#t}},T=class{#t;#e;#n=1/0;constructor(t){this.#t=t}set(t,e){t!==this.#n&&(clearTimeout(this.#e),this.#n=t,t!==1/0&&(this.#e=setTimeout(()=>{this.#n=1/0,this.#t()},Math.min(Math.max(Math.ceil(t-e),0),2**31-1))))}};var U=class{#t;#e=1/0;#n=1/0;#i=!1;constructor(t){this.#t=t}get isInDoubt(){return this.#n!==1/0}get deadline(){return this.isInDoubt?this.#n:this.#t+this.#e}opened(t){this.#i=!0,this.#e=t>0?t*2.5:1/0}heard(t,e){this.#t=t,this.#n=1/0,this.#i||(this.#e=e?15e3:1/0)}demandProof(t){this.#n=Math.min(this.#n,t+5e3)}woke(t){t-this.#t>this.#e/2.5&&this.demandProof(t)}isOver(t){if(this.isInDoubt)return t>=this.#n;let e=t-(this.#t+this.#e);return e>1e3&&this.demandProof(t),e>=0&&e<=1e3}};var ft=9e4,Bt=6e4,qt=15e3,j=class{dueAt=1/0;isUnderWay=!1;#t;#e=0;constructor(t,e){this.#t=t,this.#n(t-Math.min(ft,(t-e)/4))}begin(t){this.isUnderWay=!0,this.dueAt=t+qt}renewed(t,e){if(this.isUnderWay=!1,Number.isNaN(t))return this.giveUp();if(!(t>0))return this.failed(e);this.#t+=t;let n=this.#t-e;this.#e=n>Bt?0:this.#e+1;let i=this.#e>0?u(this.#e):0;this.#n(Math.max(this.#t-Math.min(ft,n/4),e+i))}failed(t){this.isUnderWay=!1,this.#e+=1,this.#n(t+u(this.#e))}giveUp(){this.isUnderWay=!1,this.dueAt=1/0}#n(t){this.dueAt=t<this.#t?t:1/0}};var f={connectionState:"closed",isConnected:!1,connectionId:null,attempts:0,retryAt:null,waiting:null,error:null,closeReason:null};var pt=15e3,zt=6e4,_t=5e3,mt=3e4,Kt=100,E={error:null,closeReason:null},N=class{lastEventId;deadline=1/0;#t={kind:"idle"};#e=0;#n=-1/0;#i=0;#s=-1/0;#o=!1;#a;#h=null;#d=null;#l;#u=[];#r;constructor(t){this.lastEventId=t}get isIdle(){return this.#t.kind==="idle"}receive(t,e){return this.#u=[],this.#r=e,this.#d=e.isOffline?this.#d??e.now:null,this[t.kind].call(this,t),this.deadline=this.#F(),this.#u}start({pace:t}){if(!this.isIdle)return;if(!t)return this.reconnect();this.#e=t.attempts,this.#o=t.isRefreshed;let e=this.#r.now+t.delay;t.delay>0?this.#y(e,e,E):this.#c(E)}reconnect(){this.#e=this.#i=0,this.#o=!1,this.#c(E)}stop(){this.#S({})}tokenFailed({message:t}){this.#m({error:{kind:"token",message:t}})}accepted(){this.#t.kind==="connecting"&&(this.#t.step="opening")}impossible({message:t}){this.#C({kind:"http",message:t})}retryTime({milliseconds:t}){this.#a=t}tokenEnds({life:t}){let{now:e,options:n}=this.#r;n.getToken&&(this.#l=new j(e+t,e))}lost({message:t}){this.#m({error:{kind:"network",message:t}})}renewed({life:t}){this.#l?.renewed(t,this.#r.now)}renewalFailed({isFinal:t}){t?this.#l?.giveUp():this.#l?.failed(this.#r.now)}wrongUser({isKnown:t}){t&&(this.lastEventId=""),this.#o=!0,this.#m({})}online(){this.#x(!0)}offline(){this.#x(!1)}#c(t){let{now:e}=this.#r;this.#L(),this.#t={kind:"connecting",step:"token",since:e,deadline:e+pt,restarts:!1},this.#n=e,this.#R({error:t.error}),this.#u.push({kind:"authorize",refresh:this.#o})}authorized({isOtherUser:t}){this.#t.kind==="connecting"&&(t&&(this.lastEventId=""),this.#t.step="request")}refused({status:t,message:e,retryAfter:n,retry:i}){if(t===204)return this.#S({closeReason:null});let o=t===401||t===403,a={kind:o?"unauthorized":t===200?"content-type":"http",message:e,status:t};if(o)return this.#o||!this.#r.options.getToken?this.#C(a):(this.#o=!0,this.#c({error:a,closeReason:null}));let h=t>=500||[408,425,429].includes(t);if(!(i??(h||t===404||t===200)))return this.#C(a);let l=h?n:Math.max(n,dt(this.#r.random));return this.#m({error:a},{notBefore:n,least:l})}opened({connectionId:t,heartbeatInterval:e}){this.#h=t,this.#t.kind==="connecting"?this.#p():this.#P(),this.#t.kind==="open"&&this.#t.liveness.opened(this.#E?e:0)}bytes({isMidEvent:t}){let{now:e}=this.#r,n=this.#t;if(n.kind==="connecting")n.deadline=Math.min(e+pt,n.since+zt),n.restarts=!1,t||this.#p();else if(n.kind==="open"){if(n.liveness.heard(e,t&&this.#E),!n.isCutOff)return;n.isCutOff=!1,this.#P()}}#p(){let{now:t}=this.#r;this.#o=!1,this.#t={kind:"open",since:t,liveness:new U(t),isCutOff:!1},this.#P()}closed({reason:t,reconnect:e}){if(!e)return this.#S({closeReason:t});let n=t==="token-expired"||t==="revoked";n&&(this.#o=!0),this.#m({closeReason:t},{isSoon:n})}#m({error:t=null,closeReason:e=null},{isSoon:n=!1,notBefore:i=0,least:o=0}={}){let{now:r,random:a,options:h}=this.#r,l={error:t,closeReason:e};if(this.#t.kind==="idle")return;this.#f();let{maxReconnectAttempts:g=1/0,reconnectDelay:Pt=3e3}=h;if(this.#e>=g){let Rt=e===null?"The stream was lost.":`The hub closed the stream: ${e}.`;return this.#C(t??{kind:"network",message:Rt})}let Mt=this.#a??Pt,Ht=n&&this.#e===0?0:F(this.#e,Mt,a);this.#e+=1,this.#L(),this.#y(r+Math.max(Ht,o),r+i,l)}#f(){this.#t.kind==="open"&&this.#r.now-this.#t.since>=_t&&(this.#e=this.#i=0)}#y(t,e,n){let i=this.#k(),o=t<=this.#r.now;if(o&&i===null)return this.#c(n);this.#t={kind:"waiting",due:t,notBefore:e,failure:n,isAway:!1},this.#R({retryAt:o?null:t,waiting:i??"backoff",...n})}#w(){return this.#d!==null&&this.#r.now-this.#d<mt}#k(){return this.#r.isHidden&&!this.#r.options.whileHidden?"hidden":this.#w()?"offline":null}woke(){let{now:t}=this.#r;if(t-this.#s<Kt)return;this.#s=t;let e=this.#t;if(e.kind==="connecting"&&e.step!=="opening"){let n=e.since+u(this.#i);if(n>=e.deadline)return;if(this.#i+=1,n<=t)return this.#c(E);e.restarts=!0,e.deadline=n}else e.kind==="open"?e.liveness.woke(t):e.kind==="waiting"&&this.#g(e)}#g({due:t,notBefore:e,failure:n}){let i=Math.max(e,this.#n+u(this.#i));this.#k()===null&&t>this.#r.now&&t>i&&(this.#i+=1,t=i),this.#y(t,e,n)}left(){let t=this.#t;if(t.kind==="idle")return;this.#f(),this.#L();let{due:e,notBefore:n,failure:i}=t.kind==="waiting"?t:{due:this.#n+u(this.#i),notBefore:0,failure:E};this.#s=-1/0,this.#t={kind:"waiting",due:e,notBefore:n,failure:i,isAway:!0},this.#R({waiting:"hidden",...i})}#x(t){let e=this.#t;e.kind==="open"?(t&&e.liveness.demandProof(this.#r.now),e.isCutOff||=this.#w(),e.isCutOff&&this.#P()):t?this.woke():e.kind==="waiting"&&!e.isAway&&this.#y(e.due,e.notBefore,e.failure)}time(){let{now:t}=this.#r,e=this.#t;e.kind==="waiting"?e.due<=t&&!e.isAway&&this.#y(e.due,e.notBefore,e.failure):e.kind==="connecting"?t>=e.deadline&&this.#b(e):e.kind==="open"&&(this.#O(),this.#A(e))}#b({restarts:t,step:e}){return t?this.#c(E):e==="token"?this.#m({error:{kind:"token",message:"getToken did not settle in 15 s."}}):this.#m({error:{kind:"silent",message:"No answer in time."}},{isSoon:!0})}#A({isCutOff:t,liveness:e}){let{now:n}=this.#r;t&&!this.#w()&&e.demandProof(n),e.isOver(n)&&this.#m({error:{kind:"silent",message:"The stream fell silent."}},{isSoon:!0})}#O(){let{now:t}=this.#r,e=this.#l;if(!(!e||t<e.dueAt)){if(e.isUnderWay)return this.#u.push({kind:"abandonRenewal"}),e.failed(t);e.begin(t),this.#u.push({kind:"renew"})}}#F(){let t=this.#t;switch(t.kind){case"idle":return 1/0;case"connecting":return t.deadline;case"waiting":return t.isAway?1/0:this.#k()===null?t.due:Math.max(t.due,this.#H());case"open":{let e=this.#w()?this.#H():this.#r.now,n=t.isCutOff&&!t.liveness.isInDoubt?e:1/0;return Math.min(t.liveness.deadline,n,this.#l?.dueAt??1/0)}}}#H(){let t=this.#t.kind==="waiting"&&this.#k()==="hidden";return this.#d===null||t?1/0:this.#d+mt}get#E(){return this.#r.options.enableHeartbeat!==!1}#C(t){this.#S({connectionState:"error",attempts:this.#e,error:t})}#S(t){this.#L(),this.#M(t)}#L(){(this.#t.kind==="connecting"||this.#t.kind==="open")&&this.#u.push({kind:"abandon"}),this.#t={kind:"idle"},this.#l=void 0,this.#h=null}#P(){this.#t.kind==="open"&&!this.#t.isCutOff?this.#M({connectionState:"open",isConnected:!0,connectionId:this.#h}):this.#M({connectionState:"connecting",waiting:this.#w()?"offline":null})}#R(t){this.#M({connectionState:"connecting",attempts:this.#e,...t})}#M(t){this.#u.push({kind:"publish",snapshot:{...f,...t}})}};var Vt=100,Jt=1024*1024,Qt=1e4,Yt=1e3,W=class{#t=[];#e=[];#n=0;#i=!1;#s=new Set;subscribe(t,e){return this.#o({type:t,handler:e,isOnce:!1})}once(t,e){return this.#o({type:t,handler:e,isOnce:!0})}unsubscribe(t,e){this.#a(n=>n.type===t&&n.handler===e)}dispatch(t){this.#i&&this.#c(),(this.#e.some(n=>n.event.type===t.type)||!this.#d(t.type,t))&&!v(t.type)&&this.#l(t),this.#d("*",t)}forget(){this.#e=[],this.#n=0}#o(t){return this.#t=this.#t.concat(t),this.#s.size===Yt&&this.#s.clear(),this.#s.add(t.type),this.#r(),()=>this.#a(e=>e===t)}#a(t){this.#t=this.#t.filter(e=>!t(e))}#h(t){return this.#t.some(e=>e.type===t)}#d(t,e){let n=this.#t.filter(i=>i.type===t);for(let i of n)this.#t.includes(i)&&(i.isOnce&&this.#a(o=>o===i),c(i.handler,e));return n.length>0}#l(t){for(this.#e.push({event:t,until:this.#s.has(t.type)?performance.now()+Qt:1/0}),this.#n+=t.data.length;this.#e.length>Vt||this.#n>Jt;)this.#u(0)}#u(t){if(t<0)return;let[e]=this.#e.splice(t,1);return this.#n-=e?.event.data.length??0,e?.event}#r(){this.#i||this.#e.length===0||(this.#i=!0,queueMicrotask(()=>this.#i&&this.#c()))}#c(){this.#i=!1;let t=performance.now();for(this.#e=this.#e.filter(({until:e})=>e>t),this.#n=this.#e.reduce((e,{event:n})=>e+n.data.length,0);;){let e=this.#u(this.#e.findIndex(n=>this.#h(n.event.type)));if(!e)return;this.#d(e.type,e)}}};function c(s,...t){try{s(...t)}catch(e){(globalThis.reportError??console.error)(e)}}var A={isHidden:()=>globalThis.document?.visibilityState==="hidden",isOffline:()=>globalThis.navigator?.onLine===!1,watch(s){if(!globalThis.document)return()=>{};let t=[[document,"visibilitychange",()=>A.isHidden()||s("woke")],[document,"resume",()=>s("woke")],[document,"freeze",()=>s("left")],[window,"pageshow",e=>e.persisted&&s("woke")],[window,"pagehide",()=>s("left")],[window,"online",()=>s("online")],[window,"offline",()=>s("offline")]];for(let[e,n,i]of t)e.addEventListener(n,i);return()=>{for(let[e,n,i]of t)e.removeEventListener(n,i)}}};var p=class{#t;#e;#n;#i;#s=new x;#o=new T(()=>this.#c({kind:"time"}));#a=[];#h=!1;#d=f;#l;#u;#r;constructor(t,e,n=t().lastEventId??"",i=A){this.#t=t,this.#e=e,this.#n=i,this.#i=new N(n)}get lastEventId(){return this.#i.lastEventId}get snapshot(){return this.#d}start(t,e){this.#u=e,this.#c({kind:"start",...t&&{pace:t}})}stop(){this.#c({kind:"stop"})}reconnect(){this.#c({kind:"reconnect"})}wake(){this.#c({kind:"woke"})}#c(t){let e=this.#p();if(this.#a.push(...this.#i.receive(t,e)),this.#i.isIdle?(this.#r?.(),this.#r=void 0):this.#r??=this.#n.watch(n=>this.#c({kind:n})),this.#o.set(this.#i.deadline,e.now),!this.#h){this.#h=!0;try{for(let n=this.#a.shift();n;n=this.#a.shift())this.#m(n)}finally{this.#h=!1}}}#p(){let t=this.#t();return{now:this.#s.now(),random:Math.random(),isHidden:this.#n.isHidden(),isOffline:this.#n.isOffline()&&!Xt.test(k(t.url)?.hostname??""),options:t}}#m(t){switch(t.kind){case"authorize":{this.#l=new D(this.#t(),this.#e,this.#i,n=>this.#c(n));let e=this.#u;return this.#u=void 0,void this.#l.run(t.refresh,e)}case"abandon":this.#l?.cancel(),this.#l=void 0;return;case"renew":return void this.#l?.renew();case"abandonRenewal":return this.#l?.cancelRenewal();case"publish":return this.#f(t.snapshot)}}#f(t){let{retryAt:e}=t;this.#d=e===null?t:{...t,retryAt:Date.now()+e-this.#s.now()},c(n=>this.#e.onSnapshot(n),this.#d)}},Xt=/^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/;function G(s){try{let t=(s??"").split(".")[1]??"",e=atob(t.replace(/-/g,"+").replace(/_/g,"/")),n=new TextDecoder().decode(Uint8Array.from(e,r=>r.charCodeAt(0))),i=JSON.parse(n),o=i.id??i.user_id??i.sub;if(typeof o=="string"||Number.isSafeInteger(o))return String(o)}catch{}}function gt({url:s,user:t,clientId:e,shareAcrossTabs:n}){return JSON.stringify([s||null,t==null?null:String(t),e??null,!!n])}var S=class{#t=new W;#e=new Set;#n=new Set;#i;#s;#o;#a=f;#h=null;#d;#l;constructor(t={},e=(...n)=>new p(...n)){this.#s=t,this.#i=e}get snapshot(){return this.#a}get connectionState(){return this.#a.connectionState}get waiting(){return this.#a.waiting}get isConnected(){return this.#a.isConnected}get connectionId(){return this.#a.connectionId}get lastEvent(){return this.#h}get clientId(){return this.#s.clientId??lt()}subscribe=(t,e)=>this.#t.subscribe(t,e);unsubscribe=(t,e)=>this.#t.unsubscribe(t,e);once=(t,e)=>this.#t.once(t,e);connect=()=>{this.#s.url&&(this.#o??=this.#u(),this.#o.start())};reconnect=()=>{this.#o?this.#o.reconnect():this.connect()};disconnect=()=>this.#o?.stop();onStateChange=t=>vt(this.#e,t);onAnyEvent=t=>vt(this.#n,t);configure=t=>{let e=this.#s;this.#s=t,gt(e)!==gt(t)&&(this.#l=void 0,this.#p())};#u(){let t=()=>this.#o===i,e=this.#s.lastEventId===this.#d?void 0:this.#s.lastEventId;this.#d=this.#s.lastEventId;let n=()=>({...this.#s,clientId:this.clientId,lastEventId:e}),i=this.#i(n,{onEvent:o=>t()&&this.#m(o),onSnapshot:o=>t()&&this.#y(o),onGap:()=>t()&&this.#s.onGap&&c(this.#s.onGap),onProblem:(o,r)=>c(this.#s.onProblem??console.warn,o,r),isOtherUser:o=>t()&&this.#r(o)});return i}#r(t){let e=G(t),n=this.#l;return this.#l=e??n,n===void 0||e===void 0||n===e?!1:(this.#c(),!0)}#c(){this.#t.forget(),this.#f(null)}#p(){this.#o?.stop(),this.#o=void 0,this.#c()}#m(t){this.#s.logEvents&&console.debug("pushhub:",t.type,t.data),this.#t.dispatch(t),this.#f(t)}#f(t){this.#h=t,this.#n.forEach(e=>c(e))}#y(t){this.#a=t,this.#e.forEach(e=>c(e))}};function vt(s,t){return s.add(t),()=>s.delete(t)}var $=class{#t;#e;#n;#i;#s;#o=[];constructor(t,e,n){this.#t=t,this.#e=n,this.#n=this.#h(""),this.#i=this.#h(` ${e}`)}setLeading(t){t?this.#s??=this.#h(" leader"):(this.#s?.close(),this.#s=void 0)}broadcast(t){this.#o.push(t)===1&&queueMicrotask(()=>this.#a())}tell(t,e){let n=new BroadcastChannel(`${this.#t} ${t??"leader"}`);n.postMessage([e]),n.close()}close(){this.#a();for(let t of[this.#n,this.#i,this.#s])t?.close()}#a(){this.#o.length>0&&this.#n.postMessage(this.#o),this.#o=[]}#h(t){let e=new BroadcastChannel(this.#t+t);return e.onmessage=({data:n})=>n.forEach(this.#e),e}};var O=class{#t;#e;#n;#i;constructor(t,e){this.#t=t,this.#e=e}static isAvailable(){return typeof navigator<"u"&&!!navigator.locks&&typeof BroadcastChannel<"u"}request(){this.#n=new AbortController,this.#s({signal:this.#n.signal},this.#n.signal)}steal(){this.#n?.abort(),this.#n=new AbortController,this.#s({steal:!0},this.#n.signal)}release(){this.#n?.abort(),this.#i?.(),this.#i=void 0}#s(t,e){let n=!1,i=()=>{if(!e.aborted)return n=!0,new Promise(o=>{this.#i=o,this.#e.onGranted()})};navigator.locks.request(this.#t,t,i).catch(()=>{e.aborted||(n?this.#e.onLost():this.#e.onUnavailable())})}};var Zt=6e4,L=class{#t=0;#e=-1/0;pause(t){return t-this.#e>Zt&&(this.#t=0),t<this.#e?this.#e-t:(this.#e=t+u(this.#t),this.#t+=1,0)}};function b(s,t){if(s===t)return!1;let[,e="",n=""]=bt.exec(s)??[],[,i="",o=""]=bt.exec(t)??[];if(!(n===""||o===""||e!==i))return n.length===o.length?n>o:n.length>o.length}var bt=/^(|.*-)(0|[1-9][0-9]*)$/s;var te=500,ee=1024*1024,ne=1e4,P=class{position="";#t=[];#e="";#n=0;#i=new Set;hasTaken(t){return this.#i.has(t)}hasSeen(t){return this.hasTaken(t)||this.position!==""&&b(this.position,t)===!0}isReachedBy(t){return t===this.position||this.position!==""&&b(this.position,t)===!0}take(t){v(t.type)||this.#s(t),this.moveTo(t.lastEventId)}takeGap(){let t=this.#t[this.#t.length-1];return t?.entry===null&&t.previous===this.position?!1:(this.#s(null),!0)}restart(){this.#t=[],this.#n=0,this.position=""}moveTo(t){if(this.position===""&&(this.#e=t),this.position=t,t!==""&&(this.#i.add(t),!(this.#i.size<=ne)))for(let e of this.#i){this.#i.delete(e);break}}since(t){if(t===this.position)return[];let e=this.#t.map(({entry:r})=>r),n=this.#t.findIndex(({previous:r,entry:a})=>r===t||a?.lastEventId===t);if(n>=0)return e.slice(e[n]?.lastEventId===t?n+1:n);if(!(b(this.position,t)===!0&&b(this.#e,t)===!1))return null;let o=this.#t.findIndex(({previous:r,entry:a})=>a?b(a.lastEventId,t):b(r,t));return o<0?[]:e.slice(o)}#s(t){for(this.#t.push({previous:this.position,entry:t}),this.#n+=t?.data.length??0;this.#t.length>te||this.#n>ee;)this.#n-=this.#t.shift()?.entry?.data.length??0,this.#e=this.#t[0]?.previous??this.position}};var kt=5e3,wt=6e3,it=3e3,ie=1e3,se=30,oe=1e3,re=kt*3,ae=15e3,w={...f,connectionState:"connecting"},B=class{deadline=1/0;#t;#e={role:"idle"};#n=null;#i=new P;#s={begunAt:0,endedAt:0,endedIn:0,end:null};#o=0;#a=f;#h=w;#d=[];#l=new Map;#u=-1/0;#r=-1/0;#c=-1/0;#p=!1;#m=0;#f=new L;#y=new L;#w=null;#k=[];#g;constructor(t,e){this.#t=t,this.#i.moveTo(e)}get position(){return this.#i.position}get isIdle(){return this.#e.role==="idle"}isAnyVisible({now:t,isHidden:e}){return!e||t-this.#c<re}receive(t,e){return this.#k=[],this.#g=e,this[t.kind].call(this,t),this.deadline=this.#Z(),this.#k}stop(){this.#O({role:"idle"}),this.#T(f)}start(){let{connectionState:t}=this.#a;this.#e.role!=="idle"&&t!=="closed"&&t!=="error"||this.reconnect()}reconnect(){let t=this.#e;if(this.#s.begunAt=Math.max(this.#g.wall,this.#s.endedAt+1),this.#m=0,t.role==="alone")return this.#v({kind:"reconnectStream"});if(t.role==="leading")return t.hasStream?this.#v({kind:"reconnectStream"}):this.#D(t);if(t.role!=="following")return this.#x();this.#$({kind:"reconnect",epoch:this.#s}),this.#H(t)}#x(){let{now:t}=this.#g;this.#e={role:"joining",isAsking:!0,since:t,due:t+ae},this.#T(this.#I?this.#j:w),this.#v({kind:"name"})}namingFailed({message:t}){this.#e.role==="joining"&&(this.#b(F(this.#m,1e3,this.#g.random),{kind:"token",message:t}),this.#m+=1)}#b(t,e){let{now:n}=this.#g;this.#e={role:"joining",isAsking:!1,since:n,due:n+t},this.#T({...w,attempts:this.#m+1,retryAt:this.#g.wall+t,waiting:"backoff",error:e})}named({name:t}){if(this.#e.role==="joining"){if(t===null)return this.lockUnavailable();this.#n!==null&&this.#n!==t&&this.#A(),this.#n=t,this.#m=0,this.#h=w,this.#v({kind:"join",name:t}),this.#F({isInLine:!0,refusal:null}),this.#v({kind:"requestLock"})}}#A(){this.#i=new P,this.#s={begunAt:this.#g.wall,endedAt:0,endedIn:0,end:null},this.#d=[]}lockUnavailable(){this.#O({role:"alone"}),this.#z(!0,{attempts:0,delay:0,isRefreshed:!1})}otherUser({isRefreshed:t}){let{role:e}=this.#e;if(this.#A(),e==="alone"||e==="idle")return;this.#O({role:"idle"}),this.#w={isRefreshed:t};let n=this.#f.pause(this.#g.now);n>0?this.#b(n,null):this.#x()}left(){this.#e.role==="idle"||this.#e.role==="alone"||(this.#O({role:"away"}),this.#I||this.#T({...w,waiting:"hidden"}))}woke(){let t=this.#e;if(t.role==="away")return this.#x();t.role==="joining"&&!t.isAsking?t.due=Math.min(t.due,t.since+u(this.#m)):t.role==="following"&&this.#E(t)}#O(t){let{role:e}=this.#e;(e==="alone"||e==="leading")&&this.#v({kind:"disconnect"}),(e==="following"||e==="leading")&&this.#k.push({kind:"releaseLock"},{kind:"leave"}),this.#e=t}#F(t){let e={role:"following",...t,silentUntil:0,askedAt:null,hasOverslept:!1};this.#e=e,this.#S(e),this.#E(e)}#H(t){t.refusal=null,!t.isInLine&&(t.isInLine=!0,this.#v({kind:"requestLock"}))}#E(t){let{now:e,isHidden:n}=this.#g;t.askedAt??=e,this.#r=e,this.#$({kind:"ask",from:this.#t,position:this.position,isVisible:!n,epoch:this.#s})}#C(t){this.#g.now-this.#r>=oe&&this.#E(t)}#S(t){let{now:e,random:n}=this.#g;t.silentUntil=e+wt+n*1e3,t.askedAt=null,t.hasOverslept=!1}message({message:t}){if(t.kind==="ask"||t.kind==="visible"||t.kind==="reconnect")return this.#Q(t);if(t.term<this.#o)return;t.term>this.#o&&(this.#o=t.term,this.#e.role==="leading"&&this.lockLost());let e=this.#e;if(e.role==="following"){switch(this.#S(e),this.#u=this.#g.now,this.#w=null,t.kind){case"beat":this.#L(t,e);break;case"event":this.#P(t,e);break;case"gap":t.position===this.position&&this.#N();break;case"answer":this.#G(t.epoch),this.#h=t.snapshot,this.#R(t.news,e),this.#q(t.greeting)}this.#K(e)}}#L({snapshot:t,position:e,epoch:n,isHidden:i},o){let r=t.connectionId===this.#h.connectionId;this.#h=t;let a=yt(n);this.#G(n),i&&!this.#g.isHidden&&this.#$({kind:"visible"});let h=r&&t.isConnected&&this.#l.get("welcome")!==t.connectionId,l=e===""?this.position!=="":!this.#i.hasSeen(e);(h||l||a!==this.#I)&&this.#C(o)}#P({previous:t,event:e},n){let{type:i,lastEventId:o}=e,r=st(e)&&!this.#i.hasSeen(o);if(r&&!this.#i.isReachedBy(t))return this.#C(n);if(r&&this.#i.take(e),i==="open"||i==="welcome")return this.#q([e]);(r||v(i)||o==="")&&this.#v({kind:"deliver",event:e})}#R({from:t,position:e,entries:n},i){if(e===""||this.#i.hasSeen(e))return;if(n===null&&this.position!==""){if(!this.#p)return this.#M(i);this.#i.restart(),this.#v({kind:"gap"})}let o=t;for(let r of n??[]){if(r===null){o===this.position&&this.#N();continue}o=r.lastEventId,!this.#i.hasSeen(o)&&(this.#i.take(r),this.#v({kind:"deliver",event:r}))}this.#i.moveTo(e)}#M(t){this.#y.pause(this.#g.now)>0||(t.isInLine=!0,this.#v({kind:"stealLock"}))}#N(){this.#i.takeGap()&&this.#v({kind:"gap"})}#q(t){let{connectionId:e}=this.#h;for(let n of t)this.#l.get(n.type)!==e&&(this.#l.set(n.type,e),this.#v({kind:"deliver",event:n}))}#K(t){let e=this.#h;if(e.isConnected){if(this.position==="")return;this.#H(t)}JSON.stringify(e)!==JSON.stringify(this.#a)&&this.#T(e)}lockGranted(){if(this.#e.role!=="following")return this.#v({kind:"releaseLock"});let{now:t,wall:e}=this.#g,n=t-this.#u<wt&&this.position!=="";this.#o=Math.max(e,this.#o+1);let i={role:"leading",opensAt:t+(n?0:se),beatsAt:0,hasStream:!1,openAt:1/0};this.#e=i,this.#T(this.#I?this.#j:w),this.#U(i),n&&this.#D(i)}#D(t){if(t.opensAt=null,this.#I)return this.#_(t);t.hasStream=!0,this.#a.connectionState!=="connecting"&&this.#T(w),this.#z(!1,this.#V())}#z(t,e){this.#v({kind:"connect",lastEventId:this.position,pace:e,isAlone:t,isInHand:this.#w!==null}),this.#w=null}#V(){let{connectionState:t,attempts:e,retryAt:n}=this.#h,i=this.#w?.isRefreshed??!1;return t!=="connecting"?{attempts:0,delay:0,isRefreshed:i}:{attempts:e,delay:Math.max((n??0)-this.#g.wall,0),isRefreshed:i}}event({event:t}){let e=this.position;if(this.#e.role==="alone")return st(t)&&(this.#i.position=t.lastEventId),this.#v({kind:"deliver",event:t});if(this.#e.role==="leading"){if((t.type==="open"||t.type==="welcome")&&(this.#d=this.#d.filter(({type:n})=>n==="open"&&t.type==="welcome").concat(t),this.#l.set(t.type,this.#h.connectionId)),st(t)&&!this.#i.hasTaken(t.lastEventId))this.#i.take(t);else if(!v(t.type)&&t.lastEventId!=="")return;this.#v({kind:"deliver",event:t}),this.#B({kind:"event",term:this.#o,previous:e,event:t})}}snapshot({snapshot:t}){let e=this.#e;if(e.role==="alone")return this.#T(t);if(e.role!=="leading"||!e.hasStream)return;t.connectionId!==this.#h.connectionId&&(this.#d=[]),this.#h=t;let{connectionState:n,error:i,attempts:o,waiting:r}=t,a=n==="error"&&i?.kind==="unauthorized";!a&&(n==="error"||n==="closed")&&this.#J(e,t),e.openAt=t.isConnected?Math.min(e.openAt,this.#g.wall):1/0,this.#T(t),this.#U(e),this.#p=a||this.#p&&!t.isConnected,a?this.#W({isInLine:!1,refusal:t}):r==="backoff"&&i?.kind==="token"&&o>1&&this.#W({isInLine:!0,refusal:null})}#J(t,e){let n=Math.max(this.#g.wall,this.#s.begunAt);this.#s={...this.#s,endedAt:n,endedIn:this.#o,end:e},t.hasStream=!1,this.#v({kind:"disconnect"})}gap(){if(this.#e.role==="alone")return this.#v({kind:"gap"});this.#e.role==="leading"&&(this.#B({kind:"gap",term:this.#o,position:this.position}),this.#N())}#Q(t){let e=this.#e;if(e.role!=="leading"||(t.kind!=="visible"&&this.#G(t.epoch),t.kind==="reconnect"&&e.hasStream&&this.#v({kind:"reconnectStream"}),(t.kind==="visible"||t.kind==="ask"&&t.isVisible)&&this.#Y(),t.kind!=="ask"))return;this.position===""&&e.opensAt!==null&&this.#i.moveTo(t.position);let n=t.position,i={from:n,position:this.position,entries:n===""?null:this.#i.since(n)},o=this.#a.isConnected?this.#d:[],r={term:this.#o,snapshot:this.#a,epoch:this.#s,news:i,greeting:o};this.#v({kind:"tell",to:t.from,message:{kind:"answer",...r}})}#Y(){let t=this.isAnyVisible(this.#g);this.#c=this.#g.now,t||this.#v({kind:"wakeStream"})}#U(t){let{now:e,isHidden:n}=this.#g;t.beatsAt=e+kt;let[i,o,r,a]=[this.#o,this.position,this.#a,this.#s];this.#B({kind:"beat",term:i,position:o,snapshot:r,epoch:a,isHidden:n})}#W(t){this.#k.push({kind:"disconnect"},{kind:"releaseLock"}),this.#F(t),t.isInLine&&this.#v({kind:"requestLock"})}lockLost(){this.#e.role==="leading"&&this.#W({isInLine:!0,refusal:null})}get#I(){return yt(this.#s)}get#j(){return this.#s.end??f}#_(t){this.#a!==this.#j&&(this.#T(this.#j),this.#U(t))}#G({begunAt:t,endedAt:e,endedIn:n,end:i}){this.#s.begunAt=Math.max(this.#s.begunAt,t),e>this.#s.endedAt&&(this.#s={...this.#s,endedAt:e,endedIn:n,end:i});let o=this.#e;o.role==="leading"&&(this.#I&&o.openAt<e&&n<this.#o&&(this.#s.begunAt=e+1),this.#I&&o.hasStream?(o.hasStream=!1,this.#v({kind:"disconnect"}),this.#_(o)):!this.#I&&!o.hasStream&&o.opensAt===null&&this.#D(o))}time(){let{now:t}=this.#g,e=this.#e;e.role==="joining"&&t>=e.due?e.isAsking?this.namingFailed({message:"getToken did not settle in 15 s."}):this.#x():e.role==="leading"?(e.opensAt!==null&&t>=e.opensAt&&this.#D(e),t>=e.beatsAt&&this.#U(e)):e.role==="following"&&(e.askedAt!==null&&t>=e.askedAt+it?this.#X(e,e.askedAt):e.askedAt===null&&t>=e.silentUntil&&this.#E(e))}#X(t,e){let{now:n}=this.#g,i=n-e-it>ie;if(t.askedAt=null,i&&!t.hasOverslept)t.hasOverslept=!0;else if(t.refusal){this.#S(t),this.#a!==t.refusal&&this.#T(t.refusal);return}else this.#v({kind:"stealLock"});this.#E(t)}#Z(){let t=this.#e;switch(t.role){case"joining":return t.due;case"leading":return Math.min(t.beatsAt,t.opensAt??1/0);case"following":return t.askedAt===null?t.silentUntil:t.askedAt+it;default:return 1/0}}#v(t){this.#k.push(t)}#$(t){this.#v({kind:"tell",to:null,message:t})}#B(t){this.#v({kind:"broadcast",message:t})}#T(t){this.#a=t,this.#v({kind:"publish",snapshot:t})}};function yt({begunAt:s,endedAt:t,end:e}){return e!==null&&t>=s}function st({type:s,lastEventId:t}){return t!==""&&s!=="open"&&s!=="close"&&s!=="error"}var I=class{#t;#e;#n;#i=et();#s;#o=new x;#a=new T(()=>this.#f({kind:"time"}));#h=[];#d=!1;#l=0;#u;#r;#c;#p;#m;constructor(t,e,n=A){this.#t=t,this.#e=e,this.#n=n,this.#s=new B(this.#i,t().lastEventId??"")}start(){this.#f({kind:"start"})}stop(){this.#f({kind:"stop"})}reconnect(){this.#f({kind:"reconnect"})}#f(t){let e=this.#o.now(),n={now:e,wall:Date.now(),random:Math.random(),isHidden:this.#n.isHidden()};if(this.#h.push(...this.#s.receive(t,n)),this.#a.set(this.#s.deadline,e),this.#s.isIdle?(this.#l+=1,this.#m?.(),this.#m=void 0):this.#m??=this.#n.watch(i=>(i==="woke"||i==="left")&&this.#f({kind:i})),!this.#d){this.#d=!0;try{for(let i=this.#h.shift();i;i=this.#h.shift())this.#y(i)}finally{this.#d=!1}}}#y(t){switch(t.kind){case"name":return void this.#k(++this.#l);case"join":this.#r=new $(t.name,this.#i,e=>this.#f({kind:"message",message:e})),this.#c=new O(t.name,{onGranted:()=>this.#w(!0),onLost:()=>this.#w(!1),onUnavailable:()=>this.#f({kind:"lockUnavailable"})});return;case"leave":this.#r?.close(),this.#r=this.#c=void 0;return;case"requestLock":return this.#c?.request();case"stealLock":return this.#c?.steal();case"releaseLock":return this.#r?.setLeading(!1),this.#c?.release();case"connect":return this.#x(t);case"disconnect":{let e=this.#p;return this.#p=void 0,e?.stop()}case"reconnectStream":return this.#p?.reconnect();case"wakeStream":return this.#p?.wake();case"broadcast":return this.#r?.broadcast(t.message);case"tell":return this.#r?.tell(t.to,t.message);case"deliver":return c(e=>this.#e.onEvent(e),t.event);case"gap":return c(()=>this.#e.onGap());case"publish":return c(e=>this.#e.onSnapshot(e),t.snapshot)}}#w(t){this.#r?.setLeading(t),this.#f({kind:t?"lockGranted":"lockLost"})}async#k(t){let e;try{e={kind:"named",name:await this.#g()}}catch(n){e={kind:"namingFailed",message:String(n)}}t===this.#l&&this.#f(e)}async#g(){let{url:t,user:e,getToken:n}=this.#t();if(!O.isAvailable())return null;let i=e??G(this.#u??await n?.({refresh:!1})),o=k(t);return o?.searchParams.delete("clientId"),i===void 0||!o?null:`pushhub/${2} ${o.href} ${i}`}#x({lastEventId:t,pace:e,isAlone:n,isInHand:i}){let o=()=>this.#p===h,r=l=>o()&&this.#f(l),a={onEvent:l=>r({kind:"event",event:l}),onSnapshot:l=>r({kind:"snapshot",snapshot:l}),onGap:()=>r({kind:"gap"}),onProblem:(l,g)=>this.#e.onProblem(l,g),isOtherUser:(l,g)=>o()&&this.#b(l,g,n)},h=new p(this.#t,a,t,n?this.#n:this.#A());this.#p=h,h.start(e,i?this.#u:void 0),this.#u=void 0}#b(t,e,n){return this.#e.isOtherUser?.(t,e)?(n||(this.#u=t),this.#f({kind:"otherUser",isRefreshed:e}),!0):!1}#A(){return{isHidden:()=>!this.#s.isAnyVisible({now:this.#o.now(),isHidden:this.#n.isHidden()}),isOffline:()=>this.#n.isOffline(),watch:t=>this.#n.watch(e=>e!=="left"&&t(e))}}};function he(s){return new S(s,(t,e)=>t().shareAcrossTabs?new I(t,e):new p(t,e))}var le=`
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
`,M;function q(s){s.adoptedStyleSheets&&(M||(M=new CSSStyleSheet,M.replaceSync(le)),s.adoptedStyleSheets.includes(M)||(s.adoptedStyleSheets=[...s.adoptedStyleSheets,M]))}function d(s,t="",...e){let n=document.createElement(s);return t&&(n.className=t),n.append(...e),n}function ot(s){let[t,e]=["svg","path"].map(n=>document.createElementNS("http://www.w3.org/2000/svg",n));return t.setAttribute("viewBox","0 0 20 20"),t.setAttribute("aria-hidden","true"),e.setAttribute("d",s),t.append(e),t}var xt=2e3;function C(s){let t=String(s);return t.length>xt?`${t.slice(0,xt)}\u2026`:t}var de=/^(video|iframe|img|canvas|object|embed)$/,z=class{#t;#e;#n;#i;#s=new MutationObserver(()=>this.place());#o=!1;constructor(t,e,n,i){this.#t=t,this.#e=e,this.#n=n,this.#i=i,e.setAttribute("popover","manual"),new MutationObserver(()=>this.place()).observe(document,{subtree:!0,attributeFilter:["open"]}),new MutationObserver(()=>this.#l()).observe(t,{attributeFilter:["inert","aria-hidden"]}),document.addEventListener("focusin",()=>this.place()),document.addEventListener("fullscreenchange",()=>this.place()),document.addEventListener("toggle",({target:o})=>this.#o||=o!==e,!0);for(let o of["pointerdown","mousedown","click"])e.addEventListener(o,r=>r.stopPropagation());this.place()}place(){let t=this.#h();if(!(!t||this.#t.parentNode===t)){t.appendChild(this.#t),q(this.#t.getRootNode()),this.#s.disconnect();for(let e=t;e;e=Tt(e))this.#s.observe(e,{childList:!0,attributeFilter:["open"]});this.#a(),this.#i()}}update(){this.place(),this.#a()}#a(){let t=this.#e;if(t.hidden=this.#n(),!t.showPopover||!t.isConnected)return;let e=m();t.matches(":popover-open")&&(t.hidden||this.#o)&&t.hidePopover?.(),!t.hidden&&!t.matches(":popover-open")&&(t.showPopover(),t.contains(e)&&e.focus()),this.#o=!1}#h(){let t=this.#d(),e=document.fullscreenElement;for(;e?.shadowRoot?.fullscreenElement;)e=e.shadowRoot.fullscreenElement;return!e||de.test(e.localName)||e.contains(document.body)?t??document.body:!t||t.contains(e)?e:t}#d(){for(let e=m();e;e=Tt(e))if(rt(e))return e;let t=this.#t.parentNode;return t&&rt(t)?t:[...document.querySelectorAll("dialog[open]")].filter(rt).pop()}#l(){for(let t of["inert","aria-hidden"])this.#t.hasAttribute(t)&&this.#t.removeAttribute(t)}};function m(){let s=document.activeElement;for(;s?.shadowRoot?.activeElement;)s=s.shadowRoot.activeElement;return s}function rt(s){if(s.nodeName!=="DIALOG"||!s.isConnected)return!1;try{return s.matches(":modal")}catch{return s.hasAttribute("open")}}function Tt(s){return s.parentNode??s.host??null}var ce=20,Et=0,_=class{#t=[];#e;show(t){let{key:e=`${t.title}
${t.text}`}=t;if(this.#e&&!this.#e.element.isConnected&&St(this.#e.element),!(this.#e?.key===e||this.#t.some(n=>n.key===e))){if(this.#t.length===ce)return console.warn("pushhub: too many dialogs wait for an answer; left out:",t.title);this.#t.push({...t,key:e}),this.#n()}}#n(){if(this.#e)return;let t=this.#t.shift();if(!t)return;let e=m(),n=ue(t,()=>{this.#e?.element===n&&(this.#e=void 0,n.close?.(),n.remove(),queueMicrotask(()=>{(m()??document.body)===document.body&&e?.focus?.(),this.#n()}),t.onOk())});this.#e={key:t.key,element:n},St(n)}};function ue({title:s,text:t,okLabel:e="OK"},n){let i=d("h2","",C(s)),o=d("p","",C(t)),r=d("button","",e);r.type="button",r.autofocus=!0;let a=d("dialog","pushhub-dialog",i,o,r);a.setAttribute("role","alertdialog"),Et+=1;for(let[h,l]of[[i,"aria-labelledby"],[o,"aria-describedby"]])h.id=`pushhub-dialog-${Et}-${h.localName}`,h.dir="auto",a.setAttribute(l,h.id);return r.addEventListener("click",n),a.addEventListener("close",n),a.addEventListener("keydown",h=>{h.key==="Escape"&&!a.showModal&&n()}),a}function St(s){q(document),document.body.append(s),s.showModal?(s.removeAttribute("open"),s.showModal()):(s.setAttribute("open",""),s.querySelector("button")?.focus())}var fe=150,pe=5e3,me=10,K=class{element=d("div","pushhub-announcer");#t=this.#o("status","polite");#e=this.#o("alert","assertive");#n=[];#i;say(t,e){this.#n.push({part:e?this.#e:this.#t,text:t}),this.#n=this.#n.slice(-me),this.#i===void 0&&this.#s()}settle(){this.#t.replaceChildren(),this.#e.replaceChildren(),clearTimeout(this.#i),this.#i=setTimeout(()=>{this.#i=void 0,this.#s()},fe)}#s(){for(let{part:t,text:e}of this.#n){let n=d("p");n.textContent=e,t.append(n),setTimeout(()=>n.remove(),pe)}this.#n=[]}#o(t,e){let n=d("div");return n.setAttribute("role",t),n.setAttribute("aria-live",e),n.setAttribute("aria-atomic","false"),this.element.append(n),n}};var It="pushhub.toasts",V=class{#t=new Set;#e=typeof BroadcastChannel>"u"?void 0:new BroadcastChannel(It);constructor(t){this.#e&&(this.#e.onmessage=({data:e})=>{this.#i(e),t(e)})}isTaken(t){return this.#t.has(t)}async take(t){return navigator.locks?new Promise(e=>{let n=i=>{let o=i!==null&&this.#n(t);return e(o),o?new Promise(r=>setTimeout(r,2e3)):void 0};navigator.locks.request(`${It} ${t}`,{ifAvailable:!0},n).catch(()=>e(this.#n(t)))}):this.#n(t)}#n(t){return this.isTaken(t)?!1:(this.#i(t),this.#e?.postMessage(t),!0)}#i(t){this.#t.add(t);let[e]=this.#t;this.#t.size>200&&e!==void 0&&this.#t.delete(e)}};var Ct={notifications:"Notifications",close:"Close",closeAll:"Close all",more:s=>`${s} more`,warning:"Warning",error:"Error"};var ge={info:"M10 1.8a8.2 8.2 0 1 0 0 16.4 8.2 8.2 0 0 0 0-16.4M10 9.2v4.4M10 6.3v.01",warning:"M10 2.6 1.8 17h16.4L10 2.6M10 8.2v4M10 14.6v.01",error:"M6.6 1.8h6.8l4.8 4.8v6.8l-4.8 4.8H6.6l-4.8-4.8V6.6l4.8-4.8M10 6v4.6M10 13.8v.01"},ve="M4 4l12 12M16 4 4 16",J=class{element=d("section");#t=d("ul");#e=d("span");#n=d("div","",this.#e);#i=new Map;#s;#o;#a=null;constructor(t,e,n){this.#o=t,this.#s=e,this.#n.append(this.#l(n)),this.element.append(this.#t,this.#n),this.element.setAttribute("aria-live","off"),this.translate(t),this.element.addEventListener("focusin",({relatedTarget:i})=>{i&&!this.element.contains(i)&&(this.#a=i)})}get isEmpty(){return this.#i.size===0}get newest(){return[...this.#i.keys()].pop()}get hasFocus(){return this.element.contains(m())}translate(t){this.#o=t,this.element.setAttribute("aria-label",t.notifications),this.#n.lastChild.textContent=t.closeAll}update(t,e){let n=this.hasFocus,i=[...this.#i.keys()].filter(a=>!t.includes(a)),o=i.length>0?this.#h(i):null;for(let a of i)this.#i.get(a)?.remove(),this.#i.delete(a);let r=t.filter(a=>!this.#i.has(a));for(let a of r)this.#d(a);return this.#e.textContent=e>0?this.#o.more(e):"",this.#n.hidden=e===0,n&&!this.hasFocus&&(o??this.#a)?.focus?.(),this.isEmpty&&(this.#a=null),r}#h(t){let e=r=>!t.some(a=>this.#i.get(a)===r),n=[...this.#t.children],i=n.findIndex(r=>r.contains(m()));return(n.slice(i+1).find(e)??n.slice(0,Math.max(i,0)).reverse().find(e))?.querySelector("button")??null}#d(t){let{level:e,title:n,text:i}=t,o=d("strong","",n),r=d("div","",o);e!=="info"&&o.prepend(d("span","pushhub-unseen",`${this.#o[e]}: `)),i&&r.append(d("p","",i));for(let l of r.children)l.dir="auto";let a=this.#l(()=>this.#s(t));a.append(ot(ve)),a.setAttribute("aria-label",this.#o.close),a.setAttribute("aria-description",n);let h=d("li","",ot(ge[e]),r,a);h.dataset.level=e,this.#i.set(t,h),this.#t.prepend(h),this.#t.scrollTop=0}#l(t){let e=d("button");return e.type="button",e.addEventListener("mousedown",n=>n.preventDefault()),e.addEventListener("click",t),e}};var At={errors:20,others:9},Q=class{#t={maxWaiting:At.errors,shown:[],waiting:[],leftOut:0};#e={maxWaiting:At.others,shown:[],waiting:[],leftOut:0};#n=[this.#t,this.#e];#i="free";#s=0;get shown(){return this.#n.flatMap(t=>t.shown.map(({toast:e})=>e))}get waiting(){return this.#n.flatMap(t=>t.waiting)}get more(){return this.#n.reduce((t,e)=>t+e.waiting.length+e.leftOut,0)}get nextDue(){return this.#i!=="free"?1/0:this.#s+Math.min(...this.#n.flatMap(t=>t.shown.map(({left:e})=>e)))}add(t,e){let n=t.level==="error"?this.#t:this.#e;n.waiting.push(t),this.advance(e),!(n.waiting.length<=n.maxWaiting)&&(n.waiting.shift(),n.leftOut+=1)}remove(t,e){for(let n of this.#n)n.shown=n.shown.filter(i=>i.toast!==t),n.waiting=n.waiting.filter(i=>i!==t);this.advance(e)}clear(){for(let t of this.#n)Object.assign(t,{shown:[],waiting:[],leftOut:0})}attend(t,e){this.advance(e),this.#i=t,this.advance(e)}advance(t){let e=this.#i==="free"?t-this.#s:0;this.#s=t;for(let n of this.#n){for(let i of n.shown)i.left-=e;for(n.shown=n.shown.filter(({left:i})=>i>0);this.#i!=="away"&&n.shown.length<3&&n.waiting.length>0;){let[i]=n.waiting.splice(0,1);n.shown.push({toast:i,left:i.duration})}n.shown.length+n.waiting.length===0&&(n.leftOut=0)}}};var be=6e3,we=60,ye=3e4,ke=2147483647,Y=class{#t=new Q;#e=new K;#n=new V(t=>this.#u(t));#i;#s;#o=Ct;#a=!1;#h;constructor(){this.#i=new J(this.#o,n=>this.#r(n),()=>this.#c());let t=this.#i.element,e=d("div","",this.#e.element,t);e.id="pushhub-toasts",this.#s=new z(e,t,()=>this.#i.isEmpty,()=>this.#e.settle()),document.body||document.addEventListener("DOMContentLoaded",()=>this.#p()),document.addEventListener("visibilitychange",()=>void this.#l()),window.addEventListener("keydown",n=>this.#m(n));for(let n of["pointerenter","pointerleave"])t.addEventListener(n,({pointerType:i})=>{this.#a=n==="pointerenter"&&i==="mouse",this.#p()});for(let n of["focusin","focusout"])t.addEventListener(n,()=>queueMicrotask(()=>this.#p()));this.#p()}translate(t){this.#o={...this.#o,...t},this.#i.translate(this.#o)}show(t){let{level:e,key:n}=t,[i,o]=[C(t.title),C(t.text??"")],{duration:r=e==="error"?1/0:xe(i+o)}=t,a={level:e==="error"||e==="warning"?e:"info",title:i,text:o,duration:r>0?r:1/0,key:n},h=!1,l=()=>{h||(this.#t.add(a,performance.now()),this.#p())};return n===void 0?l():!this.#n.isTaken(n)&&!this.#t.waiting.some(g=>g.key===n)&&(at()?l():this.#d(a).then(g=>g&&l())),()=>{h=!0,this.#r(a)}}async#d(t){if(t.key===void 0)return!0;t.claim??=this.#n.take(t.key);let e=await t.claim;return e&&(t.key=void 0),e}async#l(){if(!at())for(let t of this.#t.waiting)await this.#d(t)||this.#t.remove(t,performance.now());this.#p()}#u(t){for(let e of this.#t.waiting)e.key===t&&this.#r(e)}#r(t){this.#t.remove(t,performance.now()),this.#p()}#c(){this.#t.clear(),this.#p()}#p(){let t=performance.now(),e=this.#t.waiting.some(({key:r})=>r!==void 0),n=this.#a||this.#i.hasFocus;this.#t.attend(at()||e?"away":n?"held":"free",t);let i=this.#i.update(this.#t.shown,this.#t.more);this.#i.isEmpty&&(this.#a=!1),this.#s.update();for(let{level:r,title:a,text:h}of i){let l=[r==="info"?"":`${this.#o[r]}: `,a,h&&`. ${h}`].join("");this.#e.say(l,r==="error")}clearTimeout(this.#h);let{nextDue:o}=this.#t;o<1/0&&(this.#h=setTimeout(()=>this.#p(),Math.min(o-t,ke)))}#m(t){if(t.key!=="Escape"||t.defaultPrevented||t.isComposing||this.#i.isEmpty||!this.#i.hasFocus&&Te())return;t.preventDefault();let e=this.#i.newest;e&&this.#r(e)}};function at(){return document.visibilityState==="hidden"}function xe(s){return Math.min(Math.max(be,s.length*we),ye)}function Te(){return document.querySelector("dialog[open], :is(:popover-open):not([popover=manual])")||document.fullscreenElement?!0:!!m()?.closest("input, textarea, select, [contenteditable], [aria-expanded=true], [role=dialog], [role=alertdialog], [role=menu], [role=listbox], [role=grid]")}var Ee=Symbol.for("pushhub.toasts"),Se=globalThis;function ht(){if(!(typeof document>"u"))return Se[Ee]??={room:new Y,dialogs:new _}}function H(s={}){ht()?.room.translate(s)}function Ot(s){return ht()?.room.show(s)??(()=>{})}function Lt(s){ht()?.dialogs.show(s)}typeof document<"u"&&(document.readyState==="complete"?setTimeout(H):window.addEventListener("load",()=>setTimeout(H)));return Wt(Ie);})();

"""#),
  ]
}
