// The script for pages without a bundler: all of it in one global, `PushHub`.
export * from "./index.js";
export * from "./toast/index.js";
