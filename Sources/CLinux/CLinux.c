#define _GNU_SOURCE
#include "CLinux.h"
#include <malloc.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

int clinux_peer_credentials(int fd, int *pid, unsigned *uid, unsigned *gid) {
  struct ucred credentials;
  socklen_t size = sizeof credentials;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0) return -1;
  *pid = credentials.pid;
  *uid = credentials.uid;
  *gid = credentials.gid;
  return 0;
}

int clinux_peer_groups(int fd, unsigned *gids, int capacity) {
  socklen_t size = (socklen_t)capacity * sizeof *gids;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, gids, &size) < 0) return -1;
  return (int)(size / sizeof *gids);
}

static void describe_address(const struct sockaddr_storage *name, struct clinux_address *address) {
  memset(address, 0, sizeof *address);
  if (name->ss_family == AF_INET) {
    const struct sockaddr_in *in = (const struct sockaddr_in *)name;
    address->family = AF_INET;
    address->port = ntohs(in->sin_port);
    memcpy(address->bytes, &in->sin_addr, sizeof in->sin_addr);
  } else if (name->ss_family == AF_INET6) {
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)name;
    address->family = AF_INET6;
    address->port = ntohs(in6->sin6_port);
    memcpy(address->bytes, &in6->sin6_addr, sizeof in6->sin6_addr);
  }
}

int clinux_accept4(int fd, int flags, struct clinux_address *peer) {
  struct sockaddr_storage name = {0};
  socklen_t size = sizeof name;
  int result = accept4(fd, (struct sockaddr *)&name, &size, flags);
  describe_address(&name, peer);
  return result;
}

int clinux_local_address(int fd, struct clinux_address *address) {
  struct sockaddr_storage name = {0};
  socklen_t size = sizeof name;
  int result = getsockname(fd, (struct sockaddr *)&name, &size);
  describe_address(&name, address);
  return result;
}

static int describe(int result, const struct stat *status, struct clinux_file *file) {
  if (result != 0) return -1;
  file->device = status->st_dev;
  file->inode = status->st_ino;
  file->is_socket = S_ISSOCK(status->st_mode);
  file->size = status->st_size;
  return 0;
}

int clinux_lstat(const char *path, struct clinux_file *file) {
  struct stat status;
  return describe(lstat(path, &status), &status, file);
}

int clinux_fstat(int fd, struct clinux_file *file) {
  struct stat status;
  return describe(fstat(fd, &status), &status, file);
}

int clinux_is_ignored(int number) {
  struct sigaction action;
  return sigaction(number, 0, &action) == 0 && action.sa_handler == SIG_IGN;
}

int clinux_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

char *const *clinux_environment(void) { return environ; }

int clinux_processors(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return (int)sysconf(_SC_NPROCESSORS_ONLN);
  return CPU_COUNT(&set);
}

int clinux_name_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }

_Static_assert(sizeof(struct clinux_part) == sizeof(struct iovec), "parts are iovecs");
_Static_assert(offsetof(struct clinux_part, size) == offsetof(struct iovec, iov_len), "parts are iovecs");

ssize_t clinux_send_parts(int fd, const struct clinux_part *parts, size_t count, int flags) {
  struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = count};
  return sendmsg(fd, &message, flags);
}

void clinux_keep_large_blocks_apart(void) { mallopt(M_MMAP_THRESHOLD, 128 << 10); }
