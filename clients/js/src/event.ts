/** One event of the stream, as its handlers see it. */
export interface PushEvent {
  /** The event's type; `message` where the stream names none. */
  readonly type: string;
  /** The payload as it was sent: JSON text from pushhub, any text from other servers. */
  readonly data: string;
  /** The stream's position after this event; what a reconnect sends as `Last-Event-ID`. */
  readonly lastEventId: string;
}

export type EventHandler = (event: PushEvent) => void;

/** The events that the hub itself sends; every other type was published by an application. */
const systemType = /^(open|welcome|heartbeat|close|error)$/;

export function isSystemEvent(type: string): boolean {
  return systemType.test(type);
}

/** The payload of a system event as an object; an empty one where it is not a JSON object. */
export function fieldsOf(event: PushEvent): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(event.data);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
