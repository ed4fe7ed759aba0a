// The floor: the least that a server of events can do, to divide others' figures by.
//
//   floor PORT SOCKET [CONGESTION]
//
// It answers whatever it reads first on a TCP connection with the head of an event stream, and takes publishers' lines
// on a Unix socket:
//
//   PUSH * TYPE JSON           to every stream
//   PUSH user:uN TYPE JSON     to the stream whose request was for /uN
//
// Each line is answered "OK <id> <count>". An event is written with one plain send(2) for each stream; one that a
// socket does not take whole ends the stream, which the load generator then reports as a loss. Nothing is checked,
// limited, kept or authenticated.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { maxDescriptors = 65536, maxUsers = 65536, inputBytes = 1 << 20, readBytes = 64 << 10, backlog = 65535 };

static const char head[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n";

enum kind { none, httpListener, publishListener, request, stream, publisher };

// What is known of a descriptor, at its number.
static struct place {
  enum kind kind;
  uint32_t index;  // of a stream: where in `streams`
  uint32_t user;   // of a stream: whose
  char *input;     // of a publisher: what was read and not yet executed
  size_t inputCount;
} places[maxDescriptors];

static int streams[maxDescriptors];
static uint32_t streamCount;
static int streamOfUser[maxUsers];  // a descriptor, or 0
static uint64_t sequence;
static int poller;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void watch(int descriptor, enum kind kind) {
  if (descriptor >= maxDescriptors) die("too many descriptors");
  places[descriptor] = (struct place){.kind = kind};
  struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) < 0) die("epoll_ctl");
}

static void drop(int descriptor) {
  struct place *place = &places[descriptor];
  if (place->kind == stream) {
    int last = streams[--streamCount];
    streams[place->index] = last;
    places[last].index = place->index;
    if (streamOfUser[place->user] == descriptor) streamOfUser[place->user] = 0;
  }
  free(place->input);
  *place = (struct place){.kind = none};
  close(descriptor);
}

static void acceptAll(int listener, enum kind kind) {
  int descriptor;
  while ((descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    watch(descriptor, kind);
    if (kind == publisher && !(places[descriptor].input = malloc(inputBytes))) die("malloc");
  }
}

// A request is taken to arrive whole, as a small one on loopback does.
static void beginStream(int descriptor, const char *bytes) {
  const char *user = strstr(bytes, "/u");
  if (send(descriptor, head, sizeof head - 1, MSG_NOSIGNAL) != sizeof head - 1) return drop(descriptor);
  struct place *place = &places[descriptor];
  place->kind = stream;
  place->index = streamCount;
  place->user = user ? (uint32_t)strtoul(user + 2, NULL, 10) % maxUsers : 0;
  streams[streamCount++] = descriptor;
  streamOfUser[place->user] = descriptor;
}

static void readClient(int descriptor) {
  char bytes[4096];
  ssize_t count = recv(descriptor, bytes, sizeof bytes - 1, 0);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) return drop(descriptor);
  bytes[count] = 0;
  if (places[descriptor].kind == request) beginStream(descriptor, bytes);
}

// One chunk that holds one event, as pushhub writes it.
static size_t encode(char *event, const char *type, size_t typeCount, const char *data, size_t dataCount) {
  char start[200], size[16];
  int startCount = snprintf(start, sizeof start, "id: 1-%lu\nevent: %.*s\ndata: ", ++sequence, (int)typeCount, type);
  int sizeCount = snprintf(size, sizeof size, "%zx\r\n", (size_t)startCount + dataCount + 2);
  char *end = mempcpy(event, size, (size_t)sizeCount);
  end = mempcpy(end, start, (size_t)startCount);
  end = mempcpy(end, data, dataCount);
  end = mempcpy(end, "\n\n\r\n", 4);
  return (size_t)(end - event);
}

static bool deliver(int descriptor, const char *event, size_t count) {
  return send(descriptor, event, count, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)count;
}

