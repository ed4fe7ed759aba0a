// The load generator: opens event streams, publishes, and times what arrives. One thread; it reads commands from
// standard input, one a line, and answers each with one line of JSON:
//
//   connect count=N users=N at-once=N resume=0|1
//       opens N streams, and waits until they also got all messages that were published for them while they were away
//   publish count=N bytes=N to=all|users window=N burst=N rate=N publishers=N
//       publishes N messages; at most `window` are under way; a burst is published at once; `rate` is per second, and
//       then a message's time counts from when it was due
//   publish count=N bytes=N to=absent expected=N
//       publishes messages to all that N streams will get when they connect
//   await last=N
//       waits until every stream has got the messages up to number N, which another process publishes
//   close
//
// A message that is lost, cut, doubled, out of order or at the wrong stream ends the process with {"error": …}.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "clients.h"
#include "ledger.h"
#include "publishers.h"
#include "report.h"

static const uint64_t graceForDoubles = 50000000;  // nanoseconds

struct job {
  uint32_t count, window, burst, publishers, expected;
  size_t bytes;
  double rate;
  enum { toAll, toUsers, toAbsent } audience;
};

static const char *word(const char *line, const char *name, const char *otherwise) {
  static char values[8][64];
  static int next;
  char key[32];
  snprintf(key, sizeof key, " %s=", name);
  const char *place = strstr(line, key);
  if (!place) return otherwise;
  char *value = values[next++ % 8];
  sscanf(place + strlen(key), "%63s", value);
  return value;
}

static uint32_t number(const char *line, const char *name, uint32_t otherwise) {
  const char *text = word(line, name, NULL);
  return text ? (uint32_t)strtoul(text, NULL, 10) : otherwise;
}

// A user at random, the same ones in every run.
static uint32_t anyUser(void) {
  static uint64_t state = 88172645463325252u;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)((state >> 16) % userCount());
}

static void publishOne(const struct job *job, uint64_t at) {
  int32_t user = job->audience == toUsers ? (int32_t)anyUser() : everyone;
  uint32_t expected = job->audience == toAll ? openStreams()
                      : job->audience == toUsers ? streamsOf((uint32_t)user)
                                                 : job->expected;
  publish(openMessage(user, expected, at), user, job->bytes);
}

struct progress {
  uint64_t startedAt, completeBefore, answersBefore;
  uint32_t sent;
};

static uint64_t done(const struct job *job, const struct progress *progress) {
  uint64_t complete = totals.complete - progress->completeBefore;
  uint64_t answers = answerCount() - progress->answersBefore;
  return job->audience == toAbsent || answers < complete ? answers : complete;
}

// Publishes what the window, or the rate, lets through now; returns how long nothing more is due.
static uint64_t publishDue(const struct job *job, struct progress *progress) {
  if (job->rate > 0) {
    while (progress->sent < job->count && hasFreePublisher()) {
      uint64_t due = progress->startedAt + (uint64_t)((double)progress->sent * 1e9 / job->rate);
      uint64_t at = now();
      if (due > at) return due - at;
      publishOne(job, due);
      progress->sent++;
    }
    return 10000000;
  }
  while (progress->sent < job->count && progress->sent + job->burst <= done(job, progress) + job->window &&
         hasFreePublisher()) {
    uint64_t at = now();
    for (uint32_t place = 0; place < job->burst; place++, progress->sent++) publishOne(job, at);
  }
  return 100000000;
}

static void finish(uint64_t (*remaining)(void)) {
  uint64_t seen = totals.deliveries, deadline = now() + patience;
  while (remaining()) {
    turn(100000000);
    if (totals.deliveries != seen) {
      seen = totals.deliveries;
      deadline = now() + patience;
    }
    if (now() > deadline) fail("%lu messages are missing somewhere, after %lu deliveries", remaining(), totals.deliveries);
  }
}

static uint64_t missing(void) { return totals.opened - totals.complete; }

