/**
 * Whether id `a` comes after id `b` on one stream; undefined where that cannot be told. Ids that end in a number after one
 * beginning (pushhub's: an epoch and a sequence) increase; of others only sameness is known.
 */
export function isAfter(a: string, b: string): boolean | undefined {
  if (a === b) return false;
  const [, epochA = "", numberA = ""] = numbered.exec(a) ?? [];
  const [, epochB = "", numberB = ""] = numbered.exec(b) ?? [];
  if (!numberA || !numberB || epochA !== epochB) return undefined;
  return numberA.length === numberB.length ? numberA > numberB : numberA.length > numberB.length;
}

const numbered = /^(|.*-)(0|[1-9][0-9]*)$/s;
