import assert from "node:assert/strict";
import { TabMachine } from "../../dist/tab-machine.js";
import { closedSnapshot } from "../../dist/source.js";

/**
 * A browser of tabs (their machines), a lock and a channel for each group, and a hub with a history, on a virtual clock.
 * Messages take their time and may be lost; a tab that is frozen gets its mail when it thaws, after its lock.
 */
export class TabModel {
  now = 0;
  tabs = [];
  locks = new Map();
  /** Deliveries of messages to tabs. */
  messages = 0;
  /** The hub knows of topics and last values. */
  hasTopics = false;
  loss = 0;
  /** The published notes in order, with their user or topic, and the hub's sequence number. */
  notes = [];
  sequence = 0;
  /** Users whose stream the hub has ended for good, until an application asks for it again. */
  ended = new Set();
  /** When the hub last ended a user's streams. */
  endedAt = new Map();
  #queue = [];
  #count = 0;

  constructor(random) {
    this.random = random;
  }

  at(delay, act) {
    this.#queue.push({ time: this.now + delay, order: (this.#count += 1), act });
  }

  run(duration) {
    const until = this.now + duration;
    let stuck = 0;
    for (;;) {
      let next;
      for (const item of this.#queue) {
        if (!next || item.time < next.time || (item.time === next.time && item.order < next.order)) next = item;
      }
      const awake = this.tabs.filter((tab) => !tab.isFrozen);
      const due = awake.reduce((least, tab) => (!least || tab.machine.deadline < least.machine.deadline ? tab : least), undefined);
      const time = Math.max(Math.min(next?.time ?? Infinity, due?.machine.deadline ?? Infinity), this.now);
      if (time > until) break;
      stuck = time > this.now ? 0 : stuck + 1;
      assert.ok(stuck < 20_000, `no end at ${time}`);
      this.now = time;
      if (next && next.time <= time) this.#queue.splice(this.#queue.indexOf(next), 1)[0].act();
      else due.send({ kind: "time" });
    }
    this.now = until;
  }

  open(user, options = {}) {
    const tab = new ModelTab(this, user, options);
    this.tabs.push(tab);
    this.begin(tab);
    tab.send({ kind: "start" });
    return tab;
  }

  /** An application asks for the stream (again). */
  begin(tab) {
    this.ended.delete(tab.user);
    // A frozen leader may find out later that the hub has ended its stream before.
    tab.begunAt = this.tabs.some((each) => each.isFrozen && each.stream) ? -Infinity : this.now;
  }

  /** The tab is closed, or crashes: its lock passes on, its stream ends. */
  close(tab) {
    this.tabs.splice(this.tabs.indexOf(tab), 1);
    tab.die();
    // Nobody is left who knows of the end: who was away or frozen then cannot.
    const knows = ({ user, snapshot, closedAt }) =>
      user === tab.user && snapshot.connectionState === "closed" && closedAt >= this.endedAt.get(user);
    if (!this.tabs.some(knows)) this.ended.delete(tab.user);
  }

  id(number) {
    return `e-${number}`;
  }

  numberOf(id) {
    return Number(id.split("-")[1]);
  }

  publish(user) {
    this.sequence += 1;
    const note = { user, number: this.sequence };
    this.notes.push(note);
    for (const stream of this.streams(user)) stream.push(note);
  }

  /** A note for whoever follows the topic; it is the topic's value from then on. */
  publishTo(topic) {
    this.sequence += 1;
    const note = { topic, number: this.sequence };
    this.notes.push(note);
    for (const { stream } of this.tabs) if (stream?.isOpen && stream.gets(note)) stream.push(note);
  }

  /** The newest note of each topic, in their order. */
  values(topics) {
    const newest = [...topics].map((topic) => this.notes.findLast((note) => note.topic === topic));
    return newest.filter(Boolean).sort((one, other) => one.number - other.number);
  }

  /** Something that is not for this user, and moves the hub's position all the same. */
  publishElsewhere() {
    this.sequence += 1;
  }

  beat() {
    for (const tab of this.tabs) tab.stream?.beat();
  }

  streams(user) {
    return this.tabs.map((tab) => tab.stream).filter((stream) => stream?.isOpen && stream.user === user);
  }

  end(user) {
    for (const tab of this.tabs) if (tab.stream && tab.user === user) tab.stream.closeForGood();
  }

  post(from, name, message, isFor) {
    for (const tab of this.tabs) {
      if (tab === from || tab.name !== name || !isFor(tab)) continue;
      if (this.random.chance(this.loss)) continue;
      this.messages += 1;
      const copy = structuredClone(message);
      this.at(tab.delay(), () => tab.receive(name, copy));
    }
  }

