#pragma once
#include <stdint.h>

/// How often memory was asked for since the process began: malloc(3) and its relatives, by any thread.
uint64_t allocation_count(void);
