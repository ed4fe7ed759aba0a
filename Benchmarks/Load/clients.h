// The clients: many event streams, opened at once or a few at a time, and the one loop that reads everything.
#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct service {
  struct in_addr host;
  int port;
  const char *path;    // of the stream; {user} stands for the user's number
  const char *tokens;  // a file with one token a line, the first for user 0; or NULL
};

struct opening {
  uint32_t count;
  uint32_t users;     // stream i is user i % users's
  uint32_t atOnce;    // how many may be under way
  bool isResuming;    // with the newest id that was seen as Last-Event-ID
};

void prepareClients(const struct service *service);

// Opens streams until all have answered 200; fails if one does not.
void openClients(const struct opening *opening);

// Resets all connections, which leaves no TIME_WAIT behind.
void closeClients(void);

uint32_t openStreams(void);
uint32_t streamsOf(uint32_t user);
uint32_t userCount(void);

// From connect(2) to the response's head.
extern struct samples connectTimes;

// Reads what there is, waiting for at most so many nanoseconds.
void turn(uint64_t timeout);

// The same loop serves publishers, whose tokens have this bit.
enum { publisherToken = 1u << 31 };
void watchPublisher(int descriptor, uint32_t token);
void publisherIsReadable(uint32_t index);
