/* A stand-in for the part of macOS's libSystem that libfaiss_c and libc++ use. It forwards to the C library of Linux and adapts
   what differs: variadic arguments on arm64 are on the stack, locks are larger and may be initialized by constants, and some constants have
   other values. A function that is missing here is reported by its name when it is called. */
#define _GNU_SOURCE
#include "runner.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

/* ---- variadic arguments: macOS on arm64 has all of them on the stack, in slots of 8 bytes, and va_list is the address of the next
   one; on x86_64 both systems have the same convention */

#ifdef __aarch64__
static void read_stack(va_list *list, const void *arguments) {
    struct { const void *stack, *general, *vectors; int general_left, vectors_left; } value = { arguments, NULL, NULL, 0, 0 };
    _Static_assert(sizeof value == sizeof *list, "va_list of the procedure call standard for arm64");
    memcpy(list, &value, sizeof value);
}

#define ON_STACK(name, registers) \
    __asm__(".globl apple_" #name "\napple_" #name ":\n  mov x" #registers ", sp\n  b on_stack_" #name "\n"); \
    void apple_##name(void); \
    __attribute__((used))

#define FORWARD(call) \
    va_list list; \
    read_stack(&list, arguments); \
    return call

ON_STACK(printf, 1) int on_stack_printf(const char *format, const void *arguments) { FORWARD(vprintf(format, list)); }
ON_STACK(fprintf, 2) int on_stack_fprintf(FILE *file, const char *format, const void *arguments) { FORWARD(vfprintf(file, format, list)); }
ON_STACK(sprintf, 2) int on_stack_sprintf(char *to, const char *format, const void *arguments) { FORWARD(vsprintf(to, format, list)); }
ON_STACK(snprintf, 3) int on_stack_snprintf(char *to, size_t size, const char *format, const void *arguments) { FORWARD(vsnprintf(to, size, format, list)); }
ON_STACK(snprintf_l, 4) int on_stack_snprintf_l(char *to, size_t size, locale_t locale, const char *format, const void *arguments) {
    (void)locale;
    FORWARD(vsnprintf(to, size, format, list));
}
ON_STACK(sscanf, 2) int on_stack_sscanf(const char *text, const char *format, const void *arguments) { FORWARD(vsscanf(text, format, list)); }

static int apple_vfprintf(FILE *file, const char *format, const void *arguments) { FORWARD(vfprintf(file, format, list)); }
static int apple_vsnprintf(char *to, size_t size, const char *format, const void *arguments) { FORWARD(vsnprintf(to, size, format, list)); }
#else
#define apple_printf printf
#define apple_fprintf fprintf
#define apple_sprintf sprintf
#define apple_snprintf snprintf
#define apple_sscanf sscanf
#define apple_vfprintf vfprintf
#define apple_vsnprintf vsnprintf
static int apple_snprintf_l(char *to, size_t size, locale_t locale, const char *format, ...) {
    (void)locale;
    va_list list;
    va_start(list, format);
    int written = vsnprintf(to, size, format, list);
    va_end(list);
    return written;
}
#endif

/* ---- threads: an object of macOS contains a mark and the address of Linux's object, which is created on first use */

struct object { uint64_t mark; void *real; };
enum { MADE = 0x46616973 };
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

static void *make(struct object *object, size_t size) {
    void *real = calloc(1, size);
    if (real == NULL) give_up("no memory");
    object->real = real;
    __atomic_store_n(&object->mark, MADE, __ATOMIC_RELEASE);
    return real;
}

static int apple_mutexattr_init(struct object *attributes) { return pthread_mutexattr_init(make(attributes, sizeof(pthread_mutexattr_t))); }
static int apple_mutexattr_settype(struct object *attributes, int type) {
    static const int types[] = { PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_RECURSIVE };
    return pthread_mutexattr_settype(attributes->real, types[type % 3]);
}
static int apple_mutex_init(struct object *mutex, const struct object *attributes) {
    return pthread_mutex_init(make(mutex, sizeof(pthread_mutex_t)), attributes == NULL ? NULL : attributes->real);
}
static int apple_condattr_init(struct object *attributes) { return pthread_condattr_init(make(attributes, sizeof(pthread_condattr_t))); }
static int apple_cond_init(struct object *condition, const struct object *attributes) {
    return pthread_cond_init(make(condition, sizeof(pthread_cond_t)), attributes == NULL ? NULL : attributes->real);
}
static int apple_attr_init(struct object *attributes) { return pthread_attr_init(make(attributes, sizeof(pthread_attr_t))); }
static int apple_attr_setdetachstate(struct object *attributes, int state) {
    return pthread_attr_setdetachstate(attributes->real, state == 2 ? PTHREAD_CREATE_DETACHED : PTHREAD_CREATE_JOINABLE);
}
static int apple_attr_setstacksize(struct object *attributes, size_t size) { return pthread_attr_setstacksize(attributes->real, size); }

/* Creates objects that macOS initializes by constants: PTHREAD_MUTEX_INITIALIZER, the recursive one, PTHREAD_COND_INITIALIZER. */
static void *real(struct object *object) {
    if (__atomic_load_n(&object->mark, __ATOMIC_ACQUIRE) == MADE) return object->real;
    pthread_mutex_lock(&making);
    uint64_t mark = object->mark;
    if (mark == 0x32aaaba7) {
        pthread_mutex_init(make(object, sizeof(pthread_mutex_t)), NULL);
    } else if (mark == 0x32aaaba2) {
        pthread_mutexattr_t recursive;
        pthread_mutexattr_init(&recursive);
        pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
        pthread_mutex_init(make(object, sizeof(pthread_mutex_t)), &recursive);
    } else if (mark == 0x3cb0b1bb) {
        pthread_cond_init(make(object, sizeof(pthread_cond_t)), NULL);
    } else if (mark != MADE) {
        give_up("the lock at %p starts with the unknown value %#llx", (void *)object, (unsigned long long)mark);
    }
    pthread_mutex_unlock(&making);
    return object->real;
}

static int destroy(struct object *object) {
    if (object->mark == MADE) free(object->real);
    object->mark = 0;
    return 0;
}

static int apple_result(int error) { return error == EAGAIN ? 35 : error == EDEADLK ? 11 : error == ETIMEDOUT ? 60 : error; }
static int apple_mutex_lock(struct object *mutex) { return apple_result(pthread_mutex_lock(real(mutex))); }
static int apple_mutex_trylock(struct object *mutex) { return pthread_mutex_trylock(real(mutex)); }
static int apple_mutex_unlock(struct object *mutex) { return pthread_mutex_unlock(real(mutex)); }
static int apple_cond_wait(struct object *condition, struct object *mutex) { return pthread_cond_wait(real(condition), real(mutex)); }
static int apple_cond_timedwait(struct object *condition, struct object *mutex, const struct timespec *until) {
    return apple_result(pthread_cond_timedwait(real(condition), real(mutex), until));
}
static int apple_cond_signal(struct object *condition) { return pthread_cond_signal(real(condition)); }
static int apple_cond_broadcast(struct object *condition) { return pthread_cond_broadcast(real(condition)); }

static int apple_create(pthread_t *thread, const struct object *attributes, void *(*start)(void *), void *argument) {
    return apple_result(pthread_create(thread, attributes == NULL ? NULL : attributes->real, start, argument));
}
static int apple_key_create(unsigned long *key, void (*destructor)(void *)) {
    pthread_key_t own;
    int error = pthread_key_create(&own, destructor);
    *key = own;
    return error;
}
static uint32_t apple_thread_port(pthread_t thread) {
    (void)thread;
    return (uint32_t)syscall(SYS_gettid);
}
static int apple_setcancel(int value, int *old) {
    (void)value;
    if (old != NULL) *old = 1;
    return 0;
}
/* Only libunwind uses read-write locks, around its tables. */
static pthread_rwlock_t unwinding = PTHREAD_RWLOCK_INITIALIZER;
static int apple_rwlock_rdlock(void *lock) { (void)lock; return pthread_rwlock_rdlock(&unwinding); }
static int apple_rwlock_wrlock(void *lock) { (void)lock; return pthread_rwlock_wrlock(&unwinding); }
static int apple_rwlock_unlock(void *lock) { (void)lock; return pthread_rwlock_unlock(&unwinding); }

/* The functions that a thread calls at its end, the last one first. glibc does not offer this to static programs. */
struct at_exit { void (*function)(void *); void *argument; struct at_exit *next; };
static __thread struct at_exit *exits;
static pthread_key_t exit_key;

void run_exits(void *own) {
    (void)own;
    while (exits != NULL) {
        struct at_exit *exit = exits;
        exits = exit->next;
        exit->function(exit->argument);
        free(exit);
    }
}

static __attribute__((constructor)) void prepare_exits(void) { pthread_key_create(&exit_key, run_exits); }

static int apple_thread_atexit(void (*function)(void *), void *argument, void *library) {
    (void)library;
    struct at_exit *exit = malloc(sizeof *exit);
    if (exit == NULL) give_up("no memory");
    *exit = (struct at_exit){ function, argument, exits };
    exits = exit;
    pthread_setspecific(exit_key, exit);
    return 0;
}

/* ---- the system */

static long apple_sysconf(int name) {
    switch (name) {
    case 5: return sysconf(_SC_OPEN_MAX);
    case 29: return sysconf(_SC_PAGESIZE);
    case 57: return sysconf(_SC_NPROCESSORS_CONF);
    case 58: return sysconf(_SC_NPROCESSORS_ONLN);
    case 93: return sysconf(_SC_THREAD_STACK_MIN);
    case 94: return sysconf(_SC_THREAD_THREADS_MAX);
    case 96: return sysconf(_SC_THREADS);
    case 200: return sysconf(_SC_PHYS_PAGES);
    default: give_up("sysconf(%d) was called, which is not in the stand-in for libSystem", name);
    }
}

static int apple_sysctlbyname(const char *name, void *value, size_t *size, const void *new, size_t new_size) {
    (void)new, (void)new_size;
    if ((strcmp(name, "hw.logicalcpu") == 0 || strcmp(name, "hw.physicalcpu") == 0 || strcmp(name, "hw.ncpu") == 0) && value != NULL && *size >= sizeof(int)) {
        *(int *)value = (int)sysconf(_SC_NPROCESSORS_ONLN);
        *size = sizeof(int);
        return 0;
    }
    errno = ENOENT;
    return -1;
}

static void *apple_mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
    int linux_flags = (flags & 0x13) | (flags & 0x1000 ? MAP_ANONYMOUS : 0);
    return mmap(address, size, protection, linux_flags, file, offset);
}

