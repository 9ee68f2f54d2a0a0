/* Turns the n-th call that changes a file into an error, or the end of the process.
 *
 * Loaded with LD_PRELOAD. Counted are calls on regular files and folders: open for writing, write, pwrite, writev, fsync,
 * fdatasync, ftruncate, rename, link, unlink, mkdir, rmdir. What the program does is set in the environment:
 *
 *   BP_FAULT_ROOT    only calls below this folder count
 *   BP_FAULT_AT      the number of the call, from 1
 *   BP_FAULT_DO      an error's number: the call fails with it; or one of
 *                    before, after  the process is killed before or after the call
 *                    torn           half of what is written is written, then the process is killed
 *                    power          as after, and what was not synced is cut off: the power fails
 *                    short          half of what is written is written, and said so
 *   BP_FAULT_STAYS   set: every later call fails too
 *   BP_FAULT_BYTES   after so many bytes every write fails with BP_FAULT_DO: a disk is full
 *   BP_FAULT_LOG     a file that is told each call
 *   BP_FAULT_CLOCK   seconds that the clock is ahead
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))real(#name))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long calls, bytes_left = -1;
static int log_file = -1;

/* What was written to and how much of it is on the disk; the descriptor is ours, so that the file stays known. */
static struct { dev_t device; ino_t number; int file; off_t synced; } written[1024];
static int count_written;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static long number(const char *name, long otherwise) {
  const char *value = getenv(name);
  return value ? atol(value) : otherwise;
}

