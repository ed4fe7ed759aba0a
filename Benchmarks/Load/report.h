// What the load generator says, and when it gives up.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Nanoseconds of the monotonic clock.
uint64_t now(void);

// Seconds of CPU that this process has used.
double ownCPU(void);

// Ends the process with {"error": …} on standard output: no figure is printed of a run in which anything went wrong.
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Durations in nanoseconds.
struct samples {
  uint64_t *values;
  size_t count, room;
};

void addSample(struct samples *samples, uint64_t value);
void clearSamples(struct samples *samples);

// Sorts, and prints {"p50":…,"p99":…,"max":…} in microseconds.
void printSamples(struct samples *samples);

// Allocation that does not fail.
void *grown(void *memory, size_t count, size_t size);