struct apple_stat {
    int32_t device;
    uint16_t mode, links;
    uint64_t inode;
    uint32_t user, group;
    int32_t kind, padding;
    struct timespec accessed, modified, changed, born;
    int64_t size, blocks;
    int32_t block_size;
    uint32_t flags, generation;
    int32_t spare;
    int64_t spares[2];
};
_Static_assert(sizeof(struct apple_stat) == 144, "struct stat of macOS");

static int apple_fstat(int file, struct apple_stat *to) {
    struct stat from;
    if (fstat(file, &from) != 0) return -1;
    *to = (struct apple_stat){
        .device = (int32_t)from.st_dev, .mode = (uint16_t)from.st_mode, .links = (uint16_t)from.st_nlink, .inode = from.st_ino,
        .user = from.st_uid, .group = from.st_gid, .accessed = from.st_atim, .modified = from.st_mtim, .changed = from.st_ctim,
        .size = from.st_size, .blocks = from.st_blocks, .block_size = (int32_t)from.st_blksize,
    };
    return 0;
}

/* Ignores the handlers that the OpenMP library installs; they are not needed here. */
static int apple_sigaction(int signal, const void *action, void *old) {
    (void)signal, (void)action;
    if (old != NULL) memset(old, 0, 16);
    return 0;
}

