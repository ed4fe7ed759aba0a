/**
 * A clock of elapsed time in milliseconds, sleep included. Some systems stop the steady clock while they sleep, and the
 * wall clock may be set back: of the two the one that moved further counts.
 */
export function elapsedClock(): () => number {
  let elapsed = 0;
  let lastSteady = performance.now();
  let lastWall = Date.now();
  return () => {
    const steady = performance.now();
    const wall = Date.now();
    elapsed += Math.max(steady - lastSteady, wall - lastWall, 0);
    lastSteady = steady;
    lastWall = wall;
    return elapsed;
  };
}

/**
 * One timer that follows a deadline, and costs nothing while that stays the same. Returns how to set it: `deadline` and
 * `now` are on one clock, and `Infinity` waits for nothing.
 */
export function deadlineTimer(onDue: () => void): (deadline: number, now: number) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isSetTo = Infinity;
  return (deadline, now) => {
    if (deadline === isSetTo) return;
    clearTimeout(timer);
    isSetTo = deadline;
    if (deadline === Infinity) return;
    timer = setTimeout(() => {
      isSetTo = Infinity;
      onDue();
    }, Math.min(Math.ceil(deadline - now), 2 ** 31 - 1));
  };
}
