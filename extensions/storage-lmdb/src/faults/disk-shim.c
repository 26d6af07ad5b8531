/* Loaded before libc into a test's child process: makes the disk slow, or makes it fail, for LMDB's data file only.
 *
 * LATHE_SHIM_SLOW       while a file of this name exists, fdatasync takes long, and then adds one byte to that file
 * LATHE_SHIM_SLOW_MS    how long; 300 where absent
 * LATHE_SHIM_FAIL_SYNC  while a file of this name exists, fdatasync fails with EIO
 * LATHE_SHIM_FAIL_WRITE while a file of this name exists, writing fails
 * LATHE_SHIM_FAIL_NTH   which of those writes fails, from 1, and no other; each of them where absent
 * LATHE_SHIM_ERRNO      the number that it fails with; ENOSPC where absent
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static int is_data_file(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 9) return 0;
  path[length] = 0;
  return strcmp(path + length - 9, "/data.mdb") == 0;
}

static int is_on(const char *name) {
  const char *path = getenv(name);
  return path != NULL && access(path, F_OK) == 0;
}

static int number(const char *name, int otherwise) {
  const char *text = getenv(name);
  return text == NULL ? otherwise : atoi(text);
}

/* Sets errno where it does. */
static int fails_to_write(int fd) {
  static int count;
  if (!is_on("LATHE_SHIM_FAIL_WRITE") || !is_data_file(fd)) return 0;
  int nth = number("LATHE_SHIM_FAIL_NTH", 0);
  if (nth != 0 && ++count != nth) return 0;
  errno = number("LATHE_SHIM_ERRNO", ENOSPC);
  return 1;
}

int fdatasync(int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  if (!is_data_file(fd)) return real(fd);
  if (is_on("LATHE_SHIM_FAIL_SYNC")) {
    errno = EIO;
    return -1;
  }
  if (!is_on("LATHE_SHIM_SLOW")) return real(fd);
  usleep(number("LATHE_SHIM_SLOW_MS", 300) * 1000);
  int result = real(fd);
  int log = open(getenv("LATHE_SHIM_SLOW"), O_WRONLY | O_APPEND);
  if (write(log, "s", 1) != 1) abort();
  close(log);
  return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  ssize_t (*real)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
  if (fails_to_write(fd)) return -1;
  return real(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  ssize_t (*real)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
  if (fails_to_write(fd)) return -1;
  return real(fd, bytes, count, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  ssize_t (*real)(int, const struct iovec *, int) = dlsym(RTLD_NEXT, "writev");
  if (fails_to_write(fd)) return -1;
  return real(fd, parts, count);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
  ssize_t (*real)(int, const struct iovec *, int, off_t) = dlsym(RTLD_NEXT, "pwritev");
  if (fails_to_write(fd)) return -1;
  return real(fd, parts, count, at);
}
