import { useEffect, useRef } from "react";
import type { PushHubClient } from "../client.js";
import type { PushEvent } from "../event.js";
import { fieldsOf } from "../event.js";
import type { ToastLevel, ToastTexts } from "../toast/options.js";
import { mountToasts, showDialog, showToast } from "../toast/toasts.js";
import type { SSE } from "./use-sse.js";

/** What the built-in messages say. */
export interface SSEEventTexts extends ToastTexts {
  logoutTitle: string;
  /** Where the event itself brings no message. */
  logoutText: string;
  ok: string;
  notice: string;
  announcement: string;
}

export interface SSENotification {
  /** From the event's own `level`: high is an error, medium a warning, anything else information. */
  level: ToastLevel;
  title: string;
  text: string;
  event: PushEvent;
}

/** How the application shows what arrives; what is left out is shown by a small built-in toast or dialog. */
export interface SSEEventHandlers {
  /** Shows a `notice` or an `announcement`. */
  notify?: (notification: SSENotification) => void;
  /** Tells the user that the session ended elsewhere; `onOk` logs out. */
  showWarning?: (title: string, text: string, actions: { onOk: () => void }) => void;
  /** Logs out. Default: the stream is disconnected. */
  logout?: () => void;
  /** The hub has bad news and keeps the stream. Default: `console.warn`. */
  onError?: (error: { message: string; status: number | null }) => void;
  onHeartbeat?: (timestamp: string) => void;
  texts?: Partial<SSEEventTexts>;
}

const english: Omit<SSEEventTexts, keyof ToastTexts> = {
  logoutTitle: "Signed out",
  logoutText: "You have signed in elsewhere. Please sign in again.",
  ok: "OK",
  notice: "New notice",
  announcement: "Announcement",
};

/**
 * Handles the events that every application has: `loginout`, `notice`, `announcement`, `error`, `heartbeat`.
 *
 * Tabs that share a stream show one built-in toast for an event, in a tab that is visible. Each asks to log out.
 */
export function useSSEEvents(
  sse: Pick<SSE, "subscribe" | "disconnect"> & Partial<Pick<SSE, "client">>,
  handlers: SSEEventHandlers = {},
): void {
  const latest = useRef(handlers);
  latest.current = handlers;
  const { subscribe, disconnect, client } = sse;
  useEffect(() => {
    if (!latest.current.notify) mountToasts(latest.current.texts);
    const show = (event: PushEvent) => notify(event, latest.current, client);
    const stops = [
      subscribe("loginout", (event) => loggedOut(event, latest.current, disconnect)),
      subscribe("notice", show),
      subscribe("announcement", show),
      subscribe("error", (event) => failed(event, latest.current)),
      subscribe("heartbeat", (event) => latest.current.onHeartbeat?.(text(fieldsOf(event).timestamp))),
    ];
    return () => stops.forEach((stop) => stop());
  }, [subscribe, disconnect, client]);
}

function loggedOut(event: PushEvent, handlers: SSEEventHandlers, disconnect: () => void): void {
  const { clientType, message } = fieldsOf(event);
  if (clientType !== "web") return;
  const texts = { ...english, ...handlers.texts };
  const show =
    handlers.showWarning ??
    ((title, body, { onOk }) => showDialog({ title, text: body, okLabel: texts.ok, key: "loginout", onOk }));
  const { logout = disconnect } = handlers;
  show(texts.logoutTitle, text(message) || texts.logoutText, { onOk: () => logout() });
}

function notify(event: PushEvent, handlers: SSEEventHandlers, client: PushHubClient | undefined): void {
  const fields = fieldsOf(event);
  const level = fields.level === "high" ? "error" : fields.level === "medium" ? "warning" : "info";
  const title = text(fields.title) || { ...english, ...handlers.texts }[event.type as "notice" | "announcement"];
  const notification = { level, title, text: text(fields.content), event } as const;
  if (handlers.notify) handlers.notify(notification);
  else showToast({ level, title, text: notification.text, key: toastKey(event, client) });
}

/** Tabs that share a stream have its connection id in common, and others do not. */
function toastKey(event: PushEvent, client: PushHubClient | undefined): string | undefined {
  const connection = client?.connectionId;
  return connection && event.lastEventId ? `${connection} ${event.lastEventId}` : undefined;
}

function failed(event: PushEvent, handlers: SSEEventHandlers): void {
  const { message, status } = fieldsOf(event);
  const error = { message: text(message), status: typeof status === "number" ? status : null };
  if (handlers.onError) handlers.onError(error);
  else console.warn("pushhub:", error.message);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
