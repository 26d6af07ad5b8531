/* Loaded before libc into a test's child process: writes down what is written to LMDB's data file, and what is flushed.
 *
 * LATHE_JOURNAL  the file that takes the records, each appended in one step, so that those that the test itself appends
 *                stand where they belong
 *
 * A record is 16 bytes and then the bytes that were written: one byte that says what happened, three unused, the number
 * of bytes (4), the offset in the file (8).
 *   W  a write begins     D  a write that is flushed with its return begins     E  it has returned
 *   S  a flush begins     T  it has returned                                    F  the file gets a length (the offset)
 *   X  the file is written through its memory map, which the test does not understand
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define PARTS_MAX 1024

typedef struct {
  char kind;
  char unused[3];
  uint32_t count;
  uint64_t offset;
} record;

static ssize_t (*real_writev)(int, const struct iovec *, int);

static int is_data_file(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 9) return 0;
  path[length] = 0;
  return strcmp(path + length - 9, "/data.mdb") == 0;
}

static int journal(void) {
  static int fd = -1;
  if (fd >= 0) return fd;
  const char *path = getenv("LATHE_JOURNAL");
  fd = open(path == NULL ? "" : path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) abort();
  return fd;
}

static void note(char kind, off_t offset, const struct iovec *parts, int count) {
  if (real_writev == NULL) real_writev = dlsym(RTLD_NEXT, "writev");
  struct iovec all[PARTS_MAX + 1];
  if (count > PARTS_MAX) abort();
  size_t bytes = 0;
  for (int at = 0; at < count; at++) {
    all[at + 1] = parts[at];
    bytes += parts[at].iov_len;
  }
  record head = {kind, {0}, (uint32_t)bytes, (uint64_t)offset};
  all[0].iov_base = &head;
  all[0].iov_len = sizeof head;
  if (real_writev(journal(), all, count + 1) != (ssize_t)(sizeof head + bytes)) abort();
}

static int is_flushed_at_once(int fd) { return (fcntl(fd, F_GETFL) & O_DSYNC) != 0; }

static void begin_write(int fd, off_t offset, const struct iovec *parts, int count) {
  note(is_flushed_at_once(fd) ? 'D' : 'W', offset, parts, count);
}

static void end_write(int fd) {
  if (is_flushed_at_once(fd)) note('E', 0, NULL, 0);
}

static ssize_t write_at(const char *name, int fd, const void *bytes, size_t count, off_t offset) {
  ssize_t (*real)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, name);
  if (!is_data_file(fd)) return real(fd, bytes, count, offset);
  struct iovec part = {(void *)bytes, count};
  begin_write(fd, offset, &part, 1);
  ssize_t result = real(fd, bytes, count, offset);
  if (result != (ssize_t)count) abort();
  end_write(fd);
  return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  return write_at("pwrite", fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
  return write_at("pwrite64", fd, bytes, count, offset);
}

static ssize_t writev_at(const char *name, int fd, const struct iovec *parts, int count, off_t offset) {
  ssize_t (*real)(int, const struct iovec *, int, off_t) = dlsym(RTLD_NEXT, name);
  if (!is_data_file(fd)) return real(fd, parts, count, offset);
  begin_write(fd, offset, parts, count);
  ssize_t result = real(fd, parts, count, offset);
  size_t bytes = 0;
  for (int at = 0; at < count; at++) bytes += parts[at].iov_len;
  if (result != (ssize_t)bytes) abort();
  end_write(fd);
  return result;
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  return writev_at("pwritev", fd, parts, count, offset);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
  return writev_at("pwritev64", fd, parts, count, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (real_writev == NULL) real_writev = dlsym(RTLD_NEXT, "writev");
  if (!is_data_file(fd)) return real_writev(fd, parts, count);
  off_t offset = lseek(fd, 0, SEEK_CUR);
  begin_write(fd, offset, parts, count);
  ssize_t result = real_writev(fd, parts, count);
  end_write(fd);
  return result;
}

ssize_t write(int fd, const void *bytes, size_t count) {
  ssize_t (*real)(int, const void *, size_t) = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  if (!is_data_file(fd)) return real(fd, bytes, count);
  struct iovec part = {(void *)bytes, count};
  off_t offset = lseek(fd, 0, SEEK_CUR);
  begin_write(fd, offset, &part, 1);
  ssize_t result = real(fd, bytes, count);
  end_write(fd);
  return result;
}

static int flush(const char *name, int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  if (!is_data_file(fd)) return real(fd);
  note('S', 0, NULL, 0);
  int result = real(fd);
  if (result != 0) abort();
  note('T', 0, NULL, 0);
  return result;
}

int fdatasync(int fd) { return flush("fdatasync", fd); }

int fsync(int fd) { return flush("fsync", fd); }

static int set_length(const char *name, int fd, off_t length) {
  int (*real)(int, off_t) = (int (*)(int, off_t))dlsym(RTLD_NEXT, name);
  if (is_data_file(fd)) note('F', length, NULL, 0);
  return real(fd, length);
}

int ftruncate(int fd, off_t length) { return set_length("ftruncate", fd, length); }

int ftruncate64(int fd, off64_t length) { return set_length("ftruncate64", fd, length); }

int msync(void *address, size_t length, int flags) {
  int (*real)(void *, size_t, int) = (int (*)(void *, size_t, int))dlsym(RTLD_NEXT, "msync");
  note('X', 0, NULL, 0);
  return real(address, length, flags);
}