__attribute__((constructor)) static void begin(void) {
  bytes_left = number("BP_FAULT_BYTES", -1);
  const char *log = getenv("BP_FAULT_LOG");
  if (log) log_file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

/* Whether a path counts; one that is relative is taken as one below the current folder. */
static int is_below(const char *path) {
  const char *root = getenv("BP_FAULT_ROOT");
  if (!root || !path) return 0;
  char whole[PATH_MAX];
  if (path[0] != '/' && getcwd(whole, sizeof whole)) {
    size_t length = strlen(whole);
    snprintf(whole + length, sizeof whole - length, "/%s", path);
    path = whole;
  }
  return strncmp(path, root, strlen(root)) == 0;
}

static int is_file_below(int file, char *path, struct stat *status) {
  char link[64];
  if (fstat(file, status) != 0 || (!S_ISREG(status->st_mode) && !S_ISDIR(status->st_mode))) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_below(path);
}

static int place_of(const struct stat *status) {
  for (int at = 0; at < count_written; at++)
    if (written[at].device == status->st_dev && written[at].number == status->st_ino) return at;
  return -1;
}

static void is_written(int file, const struct stat *status) {
  if (place_of(status) >= 0 || count_written == 1024) return;
  int own = fcntl(file, F_DUPFD_CLOEXEC, 200);
  written[count_written].device = status->st_dev;
  written[count_written].number = status->st_ino;
  written[count_written].file = own;
  written[count_written++].synced = 0;
}

static void is_synced(const struct stat *status) {
  int at = place_of(status);
  if (at >= 0) written[at].synced = status->st_size;
}

static void end(int loses_what_is_not_synced) {
  struct stat status;
  for (int at = 0; loses_what_is_not_synced && at < count_written; at++)
    if (fstat(written[at].file, &status) == 0 && status.st_size > written[at].synced)
      syscall(SYS_ftruncate, written[at].file, written[at].synced);
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

enum deed { PASS, FAIL, KILL_AFTER, TORN, POWER, SHORT };

/* Counts a call; says what is to happen with it. */
static enum deed deed(const char *name, const char *path, size_t bytes, int *error) {
  const char *what = getenv("BP_FAULT_DO");
  long at = number("BP_FAULT_AT", 0);
  long call = ++calls;
  if (log_file >= 0) {
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%ld %s %s\n", call, name, path);
    syscall(SYS_write, log_file, line, (size_t)length);
  }
  if (!what) return PASS;
  *error = atoi(what);
  /* On a full disk files can be removed. */
  if (*error == ENOSPC && (!strncmp(name, "unlink", 6) || !strcmp(name, "rmdir"))) return PASS;
  if (bytes_left >= 0) {
    if (bytes == 0) return PASS;
    if ((size_t)bytes_left < bytes) { bytes_left = 0; return FAIL; }
    bytes_left -= (long)bytes;
    return PASS;
  }
  if (call != at && !(call > at && at > 0 && getenv("BP_FAULT_STAYS"))) return PASS;
  if (*error) return FAIL;
  if (!strcmp(what, "before")) end(0);
  if (!strcmp(what, "after")) return KILL_AFTER;
  if (!strcmp(what, "torn")) return bytes ? TORN : KILL_AFTER;
  if (!strcmp(what, "short")) return bytes > 1 ? SHORT : PASS;
  return POWER;
}

#define FAULT(name, path, size, failed, call)                                  \
  do {                                                                         \
    int error = 0;                                                             \
    pthread_mutex_lock(&lock);                                                 \
    enum deed what = deed(name, path, size, &error);                           \
    __typeof__(call) result = failed;                                          \
    if (what == FAIL) errno = error; else result = (call);                     \
    if (what == KILL_AFTER) end(0);                                            \
    if (what == POWER) end(1);                                                 \
    pthread_mutex_unlock(&lock);                                               \
    return result;                                                             \
  } while (0)

/* Writes: `size` is what is asked for, `part` what is written where it is torn or short. */
#define WRITE(name, file, size, call, part)                                    \
  do {                                                                         \
    char path[PATH_MAX];                                                       \
    struct stat status;                                                        \
    if (!is_file_below(file, path, &status)) return call;                      \
    int error = 0;                                                             \
    pthread_mutex_lock(&lock);                                                 \
    is_written(file, &status);                                                 \
    enum deed what = deed(name, path, size, &error);                           \
    ssize_t result = -1;                                                       \
    if (what == FAIL) errno = error;                                           \
    else if (what == TORN || what == SHORT) result = part;                     \
    else result = call;                                                        \
    int kept = errno;                                                          \
    if (what == KILL_AFTER || what == TORN) end(0);                            \
    if (what == POWER) end(1);                                                 \
    pthread_mutex_unlock(&lock);                                               \
    errno = kept;                                                              \
    return result;                                                             \
  } while (0)

ssize_t write(int file, const void *from, size_t size) {
  WRITE("write", file, size, syscall(SYS_write, file, from, size), syscall(SYS_write, file, from, size / 2));
}

ssize_t pwrite64(int file, const void *from, size_t size, off64_t at) {
  WRITE("pwrite", file, size, syscall(SYS_pwrite64, file, from, size, at),
        syscall(SYS_pwrite64, file, from, size / 2, at));
}

ssize_t pwrite(int file, const void *from, size_t size, off_t at) { return pwrite64(file, from, size, at); }

ssize_t writev(int file, const struct iovec *from, int count) {
  size_t size = 0;
  for (int at = 0; at < count; at++) size += from[at].iov_len;
  WRITE("writev", file, size, syscall(SYS_writev, file, from, count),
        syscall(SYS_write, file, from[0].iov_base, from[0].iov_len / 2));
}

#define SYNC(name, number)                                                     \
  int name(int file) {                                                         \
    char path[PATH_MAX];                                                       \
    struct stat status;                                                        \
    if (!is_file_below(file, path, &status)) return syscall(number, file);     \
    int error = 0;                                                             \
    pthread_mutex_lock(&lock);                                                 \
    enum deed what = deed(#name, path, 0, &error);                             \
    int result = -1;                                                           \
    if (what == FAIL) errno = error;                                           \
    else result = syscall(number, file);                                       \
    if (result == 0) is_synced(&status);                                       \
    if (what == KILL_AFTER) end(0);                                            \
    if (what == POWER) end(1);                                                 \
    pthread_mutex_unlock(&lock);                                               \
    return result;                                                             \
  }

SYNC(fsync, SYS_fsync)
SYNC(fdatasync, SYS_fdatasync)

static int opened(int folder, const char *path, int flags, mode_t mode) {
  int writes = (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) != 0;
  if (!writes || !is_below(path)) return syscall(SYS_openat, folder, path, flags, mode);
  FAULT("open", path, 0, -1, (int)syscall(SYS_openat, folder, path, flags, mode));
}

#define MODE                                                                   \
  va_list rest;                                                                \
  va_start(rest, flags);                                                       \
  mode_t mode = va_arg(rest, mode_t);                                          \
  va_end(rest)

int open(const char *path, int flags, ...) { MODE; return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE; return opened(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE; return opened(folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { MODE; return opened(folder, path, flags, mode); }

int ftruncate64(int file, off64_t size) {
  char path[PATH_MAX];
  struct stat status;
  if (!is_file_below(file, path, &status)) return syscall(SYS_ftruncate, file, size);
  FAULT("ftruncate", path, 0, -1, (int)syscall(SYS_ftruncate, file, size));
}

int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

#define CHANGE(name, path, parameters, arguments)                              \
  int name parameters {                                                        \
    if (!is_below(path)) return REAL(name) arguments;                          \
    FAULT(#name, path, 0, -1, REAL(name) arguments);                           \
  }

CHANGE(rename, to, (const char *from, const char *to), (from, to))
CHANGE(renameat, to, (int here, const char *from, int there, const char *to), (here, from, there, to))
CHANGE(renameat2, to, (int here, const char *from, int there, const char *to, unsigned flags), (here, from, there, to, flags))
CHANGE(link, to, (const char *from, const char *to), (from, to))
CHANGE(linkat, to, (int here, const char *from, int there, const char *to, int flags), (here, from, there, to, flags))
CHANGE(unlink, path, (const char *path), (path))
CHANGE(mkdir, path, (const char *path, mode_t mode), (path, mode))
CHANGE(rmdir, path, (const char *path), (path))

/* A folder is removed entry by entry, each named below the folder's descriptor. */
int unlinkat(int folder, const char *path, int flags) {
  char whole[PATH_MAX];
  struct stat status;
  if (folder == AT_FDCWD ? !is_below(path) : !is_file_below(folder, whole, &status))
    return REAL(unlinkat)(folder, path, flags);
  FAULT("unlinkat", path, 0, -1, REAL(unlinkat)(folder, path, flags));
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = syscall(SYS_clock_gettime, clock, now);
  if (clock == CLOCK_REALTIME) now->tv_sec += number("BP_FAULT_CLOCK", 0);
  return result;
}
