/*
 * The layer between a program and its disk (LD_PRELOAD): every file call of node, libuv and SQLite to the files of some
 * folders passes here, is written down for the power campaign, or fails for the io campaign. faults/layer.ts compiles it
 * and speaks to it.
 *
 * power: each change is made and then appended to a log, in one order for all processes, so that the state of a disk that
 *   lost its power at any moment can be worked out of the log. A sync is a line in that log and nothing else: what is on
 *   the real disk means nothing here. After a given number of changes everything stands still until it is killed.
 * io: the calls of some kinds are counted, and the Nth fails, alone or with all that follow.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Shared by all processes and the campaign, as a mapped file: faults/layer.ts has the same list in the same order. */
struct control {
  uint64_t operations;   /* power: changes and syncs so far */
  uint64_t cut_after;    /* power: the last operation that happens; 0: no cut */
  uint64_t frozen;       /* power: it has happened */
  uint64_t sync_delay;   /* power: a sync takes at most so many microseconds */
  uint64_t fail_kind;    /* io: the kind of call that fails; 0: none */
  uint64_t fail_from;    /* io: the first of that kind that fails, counted from 1 */
  uint64_t fail_to;      /* io: the last one */
  uint64_t fail_errno;   /* io: what they fail with */
  uint64_t failed;       /* io: calls that failed */
  uint64_t calls[7];     /* io: calls so far, by kind; the first is of none */
};

enum call_kind { CALL_READ = 1, CALL_WRITE, CALL_SYNC, CALL_OPEN, CALL_CREATE, CALL_NAME };

enum record_kind {
  RECORD_CREATE = 1, RECORD_WRITE, RECORD_TRUNCATE, RECORD_SYNC_BEGIN, RECORD_SYNC_END, RECORD_SYNC_FOLDER_BEGIN,
  RECORD_RENAME, RECORD_UNLINK, RECORD_MKDIR, RECORD_RMDIR
};

/* Followed by the text (a path, or two with a NUL between) and the data. */
struct record {
  uint32_t kind;
  uint32_t text_bytes;
  uint64_t inode;
  uint64_t offset; /* of a write; the size of a truncate; what binds the begin of a sync to its end */
  uint64_t data_bytes;
};

enum { PATTERNS_MAX = 32, DESCRIPTORS_MAX = 65536, PATH_BYTES = 4096 };

