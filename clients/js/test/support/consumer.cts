// What an application writes that is CommonJS; compiled against the packed package, never run.
import index = require("pushhub-client");
import core = require("pushhub-client/core");
import parser = require("pushhub-client/parser");
import react = require("pushhub-client/react");
import toast = require("pushhub-client/toast");

const client: core.PushHubClient = index.createClient({ url: null });
const events: index.EventStreamParser = new parser.EventStreamParser({ onEvent() {} });
events.push(new Uint8Array());
const stop: () => void = client.subscribe("notice", ({ data }) => toast.showToast({ level: "info", title: data }));
stop();
const hook: typeof react.default = react.useSSE;
// @ts-expect-error a number is not an address
hook({ url: 5 });
