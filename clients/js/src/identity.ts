/**
 * The user a JWT names, as the hub reads it: the first of the claims `id`, `user_id`, `sub`, an integer in its decimal
 * form. Undefined where the token is not a JWT, names nobody, or names an integer that JavaScript cannot tell exactly.
 * Nothing is verified here: the hub does that.
 */
export function userOfToken(token: string | null | undefined): string | undefined {
  try {
    const payload = (token ?? "").split(".")[1] ?? "";
    const bytes = atob(payload.replace(/-/g, "+").replace(/_/g, "/"));
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
    const claims = JSON.parse(text) as Record<string, unknown>;
    const user = claims.id ?? claims.user_id ?? claims.sub;
    if (typeof user === "string" || Number.isSafeInteger(user)) return String(user);
  } catch {
    // Not a JWT.
  }
  return undefined;
}
