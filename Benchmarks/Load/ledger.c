#include "ledger.h"

#include <stddef.h>

struct message {
  uint64_t publishedAt;
  uint32_t received, expected;
  int32_t user;
};

static struct message *messages;  // by number
static uint32_t count = 1, room;

bool ordersMessages = true;
struct totals totals;
struct samples latencies;

static void ensureRoom(uint32_t number) {
  if (number < room) return;
  room = number < 65536 ? 131072 : 2 * number;
  messages = grown(messages, room, sizeof *messages);
}

uint32_t openMessage(int32_t user, uint32_t expected, uint64_t publishedAt) {
  ensureRoom(count);
  messages[count] = (struct message){.publishedAt = publishedAt, .expected = expected, .user = user};
  totals.opened++;
  if (!expected) totals.complete++;
  return count++;
}

void expectMessages(uint32_t last, uint32_t expected) {
  while (count <= last) openMessage(everyone, expected, 0);
}

void receive(uint32_t number, int32_t forUser, int32_t user, uint32_t previous, uint64_t at) {
  if (!number || number >= count) fail("message %u was never published", number);
  struct message *message = &messages[number];
  if (message->user != forUser) fail("message %u is not what was published", number);
  if (forUser != everyone && forUser != user) fail("message %u for user %d came to user %d", number, forUser, user);
  if (ordersMessages && number <= previous) fail("message %u came after message %u: twice, or out of order", number, previous);
  if (++message->received > message->expected)
    fail("message %u was received %u times instead of %u", number, message->received, message->expected);
  totals.deliveries++;
  totals.lastAt = at;
  if (message->received < message->expected) return;
  totals.complete++;
  if (message->publishedAt) addSample(&latencies, at - message->publishedAt);
}
