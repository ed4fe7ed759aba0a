/** No wait is longer than a day: a longer timer would overflow and fire at once. */
const maxDelay = 24 * 60 * 60 * 1000;
const maxBackoff = 30_000;
/** Whatever a server or an option asks for: a delay of nothing would not grow. */
const minFirst = 10;

/**
 * How long to wait before a reconnect, in milliseconds: `min(first · 2^attempts, 30000)`, never less than `first`; of
 * which up to half is taken off (`random`, from 0 to 1), so that the clients of a restarted hub do not come back in one
 * instant.
 */
export function backoffDelay(attempts: number, first: number, random: number): number {
  const least = first > minFirst ? first : minFirst;
  const delay = Math.max(least, Math.min(least * 2 ** attempts, maxBackoff));
  return Math.min(delay, maxDelay) * (1 - random / 2);
}

/** How long to wait where a try again is not likely to help soon (a proxy's page, a deploy): about 30 seconds. */
export function slowDelay(random: number): number {
  return maxBackoff * (1 - random / 10);
}

/** The least time between two attempts of which something other than the back-off asked for the second, `count` times. */
export function growingGap(count: number): number {
  return Math.min(1000 * 2 ** count, maxBackoff);
}

/**
 * A `Retry-After` header in milliseconds from `now` (RFC 9110, section 10.2.3: seconds or a date), lengthened by up to a
 * tenth; 0 where it is malformed or empty.
 */
export function retryAfter(header: string, now: number, random: number): number {
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return wait > 0 ? Math.min(wait * (1 + random / 10), maxDelay) : 0;
}
