#define _GNU_SOURCE
#include "CLinux.h"
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>

int clinux_peer_credentials(int fd, int *pid, unsigned *uid, unsigned *gid) {
  struct ucred credentials;
  socklen_t size = sizeof credentials;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0) return -1;
  *pid = credentials.pid;
  *uid = credentials.uid;
  *gid = credentials.gid;
  return 0;
}

int clinux_accept4(int fd, int flags) { return accept4(fd, 0, 0, flags); }

int clinux_lstat(const char *path, struct clinux_file *file) {
  struct stat status;
  if (lstat(path, &status) < 0) return -1;
  file->device = status.st_dev;
  file->inode = status.st_ino;
  file->is_socket = S_ISSOCK(status.st_mode);
  return 0;
}

int clinux_name_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }
