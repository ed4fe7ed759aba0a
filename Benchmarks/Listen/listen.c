// One publisher that pipelines and one listener on the same Unix socket: events per second from PUSH to EVENT.
//
//   listen SOCKET EVENTS UNDERWAY BYTES LIVE|SINCE
//
// LIVE: the listener listens while the events are published; SINCE: it listens since=start when all are published.
// Every event must come once, whole and in order. Prints {"seconds":…,"rate":…}, or {"error":…} and ends with 1.
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 1 << 20 };

static void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  printf("{\"error\":\"");
  vprintf(format, arguments);
  printf("\"}\n");
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static int connected(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0)
    fail("connect: %s", strerror(errno));
  return descriptor;
}

static void write_all(int descriptor, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(descriptor, bytes, count);
    if (written < 0) fail("write: %s", strerror(errno));
    bytes += written;
    count -= written;
  }
}

// Lines of one connection, as far as they have come.
struct reader {
  int descriptor;
  size_t filled, taken;
  char bytes[BUFFER];
};

static void fill(struct reader *reader) {
  memmove(reader->bytes, reader->bytes + reader->taken, reader->filled - reader->taken);
  reader->filled -= reader->taken;
  reader->taken = 0;
  ssize_t count = read(reader->descriptor, reader->bytes + reader->filled, BUFFER - reader->filled);
  if (count <= 0) fail("the hub closed");
  reader->filled += count;
}

static char *next_line(struct reader *reader) {
  char *start = reader->bytes + reader->taken;
  char *end = memchr(start, '\n', reader->filled - reader->taken);
  if (!end) return NULL;
  *end = 0;
  reader->taken = end + 1 - reader->bytes;
  return start;
}

static long heard;

// EVENT <id> user:listener tick {"n":…
static void hear(struct reader *listener) {
  fill(listener);
  for (char *line; (line = next_line(listener));) {
    char *number = strstr(line, "\"n\":");
    if (strncmp(line, "EVENT ", 6) != 0 || !number) fail("not an event: %.60s", line);
    if (atol(number + 4) != heard++) fail("event %ld is missing or out of order: %.60s", heard - 1, line);
  }
}

static void expect_ok(struct reader *reader, const char *what) {
  char *line;
  while (!(line = next_line(reader))) fill(reader);
  if (strncmp(line, "OK ", 3) != 0) fail("%s: %.60s", what, line);
}

int main(int count, char **arguments) {
  if (count != 6) fail("usage: listen SOCKET EVENTS UNDERWAY BYTES LIVE|SINCE");
  long events = atol(arguments[2]), underway = atol(arguments[3]), bytes = atol(arguments[4]);
  int is_live = strcmp(arguments[5], "LIVE") == 0;
  static struct reader publisher, listener;
  publisher.descriptor = connected(arguments[1]);
  listener.descriptor = connected(arguments[1]);
  char *padding = malloc(bytes + 1);
  memset(padding, 'x', bytes);
  padding[bytes] = 0;
  char *batch = malloc(underway * (bytes + 100));
  double start = now();
  if (is_live) {
    write_all(listener.descriptor, "LISTEN user:listener\n", 21);
    expect_ok(&listener, "LISTEN");
  }
  long sent = 0, answered = 0;
  while (answered < events || (is_live && heard < events)) {
    // Half of what may be under way at a time, so that a write holds many lines.
    if (sent < events && sent - answered <= underway / 2) {
      size_t size = 0;
      for (long n = 0; n < underway / 2 && sent < events; n++, sent++)
        size += sprintf(batch + size, "PUSH user:listener tick {\"n\":%ld,\"x\":\"%s\"}\n", sent, padding);
      write_all(publisher.descriptor, batch, size);
    }
    struct pollfd ready[] = {{publisher.descriptor, POLLIN, 0}, {listener.descriptor, POLLIN, 0}};
    if (poll(ready, 2, 20000) <= 0) fail("nothing came for 20 s");
    if (ready[0].revents) {
      fill(&publisher);
      for (char *line; (line = next_line(&publisher)); answered++)
        if (strncmp(line, "OK ", 3) != 0) fail("refused: %.60s", line);
    }
    if (ready[1].revents) hear(&listener);
  }
  if (!is_live) {
    start = now();
    write_all(listener.descriptor, "LISTEN user:listener since=start\n", 33);
    expect_ok(&listener, "LISTEN");
    while (heard < events) hear(&listener);
  }
  double seconds = now() - start;
  printf("{\"seconds\":%.6f,\"rate\":%.1f}\n", seconds, events / seconds);
  return 0;
}