  lock(name) {
    if (!this.locks.has(name)) this.locks.set(name, []);
    return this.locks.get(name);
  }

  /** The first in line holds it. */
  grant(name) {
    const [first] = this.lock(name);
    if (!first || first.isGranted) return;
    first.isGranted = true;
    this.at(1, () => first.tab.whenAwake(() => first.isGone || first.tab.hasLock(first)));
  }

  releaseAll(tab) {
    for (const [name, line] of this.locks) {
      for (const entry of line.filter((each) => each.tab === tab)) {
        entry.isGone = true;
        line.splice(line.indexOf(entry), 1);
      }
      this.grant(name);
    }
  }
}

/** A publisher has given this topic to all users. */
export const givenTopic = "given";

class ModelTab {
  name = null;
  isFrozen = false;
  isHidden = false;
  isLeading = false;
  stream = undefined;
  snapshot = closedSnapshot;
  notes = [];
  gaps = 0;
  greetings = [];
  /** How many notes there were when it first was connected and had a position. */
  since = undefined;
  /** What it has followed: `{ topic, from, notes, isOver }`; `from`: the position, or undefined where it began with the tab. */
  follows = [];
  #adding = [];
  #taken = undefined;
  #mail = [];
  #mailAt = 0;
  #isDead = false;

  constructor(model, user, { hasBadToken = false, topics = [] } = {}) {
    Object.assign(this, { model, user, hasBadToken, hadBadToken: hasBadToken, topics });
    this.id = `tab${model.tabs.length}-${model.now}-${model.random.below(1e6)}`;
    this.machine = new TabMachine(this.id, "", topics);
    for (const topic of topics) this.follows.push({ topic, notes: [], isOver: false });
  }

  get waitsFor() {
    return this.#adding.length;
  }

  add(topics) {
    this.#adding.push(topics);
    this.send({ kind: "addTopics", names: topics });
  }

  remove(topics) {
    for (const follow of this.follows) follow.isOver ||= topics.includes(follow.topic);
    this.#adding = this.#adding.map((names) => names.filter((name) => !topics.includes(name)));
    this.send({ kind: "removeTopics", names: topics });
  }

