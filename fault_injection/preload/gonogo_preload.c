/* What no fault can see or change from outside a process: its wall clock, how long its syncs take,
 * and how much of each file it has synced.
 *
 * Loaded by LD_PRELOAD. GONOGO_PRELOAD_STATE names a file, made by the harness, that every process
 * of the service maps; its layout is `struct state`. Without it, or with another layout, each
 * function is what it was.
 *
 * The wall clock is the kernel's plus `offset_ns` and, from `since_ns` of the monotonic clock on,
 * `drift_ppb` billionths of what has passed. The monotonic clock is never touched. Absolute
 * deadlines of the wall clock that are handed to the kernel are moved back by as much.
 *
 * A sync returns `delay_ns` later than the kernel's, as from a disk that is slow or shared, and only
 * then counts as done.
 *
 * A file's synced length is its length when the last successful fsync or fdatasync of it began:
 * what was written after that, a loss of power may take. Source: fsync(2), clock_gettime(2).
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

#define MAGIC UINT64_C(0x0100004f474f4e4f) /* the layout below, first version */
#define FILES_MAX 4096
#define NS_PER_S INT64_C(1000000000)

struct synced {
    _Atomic uint64_t file; /* inode and device, see key(); 0: free */
    _Atomic int64_t length;
};

struct state {
    _Atomic uint64_t magic;
    _Atomic uint64_t attached;   /* processes that have loaded this */
    _Atomic int64_t offset_ns;
    _Atomic int64_t drift_ppb;
    _Atomic int64_t since_ns;
    _Atomic uint64_t shifted;    /* readings of the clock that were not the kernel's */
    _Atomic uint64_t unshifted;
    _Atomic uint64_t unrecorded; /* syncs for which there was no room */
    _Atomic int64_t delay_ns;    /* by which each sync takes longer */
    _Atomic uint64_t delayed;
    _Atomic uint64_t undelayed;
    struct synced files[FILES_MAX];
};

static struct state *state;

static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_clock_nanosleep)(clockid_t, int, const struct timespec *, struct timespec *);
static int (*real_sem_timedwait)(sem_t *, const struct timespec *);
static int (*real_mutex_timedlock)(pthread_mutex_t *, const struct timespec *);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void attach(void) {
    if (real_fsync == NULL) { /* again in a forked child: never, but a library may load twice */
        real_clock_gettime = next("clock_gettime");
        real_clock_nanosleep = next("clock_nanosleep");
        real_sem_timedwait = next("sem_timedwait");
        real_mutex_timedlock = next("pthread_mutex_timedlock");
        real_fdatasync = next("fdatasync");
        real_fsync = next("fsync");
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

/* ---- the clock ------------------------------------------------------------------------- */

static int64_t shift_ns(void) {
    if (state == NULL) return 0;
    /* In this order: who sets the clock writes `since_ns` before `drift_ppb`, and never back. */
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

static void move(struct timespec *at, int64_t by_ns) {
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
    if (real_clock_gettime == NULL) attach(); /* another library's constructor came first */
    int failed = real_clock_gettime(clock, at);
    if (failed != 0 || state == NULL || !is_wall(clock)) return failed;
    int64_t by_ns = shift_ns();
    move(at, by_ns);
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

static const struct timespec *unmoved(const struct timespec *at, struct timespec *into) {
    if (at == NULL) return at;
    *into = *at;
    move(into, -shift_ns());
    return into;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *at, struct timespec *left) {
    struct timespec moved;
    if (clock == CLOCK_REALTIME && (flags & TIMER_ABSTIME)) at = unmoved(at, &moved);
    return real_clock_nanosleep(clock, flags, at, left);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict at) {
    struct timespec moved;
    return real_sem_timedwait(semaphore, unmoved(at, &moved));
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict at) {
    struct timespec moved;
    return real_mutex_timedlock(mutex, unmoved(at, &moved));
}

/* ---- what was synced ------------------------------------------------------------------- */

static uint64_t key(const struct stat *status) {
    return status->st_ino ^ (uint64_t)status->st_dev * UINT64_C(0x9e3779b97f4a7c15);
}

static void record(const struct stat *before) {
    uint64_t file = key(before);
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

static void delay(void) {
    int64_t left_ns = atomic_load(&state->delay_ns);
    if (left_ns <= 0) {
        atomic_fetch_add(&state->undelayed, 1);
        return;
    }
    struct timespec left = {left_ns / NS_PER_S, left_ns % NS_PER_S};
    while (real_clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) continue;
    atomic_fetch_add(&state->delayed, 1);
}

static int synced(int fd, int (*sync)(int)) {
    struct stat before;
    int known = state != NULL && fstat(fd, &before) == 0 && S_ISREG(before.st_mode);
    int failed = sync(fd);
    int was = errno;
    if (known) delay(); /* a slow disk has the file only when its sync returns */
    if (known && failed == 0) record(&before);
    errno = was;
    return failed;
}

int fsync(int fd) { return synced(fd, real_fsync); }

int fdatasync(int fd) { return synced(fd, real_fdatasync); }
