// Lets valgrind run a program whose main thread libdispatch has retired: some of its versions (3.19 is one) write to the
// signal set that sigsuspend(2) is given, and crash where it lies in read-only memory, as libdispatch's does.
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int sigsuspend(const sigset_t *set) {
  sigset_t copy = *set;
  return (int)syscall(SYS_rt_sigsuspend, &copy, _NSIG / 8);
}
