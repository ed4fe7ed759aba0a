import { randomId } from "./client-id.js";
import { Connection } from "./connection.js";
import { userOfToken } from "./identity.js";
import { browserPage, Page } from "./page.js";
import { addressOf } from "./request.js";
import { runMachine } from "./runner.js";
import type { AddedTopics, ConnectionOptions, Source, SourceOwner, Token, TopicControl } from "./source.js";
import { TabGroup } from "./tab-group.js";
import type { TabAction, TabInput } from "./tab-machine-messages.js";
import { TabMachine } from "./tab-machine.js";
import { protocolVersion } from "./tab-messages.js";
import { TopicError, Topics, TopicsOwner } from "./topics.js";

class Addition {
  resolve!: (added: AddedTopics) => void;
  reject!: (error: TopicError) => void;
  readonly done = new Promise<AddedTopics>((resolve, reject) => Object.assign(this, { resolve, reject }));
}

/**
 * One stream for all tabs of a browser in which one user has one address open: performs what its machine decides, in a
 * group of tabs, and (while this tab leads, or is alone) with a connection.
 *
 * The group's name holds the address and the user, so that tabs of different users have nothing to do with each other.
 * Where the browser offers no locks (an insecure context) or the user is not known, the tab has a stream of its own.
 */
export class TabSource implements Source, TopicControl {
  readonly #options: () => ConnectionOptions;
  readonly #owner: SourceOwner & Partial<TopicsOwner>;
  readonly #page: Page;
  readonly #tab = randomId();
  readonly #machine: TabMachine;
  readonly #receive: (input: TabInput) => void;
  /** Counts the questions who the user is: the answer to an earlier one comes too late. */
  #naming = 0;
  #group: TabGroup | undefined;
  #connection: Connection | undefined;
  /** The topics of that. */
  #topics: Topics | undefined;
  /** What the application has added and waits for. */
  readonly #additions: Addition[] = [];

  constructor(options: () => ConnectionOptions, owner: SourceOwner & Partial<TopicsOwner>, page: Page = browserPage) {
    this.#options = options;
    this.#owner = owner;
    this.#page = page;
    this.#machine = new TabMachine(this.#tab, options().lastEventId ?? "", options().topics);
    this.#receive = runMachine(this.#machine, options, page, (action) => this.#perform(action));
  }

  start(): void {
    this.#receive({ kind: "start" });
  }

  stop(): void {
    this.#receive({ kind: "stop" });
  }

  reconnect(): void {
    this.#receive({ kind: "reconnect" });
  }

  add(names: readonly string[]): Promise<AddedTopics> {
    const addition = new Addition();
    this.#additions.push(addition);
    this.#receive({ kind: "addTopics", names });
    return addition.done;
  }

  remove(names: readonly string[]): void {
    this.#receive({ kind: "removeTopics", names });
  }

  restart(names: readonly string[]): void {
    this.#topics?.restart(names);
    this.#receive({ kind: "forgetTopics" });
  }

  #perform(action: TabAction): void {
    switch (action.kind) {
      case "name":
        return void this.#name(action.token, ++this.#naming);
      case "join":
        this.#group = new TabGroup(action.name, this.#tab, this.#receive);
        return undefined;
      case "leave":
        this.#group?.leave();
        this.#group = undefined;
        return undefined;
      case "requestLock":
        return this.#group?.requestLock(action.steal);
      case "releaseLock":
        return this.#group?.releaseLock();
      case "connect":
        return this.#connect(action);
      case "disconnect": {
        const connection = this.#connection;
        this.#connection = undefined;
        return connection?.stop();
      }
      case "reconnect":
        return this.#connection?.reconnect();
      case "wake":
        return this.#connection?.wake();
      case "tell":
        return this.#group?.tell(action.to, action.message);
      case "follow":
        return void this.#follow(action);
      case "unfollow":
        return void this.#unfollow(action);
      case "added":
        return void this.#added(action);
      case "giveUp":
        for (const { reject } of this.#additions.splice(0)) reject(new TopicError("The stream has been given up."));
        return undefined;
      case "refused":
        return this.#owner.onRefused?.(action.names, action.refusal);
      case "deliver":
        return this.#owner.onEvent(action.event);
      case "gap":
        return this.#owner.onGap();
      case "publish":
        return this.#owner.onSnapshot(action.snapshot);
    }
  }

