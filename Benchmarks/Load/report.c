#define _GNU_SOURCE
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

double ownCPU(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void fail(const char *format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  for (char *c = text; *c; c++)
    if (*c == '"' || *c == '\\' || (unsigned char)*c < 0x20) *c = '\'';
  printf("{\"error\":\"%s\"}\n", text);
  fflush(stdout);
  _Exit(1);
}

void *grown(void *memory, size_t count, size_t size) {
  void *result = reallocarray(memory, count ? count : 1, size);
  if (!result) fail("out of memory");
  return result;
}

void addSample(struct samples *samples, uint64_t value) {
  if (samples->count == samples->room) {
    samples->room = samples->room ? 2 * samples->room : 1024;
    samples->values = grown(samples->values, samples->room, sizeof *samples->values);
  }
  samples->values[samples->count++] = value;
}

void clearSamples(struct samples *samples) { samples->count = 0; }

static int ascending(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

static double quantile(const struct samples *samples, double share) {
  if (!samples->count) return 0;
  size_t index = (size_t)(share * (double)samples->count);
  if (index >= samples->count) index = samples->count - 1;
  return (double)samples->values[index] / 1e3;
}

void printSamples(struct samples *samples) {
  if (samples->count) qsort(samples->values, samples->count, sizeof *samples->values, ascending);
  printf("{\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f}", quantile(samples, 0.5), quantile(samples, 0.99),
         quantile(samples, 1));
}