static int apple_vm_read_overwrite(uint32_t task, uint64_t from, uint64_t size, uint64_t to, uint64_t *done) {
    (void)task;
    memcpy((void *)to, (void *)from, size);
    *done = size;
    return 0;
}

static void apple_memset_pattern16(void *to, const void *pattern, size_t size) {
    for (size_t i = 0; i < size; i += 16) memcpy((char *)to + i, pattern, size - i < 16 ? size - i : 16);
}

static int *apple_error(void) { return &errno; }
static char ***apple_environ(void) { return &environ; }
static void *apple_dlopen(const char *path, int mode) { (void)path, (void)mode; return NULL; }
static void *apple_dlsym(void *library, const char *name) { (void)library, (void)name; return NULL; }
static int apple_dladdr(const void *address, void *found) { (void)address, (void)found; return 0; }
static void *apple_catopen(const char *name, int flags) { (void)name, (void)flags; return (void *)-1; }
static void apple_nothing(void) {}
int __xpg_strerror_r(int error, char *to, size_t size);

/* ---- characters and locales: the "C" locale only */

/* Apple's struct of <runetype.h>, up to the classes of the first 256 characters. */
static struct __attribute__((packed, aligned(8))) {
    char magic[8], encoding[32];
    void *get, *put;
    int32_t invalid;
    uint32_t classes[256];
    int32_t lower[256], upper[256];
} rune_locale;
_Static_assert(offsetof(__typeof__(rune_locale), classes) == 60, "_RuneLocale of macOS");