static struct control *control;
static int log_file = -1;
static const char *boot_id;
static char *roots[PATTERNS_MAX + 1], *only[PATTERNS_MAX + 1], *except[PATTERNS_MAX + 1];
/* The inode that a descriptor was opened on, where it is a watched one: a reused number shows itself by another inode. */
static uint64_t watched_inode[DESCRIPTORS_MAX];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) real_##name()
#define DECLARE(result, name, ...)                                 \
  static result (*real_##name(void))(__VA_ARGS__) {                \
    static result (*found)(__VA_ARGS__);                           \
    if (found == NULL) found = dlsym(RTLD_NEXT, #name);            \
    return found;                                                  \
  }
DECLARE(int, openat64, int, const char *, int, ...)
DECLARE(ssize_t, preadv64, int, const struct iovec *, int, off64_t)
DECLARE(ssize_t, pwritev64, int, const struct iovec *, int, off64_t)
DECLARE(ssize_t, readv, int, const struct iovec *, int)
DECLARE(ssize_t, writev, int, const struct iovec *, int)
DECLARE(int, ftruncate64, int, off64_t)
DECLARE(int, fsync, int)
DECLARE(int, fdatasync, int)
DECLARE(int, rename, const char *, const char *)
DECLARE(int, unlinkat, int, const char *, int)
DECLARE(int, mkdir, const char *, mode_t)
DECLARE(ssize_t, sendfile64, int, int, off64_t *, size_t)
DECLARE(long, syscall, long, ...)

/* --- what is watched ------------------------------------------------------------------------------------------- */

static void split(const char *variable, char **list) {
  const char *text = getenv(variable);
  if (text == NULL || *text == '\0') return;
  char *rest = strdup(text);
  for (int count = 0; rest != NULL && count < PATTERNS_MAX; count++) list[count] = strsep(&rest, ":");
}

static void fatal(const char *what) {
  dprintf(2, "faults layer: %s: %s\n", what, strerror(errno));
  _exit(99);
}

__attribute__((constructor)) static void begin(void) {
  const char *control_path = getenv("MASALA_FAULTS_CONTROL"), *log_path = getenv("MASALA_FAULTS_LOG");
  if (control_path == NULL) return;
  boot_id = getenv("MASALA_FAULTS_BOOT_ID");
  split("MASALA_FAULTS_ROOTS", roots);
  split("MASALA_FAULTS_ONLY", only);
  split("MASALA_FAULTS_EXCEPT", except);
  int file = REAL(openat64)(AT_FDCWD, control_path, O_RDWR | O_CLOEXEC);
  if (file < 0) fatal(control_path);
  if (log_path != NULL) {
    log_file = REAL(openat64)(AT_FDCWD, log_path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (log_file < 0) fatal(log_path);
  }
  void *mapped = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) fatal("mmap");
  close(file);
  control = mapped;
}

static int fits(char **patterns, const char *path) {
  for (; *patterns != NULL; patterns++) {
    if (fnmatch(*patterns, path, 0) == 0) return 1;
  }
  return 0;
}

/* Whether a path is below a root, is one of the files in question, and is none of the exceptions. */
static int is_watched(const char *path) {
  if (control == NULL || path == NULL) return 0;
  for (char **root = roots; *root != NULL; root++) {
    size_t length = strlen(*root);
    if (strncmp(path, *root, length) != 0) continue;
    if (path[length] == '\0') return 1;
    if (path[length] != '/') continue;
    const char *within = path + length + 1;
    return !fits(except, within) && (only[0] == NULL || fits(only, within));
  }
  return 0;
}

/* The path as a whole: `name` may be relative to an open folder, or to the working directory. */
static const char *whole_path(int folder, const char *name, char *buffer) {
  if (name == NULL || name[0] == '/') return name;
  char link[64];
  if (folder == AT_FDCWD) strcpy(link, "/proc/self/cwd");
  else snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
  ssize_t length = readlink(link, buffer, PATH_BYTES - strlen(name) - 2);
  if (length < 0) return name;
  snprintf(buffer + length, PATH_BYTES - length, "/%s", name);
  return buffer;
}

/* The inode of a watched descriptor, 0 of any other. */
static uint64_t inode_of(int file) {
  if (control == NULL || file < 0 || file >= DESCRIPTORS_MAX || watched_inode[file] == 0) return 0;
  struct stat64 state;
  if (fstat64(file, &state) == 0 && state.st_ino == watched_inode[file]) return state.st_ino;
  return watched_inode[file] = 0;
}

/* --- io: calls that fail ---------------------------------------------------------------------------------------- */

/* Counts a call; says whether it is one that fails, with errno set. */
static int fails(enum call_kind kind) {
  uint64_t number = __atomic_add_fetch(&control->calls[kind], 1, __ATOMIC_SEQ_CST);
  if (control->fail_kind != kind || number < control->fail_from || number > control->fail_to) return 0;
  __atomic_add_fetch(&control->failed, 1, __ATOMIC_SEQ_CST);
  errno = (int)control->fail_errno;
  return 1;
}

/* --- power: the log of operations ------------------------------------------------------------------------------- */

/* One operation at a time, in all threads and processes; whoever holds it is alone with the log. */
static void enter(void) {
  if (log_file < 0) return;
  pthread_mutex_lock(&mutex);
  flock(log_file, LOCK_EX);
  while (control->frozen) pause();
}

static void leave(void) {
  if (log_file < 0) return;
  int kept = errno;
  flock(log_file, LOCK_UN);
  pthread_mutex_unlock(&mutex);
  errno = kept;
}

/* Appends a record with its data, which may come in pieces of which only the first `data_bytes` count. */
static void note(enum record_kind kind, uint64_t inode, uint64_t offset, const char *text, size_t text_bytes,
                 const struct iovec *pieces, size_t data_bytes) {
  if (log_file < 0) return;
  int kept = errno;
  size_t total = sizeof(struct record) + text_bytes + data_bytes, at = sizeof(struct record);
  char *line = malloc(total);
  if (line == NULL) fatal("malloc");
  *(struct record *)line = (struct record){kind, (uint32_t)text_bytes, inode, offset, data_bytes};
  if (text_bytes > 0) memcpy(line + at, text, text_bytes);
  at += text_bytes;
  for (; at < total; pieces++) {
    size_t length = pieces->iov_len < total - at ? pieces->iov_len : total - at;
    memcpy(line + at, pieces->iov_base, length);
    at += length;
  }
  for (size_t written = 0; written < total;) {
    struct iovec piece = {line + written, total - written};
    ssize_t count = REAL(writev)(log_file, &piece, 1);
    if (count < 0) fatal("the log of operations");
    written += (size_t)count;
  }
  free(line);
  control->operations++;
  if (control->cut_after != 0 && control->operations >= control->cut_after) {
    control->frozen = 1;
    for (;;) pause();
  }
  errno = kept;
}

static void note_path(enum record_kind kind, uint64_t inode, const char *path) {
  note(kind, inode, 0, path, strlen(path), NULL, 0);
}

/* --- open ------------------------------------------------------------------------------------------------------- */

static int open_watched(int folder, const char *name, const char *path, int flags, mode_t mode) {
  if (fails(CALL_OPEN) || ((flags & O_CREAT) && fails(CALL_CREATE))) return -1;
  enter();
  struct stat64 before, after;
  int existed = stat64(path, &before) == 0;
  int file = REAL(openat64)(folder, name, flags, mode);
  if (file >= 0 && file < DESCRIPTORS_MAX && fstat64(file, &after) == 0) {
    watched_inode[file] = after.st_ino;
    if (!existed) note_path(RECORD_CREATE, after.st_ino, path);
    else if ((flags & O_TRUNC) && before.st_size > 0) note(RECORD_TRUNCATE, after.st_ino, 0, NULL, 0, NULL, 0);
  }
  leave();
  return file;
}

static int open_any(int folder, const char *name, int flags, mode_t mode) {
  char buffer[PATH_BYTES];
  const char *path = whole_path(folder, name, buffer);
  if (is_watched(path)) return open_watched(folder, name, path, flags, mode);
  /* After a power cut the machine has booted anew, whatever the kernel says. */
  if (boot_id != NULL && path != NULL && strcmp(path, "/proc/sys/kernel/random/boot_id") == 0) name = boot_id;
  return REAL(openat64)(folder, name, flags, mode);
}

/* The mode is only there where a file may be made. */
#define WITH_MODE(call)                                    \
  mode_t mode = 0;                                         \
  if (flags & (O_CREAT | O_TMPFILE)) {                     \
    va_list rest;                                          \
    va_start(rest, flags);                                 \
    mode = va_arg(rest, mode_t);                           \
    va_end(rest);                                          \
  }                                                        \
  return call;

int open(const char *name, int flags, ...) { WITH_MODE(open_any(AT_FDCWD, name, flags, mode)) }
int open64(const char *name, int flags, ...) { WITH_MODE(open_any(AT_FDCWD, name, flags, mode)) }
int openat(int folder, const char *name, int flags, ...) { WITH_MODE(open_any(folder, name, flags, mode)) }
int openat64(int folder, const char *name, int flags, ...) { WITH_MODE(open_any(folder, name, flags, mode)) }

/* --- read ------------------------------------------------------------------------------------------------------- */

#define READ_FAILS(file) (inode_of(file) != 0 && fails(CALL_READ))

ssize_t readv(int file, const struct iovec *pieces, int count) {
  return READ_FAILS(file) ? -1 : REAL(readv)(file, pieces, count);
}
ssize_t read(int file, void *data, size_t bytes) {
  struct iovec piece = {data, bytes};
  return readv(file, &piece, 1);
}
ssize_t preadv64(int file, const struct iovec *pieces, int count, off64_t offset) {
  return READ_FAILS(file) ? -1 : REAL(preadv64)(file, pieces, count, offset);
}
ssize_t preadv(int file, const struct iovec *pieces, int count, off_t offset) {
  return preadv64(file, pieces, count, offset);
}
ssize_t pread64(int file, void *data, size_t bytes, off64_t offset) {
  struct iovec piece = {data, bytes};
  return preadv64(file, &piece, 1, offset);
}
ssize_t pread(int file, void *data, size_t bytes, off_t offset) { return pread64(file, data, bytes, offset); }

/* --- write ------------------------------------------------------------------------------------------------------ */

/* At an offset, or where the descriptor stands (-1). A write that fails has left half of its first piece behind. */
static ssize_t write_watched(int file, uint64_t inode, const struct iovec *pieces, int count, off64_t offset) {
  if (fails(CALL_WRITE)) {
    int kept = errno;
    struct iovec half = {pieces->iov_base, pieces->iov_len / 2};
    if (offset < 0) REAL(writev)(file, &half, 1);
    else REAL(pwritev64)(file, &half, 1, offset);
    errno = kept;
    return -1;
  }
  enter();
  off64_t at = offset;
  if (offset < 0) at = lseek64(file, 0, fcntl(file, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
  ssize_t written = offset < 0 ? REAL(writev)(file, pieces, count) : REAL(pwritev64)(file, pieces, count, offset);
  if (written > 0) note(RECORD_WRITE, inode, (uint64_t)at, NULL, 0, pieces, (size_t)written);
  leave();
  return written;
}

ssize_t writev(int file, const struct iovec *pieces, int count) {
  uint64_t inode = inode_of(file);
  return inode == 0 ? REAL(writev)(file, pieces, count) : write_watched(file, inode, pieces, count, -1);
}
ssize_t write(int file, const void *data, size_t bytes) {
  struct iovec piece = {(void *)data, bytes};
  return writev(file, &piece, 1);
}
ssize_t pwritev64(int file, const struct iovec *pieces, int count, off64_t offset) {
  uint64_t inode = inode_of(file);
  if (inode == 0) return REAL(pwritev64)(file, pieces, count, offset);
  return write_watched(file, inode, pieces, count, offset);
}
ssize_t pwritev(int file, const struct iovec *pieces, int count, off_t offset) {
  return pwritev64(file, pieces, count, offset);
}
ssize_t pwrite64(int file, const void *data, size_t bytes, off64_t offset) {
  struct iovec piece = {(void *)data, bytes};
  return pwritev64(file, &piece, 1, offset);
}
ssize_t pwrite(int file, const void *data, size_t bytes, off_t offset) { return pwrite64(file, data, bytes, offset); }

int ftruncate64(int file, off64_t size) {
  uint64_t inode = inode_of(file);
  if (inode == 0) return REAL(ftruncate64)(file, size);
  if (fails(CALL_WRITE)) return -1;
  enter();
  int result = REAL(ftruncate64)(file, size);
  if (result == 0) note(RECORD_TRUNCATE, inode, (uint64_t)size, NULL, 0, NULL, 0);
  leave();
  return result;
}
int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

/* Copies inside the kernel would pass by: refused, they are made by reads and writes instead. */
ssize_t sendfile64(int to, int from, off64_t *offset, size_t bytes) {
  if (inode_of(to) == 0 && inode_of(from) == 0) return REAL(sendfile64)(to, from, offset, bytes);
  errno = EINVAL;
  return -1;
}
ssize_t sendfile(int to, int from, off_t *offset, size_t bytes) { return sendfile64(to, from, offset, bytes); }

long syscall(long number, ...) {
  va_list rest;
  long given[6];
  va_start(rest, number);
  for (int index = 0; index < 6; index++) given[index] = va_arg(rest, long);
  va_end(rest);
  if (number == SYS_copy_file_range && (inode_of((int)given[0]) != 0 || inode_of((int)given[2]) != 0)) {
    errno = EXDEV;
    return -1;
  }
  return REAL(syscall)(number, given[0], given[1], given[2], given[3], given[4], given[5]);
}

/* --- sync ------------------------------------------------------------------------------------------------------- */

/* What was written before its begin is durable at its end; what others write meanwhile is not. */
static int sync_watched(int file, uint64_t inode, int (*real)(int)) {
  if (fails(CALL_SYNC)) return -1;
  if (log_file < 0) return real(file);
  struct stat64 state;
  char link[64], path[PATH_BYTES];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path);
  int is_folder = fstat64(file, &state) == 0 && S_ISDIR(state.st_mode);
  enter();
  uint64_t token = control->operations;
  if (is_folder) note(RECORD_SYNC_FOLDER_BEGIN, inode, token, path, length < 0 ? 0 : (size_t)length, NULL, 0);
  else note(RECORD_SYNC_BEGIN, inode, token, NULL, 0, NULL, 0);
  leave();
  if (control->sync_delay > 0) usleep((token * 2654435761u >> 8) % control->sync_delay);
  enter();
  note(RECORD_SYNC_END, inode, token, NULL, 0, NULL, 0);
  leave();
  return 0;
}

int fsync(int file) {
  uint64_t inode = inode_of(file);
  return inode == 0 ? REAL(fsync)(file) : sync_watched(file, inode, REAL(fsync));
}
int fdatasync(int file) {
  uint64_t inode = inode_of(file);
  return inode == 0 ? REAL(fdatasync)(file) : sync_watched(file, inode, REAL(fdatasync));
}

/* --- names ------------------------------------------------------------------------------------------------------ */

int rename(const char *from, const char *to) {
  char from_buffer[PATH_BYTES], to_buffer[PATH_BYTES], both[2 * PATH_BYTES];
  const char *from_path = whole_path(AT_FDCWD, from, from_buffer), *to_path = whole_path(AT_FDCWD, to, to_buffer);
  if (!is_watched(from_path) && !is_watched(to_path)) return REAL(rename)(from, to);
  if (fails(CALL_NAME)) return -1;
  enter();
  int result = REAL(rename)(from, to);
  if (result == 0) {
    int bytes = snprintf(both, sizeof both, "%s%c%s", from_path, 0, to_path);
    note(RECORD_RENAME, 0, 0, both, (size_t)bytes, NULL, 0);
  }
  leave();
  return result;
}

int unlinkat(int folder, const char *name, int flags) {
  char buffer[PATH_BYTES];
  const char *path = whole_path(folder, name, buffer);
  if (!is_watched(path)) return REAL(unlinkat)(folder, name, flags);
  if (fails(CALL_NAME)) return -1;
  enter();
  int result = REAL(unlinkat)(folder, name, flags);
  if (result == 0) note_path(flags & AT_REMOVEDIR ? RECORD_RMDIR : RECORD_UNLINK, 0, path);
  leave();
  return result;
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) {
  int result = unlink(path);
  return result != 0 && errno == EISDIR ? rmdir(path) : result;
}

int mkdir(const char *name, mode_t mode) {
  char buffer[PATH_BYTES];
  const char *path = whole_path(AT_FDCWD, name, buffer);
  if (!is_watched(path)) return REAL(mkdir)(name, mode);
  if (fails(CALL_NAME)) return -1;
  enter();
  int result = REAL(mkdir)(name, mode);
  if (result == 0) note_path(RECORD_MKDIR, 0, path);
  leave();
  return result;
}
