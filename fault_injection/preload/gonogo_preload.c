/* Library for LD_PRELOAD. It changes what no fault can change from outside a process: the wall
 * clock and the duration of syncs. It also records how much of each file the process has synced.
 *
 * GONOGO_PRELOAD_STATE names a file that the harness creates and that every process of the service
 * maps. Its layout is `struct state`. Without the file, or with another layout, every function
 * behaves as in libc.
 *
 * The wall clock is the kernel's plus `offset_ns`, plus `drift_ppb` billionths of the time that has
 * passed since `since_ns` of the monotonic clock. The monotonic clock never changes. Absolute
 * deadlines on the wall clock are shifted back before the kernel gets them.
 *
 * A sync returns `delay_ns` after the kernel's sync, as on a slow or shared disk, and counts as
 * done only then.
 *
 * The synced length of a file is its length when its last successful fsync or fdatasync began. A
 * loss of power may take everything that was written later.
 * Sources: fsync(2), clock_gettime(2).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define MAGIC UINT64_C(0x0100004f474f4e4f) /* version 1 of the layout below */
#define FILES_MAX 4096
#define NS_PER_S INT64_C(1000000000)

struct synced {
    _Atomic uint64_t file; /* from inode and device, see file_key(); 0: free */
    _Atomic int64_t length;
};

struct state {
    _Atomic uint64_t magic;
    _Atomic uint64_t attached;   /* processes that have loaded this library */
    _Atomic int64_t offset_ns;
    _Atomic int64_t drift_ppb;
    _Atomic int64_t since_ns;
    _Atomic uint64_t shifted;    /* clock readings that differ from the kernel's */
    _Atomic uint64_t unshifted;  /* clock readings that are the kernel's */
    _Atomic uint64_t unrecorded; /* syncs without a free slot in `files` */
    _Atomic int64_t delay_ns;    /* added to the duration of each sync */
    _Atomic uint64_t delayed;    /* syncs that were delayed */
    _Atomic uint64_t undelayed;  /* syncs that were not delayed */
    struct synced files[FILES_MAX];
};

static struct state *state;

static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_clock_nanosleep)(clockid_t, int, const struct timespec *, struct timespec *);
static int (*real_sem_timedwait)(sem_t *, const struct timespec *);
static int (*real_mutex_timedlock)(pthread_mutex_t *, const struct timespec *);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

static void *libc_function(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void attach(void) {
    if (real_fsync == NULL) { /* a library may be loaded twice */
        real_clock_gettime = libc_function("clock_gettime");
        real_clock_nanosleep = libc_function("clock_nanosleep");
        real_sem_timedwait = libc_function("sem_timedwait");
        real_mutex_timedlock = libc_function("pthread_mutex_timedlock");
        real_fdatasync = libc_function("fdatasync");
        real_fsync = libc_function("fsync");
    }
    const char *path = getenv("GONOGO_PRELOAD_STATE");
    if (path == NULL || state != NULL) return;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    struct stat status;
    if (fstat(fd, &status) == 0 && status.st_size >= (off_t)sizeof(struct state)) {
        void *mapped =
            mmap(NULL, sizeof(struct state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (mapped != MAP_FAILED) state = mapped;
    }
    close(fd);
    if (state != NULL && atomic_load(&state->magic) != MAGIC) {
        munmap(state, sizeof(struct state));
        state = NULL;
    }
    if (state != NULL) atomic_fetch_add(&state->attached, 1);
}

/* ---- wall clock ------------------------------------------------------------------------ */

static int64_t shift_ns(void) {
    if (state == NULL) return 0;
    /* Read in this order: the harness writes `since_ns` before `drift_ppb`, and never lowers it. */
    int64_t shift = atomic_load(&state->offset_ns);
    int64_t drift = atomic_load(&state->drift_ppb);
    if (drift != 0) {
        struct timespec now;
        real_clock_gettime(CLOCK_MONOTONIC, &now);
        int64_t passed =
            (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec - atomic_load(&state->since_ns);
        shift += (int64_t)((__int128)passed * drift / NS_PER_S);
    }
    return shift;
}

static void shift(struct timespec *at, int64_t by_ns) {
    int64_t ns = at->tv_nsec + by_ns % NS_PER_S;
    at->tv_sec += by_ns / NS_PER_S;
    if (ns >= NS_PER_S) at->tv_sec += 1, ns -= NS_PER_S;
    if (ns < 0) at->tv_sec -= 1, ns += NS_PER_S;
    at->tv_nsec = ns;
}

static int is_wall(clockid_t clock) {
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
}

int clock_gettime(clockid_t clock, struct timespec *at) {
    if (real_clock_gettime == NULL) attach(); /* called by the constructor of another library */
    int failed = real_clock_gettime(clock, at);
    if (failed != 0 || state == NULL || !is_wall(clock)) return failed;
    int64_t by_ns = shift_ns();
    shift(at, by_ns);
    atomic_fetch_add_explicit(by_ns ? &state->shifted : &state->unshifted, 1,
                              memory_order_relaxed);
    return 0;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    (void)zone;
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return (time_t)-1;
    if (at != NULL) *at = now.tv_sec;
    return now.tv_sec;
}

int timespec_get(struct timespec *at, int base) {
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, at) == 0 ? base : 0;
}

static const struct timespec *to_kernel_time(const struct timespec *at, struct timespec *into) {
    if (at == NULL) return at;
    *into = *at;
    shift(into, -shift_ns());
    return into;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *at, struct timespec *left) {
    struct timespec shifted;
    if (clock == CLOCK_REALTIME && (flags & TIMER_ABSTIME)) at = to_kernel_time(at, &shifted);
    return real_clock_nanosleep(clock, flags, at, left);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict at) {
    struct timespec shifted;
    return real_sem_timedwait(semaphore, to_kernel_time(at, &shifted));
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict at) {
    struct timespec shifted;
    return real_mutex_timedlock(mutex, to_kernel_time(at, &shifted));
}

/* ---- syncs ----------------------------------------------------------------------------- */

static uint64_t file_key(const struct stat *status) {
    return status->st_ino ^ (uint64_t)status->st_dev * UINT64_C(0x9e3779b97f4a7c15);
}

static void record(const struct stat *before) {
    uint64_t file = file_key(before);
    for (size_t step = 0; step < FILES_MAX; step++) {
        struct synced *slot = &state->files[(file + step) % FILES_MAX];
        uint64_t held = 0;
        if (atomic_compare_exchange_strong(&slot->file, &held, file) || held == file) {
            atomic_store(&slot->length, before->st_size);
            return;
        }
    }
    atomic_fetch_add(&state->unrecorded, 1);
}

static void delay_sync(void) {
    int64_t left_ns = atomic_load(&state->delay_ns);
    if (left_ns <= 0) {
        atomic_fetch_add(&state->undelayed, 1);
        return;
    }
    struct timespec left = {left_ns / NS_PER_S, left_ns % NS_PER_S};
    while (real_clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) continue;
    atomic_fetch_add(&state->delayed, 1);
}

static int sync_file(int fd, int (*sync)(int)) {
    struct stat before;
    int known = state != NULL && fstat(fd, &before) == 0 && S_ISREG(before.st_mode);
    int failed = sync(fd);
    int sync_errno = errno;
    if (known) delay_sync(); /* on a slow disk the file is safe only when the sync returns */
    if (known && failed == 0) record(&before);
    errno = sync_errno;
    return failed;
}

int fsync(int fd) { return sync_file(fd, real_fsync); }

int fdatasync(int fd) { return sync_file(fd, real_fdatasync); }