static __attribute__((constructor)) void fill_rune_locale(void) {
    memcpy(rune_locale.magic, "RuneMagA", 8);
    for (int c = 0; c < 256; c++) {
        uint32_t classes = 0;
        if (c < 128) {
            classes = (isalpha(c) ? 0x100u : 0) | (iscntrl(c) ? 0x200u : 0) | (isdigit(c) ? 0x400u : 0) | (isgraph(c) ? 0x800u : 0) |
                (islower(c) ? 0x1000u : 0) | (ispunct(c) ? 0x2000u : 0) | (isspace(c) ? 0x4000u : 0) | (isupper(c) ? 0x8000u : 0) |
                (isxdigit(c) ? 0x10000u : 0) | (isblank(c) ? 0x20000u : 0) | (isprint(c) ? 0x40000u : 0);
        }
        rune_locale.classes[c] = classes;
        rune_locale.lower[c] = c < 128 ? tolower(c) : c;
        rune_locale.upper[c] = c < 128 ? toupper(c) : c;
    }
}

static int apple_maskrune(int c, unsigned long mask) { return c < 0 || c > 255 ? 0 : (int)(rune_locale.classes[c] & mask); }
static int apple_maskrune_l(int c, unsigned long mask, locale_t locale) { (void)locale; return apple_maskrune(c, mask); }
static int apple_tolower_l(int c, locale_t locale) { (void)locale; return c < 0 || c > 255 ? c : rune_locale.lower[c]; }
static int apple_toupper_l(int c, locale_t locale) { (void)locale; return c < 0 || c > 255 ? c : rune_locale.upper[c]; }
static int apple_mb_cur_max_l(locale_t locale) { (void)locale; return 1; }
static int apple_mbtowc_l(wchar_t *to, const char *from, size_t size, locale_t locale) { (void)locale; return mbtowc(to, from, size); }
static size_t apple_wcrtomb_l(char *to, wchar_t from, mbstate_t *state, locale_t locale) { (void)locale; return wcrtomb(to, from, state); }
static locale_t apple_newlocale(int mask, const char *name, locale_t base) {
    (void)mask, (void)base;
    if (strcmp(name, "C") != 0 && strcmp(name, "POSIX") != 0 && *name != 0) return NULL;
    return newlocale(LC_ALL_MASK, "C", NULL);
}
static struct lconv *apple_localeconv_l(locale_t locale) { (void)locale; return localeconv(); }

/* ---- variables */