  /** The application has the values of what it has added. */
  #added({ position, values }) {
    for (const topic of this.#adding.shift()) {
      const from = this.model.numberOf(position);
      const newest = this.model.notes.findLast((note) => note.topic === topic && note.number <= from);
      assert.equal(values.find((value) => value.topic === topic)?.data, newest && `${newest.number}`, "the value at that place");
      if (!this.follows.some((follow) => follow.topic === topic && !follow.isOver)) {
        this.follows.push({ topic, from, notes: [], isOver: false });
      }
    }
    // In a microtask: nothing else comes before.
    this.#taken = { kind: "taken", position };
  }

  #hear({ topic, data }) {
    const number = Number(data);
    // What a publisher gave is for every tab, as the user's own notes are.
    if (topic === undefined || topic === givenTopic) return this.notes.push(number);
    const follow = this.follows.find((each) => each.topic === topic && !each.isOver);
    assert.ok(follow, `${topic} is no topic of this tab`);
    return follow.notes.push(number);
  }

  send(input) {
    if (this.#isDead) return;
    const { now, random } = this.model;
    const options = { topics: this.topics };
    const world = { now, wall: 1_764_000_000_000 + now, random: random.next(), isHidden: this.isHidden, options };
    for (const action of this.machine.receive(input, world)) this.#perform(action);
    // A stream that is cut before it has a position begins anew.
    if (this.snapshot.isConnected && this.machine.position !== "") this.since ??= this.model.notes.length;
    const taken = this.#taken;
    this.#taken = undefined;
    if (taken) this.send(taken);
  }

  describe() {
    const { user, isLeading, isFrozen, isAway, hasBadToken, notes, snapshot, machine } = this;
    const marks = Object.entries({ isLeading, isFrozen, isAway, hasBadToken }).filter(([, is]) => is);
    const follows = this.follows.filter(({ isOver }) => !isOver).map((each) => `${each.topic} since ${each.from} to ${each.notes.at(-1)}`);
    return (
      `${user} ${snapshot.connectionState} at ${machine.position}, ${notes.length} notes to ${notes.at(-1)} ` +
      `[${follows}] ${marks.map(([name]) => name)}`
    );
  }

  die() {
    this.#isDead = true;
    this.stream?.stop();
    this.stream = undefined;
    this.model.releaseAll(this);
  }

  /** Messages from one sender keep their order. */
  delay() {
    const { now, random } = this.model;
    this.#mailAt = Math.max(this.#mailAt, now + random.below(20));
    return this.#mailAt - now;
  }

  receive(name, message) {
    if (this.isFrozen) this.#mail.push([name, message]);
    else if (name === this.name) this.send({ kind: "message", message });
  }

  #waiting = [];
  whenAwake(act) {
    if (this.isFrozen) this.#waiting.push(act);
    else if (!this.#isDead) act();
  }

  freeze() {
    this.isFrozen = true;
  }

  /** Its lock first, then what its stream has, then its mail. */
  thaw() {
    this.isFrozen = false;
    for (const act of this.#waiting.splice(0)) act();
    const mail = this.#mail.splice(0);
    this.model.at(this.model.random.below(25), () => mail.forEach(([name, message]) => this.receive(name, message)));
  }

  hasLock(entry) {
    this.isLeading = entry.isGranted;
    this.send({ kind: entry.isGranted ? "lockGranted" : "lockLost" });
  }

  #perform(action) {
    const { model } = this;
    switch (action.kind) {
      case "name":
        return model.at(1 + model.random.below(5), () => this.whenAwake(() => this.send({ kind: "named", name: this.user })));
      case "join":
        this.name = action.name;
        this.joinedAt = model.now;
        return undefined;
      case "leave":
        this.name = null;
        this.isLeading = false;
        return model.releaseAll(this);
      case "requestLock":
        if (action.steal) return this.#steal();
        model.lock(this.name).push((this.entry = { tab: this, isGranted: false, isGone: false }));
        return model.grant(this.name);
      case "releaseLock":
        this.isLeading = false;
        return model.releaseAll(this);
      case "connect":
        assert.equal(this.stream, undefined, "one stream a tab");
        this.stream = new ModelStream(this, action.lastEventId, action.topics);
        return this.stream.connect(action.pace.delay);
      case "disconnect":
        this.stream?.stop();
        this.stream = undefined;
        return undefined;
      case "reconnect":
        return this.stream?.connect(0);
      case "tell": {
        const isFor = { all: () => true, leader: (tab) => tab.isLeading }[action.to] ?? ((tab) => tab.id === action.to);
        return model.post(this, this.name, action.message, isFor);
      }
      case "deliver":
        if (action.event.type === "note") this.#hear(action.event);
        if (action.event.type === "welcome") this.greetings.push(action.event.data);
        return undefined;
      case "follow":
        return this.stream.follow(action.tab, action.names);
      case "unfollow":
        return this.stream.unfollow(action.names);
      case "added":
        return this.#added(action.outcome);
      case "refused":
        assert.fail(`refused: ${action.names}`);
        return undefined;
      case "gap":
        this.gaps += 1;
        return undefined;
      case "publish":
        if (action.snapshot.connectionState !== this.snapshot.connectionState) this.closedAt = model.now;
        this.snapshot = action.snapshot;
    }
    return undefined;
  }

  #steal() {
    const line = this.model.lock(this.name);
    this.model.releaseAll(this);
    const [holder] = line;
    if (holder?.isGranted) {
      line.shift();
      holder.isGranted = false;
      const { tab } = holder;
      this.model.at(1, () => tab.whenAwake(() => holder.isGone || tab.hasLock(holder)));
    }
    line.unshift({ tab: this, isGranted: false, isGone: false });
    this.model.grant(this.name);
  }
}

/** A tab's connection and what the hub sends on it: `open`, `welcome`, what came since its position, then what comes. */
class ModelStream {
  isOpen = false;
  #attempt = 0;
  /** What the hub has it follow while it is open. */
  #set = new Set();
  /** What is still to be done about topics. */
  #changes = [];

  constructor(tab, lastEventId, topics) {
    Object.assign(this, { tab, lastEventId, user: tab.user, model: tab.model, connectionId: null, known: new Set(topics) });
  }

  gets({ user, topic }) {
    return user === this.user || this.#set.has(topic) || topic === givenTopic;
  }

  follow(tab, names) {
    this.#change({ tab, names });
  }

  unfollow(names) {
    for (const name of names) this.known.delete(name);
    this.#change({ left: names });
  }

  #change(change) {
    if (this.#changes.push(change) === 1) this.#work();
  }

