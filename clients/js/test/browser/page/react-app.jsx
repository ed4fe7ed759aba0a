// Bundled by the tests with React's development build, which mounts everything twice under StrictMode.
import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { SSEProvider, useSSEContext, useSSEEvents } from "../../../dist/react/index.js";

function Notes() {
  const sse = useSSEContext();
  const { subscribe, connectionState } = sse;
  const [notes, setNotes] = useState([]);
  useSSEEvents(sse);
  useEffect(() => subscribe("note", (event) => setNotes((before) => [...before, JSON.parse(event.data)])), [subscribe]);
  return (
    <p id="react">
      {connectionState}: {notes.join(",")}
    </p>
  );
}

let root;
window.mountApp = (url, token, options) => {
  root = createRoot(document.getElementById("root"));
  root.render(
    <StrictMode>
      <SSEProvider url={url} getToken={() => token} logEvents={false} {...options}>
        <Notes />
      </SSEProvider>
    </StrictMode>,
  );
};
window.unmountApp = () => root.unmount();
