#define _GNU_SOURCE
#include "publishers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "clients.h"
#include "ledger.h"
#include "report.h"

enum { maxPublishers = 256, answerBytes = 64 << 10, maxMessageBytes = 1 << 20 };

struct publisher {
  int descriptor;
  char *output;
  size_t outputCount, outputRoom;
  char *answers;  // what was read and is not a whole answer yet
  size_t answersCount;
  uint32_t waiting;  // for answers
};

static struct publishing publishing;
static struct publisher publishers[maxPublishers];
static uint32_t publisherCount, nextPublisher;
static uint64_t answered;

void preparePublishers(const struct publishing *given) { publishing = *given; }

static int connectUnix(void) {
  int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", publishing.socket);
  if (connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0)
    fail("%s: %s", publishing.socket, strerror(errno));
  return descriptor;
}

static int connectHTTP(void) {
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)publishing.port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0) fail("connect: %s", strerror(errno));
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return descriptor;
}

void openPublishers(uint32_t count) {
  if (count > maxPublishers) fail("at most %d publishers", maxPublishers);
  while (publisherCount < count) {
    struct publisher *publisher = &publishers[publisherCount];
    publisher->descriptor = publishing.socket ? connectUnix() : connectHTTP();
    publisher->answers = grown(NULL, answerBytes + 1, 1);
    watchPublisher(publisher->descriptor, publisherToken | publisherCount++);
  }
  publisherCount = count;
  nextPublisher = 0;
}

bool hasFreePublisher(void) {
  if (publishing.socket) return true;
  for (uint32_t tried = 0; tried < publisherCount; tried++) {
    if (!publishers[nextPublisher].waiting) return true;
    nextPublisher = (nextPublisher + 1) % publisherCount;
  }
  return false;
}

static void append(struct publisher *publisher, const char *bytes, size_t count) {
  if (publisher->outputCount + count > publisher->outputRoom) {
    publisher->outputRoom = 2 * (publisher->outputCount + count);
    publisher->output = grown(publisher->output, publisher->outputRoom, 1);
  }
  memcpy(publisher->output + publisher->outputCount, bytes, count);
  publisher->outputCount += count;
}

// The template with {user} and {json} replaced; returns its size.
static size_t fill(char *text, const char *template, int32_t user, const char *json, size_t jsonCount) {
  char *end = text;
  while (*template) {
    if (strncmp(template, "{user}", 6) == 0) {
      end += sprintf(end, "u%d", user);
      template += 6;
    } else if (strncmp(template, "{json}", 6) == 0) {
      end = mempcpy(end, json, jsonCount);
      template += 6;
    } else {
      *end++ = *template++;
    }
  }
  return (size_t)(end - text);
}

static size_t makeMessage(char *json, uint32_t number, int32_t user, size_t bytes) {
  int count = sprintf(json, "{\"n\":%u,\"u\":%d,\"p\":\"", number, user);
  size_t padding = bytes > (size_t)count + 2 ? bytes - (size_t)count - 2 : 0;
  memset(json + count, 'x', padding);
  memcpy(json + count + padding, "\"}", 2);
  return (size_t)count + padding + 2;
}

static void publishHTTP(struct publisher *publisher, int32_t user, const char *json, size_t jsonCount) {
  static char head[8192], body[maxMessageBytes + 4096];
  bool isForAll = user == everyone;
  size_t bodyCount = fill(body, isForAll ? publishing.bodyToAll : publishing.bodyToOne, user, json, jsonCount);
  size_t headCount = fill(head, isForAll ? publishing.toAll : publishing.toOne, user, "", 0);
  headCount += (size_t)sprintf(head + headCount, "Content-Length: %zu\r\n\r\n", bodyCount);
  append(publisher, head, headCount);
  append(publisher, body, bodyCount);
}

void publish(uint32_t number, int32_t user, size_t bytes) {
  static char json[maxMessageBytes + 256], line[maxMessageBytes + 4096];
  if (bytes > maxMessageBytes) fail("a message has at most %d bytes", maxMessageBytes);
  struct publisher *publisher = &publishers[nextPublisher];
  nextPublisher = (nextPublisher + 1) % publisherCount;
  size_t jsonCount = makeMessage(json, number, user, bytes);
  publisher->waiting++;
  if (!publishing.socket) return publishHTTP(publisher, user, json, jsonCount);
  size_t count = fill(line, user == everyone ? publishing.toAll : publishing.toOne, user, json, jsonCount);
  line[count++] = '\n';
  append(publisher, line, count);
}

void flushPublishers(void) {
  for (uint32_t index = 0; index < publisherCount; index++) {
    struct publisher *publisher = &publishers[index];
    if (!publisher->outputCount) continue;
    ssize_t count = send(publisher->descriptor, publisher->output, publisher->outputCount, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN) fail("publishing: %s", strerror(errno));
    if (count <= 0) continue;
    publisher->outputCount -= (size_t)count;
    memmove(publisher->output, publisher->output + count, publisher->outputCount);
  }
}

static void countAnswer(struct publisher *publisher) {
  if (!publisher->waiting--) fail("an answer to nothing");
  answered++;
}

// Each returns what is left of the answers.
static char *readLines(struct publisher *publisher, char *text, char *end) {
  char *lineFeed;
  while ((lineFeed = memchr(text, '\n', (size_t)(end - text)))) {
    if (strncmp(text, "OK ", 3) != 0) fail("a publisher was told: %.*s", (int)(lineFeed - text), text);
    countAnswer(publisher);
    text = lineFeed + 1;
  }
  return text;
}

static char *readResponses(struct publisher *publisher, char *text, char *end) {
  char *headEnd;
  while ((headEnd = memmem(text, (size_t)(end - text), "\r\n\r\n", 4))) {
    *headEnd = 0;
    const char *length = strcasestr(text, "\ncontent-length:");
    if (strncmp(text, "HTTP/1.1 20", 11) != 0) fail("a publisher was told: %.300s", text);
    if (!length) fail("a response without a length: %.300s", text);
    char *bodyEnd = headEnd + 4 + strtoul(length + 16, NULL, 10);
    *headEnd = '\r';
    if (bodyEnd > end) break;
    countAnswer(publisher);
    text = bodyEnd;
  }
  return text;
}

void publisherIsReadable(uint32_t index) {
  struct publisher *publisher = &publishers[index];
  ssize_t count = recv(publisher->descriptor, publisher->answers + publisher->answersCount,
                       answerBytes - publisher->answersCount, MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) fail("a publisher's connection ended");
  char *end = publisher->answers + publisher->answersCount + count;
  *end = 0;
  char *rest = publishing.socket ? readLines(publisher, publisher->answers, end)
                                 : readResponses(publisher, publisher->answers, end);
  publisher->answersCount = (size_t)(end - rest);
  memmove(publisher->answers, rest, publisher->answersCount);
}

uint64_t answerCount(void) { return answered; }
