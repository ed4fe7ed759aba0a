"use client";

export { SSEProvider, useSSEContext } from "./provider.js";
export type { SSEProviderProps } from "./provider.js";
export { useSSE, useSSE as default } from "./use-sse.js";
export type { SSE } from "./use-sse.js";
export { useSSEEvents } from "./use-sse-events.js";
export type { SSEEventHandlers, SSEEventTexts, SSENotification } from "./use-sse-events.js";
export type { UseSSEOptions } from "./options.js";
