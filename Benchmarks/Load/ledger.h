// The books of what was published and of what arrived: no event may be missing, come twice or come to the wrong stream.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "report.h"

// The `user` of a message that is for everyone.
enum { everyone = -1 };

// Opens the account of the next message, to be received by so many streams; returns its number, 1 for the first.
uint32_t openMessage(int32_t user, uint32_t expected, uint64_t publishedAt);

// Accounts for messages that another process publishes, up to this number.
void expectMessages(uint32_t last, uint32_t expected);

// A stream of `user` got message `number`; `previous` is what the stream got before it, 0 for nothing.
void receive(uint32_t number, int32_t forUser, int32_t user, uint32_t previous, uint64_t at);

// Whether messages come in the order of their numbers: not where several publishers send at once.
extern bool ordersMessages;

struct totals {
  uint64_t opened;      // messages
  uint64_t complete;    // messages that all their streams have got
  uint64_t deliveries;  // receipts
  uint64_t lastAt;      // when the newest receipt was
};
extern struct totals totals;

// From each message's publishing to its last receipt.
extern struct samples latencies;
