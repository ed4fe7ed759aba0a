#define _GNU_SOURCE
#include "stream.h"

#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "report.h"

char lastEventID[128];

static bool begins(const char *line, const char *end, const char *word) {
  size_t count = strlen(word);
  return (size_t)(end - line) >= count && memcmp(line, word, count) == 0;
}

// A message is {"n":<number>,"u":<user>,"p":"<padding>"}.
static void readData(struct stream *stream, const char *data, const char *end) {
  if (!begins(data, end, "{\"n\":")) return;  // one of the server's own
  if (stream->hasMessage || end[-1] != '}' || end[-2] != '"') fail("a message was cut: %.*s", (int)(end - data), data);
  char *rest;
  stream->number = (uint32_t)strtoul(data + 5, &rest, 10);
  stream->forUser = (int32_t)strtol(rest + 5, NULL, 10);
  stream->hasMessage = true;
}

static void endEvent(struct stream *stream, uint64_t at) {
  if (!stream->hasMessage) return;
  receive(stream->number, stream->forUser, stream->user, stream->lastNumber, at);
  stream->lastNumber = stream->number;
  stream->hasMessage = false;
}

static void rememberID(const char *id, const char *end) {
  size_t count = (size_t)(end - id) < sizeof lastEventID ? (size_t)(end - id) : sizeof lastEventID - 1;
  memcpy(lastEventID, id, count);
  lastEventID[count] = 0;
}

static void readLine(struct stream *stream, const char *line, const char *end, uint64_t at) {
  if (end > line && end[-1] == '\r') end--;
  if (line == end) return endEvent(stream, at);
  if (begins(line, end, "data: ")) return readData(stream, line + 6, end);
  if (begins(line, end, "id: ")) return rememberID(line + 4, end);
  if (begins(line, end, "event: close") || begins(line, end, "event: error"))
    fail("user %d got '%.*s'", stream->user, (int)(end - line), line);
}

static void keep(struct stream *stream, const char *bytes, size_t count) {
  if (stream->keptCount + count > stream->keptRoom) {
    stream->keptRoom = (uint32_t)(stream->keptCount + count) + 256;
    stream->kept = grown(stream->kept, stream->keptRoom, 1);
  }
  memcpy(stream->kept + stream->keptCount, bytes, count);
  stream->keptCount += (uint32_t)count;
}

static void release(struct stream *stream) {
  free(stream->kept);
  stream->kept = NULL;
  stream->keptCount = stream->keptRoom = 0;
}

static void readText(struct stream *stream, const char *text, const char *end, uint64_t at) {
  const char *lineFeed;
  while (text < end && (lineFeed = memchr(text, '\n', (size_t)(end - text)))) {
    if (stream->keptCount) {
      keep(stream, text, (size_t)(lineFeed - text));
      readLine(stream, stream->kept, stream->kept + stream->keptCount, at);
      release(stream);
    } else {
      readLine(stream, text, lineFeed, at);
    }
    text = lineFeed + 1;
  }
  if (text < end) keep(stream, text, (size_t)(end - text));
}

static int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Reads a chunk's size up to its line's end; it may come in parts.
static const char *readSize(struct stream *stream, const char *bytes, const char *end) {
  while (bytes < end) {
    char c = *bytes++;
    if (c == '\n') {
      if (!stream->chunkLeft) fail("the stream of user %d has ended", stream->user);
      stream->chunk = inData;
      return bytes;
    }
    int digit = hexDigit(c);
    if (digit < 0 && c != '\r') fail("a chunk's size is not a number");
    if (digit >= 0) stream->chunkLeft = stream->chunkLeft << 4 | (uint32_t)digit;
  }
  return bytes;
}

static void readChunks(struct stream *stream, const char *bytes, const char *end, uint64_t at) {
  while (bytes < end) {
    switch (stream->chunk) {
      case inSize: bytes = readSize(stream, bytes, end); break;
      case inData: {
        size_t count = (size_t)(end - bytes) < stream->chunkLeft ? (size_t)(end - bytes) : stream->chunkLeft;
        readText(stream, bytes, bytes + count, at);
        bytes += count;
        stream->chunkLeft -= (uint32_t)count;
        if (!stream->chunkLeft) stream->chunk = afterData;
        break;
      }
      case afterData:
        if (*bytes++ == '\n') stream->chunk = inSize;
        break;
    }
  }
}

static void readBody(struct stream *stream, const char *bytes, const char *end, uint64_t at) {
  if (stream->isChunked) {
    readChunks(stream, bytes, end, at);
  } else {
    readText(stream, bytes, end, at);
  }
}

// The head is kept until it is whole; what follows it is the body's beginning.
static bool readHead(struct stream *stream, const char *bytes, size_t count, uint64_t at) {
  keep(stream, bytes, count);
  char *end = memmem(stream->kept, stream->keptCount, "\r\n\r\n", 4);
  if (!end) return false;
  *end = 0;
  if (strncmp(stream->kept, "HTTP/1.1 200", 12) != 0) fail("a stream was refused: %.200s", stream->kept);
  stream->isChunked = strcasestr(stream->kept, "transfer-encoding: chunked") != NULL;
  stream->phase = open;
  char *head = stream->kept, *headEnd = stream->kept + stream->keptCount;
  stream->kept = NULL;
  stream->keptCount = stream->keptRoom = 0;
  readBody(stream, end + 4, headEnd, at);
  free(head);
  return true;
}

bool feed(struct stream *stream, const char *bytes, size_t count, uint64_t at) {
  if (stream->phase == awaitingHead) return readHead(stream, bytes, count, at);
  readBody(stream, bytes, bytes + count, at);
  return false;
}
