enum HelpText {
  static let text = """
    usage: pushhub-send TARGET [OPTION …] EVENT PAYLOAD
           pushhub-send TARGET [OPTION …] EVENT --text TEXT
           pushhub-send TARGET [OPTION …] EVENT --lines [--file FILE]
           pushhub-send stats | connections USER | explain ID | ping
           pushhub-send disconnect TARGET [--reason TEXT]

    Publishes events to the browsers that a push hub on this host serves.

    TARGET, one of:
      --user ID             every connection of this user; may be repeated
      --users ID,ID,…       every connection of these users
      --connection ID       one connection, conn_…
      --broadcast           everyone
    EVENT is the event's type; - is the default, message.
    PAYLOAD is JSON: an argument, @FILE, or - for standard input. It may have line
    breaks between tokens. Or it is made of arguments: name=text and name:=JSON.

    Publishing:
      --text                the payload is text, sent as a JSON string: the
                            argument, @ and - and all, or what --file names
      --file FILE           the payload is in this file; - is standard input
      --lines               each line of the input is an event, sent as it comes,
                            also over a restart of the hub
      --key KEY             idempotency key, any text: a repetition within 10
                            minutes is answered, but not delivered again
      --ttl SECONDS         how long the event stays in history; 0: never replayed
      --require-delivery    exit 3 when no connection got the event

    Commands, as the first argument that is no option:
      stats                 the hub's figures, as JSON
      connections USER      this user's connections, as JSON; also --user ID, or
                            --connection ID for one
      explain ID            what became of an event, as JSON
      disconnect TARGET     closes connections; --reason says why
      ping                  asks whether the hub is there

    Options:
      --quiet               no output; errors are still reported
      --json                receipts as JSON
      --socket PATH         the hub's socket; else $PUSHHUB_SOCKET, else
                            /run/pushhub/publish.sock, else
                            $XDG_RUNTIME_DIR/pushhub/publish.sock
      --timeout TIME        5s, 500ms or a number of seconds, to connect and to be
                            answered (default: 15s)
      -h, --help            this text
      --version             the version

    Exit codes: 0 done; 3 not delivered; 64 usage; 65 bad data; 66 no such file;
    69 no hub; 73, 74 input or output; 75 try again; 77 no permission.

    """
}