  async #name(inHand: Token, naming: number): Promise<void> {
    let input: TabInput;
    try {
      input = { kind: "named", name: await this.#groupName(inHand) };
    } catch (error) {
      input = { kind: "namingFailed", message: String(error) };
    }
    if (naming === this.#naming) this.#receive(input);
  }

  /** Null where sharing is impossible. */
  async #groupName(inHand: Token): Promise<string | null> {
    const { url, user, getToken } = this.#options();
    if (!globalThis.navigator?.locks) return null;
    const member = user ?? userOfToken(inHand ?? (await getToken?.({ refresh: false })));
    const address = addressOf(url);
    address?.searchParams.delete("clientId");
    return member === undefined || !address ? null : `pushhub/${protocolVersion} ${address.href} ${member}`;
  }

  #connect({ lastEventId, topics: names, pace, isAlone }: TabAction & { kind: "connect" }): void {
    const owner: SourceOwner & TopicsOwner = {
      onEvent: (event) => this.#receive({ kind: "event", event }),
      // That it is closed when it was stopped here is nothing new.
      onSnapshot: (snapshot) => this.#connection === connection && this.#receive({ kind: "snapshot", snapshot }),
      onGap: () => this.#receive({ kind: "gap" }),
      onRefused: (names) => this.#receive({ kind: "topicsTaken", names }),
      onValues() {},
      onProblem: (message, cause) => this.#owner.onProblem(message, cause),
      isOtherUser: (token, isRefreshed) => {
        const isOther = !!this.#owner.isOtherUser?.(token, isRefreshed);
        if (isOther) this.#receive({ kind: "otherUser", token, isRefreshed });
        return isOther;
      },
    };
    const topics = (this.#topics = new Topics(names, owner, this.#options));
    const page = isAlone ? this.#page : this.#sharedPage();
    const connection = (this.#connection = new Connection(this.#options, { ...owner, topics }, lastEventId, page));
    connection.start(pace);
  }

  /** For a tab of the group. Who has let go of the stream meanwhile has no use for the answer. */
  async #follow({ tab, names }: TabAction & { kind: "follow" }): Promise<void> {
    const topics = this.#topics as Topics;
    const outcome = await topics.add(names).catch(({ message, status, code }: TopicError) => ({ message, status, code }));
    if (topics === this.#topics) this.#receive({ kind: "followed", tab, names, outcome });
  }

  async #unfollow({ names }: TabAction & { kind: "unfollow" }): Promise<void> {
    const topics = this.#topics as Topics;
    const { position } = await topics.remove(names).catch(() => ({ position: "" }));
    if (topics === this.#topics) this.#receive({ kind: "unfollowed", names, position });
  }

  async #added({ outcome }: TabAction & { kind: "added" }): Promise<void> {
    const addition = this.#additions.shift();
    if (!addition) return;
    if (!("position" in outcome)) return addition.reject(new TopicError(outcome.message, outcome.status, outcome.code));
    addition.resolve(outcome);
    // Whoever waits for the values has them before anything else comes.
    await addition.done;
    this.#receive({ kind: "taken", position: outcome.position });
  }

  /** As the stream of all tabs sees it: hidden if all are; and going away is this tab's own affair. */
  #sharedPage(): Page {
    return {
      isHidden: () => this.#page.isHidden() && Date.now() >= this.#machine.visibleUntil,
      isOffline: () => this.#page.isOffline(),
      watch: (onSignal) => this.#page.watch((signal) => signal !== "left" && onSignal(signal)),
    };
  }
}
