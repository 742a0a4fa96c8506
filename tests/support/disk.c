/* A disk that fails, is slow or loses power, and a wall clock that is wrong, for one process and its children.
 *
 * Loaded before the C library (LD_PRELOAD). Files below FAULTY_FOLDER are concerned; what happens to them is said by the
 * numbers in the file FAULTY_CONTROL, which is shared memory: the test changes them while the process runs. After each
 * sync, FAULTY_SHADOW holds the file as it was synced, so that after kill -9 the shadow is what a power cut leaves. The
 * model is the harshest that a database may expect: of whatever came after a file's last sync, nothing is left.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define PATH 4096
#define CHUNK (1 << 16)
#define REAL(name) ((__typeof__(&name))real(#name))

/* The same order as in disk.py. */
struct control {
    volatile int64_t write_error;       /* errno of every write, 0 = none */
    volatile int64_t sync_error;        /* errno of every sync, 0 = none */
    volatile int64_t sync_microseconds; /* added to every sync */
    volatile int64_t clock_seconds;     /* added to the wall clock; the monotonic clock stays right */
    volatile int64_t syncs;             /* counted here, so that a test sees that the disk is really in between */
};

static struct control nothing;
static struct control *control = &nothing;
static const char *folder = "/nowhere";
static const char *shadow;
static pthread_mutex_t copying = PTHREAD_MUTEX_INITIALIZER;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void)
{
    const char *file = getenv("FAULTY_CONTROL");
    int fd = file ? REAL(open64)(file, O_RDWR | O_CLOEXEC) : -1;
    if (fd >= 0) {
        void *page = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (page != MAP_FAILED)
            control = page;
        REAL(close)(fd);
    }
    if (getenv("FAULTY_FOLDER"))
        folder = getenv("FAULTY_FOLDER");
    shadow = getenv("FAULTY_SHADOW");
}

/* What follows the folder in `path`, NULL for a file elsewhere. */
static const char *below(const char *path)
{
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0') ? path + length : NULL;
}

/* Write where `fd` lies below the folder to `name`; 0 when it lies elsewhere. */
static int locate(int fd, char *name)
{
    char link[64], path[PATH];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = '\0';
    const char *rest = below(path);
    if (rest == NULL)
        return 0;
    strcpy(name, rest);
    return 1;
}

static int refuses(int fd)
{
    char name[PATH];
    if (!control->write_error || !locate(fd, name))
        return 0;
    errno = (int)control->write_error;
    return 1;
}

static int refuses_path(const char *path)
{
    if (control->write_error != EROFS || below(path) == NULL)
        return 0;
    errno = EROFS;
    return 1;
}

/* Copy what `fd` holds. It is read through `fd` itself: opening and closing the file would drop the locks on it. Bytes
 * are written in place, so a copy that is cut off leaves new bytes, then old ones, as an unfinished sync does. */
static void copy(int fd, const char *target)
{
    static char bytes[CHUNK];
    int out = REAL(open64)(target, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    off64_t at = 0;
    ssize_t got;
    if (out < 0)
        return;
    while ((got = pread64(fd, bytes, sizeof bytes, at)) > 0) {
        if (REAL(pwrite64)(out, bytes, (size_t)got, at) != got)
            abort();
        at += got;
    }
    if (got < 0 || REAL(ftruncate64)(out, at) != 0)
        abort();
    REAL(close)(out);
}

/* A file that was removed is gone for good once its folder is synced. */
static void forget_removed(const char *name)
{
    char original[PATH * 3], kept[PATH * 3], place[PATH * 2];
    snprintf(place, sizeof place, "%s%s", shadow, name);
    DIR *entries = opendir(place);
    if (entries == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (entry->d_type != DT_REG)
            continue;
        snprintf(original, sizeof original, "%s%s/%s", folder, name, entry->d_name);
        snprintf(kept, sizeof kept, "%s/%s", place, entry->d_name);
        if (access(original, F_OK) != 0)
            REAL(unlink)(kept);
    }
    closedir(entries);
}

static void keep(int fd, const char *name)
{
    char target[PATH * 2];
    struct stat64 status;
    if (shadow == NULL || fstat64(fd, &status) != 0)
        return;
    snprintf(target, sizeof target, "%s%s", shadow, name);
    pthread_mutex_lock(&copying);
    if (S_ISDIR(status.st_mode))
        forget_removed(name);
    else
        copy(fd, target);
    pthread_mutex_unlock(&copying);
}

static int synced(int fd, int (*sync)(int))
{
    char name[PATH];
    if (!locate(fd, name))
        return sync(fd);
    __atomic_add_fetch(&control->syncs, 1, __ATOMIC_RELAXED);
    if (control->sync_microseconds)
        usleep((useconds_t)control->sync_microseconds);
    if (control->sync_error || control->write_error == EROFS) {
        errno = (int)(control->sync_error ? control->sync_error : EROFS);
        return -1;
    }
    int result = sync(fd);
    if (result == 0)
        keep(fd, name);
    return result;
}

int fsync(int fd) { return synced(fd, REAL(fsync)); }
int fdatasync(int fd) { return synced(fd, REAL(fdatasync)); }

ssize_t write(int fd, const void *bytes, size_t count) { return refuses(fd) ? -1 : REAL(write)(fd, bytes, count); }

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at)
{
    return refuses(fd) ? -1 : REAL(pwrite)(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at)
{
    return refuses(fd) ? -1 : REAL(pwrite64)(fd, bytes, count, at);
}

int ftruncate(int fd, off_t length) { return refuses(fd) ? -1 : REAL(ftruncate)(fd, length); }
int ftruncate64(int fd, off64_t length) { return refuses(fd) ? -1 : REAL(ftruncate64)(fd, length); }
int unlink(const char *path) { return refuses_path(path) ? -1 : REAL(unlink)(path); }

/* Only a read-only disk refuses to open; a full one opens what is there. */
#define OPEN(name)                                                                      \
    int name(const char *path, int flags, ...)                                          \
    {                                                                                   \
        va_list rest;                                                                   \
        va_start(rest, flags);                                                          \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;       \
        va_end(rest);                                                                   \
        if ((flags & (O_WRONLY | O_RDWR | O_CREAT)) && refuses_path(path))              \
            return -1;                                                                  \
        return REAL(name)(path, flags, mode);                                           \
    }
OPEN(open)
OPEN(open64)

int clock_gettime(clockid_t clock, struct timespec *moment)
{
    int result = REAL(clock_gettime)(clock, moment);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        moment->tv_sec += control->clock_seconds;
    return result;
}

int gettimeofday(struct timeval *restrict moment, void *restrict zone)
{
    int result = REAL(gettimeofday)(moment, zone);
    if (result == 0)
        moment->tv_sec += control->clock_seconds;
    return result;
}

time_t time(time_t *out)
{
    struct timespec moment;
    clock_gettime(CLOCK_REALTIME, &moment);
    if (out != NULL)
        *out = moment.tv_sec;
    return moment.tv_sec;
}
