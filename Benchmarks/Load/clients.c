#define _GNU_SOURCE
#include "clients.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "ledger.h"
#include "report.h"
#include "stream.h"

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

// A source address for each so many streams, so that ports do not run out.
enum { streamsPerAddress = 10000, readBytes = 256 << 10 };

static struct service service;
static char **tokens;  // by user
static uint32_t tokenCount;
static struct stream *streams;
static uint32_t streamCount, room, users, opened, openCount;
static char resumeFrom[sizeof lastEventID];  // empty for a fresh start
static int poller = -1;

struct samples connectTimes;

static void readTokens(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) fail("%s: %s", path, strerror(errno));
  char *line = NULL;
  size_t size = 0;
  ssize_t count;
  while ((count = getline(&line, &size, file)) > 0) {
    line[strcspn(line, "\n")] = 0;
    tokens = grown(tokens, tokenCount + 1, sizeof *tokens);
    if (!(tokens[tokenCount++] = strdup(line))) fail("out of memory");
  }
  free(line);
  fclose(file);
}

void prepareClients(const struct service *given) {
  service = *given;
  if (service.tokens) readTokens(service.tokens);
  if ((poller = epoll_create1(EPOLL_CLOEXEC)) < 0) fail("epoll_create1: %s", strerror(errno));
}

static void watch(int operation, int descriptor, uint32_t events, uint32_t token) {
  struct epoll_event event = {.events = events, .data.u32 = token};
  if (epoll_ctl(poller, operation, descriptor, &event) < 0) fail("epoll_ctl: %s", strerror(errno));
}

void watchPublisher(int descriptor, uint32_t token) { watch(EPOLL_CTL_ADD, descriptor, EPOLLIN, token); }

static size_t writePath(char *text, size_t room, uint32_t user) {
  const char *place = strstr(service.path, "{user}");
  if (!place) return (size_t)snprintf(text, room, "%s", service.path);
  return (size_t)snprintf(text, room, "%.*su%u%s", (int)(place - service.path), service.path, user, place + 6);
}

static void sendRequest(struct stream *stream) {
  char text[4096], path[512];
  uint32_t user = (uint32_t)stream->user;
  writePath(path, sizeof path, user);
  int count = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\n", path,
                       service.port);
  if (service.tokens)
    count += snprintf(text + count, sizeof text - (size_t)count, "Authorization: Bearer %s\r\n", tokens[user]);
  if (*resumeFrom)
    count += snprintf(text + count, sizeof text - (size_t)count, "Last-Event-ID: %s\r\n", resumeFrom);
  count += snprintf(text + count, sizeof text - (size_t)count, "\r\n");
  if (send(stream->descriptor, text, (size_t)count, MSG_NOSIGNAL) != count) fail("send: %s", strerror(errno));
  stream->phase = awaitingHead;
}

static int makeSocket(uint32_t index) {
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
  if (descriptor < 0) fail("socket: %s", strerror(errno));
  setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (service.host.s_addr != htonl(INADDR_LOOPBACK)) return descriptor;
  struct sockaddr_in source = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK + ((index / streamsPerAddress + 1) << 8))};
  if (bind(descriptor, (struct sockaddr *)&source, sizeof source) < 0) fail("bind: %s", strerror(errno));
  return descriptor;
}

static void openOne(void) {
  uint32_t index = opened++;
  struct stream *stream = &streams[index];
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)service.port),
                                .sin_addr = service.host};
  *stream = (struct stream){.descriptor = makeSocket(index),
                            .user = (int32_t)(index % users),
                            .phase = connecting,
                            .lastNumber = stream->lastNumber,
                            .startedAt = now()};
  if (connect(stream->descriptor, (struct sockaddr *)&address, sizeof address) == 0) {
    sendRequest(stream);
    return watch(EPOLL_CTL_ADD, stream->descriptor, EPOLLIN, index);
  }
  if (errno != EINPROGRESS) fail("connect: %s", strerror(errno));
  watch(EPOLL_CTL_ADD, stream->descriptor, EPOLLOUT, index);
}

static void makeRoom(uint32_t count) {
  if (count > room) {
    streams = grown(streams, count, sizeof *streams);
    memset(streams + room, 0, (count - room) * sizeof *streams);
    room = count;
  }
  streamCount = count;
}

void openClients(const struct opening *opening) {
  users = opening->users;
  // The same for all, although the first to be served move on at once.
  memcpy(resumeFrom, opening->isResuming ? lastEventID : "", opening->isResuming ? sizeof resumeFrom : 1);
  if (service.tokens && users > tokenCount) fail("there are tokens for %u users only", tokenCount);
  makeRoom(opening->count);
  uint64_t deadline = now() + 2 * patience;
  while (openCount < streamCount) {
    while (opened < streamCount && opened - openCount < opening->atOnce) openOne();
    turn(100000000);
    if (now() > deadline) fail("only %u of %u streams were opened in time", openCount, streamCount);
  }
}

void closeClients(void) {
  struct linger reset = {.l_onoff = 1, .l_linger = 0};
  for (uint32_t index = 0; index < opened; index++) {
    setsockopt(streams[index].descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(streams[index].descriptor);
    free(streams[index].kept);
    streams[index].kept = NULL;
    streams[index].phase = closed;
  }
  opened = openCount = 0;
}

uint32_t openStreams(void) { return openCount; }
uint32_t userCount(void) { return users; }
uint32_t streamsOf(uint32_t user) { return user < openCount ? (openCount - user - 1) / users + 1 : 0; }

static void becomeConnected(struct stream *stream, uint32_t index) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(stream->descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error) fail("connect: %s", strerror(error));
  sendRequest(stream);
  watch(EPOLL_CTL_MOD, stream->descriptor, EPOLLIN, index);
}

static void readStream(struct stream *stream, uint64_t at) {
  static char bytes[readBytes + 64];
  ssize_t count = recv(stream->descriptor, bytes, readBytes, 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) fail("the stream of user %d ended: %s", stream->user, count ? strerror(errno) : "closed");
  bytes[count] = 0;
  if (feed(stream, bytes, (size_t)count, at)) {
    openCount++;
    addSample(&connectTimes, at - stream->startedAt);
  }
}

void turn(uint64_t timeout) {
  static struct epoll_event events[1024];
  struct timespec wait = {.tv_sec = (time_t)(timeout / 1000000000u), .tv_nsec = (long)(timeout % 1000000000u)};
  int count = epoll_pwait2(poller, events, 1024, &wait, NULL);
  uint64_t at = now();
  for (int place = 0; place < count; place++) {
    uint32_t token = events[place].data.u32;
    if (token & publisherToken) {
      publisherIsReadable(token & ~publisherToken);
    } else if (streams[token].phase == connecting) {
      becomeConnected(&streams[token], token);
    } else {
      readStream(&streams[token], at);
    }
  }
}