static uint32_t broadcast(const char *event, size_t count) {
  uint32_t delivered = 0, index = 0;
  while (index < streamCount) {
    if (deliver(streams[index], event, count)) {
      delivered++;
      index++;
    } else {
      drop(streams[index]);  // the last one takes its place
    }
  }
  return delivered;
}

static uint32_t unicast(uint32_t user, const char *event, size_t count) {
  int descriptor = user < maxUsers ? streamOfUser[user] : 0;
  return descriptor && deliver(descriptor, event, count) ? 1 : 0;
}

// "PUSH TARGET TYPE JSON" without its line feed; returns the size of the reply.
static int execute(const char *line, const char *end, char *reply, size_t room) {
  static char event[inputBytes + 512];
  const char *target = line + 5;
  const char *type = memchr(target, ' ', (size_t)(end - target));
  const char *data = type ? memchr(type + 1, ' ', (size_t)(end - type - 1)) : NULL;
  if (!data) return snprintf(reply, room, "ERR bad-verb\n");
  size_t count = encode(event, type + 1, (size_t)(data - type - 1), data + 1, (size_t)(end - data - 1));
  bool isForEveryone = *target == '*';
  uint32_t sent =
      isForEveryone ? broadcast(event, count) : unicast((uint32_t)strtoul(target + 6, NULL, 10), event, count);
  return snprintf(reply, room, "OK 1-%lu %u\n", sequence, sent);
}

// Executes the complete lines of what was read, and answers them in one write.
static void executeLines(int descriptor) {
  static char replies[inputBytes];
  struct place *place = &places[descriptor];
  char *line = place->input, *end = place->input + place->inputCount, *lineFeed;
  size_t replyCount = 0;
  while ((lineFeed = memchr(line, '\n', (size_t)(end - line)))) {
    replyCount += (size_t)execute(line, lineFeed, replies + replyCount, sizeof replies - replyCount);
    line = lineFeed + 1;
  }
  place->inputCount = (size_t)(end - line);
  memmove(place->input, line, place->inputCount);
  if (replyCount && send(descriptor, replies, replyCount, MSG_NOSIGNAL) < 0) drop(descriptor);
}

static void readPublisher(int descriptor) {
  struct place *place = &places[descriptor];
  size_t room = inputBytes - place->inputCount;
  ssize_t count = recv(descriptor, place->input + place->inputCount, room < readBytes ? room : readBytes, 0);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) return drop(descriptor);
  place->inputCount += (size_t)count;
  executeLines(descriptor);
}

static void listenForClients(int port, const char *congestion) {
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (congestion && setsockopt(descriptor, IPPROTO_TCP, TCP_CONGESTION, congestion, strlen(congestion)) < 0)
    die(congestion);
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
  if (listen(descriptor, backlog) < 0) die("listen");
  watch(descriptor, httpListener);
}

static void listenForPublishers(const char *path) {
  int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  unlink(path);
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) die(path);
  if (listen(descriptor, 64) < 0) die("listen");
  watch(descriptor, publishListener);
}

static void serve(int descriptor) {
  switch (places[descriptor].kind) {
    case none: break;  // ended by an event before this one
    case httpListener: acceptAll(descriptor, request); break;
    case publishListener: acceptAll(descriptor, publisher); break;
    case request:
    case stream: readClient(descriptor); break;
    case publisher: readPublisher(descriptor); break;
  }
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: floor PORT SOCKET [CONGESTION]\n");
    return 64;
  }
  signal(SIGPIPE, SIG_IGN);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max < maxDescriptors ? limit.rlim_max : maxDescriptors;
  setrlimit(RLIMIT_NOFILE, &limit);
  if ((poller = epoll_create1(EPOLL_CLOEXEC)) < 0) die("epoll_create1");
  listenForClients(atoi(argv[1]), argc > 3 ? argv[3] : NULL);
  listenForPublishers(argv[2]);
  static struct epoll_event events[512];
  for (;;) {
    int count = epoll_wait(poller, events, 512, -1);
    for (int index = 0; index < count; index++) serve(events[index].data.fd);
  }
}
