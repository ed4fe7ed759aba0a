import { deadlineTimer, elapsedClock } from "./clock.js";
import { safely } from "./dispatcher.js";
import type { Page, PageSignal } from "./page.js";
import { addressOf } from "./request.js";
import type { ConnectionOptions } from "./source.js";

/** What a machine sees of the world when something happens. */
export interface World {
  /** Milliseconds on a clock that sleep does not stop. */
  now: number;
  /** Milliseconds since 1970, the same in all tabs. */
  wall: number;
  /** From 0 to 1. */
  random: number;
  isHidden: boolean;
  /** The browser says so, and the stream's address needs a network. */
  isOffline: boolean;
  options: ConnectionOptions;
}

/** What happens to every machine: something to its page, and its deadline comes. */
export type WorldInput = { kind: "time" | PageSignal };

/** Decides, and does nothing itself: it takes what happened and returns what is to be done about it. */
interface Machine<Input, Action> {
  /** When `time` is due, at the latest. */
  readonly deadline: number;
  readonly isIdle: boolean;
  receive(input: Input | WorldInput, world: World): Action[];
}

/**
 * Runs a machine in its page: returns how to tell it what happens. It decides at once, and acts in order: what comes of
 * an action comes after what was decided before it.
 */
export function runMachine<Input, Action>(
  machine: Machine<Input, Action>,
  options: () => ConnectionOptions,
  page: Page,
  perform: (action: Action) => void,
): (input: Input | WorldInput) => void {
  const clock = elapsedClock();
  const setTimer = deadlineTimer(() => receive({ kind: "time" }));
  const actions: Action[] = [];
  let isPerforming = false;
  let unwatch: (() => void) | undefined;

  function receive(input: Input | WorldInput): void {
    const world = worldOf(options(), page, clock());
    actions.push(...machine.receive(input, world));
    setTimer(machine.deadline, world.now);
    if (machine.isIdle) {
      unwatch?.();
      unwatch = undefined;
    } else {
      unwatch ??= page.watch((kind) => receive({ kind }));
    }
    if (isPerforming) return;
    isPerforming = true;
    for (let action = actions.shift(); action; action = actions.shift()) safely(perform, action);
    isPerforming = false;
  }
  return receive;
}

function worldOf(options: ConnectionOptions, page: Page, now: number): World {
  // Nothing but the page's own host is needed to reach it.
  const isOffline = page.isOffline() && !loopback.test(addressOf(options.url)?.hostname ?? "");
  return { now, wall: Date.now(), random: Math.random(), isHidden: page.isHidden(), isOffline, options };
}

const loopback = /^((.*\.)?localhost|127(\.\d+){3}|\[::1\])$/;
