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

function showState() {
  const { connectionState, connectionId, attempts, retryAt, waiting, error, closeReason } = client.snapshot;
  const words = {
    open: `Connected as ${user}`,
    closed: closeReason ? `Closed: ${closeReason}` : "Not connected",
    error: error ? `Failed: ${error.message}` : "Failed",
    connecting: waiting === "offline" ? "Waiting for the network" : attempts > 0 ? "Reconnecting…" : "Connecting…",
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
"use strict";var PushHub=(()=>{var z=Object.defineProperty;var ut=Object.getOwnPropertyDescriptor;var pt=Object.getOwnPropertyNames;var ft=Object.prototype.hasOwnProperty;var mt=(s,t)=>{for(var e in t)z(s,e,{get:t[e],enumerable:!0})},gt=(s,t,e,n)=>{if(t&&typeof t=="object"||typeof t=="function")for(let i of pt(t))!ft.call(s,i)&&i!==e&&z(s,i,{get:()=>t[i],enumerable:!(n=ut(t,i))||n.enumerable});return s};var vt=s=>gt(z({},"__esModule",{value:!0}),s);var Jt={};mt(Jt,{Connection:()=>u,EventStreamParser:()=>m,PushHubClient:()=>v,TabSource:()=>b,createClient:()=>Ht,mountToasts:()=>k,showDialog:()=>ct,showToast:()=>dt});var K="pushhub.clientId",Q;function J(){try{sessionStorage[K]=Q??=sessionStorage[K]??E()}catch{}return Q??=E()}function E(){let s=crypto.getRandomValues(new Uint8Array(12));return"cid_"+Array.from(s,t=>t.toString(16).padStart(2,"0")).join("")}function Y(s,t){let e=s===0?t:Math.max(t,Math.min(1e3*2**s,3e4));return Math.min(e,864e5)*(1-Math.random()/2)}function X(s){let t=/^\d+$/.test(s)?Number(s)*1e3:Date.parse(s)-Date.now();return t>0?Math.min(t*(1+Math.random()/10),864e5):0}var bt=/^(open|welcome|heartbeat|close|error)$/;function f(s){return bt.test(s)}function S(s){try{return Object(JSON.parse(s.data))}catch{return{}}}var m=class{lastEventId;#t;#n;#e=new TextDecoder("utf-8",{ignoreBOM:!0});#s=!1;#i=!1;#r="";#o=[];#h=0;#l="";#a;#p=!1;constructor(t,e="",n=16777216){this.#t=t,this.lastEventId=this.#a=e,this.#n=n}push(t){let e=this.#e.decode(t,{stream:!0});e!==""&&(this.#s||(this.#s=!0,e.charCodeAt(0)===65279&&(e=e.slice(1))),this.#u(e))}#u(t){let e=0;this.#i&&(this.#i=!1,t.charCodeAt(0)===10&&(e=1));let n=t.indexOf(`
`,e),i=t.indexOf("\r",e);for(;n!==-1||i!==-1;){let o=i===-1||n!==-1&&n<i?n:i;this.#v(t.slice(e,o)),e=o+1,o===i&&(e===t.length?this.#i=!0:n===e&&(e+=1),i=t.indexOf("\r",e)),n!==-1&&n<e&&(n=t.indexOf(`
`,e))}this.#d(t.slice(e))}#d(t){this.#h+this.#r.length+t.length<=this.#n?this.#r+=t:this.#f()}#f(){this.#p=!0,this.#o=[],this.#h=0,this.#r=":"}#v(t){this.#d(t);let e=this.#r;if(this.#r="",e==="")return this.#c();let n=e.indexOf(":");if(n!==0){if(n===-1)return this.#m(e,"");this.#m(e.slice(0,n),e.slice(e.charCodeAt(n+1)===32?n+2:n+1))}}#m(t,e){if(t==="data"){if(this.#p)return;this.#o.push(e),this.#h+=e.length+1}else t==="event"?this.#l=e:t==="id"?e.includes("\0")||(this.#a=e):t==="retry"&&/^[0-9]+$/.test(e)&&this.#t.onRetry?.(Number(e))}#c(){let t=this.#l||"message",e=this.#o,n=this.#p;this.#l="",this.#o=[],this.#h=0,this.#p=!1,this.lastEventId=this.#a,n?this.#t.onOversize?.():e.length>0&&this.#t.onEvent({type:t,data:e.join(`
`),lastEventId:this.#a})}};var wt=9e4,G=1e4,Z="The token could not be renewed.",C=class{#t;#n;#e;#s;#i=new AbortController;constructor(t){this.#t=t,this.#e=t.expiresAt,this.#n=t.now-Date.now(),this.#o()}stop(){clearTimeout(this.#s),this.#i.abort()}#r(){return this.#e-Date.now()-this.#n}#o(){let t=this.#r();this.#h(t-Math.min(wt,t/4))}#h(t){this.#s=setTimeout(()=>t>864e5?this.#o():void this.#l(),Math.min(t,864e5))}async#l(){let{url:t,getToken:e,fetch:n,onForbidden:i,onProblem:o}=this.#t,{signal:r}=this.#i;try{let a=await e({refresh:!0});if(r.aborted||!a)return;let h=await n(t,{method:"POST",headers:{Authorization:`Bearer ${a}`},signal:r});if(h.status===403)return i();if(h.status<500&&h.status!==429){if(!h.ok)return o(Z,h.status);let d=(await h.json()).tokenExpiresAt;if(r.aborted||!d)return;this.#e=Date.parse(d),this.#r()>G/10&&this.#o();return}}catch(a){if(r.aborted)return;o(Z,a)}this.#r()>G&&this.#h(G)}};var O=class{#t;#n;#e;#s=0;#i=0;constructor(t,e){this.#n=t,this.#t=e,this.heard(),this.#o(t)}heard(){this.#s=performance.now(),this.#i=Date.now()}setLimit(t){this.#n=t,this.#o(t)}stop(){clearTimeout(this.#e)}check(){this.#r()>=this.#n&&this.#o(1e3,!0)}#r(){return Math.max(performance.now()-this.#s,Date.now()-this.#i)}#o(t,e=!1){if(clearTimeout(this.#e),t===1/0)return;let n=Date.now()+t;this.#e=setTimeout(()=>{let i=this.#n-this.#r();i>0?this.#o(i):!e&&Date.now()-n>1e3?this.#o(1e3,!0):this.#t()},Math.min(t,2**31-1))}};var xt=15e3,Tt=2.5,P=class{openedAt=null;#t;#n;#e=new AbortController;#s;#i;#r;#o=null;#h=NaN;#l;constructor(t,e){this.#t=t,this.#n=e}cancel(){this.#s?.stop(),this.#i?.stop(),this.#e.abort()}check(){this.#s?.check()}async run(t,e){let n;try{let o=await this.#a(t,e);if(!o)return;this.#s=new O(xt,()=>this.#c("silent","No answer in time.")),n=await(this.#t.fetch??fetch)(this.#r,o)}catch(o){return this.#c("network",String(o))}if(this.#e.signal.aborted)return;let i=this.#p(n);if(i)return this.#g(i);await this.#u(n,t)}async#a(t,e){let{url:n,clientId:i,getToken:o,withCredentials:r}=this.#t,a={Accept:"text/event-stream"};try{this.#r=new URL(n??"",globalThis.document?.baseURI??globalThis.location?.href)}catch{return void this.#g({kind:"rejected",error:{kind:"http",message:`Not an address: ${n}`}})}i&&!this.#r.searchParams.has("clientId")&&this.#r.searchParams.set("clientId",i);try{let h=await o?.({refresh:e});h&&(a.Authorization=`Bearer ${h}`)}catch(h){return void this.#c("token",String(h))}if(!this.#e.signal.aborted)return t&&(a["Last-Event-ID"]=kt(t)),{headers:a,signal:this.#e.signal,cache:"no-store",credentials:r?"include":"same-origin"}}#p(t){let{status:e,headers:n}=t,i=n.get("Content-Type")??"";if(e===200&&/^\s*text\/event-stream\s*(;|$)/i.test(i))return;if(e===204)return{kind:"closed",reason:null,reconnect:!1};let o=e===401||e===403,r={kind:o?"unauthorized":e===200?"content-type":"http",message:`HTTP status ${e}, content type "${i}"`,status:e};return o?{kind:"unauthorized",error:r}:e<500&&![408,425,429].includes(e)?{kind:"rejected",error:r}:{kind:"lost",error:r,retryAfter:X(n.get("Retry-After")??"")}}async#u(t,e){let n=new m({onEvent:o=>this.#f(o),onRetry:this.#n.onRetry,onOversize:()=>this.#n.onProblem("An event was too large and is left out.")},e),{signal:i}=this.#e;try{let o=t.body.getReader();for(;;){let{done:r,value:a}=await o.read();if(i.aborted)return;if(r)break;if(this.#s?.heard(),n.push(a),i.aborted)return;if(this.#l)return this.#g(this.#l);this.#d(),this.#n.onPosition(n.lastEventId)}this.#c("network","The stream ended.")}catch(o){this.#c("network",String(o))}}#d(){this.openedAt===null&&(this.openedAt=performance.now(),this.#o===null&&this.#s?.setLimit(1/0),this.#n.onOpen(this.#o))}#f(t){if(this.#e.signal.aborted||this.#l)return;let{type:e}=t;if(e==="open"?this.#v(S(t)):this.#d(),e==="welcome"&&this.#m(S(t)),e==="close"){let{reason:n,reconnect:i}=S(t);this.#l={kind:"closed",reason:String(n),reconnect:i!==!1}}this.#n.onEvent(t)}#v({connectionId:t,heartbeatInterval:e,tokenExpiresAt:n,replay:i}){this.#o=typeof t=="string"?t:null,this.#h=Date.parse(String(n));let o=this.#t.enableHeartbeat!==!1&&Number(e)>0;this.#s?.setLimit(o?Number(e)*Tt:1/0),this.#d(),i==="gap"&&this.#n.onGap()}#m({timestamp:t}){let e=Date.parse(String(t)),{getToken:n}=this.#t;!n||!this.#o||!(this.#h>e)||(this.#i?.stop(),this.#i=new C({url:new URL(`../connections/${encodeURIComponent(this.#o)}/renew`,this.#r),expiresAt:this.#h,now:e,getToken:n,fetch:this.#t.fetch??fetch,onForbidden:()=>this.#g({kind:"wrongUser"}),onProblem:this.#n.onProblem}))}#c(t,e){this.#g({kind:"lost",error:{kind:t,message:e},retryAfter:0})}#g(t){this.#e.signal.aborted||(this.cancel(),this.#n.onEnd(t))}};function kt(s){return Array.from(new TextEncoder().encode(s),t=>String.fromCharCode(t)).join("")}var w={isHidden:()=>globalThis.document?.visibilityState==="hidden",isOffline:()=>globalThis.navigator?.onLine===!1,watch({wake:s,leave:t}){if(!globalThis.document)return()=>{};let n=[[document,"visibilitychange",()=>{w.isHidden()||s()}],[document,"resume",s],[document,"freeze",t],[window,"online",s],[window,"pageshow",s],[window,"pagehide",t]];for(let[i,o,r]of n)i.addEventListener(o,r);return()=>{for(let[i,o,r]of n)i.removeEventListener(o,r)}}};var c={connectionState:"closed",isConnected:!1,connectionId:null,attempts:0,retryAt:null,waitingFor:null,error:null,closeReason:null};var Et=6e4,u=class{lastEventId;#t;#n;#e;#s=c;#i="idle";#r;#o;#h;#l=0;#a=0;#p;#u=!1;constructor(t,e,n="",i=w){this.#t=t,this.#n=e,this.#e=i,this.lastEventId=n}start(){this.#i==="idle"&&this.reconnect()}stop(){this.#T({})}reconnect(){this.#o??=this.#e.watch({wake:()=>this.#C(),leave:()=>this.#P()}),this.#a=0,this.#u=!1,this.#d()}#d(){this.#k(),this.#i="trying",this.#l=0;let t=new P(this.#t(),{onOpen:e=>this.#f(e),onEvent:e=>{e.type!=="close"&&(this.lastEventId=e.lastEventId),this.#n.onEvent(e)},onPosition:e=>this.lastEventId=e,onRetry:e=>this.#p=e,onGap:()=>this.#n.onGap(),onProblem:(e,n)=>this.#n.onProblem(e,n),onEnd:e=>this.#v(t,e)});this.#r=t,this.#b({connectionState:"connecting",attempts:this.#a,error:this.#s.error}),this.#r===t&&t.run(this.lastEventId,this.#u)}#f(t){this.#u=!1,this.#b({connectionState:"open",isConnected:!0,connectionId:t})}#v(t,e){switch(t.openedAt!==null&&performance.now()-t.openedAt>=Et&&(this.#a=0),e.kind){case"rejected":return this.#O(e.error);case"unauthorized":return this.#u||!this.#t().getToken?this.#O(e.error):(this.#u=!0,this.#d());case"wrongUser":return this.#d();case"closed":return e.reconnect?(this.#u=e.reason==="token-expired",this.#m(null,0,this.#u,e.reason)):this.#T({closeReason:e.reason});case"lost":return this.#m(e.error,e.retryAfter,e.error.kind==="silent")}}#m(t,e,n,i=null){let{maxReconnectAttempts:o=1/0,reconnectDelay:r=3e3}=this.#t();if(this.#a>=o)return this.#O(t??{kind:"network",message:`The hub closed the stream: ${i}.`});let a=n&&this.#a===0?0:Y(this.#a,this.#p??r);this.#a+=1,this.#l=Date.now()+e,this.#c(Math.max(a,e),{error:t,closeReason:i})}#c(t,e){this.#k(),this.#i="waiting",this.#h=setTimeout(()=>this.#g(),t),this.#b({connectionState:"connecting",attempts:this.#a,retryAt:Date.now()+t,waitingFor:this.#w(),...e})}#g(){let t=this.#w();t?this.#b({...this.#s,waitingFor:t,retryAt:null}):this.#d()}#w(){return this.#e.isHidden()?"visible":this.#e.isOffline()?"online":null}#C(){if(this.#i==="trying")return this.#r?.check();if(this.#i==="idle"||this.#w())return;let t=this.#l-Date.now(),{error:e,closeReason:n}=this.#s;t>0?this.#c(t,{error:e,closeReason:n}):this.#d()}#P(){this.#i!=="idle"&&(this.#k(),this.#i="away",this.#b({connectionState:"connecting",waitingFor:"visible"}))}#O(t){this.#T({connectionState:"error",attempts:this.#a,error:t})}#T(t){this.#k(),this.#i="idle",this.#o?.(),this.#o=void 0,this.#b(t)}#k(){clearTimeout(this.#h),this.#r?.cancel(),this.#r=void 0}#b(t){this.#s={...c,...t},this.#n.onSnapshot(this.#s)}};var St=100,Ct=1024*1024,L=class{#t=[];#n=[];#e=0;#s=!1;subscribe(t,e){let n={type:t,handler:e};return this.#t=this.#t.concat(n),this.#h(),()=>this.#r(i=>i===n)}unsubscribe(t,e){this.#r(n=>n.type===t&&n.handler===e)}once(t,e){let n=this.subscribe(t,i=>{n(),e(i)});return n}dispatch(t){!this.#i(t.type,t)&&!f(t.type)&&this.#o(t),this.#i("*",t)}forget(){this.#n=[],this.#e=0}#i(t,e){let n=this.#t.filter(i=>i.type===t);for(let i of n)this.#t.includes(i)&&g(i.handler,e);return n.length>0}#r(t){this.#t=this.#t.filter(e=>!t(e))}#o(t){for(this.#n.push(t),this.#e+=t.data.length;this.#n.length>St||this.#e>Ct;)this.#e-=this.#n.shift()?.data.length??0}#h(){this.#s||this.#n.length===0||(this.#s=!0,queueMicrotask(()=>{this.#s=!1;let t=this.#n;this.forget();for(let e of t)this.#i(e.type,e)||this.#o(e)}))}};function g(s,...t){try{s(...t)}catch(e){(globalThis.reportError??console.error)(e)}}function A(s){try{let t=(s??"").split(".")[1]??"",e=atob(t.replace(/-/g,"+").replace(/_/g,"/")),n=new TextDecoder().decode(Uint8Array.from(e,r=>r.charCodeAt(0))),i=JSON.parse(n),o=i.id??i.user_id??i.sub;if(typeof o=="string"||Number.isSafeInteger(o))return String(o)}catch{}}var Ot=["url","user","clientId","shareAcrossTabs"],v=class{#t=new L;#n=new Set;#e=new Set;#s;#i;#r;#o=c;#h=null;#l;constructor(t,e=(...n)=>new u(...n)){this.#i=t,this.#s=e}get snapshot(){return this.#o}get connectionState(){return this.#o.connectionState}get isConnected(){return this.#o.isConnected}get connectionId(){return this.#o.connectionId}get lastEvent(){return this.#h}get clientId(){return this.#i.clientId??J()}subscribe=(t,e)=>this.#t.subscribe(t,e);unsubscribe=(t,e)=>this.#t.unsubscribe(t,e);once=(t,e)=>this.#t.once(t,e);connect=()=>{this.#i.url!==null&&(this.#r??=this.#a(),this.#r.start())};reconnect=()=>{this.#r?this.#r.reconnect():this.connect()};disconnect=()=>this.#r?.stop();onStateChange=t=>tt(this.#n,t);onAnyEvent=t=>tt(this.#e,t);configure=t=>{let e=this.#i;this.#i=t,!Ot.every(n=>e[n]===t[n])&&(this.#l=void 0,this.#u())};#a(){let t=()=>this.#r===i,{getToken:e}=this.#i,n=()=>({...this.#i,clientId:this.clientId,getToken:e&&(o=>this.#p(o,t))}),i=this.#s(n,{onEvent:o=>t()&&this.#d(o),onSnapshot:o=>t()&&this.#v(o),onGap:()=>t()&&this.#i.onGap&&g(this.#i.onGap),onProblem:(o,r)=>g(this.#i.onProblem??console.warn,o,r)});return i}async#p(t,e){let n=await this.#i.getToken?.(t),i=A(n);if(!e()||i===void 0)return n;let o=this.#l;return this.#l=i,o!==void 0&&o!==i&&(this.#u(),this.connect()),n}#u(){this.#r?.stop(),this.#r=void 0,this.#t.forget(),this.#f(null)}#d(t){this.#i.logEvents&&console.debug("pushhub:",t.type,t.data),this.#t.dispatch(t),this.#f(t)}#f(t){this.#h=t,this.#e.forEach(e=>g(e))}#v(t){this.#o=t,this.#n.forEach(e=>g(e))}};function tt(s,t){return s.add(t),()=>s.delete(t)}var Pt=500,Lt=1024*1024,At=1e4,M=class{position="";#t=[];#n=0;#e=new Set;take(t){let{type:e,lastEventId:n,data:i}=t,o=f(e);return e==="close"||n===""?!0:this.#e.has(n)?o:(this.#t.push({id:n,event:o?null:t}),this.#n+=o?0:i.length,this.#s(),this.moveTo(n),!0)}moveTo(t){if(this.position=t,t!==""&&(this.#e.add(t),!(this.#e.size<=At)))for(let e of this.#e){this.#e.delete(e);break}}hasSeen(t){return this.#e.has(t)}since(t){if(t===this.position)return[];for(let e=this.#t.length-1;e>=0;e-=1)if(this.#t[e]?.id===t)return this.#t.slice(e+1).flatMap(({event:n})=>n??[]);return null}#s(){for(;this.#t.length>Pt||this.#n>Lt;)this.#n-=this.#t.shift()?.event?.data.length??0}};var x=class{#t;#n;#e;#s;constructor(t,e){this.#t=t,this.#n=e}static isAvailable(){return typeof navigator<"u"&&!!navigator.locks&&typeof BroadcastChannel<"u"}request(){this.#e=new AbortController,this.#i({signal:this.#e.signal},this.#e.signal)}steal(){this.#e?.abort(),this.#e=new AbortController,this.#i({steal:!0},this.#e.signal)}release(){this.#e?.abort(),this.#s?.(),this.#s=void 0}#i(t,e){let n=!1,i=()=>{if(!e.aborted)return n=!0,new Promise(o=>{this.#s=o,this.#n.onGranted()})};navigator.locks.request(this.#t,t,i).catch(()=>{e.aborted||(n?this.#n.onLost():this.#n.onUnavailable())})}};var nt=5e3,q=3e3,et=nt*3,Mt=30,b=class{#t;#n;#e;#s=E();#i=new M;#r=0;#o="idle";#h;#l;#a;#p=c;#u={...c,connectionState:"connecting"};#d=0;#f=0;#v=-1/0;#m="no";#c=null;#g;#w;#C;constructor(t,e,n=w){this.#t=t,this.#n=e,this.#e=n}start(){this.#o==="idle"?(this.#w??=this.#e.watch({wake:()=>this.#I(),leave:()=>this.#k()}),this.#P()):(this.#p.connectionState==="closed"||this.#p.connectionState==="error")&&this.reconnect()}stop(){this.#b("idle"),this.#w?.(),this.#w=void 0,this.#S(c)}reconnect(){this.#o==="leader"?this.#a?.reconnect():this.#o==="follower"?this.#x({kind:"reconnect"}):this.#o!=="joining"&&(this.#b("idle"),this.start())}async#P(){let t=++this.#r;this.#o="joining",this.#S({...c,connectionState:"connecting"});let e=await this.#O();if(t!==this.#r)return;if(e===void 0)return this.#T();this.#o="follower",this.#u=this.#p,this.#m="no",this.#c=null;let n=new BroadcastChannel(e);n.onmessage=({data:i})=>this.#R(i),this.#l=n,this.#h=new x(e,{onGranted:()=>t===this.#r&&this.#U(),onLost:()=>t===this.#r&&this.#M(),onUnavailable:()=>t===this.#r&&this.#T()}),this.#h.request(),this.#E(this.#y(!0))}async#O(){let{url:t,user:e,getToken:n}=this.#t();if(x.isAvailable())try{let i=e??A(await n?.({refresh:!1})),o=new URL(t??"",globalThis.document?.baseURI??globalThis.location?.href);return o.searchParams.delete("clientId"),i===void 0?void 0:`pushhub/${1} ${o.href} ${i}`}catch{return}}#T(){this.#b("alone"),this.#a=new u(this.#t,this.#n,this.#i.position,this.#e),this.#a.start()}#k(){this.#o==="idle"||this.#o==="alone"||(this.#b("away"),this.#S({...c,connectionState:"connecting",waitingFor:"visible"}))}#b(t){this.#r+=1,this.#o=t,clearTimeout(this.#g),this.#H(),this.#h?.release(),this.#l?.close(),this.#h=this.#l=void 0}#I(){this.#o==="away"?this.#P():this.#o==="follower"&&this.#E(this.#y())}#y(t=!1){let e=!this.#e.isHidden();return this.#x({kind:"hello",from:this.#s,position:this.#i.position,visible:e,starting:t}),performance.now()}#E(t,e=!1){clearTimeout(this.#g),this.#g=setTimeout(()=>{let n=performance.now()-t>q+1e3;this.#f>=t?this.#g=setTimeout(()=>this.#E(this.#y()),nt-q):n&&!e?this.#E(this.#y(),!0):(this.#h?.steal(),this.#E(this.#y()))},q+Math.random()*500)}#R(t){if(t.kind==="hello")return this.#G(t);if(t.kind==="reconnect")return void this.#a?.reconnect();if(!(t.term<this.#d)&&(t.term>this.#d&&(this.#d=t.term,this.#o==="leader"&&this.#M()),this.#o==="follower")){switch(this.#f=performance.now(),"snapshot"in t&&(this.#u=t.snapshot),t.kind){case"lead":this.#m="no",this.#y();break;case"event":this.#N(t);break;case"gap":this.#n.onGap();break;case"sync":t.to===this.#s&&this.#j(t.answer)}this.#D()}}#D(){let t=this.#u;t.isConnected&&this.#i.position===""||this.#o==="follower"&&t!==this.#p&&this.#S(t)}#N({previous:t,event:e,isCatchingUp:n}){if(t===this.#i.position)return void this.#L(e);if(f(e.type))return this.#n.onEvent(e);n||this.#i.hasSeen(e.lastEventId)||this.#m!=="no"||(this.#m="asking",this.#y())}#j(t){if(this.#m!=="taking the lead"&&(this.#m="no",!(t===null||t.position===""||this.#i.hasSeen(t.position)))){if(t.events===null&&this.#i.position!=="")return this.#F(t.position);for(let e of t.events??[])this.#L(e);this.#i.moveTo(t.position)}}#F(t){this.#m="taking the lead",this.#c=t,this.#h?.steal()}#L(t){let e=this.#i.take(t);return e&&this.#n.onEvent(t),e}#U(){clearTimeout(this.#g),this.#o="leader",this.#m="no",this.#c!==null&&this.#i.hasSeen(this.#c)&&(this.#c=null),this.#d=Math.max(Date.now(),this.#d+1),this.#S({...c,connectionState:"connecting"}),this.#x({kind:"lead",term:this.#d,snapshot:this.#p}),this.#i.position!==""?this.#A():this.#g=setTimeout(()=>this.#A(),Mt)}#A(){let t=this.#d,e=()=>this.#o==="leader"&&this.#d===t,n={onEvent:o=>{e()&&this.#$(o)},onSnapshot:o=>{e()&&(this.#S(o),this.#x({kind:"state",term:t,snapshot:o}))},onGap:()=>{e()&&(this.#n.onGap(),this.#c===null&&this.#x({kind:"gap",term:t}),this.#c=null)},onProblem:(o,r)=>this.#n.onProblem(o,r)},i={isHidden:()=>this.#e.isHidden()&&performance.now()-this.#v>et,isOffline:()=>this.#e.isOffline(),watch:({wake:o})=>(this.#C=o,this.#e.watch({wake:o,leave:()=>{}}))};this.#a=new u(this.#t,n,this.#i.position,i),this.#a.start()}#$(t){let e=this.#i.position,n=this.#L(t),i=this.#c!==null;n&&this.#x({kind:"event",term:this.#d,previous:e,event:t,isCatchingUp:i}),this.#c!==null&&(t.type==="heartbeat"||this.#i.hasSeen(this.#c))&&(this.#c=null)}#z(t){return t===""?{position:this.#c??this.#i.position,events:null}:this.#c===null?{position:this.#i.position,events:this.#i.since(t)}:null}#G(t){if(this.#o!=="leader")return;!this.#a&&this.#i.position===""&&this.#i.moveTo(t.position);let e=this.#z(t.position);if(this.#x({kind:"sync",term:this.#d,to:t.from,snapshot:this.#p,answer:e}),t.visible){let n=this.#e.isHidden()&&performance.now()-this.#v>et;this.#v=performance.now(),n&&this.#C?.()}t.starting&&this.#a?.start()}#M(){this.#o==="leader"&&(this.#o="follower",this.#H(),this.#h?.release(),this.#c=null,this.#h?.request(),this.#E(this.#y()))}#H(){let t=this.#a;this.#a=this.#C=void 0,t?.stop()}#x(t){this.#l?.postMessage(t)}#S(t){this.#p=t,this.#n.onSnapshot(t)}};function Ht(s){return new v(s,(t,e)=>t().shareAcrossTabs?new b(t,e):new u(t,e))}var It=`
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
`,T;function H(s){s.adoptedStyleSheets&&(T||(T=new CSSStyleSheet,T.replaceSync(It)),s.adoptedStyleSheets.includes(T)||(s.adoptedStyleSheets=[...s.adoptedStyleSheets,T]))}function l(s,t="",...e){let n=document.createElement(s);return t&&(n.className=t),n.append(...e),n}function B(s){let[t,e]=["svg","path"].map(n=>document.createElementNS("http://www.w3.org/2000/svg",n));return t.setAttribute("viewBox","0 0 20 20"),t.setAttribute("aria-hidden","true"),e.setAttribute("d",s),t.append(e),t}var it=2e3;function y(s){let t=String(s);return t.length>it?`${t.slice(0,it)}\u2026`:t}var Rt=/^(video|iframe|img|canvas|object|embed)$/,I=class{#t;#n;#e;#s;#i=new MutationObserver(()=>this.place());#r=!1;constructor(t,e,n,i){this.#t=t,this.#n=e,this.#e=n,this.#s=i,e.setAttribute("popover","manual"),new MutationObserver(()=>this.place()).observe(document,{subtree:!0,attributeFilter:["open"]}),new MutationObserver(()=>this.#a()).observe(t,{attributeFilter:["inert","aria-hidden"]}),document.addEventListener("focusin",()=>this.place()),document.addEventListener("fullscreenchange",()=>this.place()),document.addEventListener("toggle",({target:o})=>this.#r||=o!==e,!0);for(let o of["pointerdown","mousedown","click"])e.addEventListener(o,r=>r.stopPropagation());this.place()}place(){let t=this.#h();if(!(!t||this.#t.parentNode===t)){t.appendChild(this.#t),H(this.#t.getRootNode()),this.#i.disconnect();for(let e=t;e;e=st(e))this.#i.observe(e,{childList:!0,attributeFilter:["open"]});this.#o(),this.#s()}}update(){this.place(),this.#o()}#o(){let t=this.#n;if(t.hidden=this.#e(),!t.showPopover||!t.isConnected)return;let e=p();t.matches(":popover-open")&&(t.hidden||this.#r)&&t.hidePopover?.(),!t.hidden&&!t.matches(":popover-open")&&(t.showPopover(),t.contains(e)&&e.focus()),this.#r=!1}#h(){let t=this.#l(),e=document.fullscreenElement;for(;e?.shadowRoot?.fullscreenElement;)e=e.shadowRoot.fullscreenElement;return!e||Rt.test(e.localName)||e.contains(document.body)?t??document.body:!t||t.contains(e)?e:t}#l(){for(let e=p();e;e=st(e))if(W(e))return e;let t=this.#t.parentNode;return t&&W(t)?t:[...document.querySelectorAll("dialog[open]")].filter(W).pop()}#a(){for(let t of["inert","aria-hidden"])this.#t.hasAttribute(t)&&this.#t.removeAttribute(t)}};function p(){let s=document.activeElement;for(;s?.shadowRoot?.activeElement;)s=s.shadowRoot.activeElement;return s}function W(s){if(s.nodeName!=="DIALOG"||!s.isConnected)return!1;try{return s.matches(":modal")}catch{return s.hasAttribute("open")}}function st(s){return s.parentNode??s.host??null}var Dt=20,ot=0,R=class{#t=[];#n;show(t){let{key:e=`${t.title}
${t.text}`}=t;if(this.#n&&!this.#n.element.isConnected&&rt(this.#n.element),!(this.#n?.key===e||this.#t.some(n=>n.key===e))){if(this.#t.length===Dt)return console.warn("pushhub: too many dialogs wait for an answer; left out:",t.title);this.#t.push({...t,key:e}),this.#e()}}#e(){if(this.#n)return;let t=this.#t.shift();if(!t)return;let e=p(),n=Nt(t,()=>{this.#n?.element===n&&(this.#n=void 0,n.close?.(),n.remove(),queueMicrotask(()=>{(p()??document.body)===document.body&&e?.focus?.(),this.#e()}),t.onOk())});this.#n={key:t.key,element:n},rt(n)}};function Nt({title:s,text:t,okLabel:e="OK"},n){let i=l("h2","",y(s)),o=l("p","",y(t)),r=l("button","",e);r.type="button",r.autofocus=!0;let a=l("dialog","pushhub-dialog",i,o,r);a.setAttribute("role","alertdialog"),ot+=1;for(let[h,d]of[[i,"aria-labelledby"],[o,"aria-describedby"]])h.id=`pushhub-dialog-${ot}-${h.localName}`,h.dir="auto",a.setAttribute(d,h.id);return r.addEventListener("click",n),a.addEventListener("close",n),a.addEventListener("keydown",h=>{h.key==="Escape"&&!a.showModal&&n()}),a}function rt(s){H(document),document.body.append(s),s.showModal?(s.removeAttribute("open"),s.showModal()):(s.setAttribute("open",""),s.querySelector("button")?.focus())}var jt=150,Ft=5e3,Ut=10,D=class{element=l("div","pushhub-announcer");#t=this.#r("status","polite");#n=this.#r("alert","assertive");#e=[];#s;say(t,e){this.#e.push({part:e?this.#n:this.#t,text:t}),this.#e=this.#e.slice(-Ut),this.#s===void 0&&this.#i()}settle(){this.#t.replaceChildren(),this.#n.replaceChildren(),clearTimeout(this.#s),this.#s=setTimeout(()=>{this.#s=void 0,this.#i()},jt)}#i(){for(let{part:t,text:e}of this.#e){let n=l("p");n.textContent=e,t.append(n),setTimeout(()=>n.remove(),Ft)}this.#e=[]}#r(t,e){let n=l("div");return n.setAttribute("role",t),n.setAttribute("aria-live",e),n.setAttribute("aria-atomic","false"),this.element.append(n),n}};var at="pushhub.toasts",N=class{#t=new Set;#n=typeof BroadcastChannel>"u"?void 0:new BroadcastChannel(at);constructor(t){this.#n&&(this.#n.onmessage=({data:e})=>{this.#s(e),t(e)})}isTaken(t){return this.#t.has(t)}async take(t){return navigator.locks?new Promise(e=>{let n=i=>{let o=i!==null&&this.#e(t);return e(o),o?new Promise(r=>setTimeout(r,2e3)):void 0};navigator.locks.request(`${at} ${t}`,{ifAvailable:!0},n).catch(()=>e(this.#e(t)))}):this.#e(t)}#e(t){return this.isTaken(t)?!1:(this.#s(t),this.#n?.postMessage(t),!0)}#s(t){this.#t.add(t);let[e]=this.#t;this.#t.size>200&&e!==void 0&&this.#t.delete(e)}};var ht={notifications:"Notifications",close:"Close",closeAll:"Close all",more:s=>`${s} more`,warning:"Warning",error:"Error"};var $t={info:"M10 1.8a8.2 8.2 0 1 0 0 16.4 8.2 8.2 0 0 0 0-16.4M10 9.2v4.4M10 6.3v.01",warning:"M10 2.6 1.8 17h16.4L10 2.6M10 8.2v4M10 14.6v.01",error:"M6.6 1.8h6.8l4.8 4.8v6.8l-4.8 4.8H6.6l-4.8-4.8V6.6l4.8-4.8M10 6v4.6M10 13.8v.01"},zt="M4 4l12 12M16 4 4 16",j=class{element=l("section");#t=l("ul");#n=l("span");#e=l("div","",this.#n);#s=new Map;#i;#r;#o=null;constructor(t,e,n){this.#r=t,this.#i=e,this.#e.append(this.#a(n)),this.element.append(this.#t,this.#e),this.element.setAttribute("aria-live","off"),this.translate(t),this.element.addEventListener("focusin",({relatedTarget:i})=>{i&&!this.element.contains(i)&&(this.#o=i)})}get isEmpty(){return this.#s.size===0}get newest(){return[...this.#s.keys()].pop()}get hasFocus(){return this.element.contains(p())}translate(t){this.#r=t,this.element.setAttribute("aria-label",t.notifications),this.#e.lastChild.textContent=t.closeAll}update(t,e){let n=this.hasFocus,i=[...this.#s.keys()].filter(a=>!t.includes(a)),o=i.length>0?this.#h(i):null;for(let a of i)this.#s.get(a)?.remove(),this.#s.delete(a);let r=t.filter(a=>!this.#s.has(a));for(let a of r)this.#l(a);return this.#n.textContent=e>0?this.#r.more(e):"",this.#e.hidden=e===0,n&&!this.hasFocus&&(o??this.#o)?.focus?.(),this.isEmpty&&(this.#o=null),r}#h(t){let e=r=>!t.some(a=>this.#s.get(a)===r),n=[...this.#t.children],i=n.findIndex(r=>r.contains(p()));return(n.slice(i+1).find(e)??n.slice(0,Math.max(i,0)).reverse().find(e))?.querySelector("button")??null}#l(t){let{level:e,title:n,text:i}=t,o=l("strong","",n),r=l("div","",o);e!=="info"&&o.prepend(l("span","pushhub-unseen",`${this.#r[e]}: `)),i&&r.append(l("p","",i));for(let d of r.children)d.dir="auto";let a=this.#a(()=>this.#i(t));a.append(B(zt)),a.setAttribute("aria-label",this.#r.close),a.setAttribute("aria-description",n);let h=l("li","",B($t[e]),r,a);h.dataset.level=e,this.#s.set(t,h),this.#t.prepend(h),this.#t.scrollTop=0}#a(t){let e=l("button");return e.type="button",e.addEventListener("mousedown",n=>n.preventDefault()),e.addEventListener("click",t),e}};var lt={errors:20,others:9},F=class{#t={maxWaiting:lt.errors,shown:[],waiting:[],leftOut:0};#n={maxWaiting:lt.others,shown:[],waiting:[],leftOut:0};#e=[this.#t,this.#n];#s="free";#i=0;get shown(){return this.#e.flatMap(t=>t.shown.map(({toast:e})=>e))}get waiting(){return this.#e.flatMap(t=>t.waiting)}get more(){return this.#e.reduce((t,e)=>t+e.waiting.length+e.leftOut,0)}get nextDue(){return this.#s!=="free"?1/0:this.#i+Math.min(...this.#e.flatMap(t=>t.shown.map(({left:e})=>e)))}add(t,e){let n=t.level==="error"?this.#t:this.#n;n.waiting.push(t),this.advance(e),!(n.waiting.length<=n.maxWaiting)&&(n.waiting.shift(),n.leftOut+=1)}remove(t,e){for(let n of this.#e)n.shown=n.shown.filter(i=>i.toast!==t),n.waiting=n.waiting.filter(i=>i!==t);this.advance(e)}clear(){for(let t of this.#e)Object.assign(t,{shown:[],waiting:[],leftOut:0})}attend(t,e){this.advance(e),this.#s=t,this.advance(e)}advance(t){let e=this.#s==="free"?t-this.#i:0;this.#i=t;for(let n of this.#e){for(let i of n.shown)i.left-=e;for(n.shown=n.shown.filter(({left:i})=>i>0);this.#s!=="away"&&n.shown.length<3&&n.waiting.length>0;){let[i]=n.waiting.splice(0,1);n.shown.push({toast:i,left:i.duration})}n.shown.length+n.waiting.length===0&&(n.leftOut=0)}}};var Gt=6e3,qt=60,Bt=3e4,Wt=2147483647,U=class{#t=new F;#n=new D;#e=new N(t=>this.#p(t));#s;#i;#r=ht;#o=!1;#h;constructor(){this.#s=new j(this.#r,n=>this.#u(n),()=>this.#d());let t=this.#s.element,e=l("div","",this.#n.element,t);e.id="pushhub-toasts",this.#i=new I(e,t,()=>this.#s.isEmpty,()=>this.#n.settle()),document.body||document.addEventListener("DOMContentLoaded",()=>this.#f()),document.addEventListener("visibilitychange",()=>void this.#a()),window.addEventListener("keydown",n=>this.#v(n));for(let n of["pointerenter","pointerleave"])t.addEventListener(n,({pointerType:i})=>{this.#o=n==="pointerenter"&&i==="mouse",this.#f()});for(let n of["focusin","focusout"])t.addEventListener(n,()=>queueMicrotask(()=>this.#f()));this.#f()}translate(t){this.#r={...this.#r,...t},this.#s.translate(this.#r)}show(t){let{level:e,key:n}=t,[i,o]=[y(t.title),y(t.text??"")],{duration:r=e==="error"?1/0:_t(i+o)}=t,a={level:e==="error"||e==="warning"?e:"info",title:i,text:o,duration:r>0?r:1/0,key:n},h=!1,d=()=>{h||(this.#t.add(a,performance.now()),this.#f())};return n===void 0?d():!this.#e.isTaken(n)&&!this.#t.waiting.some($=>$.key===n)&&(_()?d():this.#l(a).then($=>$&&d())),()=>{h=!0,this.#u(a)}}async#l(t){if(t.key===void 0)return!0;t.claim??=this.#e.take(t.key);let e=await t.claim;return e&&(t.key=void 0),e}async#a(){if(!_())for(let t of this.#t.waiting)await this.#l(t)||this.#t.remove(t,performance.now());this.#f()}#p(t){for(let e of this.#t.waiting)e.key===t&&this.#u(e)}#u(t){this.#t.remove(t,performance.now()),this.#f()}#d(){this.#t.clear(),this.#f()}#f(){let t=performance.now(),e=this.#t.waiting.some(({key:r})=>r!==void 0),n=this.#o||this.#s.hasFocus;this.#t.attend(_()||e?"away":n?"held":"free",t);let i=this.#s.update(this.#t.shown,this.#t.more);this.#s.isEmpty&&(this.#o=!1),this.#i.update();for(let{level:r,title:a,text:h}of i){let d=[r==="info"?"":`${this.#r[r]}: `,a,h&&`. ${h}`].join("");this.#n.say(d,r==="error")}clearTimeout(this.#h);let{nextDue:o}=this.#t;o<1/0&&(this.#h=setTimeout(()=>this.#f(),Math.min(o-t,Wt)))}#v(t){if(t.key!=="Escape"||t.defaultPrevented||t.isComposing||this.#s.isEmpty||!this.#s.hasFocus&&Vt())return;t.preventDefault();let e=this.#s.newest;e&&this.#u(e)}};function _(){return document.visibilityState==="hidden"}function _t(s){return Math.min(Math.max(Gt,s.length*qt),Bt)}function Vt(){return document.querySelector("dialog[open], :is(:popover-open):not([popover=manual])")||document.fullscreenElement?!0:!!p()?.closest("input, textarea, select, [contenteditable], [aria-expanded=true], [role=dialog], [role=alertdialog], [role=menu], [role=listbox], [role=grid]")}var Kt=Symbol.for("pushhub.toasts"),Qt=globalThis;function V(){if(!(typeof document>"u"))return Qt[Kt]??={room:new U,dialogs:new R}}function k(s={}){V()?.room.translate(s)}function dt(s){return V()?.room.show(s)??(()=>{})}function ct(s){V()?.dialogs.show(s)}typeof document<"u"&&(document.readyState==="complete"?setTimeout(k):window.addEventListener("load",()=>setTimeout(k)));return vt(Jt);})();

"""#),
  ]
}
