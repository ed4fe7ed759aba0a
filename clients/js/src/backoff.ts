/** No wait is longer than a day: a longer timer would overflow and fire at once. */
export const maxDelay = 24 * 60 * 60 * 1000;
const maxBackoff = 30_000;

/**
 * How long to wait before a reconnect, in milliseconds: `first` before the first one, then
 * `min(1000 · 2^attempts, 30000)` and never less than `first`; of which a random half is taken off, so that the clients
 * of a restarted hub do not come back in one instant.
 */
export function backoffDelay(attempts: number, first: number): number {
  const delay = attempts === 0 ? first : Math.max(first, Math.min(1000 * 2 ** attempts, maxBackoff));
  return Math.min(delay, maxDelay) * (1 - Math.random() / 2);
}

/**
 * A `Retry-After` header in milliseconds from now (RFC 9110, section 10.2.3: seconds or a date), lengthened by up to a
 * tenth; 0 where it is malformed or empty.
 */
export function retryAfter(header: string): number {
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return wait > 0 ? Math.min(wait * (1 + Math.random() / 10), maxDelay) : 0;
}