static void doPublish(const char *line) {
  struct job job = {.count = number(line, "count", 1),
                    .bytes = number(line, "bytes", 200),
                    .window = number(line, "window", 1),
                    .burst = number(line, "burst", 1),
                    .publishers = number(line, "publishers", 1),
                    .expected = number(line, "expected", 0),
                    .rate = atof(word(line, "rate", "0"))};
  const char *to = word(line, "to", "all");
  job.audience = !strcmp(to, "users") ? toUsers : !strcmp(to, "absent") ? toAbsent : toAll;
  openPublishers(job.publishers);
  ordersMessages = job.publishers == 1;
  clearSamples(&latencies);
  double cpu = ownCPU();
  uint64_t deliveries = totals.deliveries, seen = 0, deadline = 0;
  struct progress progress = {
      .startedAt = now(), .completeBefore = totals.complete, .answersBefore = answerCount()};
  while (done(&job, &progress) < job.count) {
    uint64_t wait = publishDue(&job, &progress);
    flushPublishers();
    turn(wait);
    uint64_t moved = totals.deliveries + answerCount() + progress.sent;
    if (moved != seen) deadline = now() + patience;
    seen = moved;
    if (now() > deadline) fail("%lu of %u messages were received by all", done(&job, &progress), job.count);
  }
  uint64_t endedAt = now();
  cpu = ownCPU() - cpu;
  while (now() < endedAt + graceForDoubles) turn(graceForDoubles);
  printf("{\"seconds\":%.6f,\"messages\":%u,\"deliveries\":%lu,\"clientCPU\":%.6f,\"latency\":",
         (double)(endedAt - progress.startedAt) / 1e9, job.count, totals.deliveries - deliveries, cpu);
  printSamples(&latencies);
  printf("}\n");
}

static void doConnect(const char *line) {
  struct opening opening = {.count = number(line, "count", 1), .isResuming = number(line, "resume", 0)};
  opening.users = number(line, "users", opening.count);
  opening.atOnce = number(line, "at-once", 256);
  clearSamples(&connectTimes);
  uint64_t deliveries = totals.deliveries, startedAt = now();
  double cpu = ownCPU();
  openClients(&opening);
  uint64_t openAt = now();
  finish(missing);
  printf("{\"connections\":%u,\"seconds\":%.6f,\"servedSeconds\":%.6f,\"deliveries\":%lu,\"clientCPU\":%.6f,\"connect\":",
         opening.count, (double)(openAt - startedAt) / 1e9, (double)(now() - startedAt) / 1e9,
         totals.deliveries - deliveries, ownCPU() - cpu);
  printSamples(&connectTimes);
  printf("}\n");
}

static void doAwait(const char *line) {
  uint64_t startedAt = now(), deliveries = totals.deliveries;
  double cpu = ownCPU();
  expectMessages(number(line, "last", 1), openStreams());
  finish(missing);
  printf("{\"seconds\":%.6f,\"deliveries\":%lu,\"clientCPU\":%.6f}\n", (double)(totals.lastAt - startedAt) / 1e9,
         totals.deliveries - deliveries, ownCPU() - cpu);
}

static void perform(const char *line) {
  if (!strncmp(line, "connect ", 8)) {
    doConnect(line);
  } else if (!strncmp(line, "publish ", 8)) {
    doPublish(line);
  } else if (!strncmp(line, "await ", 6)) {
    doAwait(line);
  } else if (!strncmp(line, "close", 5)) {
    closeClients();
    printf("{}\n");
  } else {
    fail("no such command: %s", line);
  }
  fflush(stdout);
}

static const struct option options[] = {
    {"host", required_argument, NULL, 'h'},        {"port", required_argument, NULL, 'p'},
    {"path", required_argument, NULL, 'a'},        {"tokens", required_argument, NULL, 't'},
    {"socket", required_argument, NULL, 's'},
    {"to-all", required_argument, NULL, 'A'},      {"to-one", required_argument, NULL, 'O'},
    {"body-to-all", required_argument, NULL, 'B'}, {"body-to-one", required_argument, NULL, 'C'},
    {"patience", required_argument, NULL, 'w'},    {NULL, 0, NULL, 0}};

static void readOptions(int argc, char **argv, struct service *service, struct publishing *publishing) {
  int option;
  while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) switch (option) {
      case 'h':
        if (!inet_pton(AF_INET, optarg, &service->host)) fail("no address: %s", optarg);
        break;
      case 'p': service->port = publishing->port = atoi(optarg); break;
      case 'a': service->path = optarg; break;
      case 't': service->tokens = optarg; break;
      case 's': publishing->socket = optarg; break;
      case 'A': publishing->toAll = optarg; break;
      case 'O': publishing->toOne = optarg; break;
      case 'B': publishing->bodyToAll = optarg; break;
      case 'w': patience = (uint64_t)(atof(optarg) * 1e9); break;
      case 'C': publishing->bodyToOne = optarg; break;
      default: exit(64);
    }
}

int main(int argc, char **argv) {
  struct service service = {.host.s_addr = htonl(INADDR_LOOPBACK), .path = "/"};
  struct publishing publishing = {0};
  readOptions(argc, argv, &service, &publishing);
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_TIMERSLACK, 1);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  prepareClients(&service);
  preparePublishers(&publishing);
  char line[1024];
  while (fgets(line, sizeof line, stdin)) perform(line);
  closeClients();
}