  /** One after another, while it is open. The answer comes at its place in the stream where that is marked, else at any time. */
  #work() {
    const { model } = this;
    const [change] = this.#changes;
    const attempt = this.#attempt;
    if (!change || !this.isOpen) return;
    model.at(1 + model.random.below(30), () => {
      if (attempt !== this.#attempt) return;
      const { tab, names = [], left = [] } = change;
      const before = this.#set.size;
      const isNew = names.some((name) => !this.#set.has(name));
      for (const name of names) this.#set.add(name);
      for (const name of left) this.#set.delete(name);
      const position = model.id(model.sequence);
      const values = model.values(names.length > 0 ? names : tab ? this.#set : []).map((note) => this.#eventOf(note));
      const done = () => {
        for (const name of names) if (!this.#changes.some((other) => other.left?.includes(name))) this.known.add(name);
        this.tab.send(tab ? { kind: "followed", tab, names, outcome: { position, values } } : { kind: "unfollowed", names: left, position });
        this.#changes.shift();
        this.#work();
      };
      if (this.#set.size !== before) this.#event("topics", JSON.stringify({ topics: [...this.#set] }), position);
      if (isNew) this.#send(done);
      else model.at(model.random.below(40), () => this.tab.whenAwake(() => attempt === this.#attempt && this.tab.stream === this && done()));
    });
  }

  stop() {
    this.isOpen = false;
    this.#attempt += 1;
  }

  connect(delay) {
    const { model } = this;
    this.stop();
    // Who knows of the end and is awake says so; a frozen one does when it thaws. Through the leader it takes two messages.
    const isHeard = (tab) => model.now > Math.max(tab.joinedAt, tab.closedAt) + 50;
    const isAwake = (tab) => tab !== this.tab && tab.user === this.user && !tab.isFrozen && tab.name;
    const knows = (tab) => isAwake(tab) && tab.snapshot.connectionState === "closed" && isHeard(tab);
    assert.ok(!model.ended.has(this.user) || !model.tabs.some(knows), "what the hub ended for good stays ended");
    const attempt = this.#attempt;
    this.#show({ connectionState: "connecting" });
    model.at(delay + 5 + model.random.below(40), () => attempt === this.#attempt && this.#answer());
  }

  #answer() {
    const { model, tab, lastEventId } = this;
    if (tab.hasBadToken) return this.#finish({ connectionState: "error", error: { kind: "unauthorized", message: "401" } });
    this.isOpen = true;
    this.connectionId = `conn${(model.connections = (model.connections ?? 0) + 1)}`;
    const from = lastEventId === "" ? model.sequence : model.numberOf(lastEventId);
    this.#set = new Set(this.known);
    const values = lastEventId === "" ? model.values(this.#set) : [];
    // In one piece, as the hub writes it.
    this.#send(() => {
      this.#show({ connectionState: "open", isConnected: true, connectionId: this.connectionId });
      this.#deliver("open", model.hasTopics ? JSON.stringify({ snapshot: values.length }) : "", lastEventId);
      this.#deliver("welcome", this.connectionId, values.length > 0 ? lastEventId : model.id(from));
    });
    for (const value of values) this.push(value);
    if (values.length > 0) this.beat();
    else for (const note of model.notes) if (this.gets(note) && note.number > from) this.push(note);
    this.#work();
    return undefined;
  }

  push(note) {
    const { type, data, lastEventId, topic } = this.#eventOf(note);
    this.#event(type, data, lastEventId, topic);
  }

  #eventOf({ number, topic }) {
    return { type: "note", data: `${number}`, lastEventId: this.model.id(number), ...(topic && { topic }) };
  }

  beat() {
    if (this.isOpen) this.#event("heartbeat", "", this.model.id(this.model.sequence));
  }

  /** A frozen tab finds out when it thaws, and by the time it tries again it has had its mail. */
  cut() {
    if (!this.isOpen) return undefined;
    if (!this.tab.isFrozen) return this.connect(100);
    this.isOpen = false;
    const attempt = this.#attempt;
    const retry = () => attempt === this.#attempt && (this.tab.isFrozen ? wait() : this.connect(100));
    const wait = () => this.tab.whenAwake(() => this.model.at(30, retry));
    return wait();
  }

  closeForGood() {
    if (!this.isOpen) return undefined;
    this.isOpen = false;
    this.#event("close", "disconnected", "closed");
    this.#send(() => this.#finish({ connectionState: "closed", closeReason: "disconnected" }));
    return undefined;
  }

  #finish(state) {
    this.stop();
    this.#show(state);
  }

  #event(type, data, lastEventId, topic) {
    this.#send(() => this.#deliver(type, data, lastEventId, topic));
  }

  #deliver(type, data, lastEventId, topic) {
    if (type !== "close") this.lastEventId = lastEventId;
    this.tab.send({ kind: "event", event: { type, data, lastEventId, ...(topic && { topic }) } });
  }

  #sendAt = 0;
  #send(act) {
    const { model, tab } = this;
    const attempt = this.#attempt;
    this.#sendAt = Math.max(this.#sendAt, model.now + 1 + model.random.below(10));
    model.at(this.#sendAt - model.now, () => tab.whenAwake(() => attempt === this.#attempt && tab.stream === this && act()));
  }

  #show(state) {
    this.tab.send({ kind: "snapshot", snapshot: { ...closedSnapshot, ...state } });
  }
}