static FILE *stdin_of_c, *stdout_of_c, *stderr_of_c;
static uint32_t task_port = 1;

static __attribute__((constructor)) void fill_files(void) { stdin_of_c = stdin, stdout_of_c = stdout, stderr_of_c = stderr; }

/* ---- the table */

/* Accelerate's functions, as native/osx/sdk lists them. All but sgemm_ are weak, as an archive with an older FAISS does not contain all. */
extern char sgemm_[];
extern __attribute__((weak)) char dgemm_[], dgesvd_[], dgetrf_[], dgetri_[], dsyev_[], sgelsd_[], sgemv_[], sgeqrf_[], sgesvd_[], sgetrf_[], sgetri_[],
    sorgqr_[], ssyrk_[];
int __cxa_atexit(void (*function)(void *), void *argument, void *library);

struct entry { const char *name; const void *address; };
#define SAME(name) { "_" #name, (const void *)name }
#define OWN(apple, own) { "_" #apple, (const void *)own }

static const struct entry entries[] = {
    /* Equal on both systems. */
    SAME(abort), SAME(aligned_alloc), SAME(atexit), SAME(atoi), SAME(bzero), SAME(calloc), SAME(clock_gettime), SAME(close),
    SAME(exp), SAME(expf), SAME(fclose), SAME(fflush), SAME(fileno), SAME(fopen), SAME(fputc), SAME(fread), SAME(free),
    SAME(freelocale), SAME(fseek), SAME(fseeko), SAME(ftell), SAME(ftello), SAME(fwrite), SAME(getc), SAME(getenv), SAME(gethostname), SAME(getloadavg),
    SAME(getpid), SAME(getrlimit), SAME(gettimeofday), SAME(log), SAME(logf), SAME(malloc), SAME(memchr), SAME(memcmp),
    SAME(memcpy), SAME(memmove), SAME(memset), SAME(munmap), SAME(nanosleep), SAME(nextafterf), SAME(posix_memalign), SAME(pow), SAME(powf),
    SAME(pthread_atfork), SAME(pthread_detach), SAME(pthread_join), SAME(pthread_self), SAME(putchar), SAME(puts), SAME(qsort), SAME(realloc),
    SAME(remove), SAME(rename), SAME(sched_yield), SAME(setbuf), SAME(setenv), SAME(sinf), SAME(srand),
    SAME(strchr), SAME(strcmp), SAME(strcoll_l), SAME(strcpy), SAME(strerror), SAME(strlen), SAME(strncat), SAME(strncmp), SAME(strncpy),
    SAME(strrchr), SAME(strspn), SAME(strstr), SAME(strtod), SAME(strtod_l), SAME(strtof), SAME(strtof_l), SAME(strtok_r), SAME(strtol), SAME(strtoll),
    SAME(strtoul), SAME(strtoull), SAME(strtoll_l), SAME(strtoull_l), SAME(strxfrm_l), SAME(truncate), SAME(ungetc), SAME(unsetenv), SAME(wcslen), SAME(wmemchr), SAME(wmemcmp),
    SAME(ceil), SAME(ceilf), SAME(floor), SAME(floorf), SAME(round), SAME(roundf), OWN(__bzero, bzero),
    /* There are so few keys that their numbers are valid on both systems. */
    SAME(pthread_getspecific), SAME(pthread_setspecific), SAME(pthread_key_delete),
    { "___cxa_atexit", (const void *)__cxa_atexit }, OWN(__cxa_thread_atexit_impl, apple_thread_atexit), OWN(_tlv_atexit, apple_thread_atexit),

    OWN(printf, apple_printf), OWN(fprintf, apple_fprintf), OWN(sprintf, apple_sprintf), OWN(snprintf, apple_snprintf), OWN(snprintf_l, apple_snprintf_l),
    OWN(sscanf, apple_sscanf), OWN(vfprintf, apple_vfprintf), OWN(vsnprintf, apple_vsnprintf),

    OWN(pthread_mutexattr_init, apple_mutexattr_init), OWN(pthread_mutexattr_settype, apple_mutexattr_settype), OWN(pthread_mutexattr_destroy, destroy),
    OWN(pthread_mutex_init, apple_mutex_init), OWN(pthread_mutex_lock, apple_mutex_lock), OWN(pthread_mutex_trylock, apple_mutex_trylock),
    OWN(pthread_mutex_unlock, apple_mutex_unlock), OWN(pthread_mutex_destroy, destroy),
    OWN(pthread_condattr_init, apple_condattr_init), OWN(pthread_condattr_destroy, destroy), OWN(pthread_cond_init, apple_cond_init),
    OWN(pthread_cond_wait, apple_cond_wait), OWN(pthread_cond_timedwait, apple_cond_timedwait), OWN(pthread_cond_signal, apple_cond_signal),
    OWN(pthread_cond_broadcast, apple_cond_broadcast), OWN(pthread_cond_destroy, destroy),
    OWN(pthread_attr_init, apple_attr_init), OWN(pthread_attr_setdetachstate, apple_attr_setdetachstate),
    OWN(pthread_attr_setstacksize, apple_attr_setstacksize), OWN(pthread_attr_destroy, destroy), OWN(pthread_create, apple_create),
    OWN(pthread_key_create, apple_key_create), OWN(pthread_mach_thread_np, apple_thread_port), OWN(pthread_setcancelstate, apple_setcancel),
    OWN(pthread_setcanceltype, apple_setcancel), OWN(pthread_rwlock_rdlock, apple_rwlock_rdlock), OWN(pthread_rwlock_wrlock, apple_rwlock_wrlock),
    OWN(pthread_rwlock_unlock, apple_rwlock_unlock), OWN(_tlv_bootstrap, apple_nothing),

    OWN(sysconf, apple_sysconf), OWN(sysctlbyname, apple_sysctlbyname), OWN(mmap, apple_mmap), OWN(fstat, apple_fstat), OWN(fstat$INODE64, apple_fstat), OWN(sigaction, apple_sigaction),
    OWN(vm_read_overwrite, apple_vm_read_overwrite), OWN(memset_pattern16, apple_memset_pattern16), OWN(strerror_r, __xpg_strerror_r),
    OWN(catopen, apple_catopen), OWN(catclose, apple_nothing), OWN(__error, apple_error), OWN(_NSGetEnviron, apple_environ), OWN(dlopen, apple_dlopen), OWN(dlsym, apple_dlsym), OWN(dladdr, apple_dladdr),
    OWN(_dyld_find_unwind_sections, image_unwind_sections), OWN(_dyld_register_func_for_remove_image, apple_nothing),

    OWN(__maskrune, apple_maskrune), OWN(__maskrune_l, apple_maskrune_l), OWN(___tolower_l, apple_tolower_l), OWN(___toupper_l, apple_toupper_l),
    OWN(__tolower, tolower), OWN(__toupper, toupper), OWN(___mb_cur_max_l, apple_mb_cur_max_l), OWN(mbtowc_l, apple_mbtowc_l), OWN(wcrtomb_l, apple_wcrtomb_l), OWN(newlocale, apple_newlocale), OWN(localeconv_l, apple_localeconv_l),

    OWN(_DefaultRuneLocale, &rune_locale), OWN(__stdinp, &stdin_of_c), OWN(__stdoutp, &stdout_of_c), OWN(__stderrp, &stderr_of_c),
    OWN(mach_task_self_, &task_port), { "dyld_stub_binder", (const void *)apple_nothing },

    SAME(dgemm_), SAME(dgesvd_), SAME(dgetrf_), SAME(dgetri_), SAME(dsyev_), SAME(sgelsd_), SAME(sgemm_), SAME(sgemv_), SAME(sgeqrf_), SAME(sgesvd_),
    SAME(sgetrf_), SAME(sgetri_), SAME(sorgqr_), SAME(ssyrk_),
};

void *libsystem_find(const char *name) {
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        if (strcmp(entries[i].name, name) == 0) return (void *)entries[i].address;
    return NULL;
}
