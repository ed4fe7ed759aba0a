// The publishers: lines on a Unix socket, or requests over kept-alive HTTP connections.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct publishing {
  const char *socket;   // path of the Unix socket, or NULL for HTTP
  int port;             // for HTTP
  // What a message is put into; {user} and {json} stand for the user and the message. For HTTP it is the request line
  // and the header lines, each with its CRLF, without Content-Length.
  const char *toAll, *toOne;
  const char *bodyToAll, *bodyToOne;  // for HTTP
};

void preparePublishers(const struct publishing *publishing);

// So many connections are there from now on.
void openPublishers(uint32_t count);

// Whether one may publish now: over HTTP, one request is under way on each connection.
bool hasFreePublisher(void);

// Puts a message for a user, or for everyone, of so many bytes behind what waits.
void publish(uint32_t number, int32_t user, size_t bytes);

// Writes what waits.
void flushPublishers(void);

// Good answers so far; a bad one ends the process.
uint64_t answerCount(void);
