// Stands before glibc's allocator and counts. A definition of malloc(3) in the executable takes the place of the
// library's for all of the process; the library's own stays reachable by these names.
#include <errno.h>
#include <stddef.h>

#include "CAllocations.h"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static uint64_t count;

static void countOne(void) { __atomic_fetch_add(&count, 1, __ATOMIC_RELAXED); }

uint64_t allocation_count(void) { return __atomic_load_n(&count, __ATOMIC_RELAXED); }

void *malloc(size_t size) {
  countOne();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  countOne();
  return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
  countOne();
  return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  countOne();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  countOne();
  *memory = __libc_memalign(alignment, size);
  return *memory ? 0 : ENOMEM;
}
