// One event stream as a client sees it: the response's head, the chunks, the lines, the events.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum phase { closed, connecting, awaitingHead, open };
enum chunk { inSize, inData, afterData };

struct stream {
  int descriptor;
  int32_t user;
  enum phase phase : 8;
  enum chunk chunk : 8;
  bool isChunked;
  bool hasMessage;        // the event that is being read holds one of the load generator's messages
  uint32_t chunkLeft;
  uint32_t number;        // that message's number
  int32_t forUser;        // and whom it is for
  uint32_t lastNumber;    // of the newest whole message
  uint32_t keptCount, keptRoom;
  char *kept;             // an incomplete head or line
  uint64_t startedAt;
};

// The newest `id:` that any stream has got.
extern char lastEventID[128];

// Takes what was read. Calls `receive` for each complete message, and fails on an event that is cut or an end.
// Returns true when the bytes completed the response's head.
bool feed(struct stream *stream, const char *bytes, size_t count, uint64_t at);
