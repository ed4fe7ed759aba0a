#ifndef CLINUX_H
#define CLINUX_H
// What Swift's Glibc module leaves out. Not with _GNU_SOURCE: types would differ from those of the other C modules.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/types.h>
#include <stdint.h>

// The peer of a connected Unix socket, by SO_PEERCRED. Returns 0, or -1 with errno.
int clinux_peer_credentials(int fd, int *pid, unsigned *uid, unsigned *gid);

// The supplementary groups of that peer, by SO_PEERGROUPS. Returns how many, or -1 with errno (ERANGE: more than fit).
int clinux_peer_groups(int fd, unsigned *gids, int capacity);

// An address of IPv4 or IPv6, the network's order undone for the port alone; family 0 is any other.
struct clinux_address {
  int family;
  uint16_t port;
  uint8_t bytes[16];
};

// accept4(2), which Glibc hides behind _GNU_SOURCE, and where the peer is.
int clinux_accept4(int fd, int flags, struct clinux_address *peer);

// Where a socket is bound. Returns 0, or -1 with errno.
int clinux_local_address(int fd, struct clinux_address *address);

// What lstat(2) and fstat(2) say of a file; whose module struct stat belongs to depends on the order of imports.
struct clinux_file {
  uint64_t device;
  uint64_t inode;
  int is_socket;
  int64_t size;
};

// Returns 0, or -1 with errno.
int clinux_lstat(const char *path, struct clinux_file *file);
int clinux_fstat(int fd, struct clinux_file *file);

// Whether a signal is ignored, as nohup(1) has it: Swift cannot compare handlers.
int clinux_is_ignored(int number);

// A file in memory, closed on exec: memfd_create(2). Returns its descriptor, or -1 with errno.
int clinux_memory_file(const char *name);

// The process's environment, which Swift does not let near as what may change at any time.
char *const *clinux_environment(void);

// How many processors the process may use, by sched_getaffinity(2).
int clinux_processors(void);

// Names the calling thread, at most 15 bytes: pthread_setname_np(3).
int clinux_name_thread(const char *name);

// What struct iovec is; whose module that belongs to depends on the order of imports.
struct clinux_part {
  const void *base;
  size_t size;
};

// sendmsg(2) of the parts, with flags as for send(2).
ssize_t clinux_send_parts(int fd, const struct clinux_part *parts, size_t count, int flags);

// Gives large blocks pages of their own, so that they return to the system when they are freed: tables that grow leave
// no holes behind. Left alone, malloc(3) stops doing so once such a block was freed.
void clinux_keep_large_blocks_apart(void);
#endif
