/** One event of the stream, as its handlers see it. */
export interface PushEvent {
  /** The event's type; `message` where the stream names none. */
  readonly type: string;
  /** The payload as it was sent: JSON text from pushhub, any text from other servers. */
  readonly data: string;
  /** The stream's position after this event; what a reconnect sends as `Last-Event-ID`. */
  readonly lastEventId: string;
  /** The named topic for which it came: of an event for several, the first that the stream follows. */
  readonly topic?: string;
}

export type EventHandler = (event: PushEvent) => void;

/** The events that the hub itself sends; every other type was published by an application. */
const systemType = /^(open|welcome|heartbeat|topics|close|error)$/;

export function isSystemEvent(type: string): boolean {
  return systemType.test(type);
}

/** The payload as an object; one without the fields looked for, where it is not a JSON object. */
export function fieldsOf(event: PushEvent): Record<string, unknown> {
  try {
    return Object(JSON.parse(event.data)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
