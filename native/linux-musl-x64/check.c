/* Loads libfaiss_c.so by dlopen under musl, as .NET does. scripts/check-linux-musl-x64.sh compiles and runs it:
   check LIBRARY COUNT
   An error occurs in a second thread, and OpenMP's threads, whose stacks are measured, fill and search an HNSW and an IVF index of
   COUNT vectors. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct FaissIndex_H FaissIndex;

static int (*index_factory)(FaissIndex **index, int d, const char *description, int metric);
static int (*index_train)(FaissIndex *index, int64_t n, const float *x);
static int (*index_add)(FaissIndex *index, int64_t n, const float *x);
static int (*index_search)(const FaissIndex *index, int64_t n, const float *x, int64_t k, float *distances, int64_t *labels);
static void (*index_free)(FaissIndex *index);
static const char *(*last_error)(void);
static const char *(*description_of_library)(void);

enum { D = 16, QUERIES = 1000, K = 1, L2 = 1 };

static int faults;

static void expect(int holds, const char *what) {
    printf("%s  %s\n", holds ? "ok   " : "FAULT", what);
    faults += !holds;
}

/* Takes the place of musl's function for the library too. */
static size_t threads, smallest_stack = SIZE_MAX;

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes, void *(*start)(void *), void *restrict argument) {
    union { void *object; int (*function)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *); } original = { dlsym(RTLD_NEXT, "pthread_create") };
    size_t size = 0;
    if (attributes != NULL && pthread_attr_getstacksize(attributes, &size) == 0) {
        threads++;
        if (size < smallest_stack) smallest_stack = size;
    }
    return original.function(thread, attributes, start, argument);
}

static void *find(void *library, const char *name) {
    void *found = dlsym(library, name);
    if (found == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    return found;
}

static void *fail_here(void *unused) {
    (void)unused;
    FaissIndex *index = NULL;
    int code = index_factory(&index, D, "no such index", L2);
    const char *message = last_error();
    expect(code != 0 && message != NULL && strstr(message, "no such index") != NULL, "an error in a thread of the program has its message");
    return NULL;
}

static void try_index(const char *description, int64_t n, const float *x) {
    static float distances[QUERIES * K];
    static int64_t labels[QUERIES * K];
    FaissIndex *index = NULL;
    int done = index_factory(&index, D, description, L2) == 0 && index_train(index, n < 100000 ? n : 100000, x) == 0 && index_add(index, n, x) == 0 &&
        index_search(index, QUERIES, x, K, distances, labels) == 0;
    if (!done) fprintf(stderr, "%s\n", last_error());
    int found = 0;
    for (int i = 0; done && i < QUERIES; i++) found += labels[i] == i;
    printf("       %-10s finds %d of %d vectors\n", description, found, QUERIES);
    expect(done && found > QUERIES * 9 / 10, description);
    index_free(index);
}

int main(int count, char **arguments) {
    void *library = count == 3 ? dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (library == NULL) {
        fprintf(stderr, "%s\n", count == 3 ? dlerror() : "usage: check LIBRARY COUNT");
        return 1;
    }
    *(void **)&index_factory = find(library, "faiss_index_factory");
    *(void **)&index_train = find(library, "faiss_Index_train");
    *(void **)&index_add = find(library, "faiss_Index_add");
    *(void **)&index_search = find(library, "faiss_Index_search");
    *(void **)&index_free = find(library, "faiss_Index_free");
    *(void **)&last_error = find(library, "faiss_get_last_error");
    *(void **)&description_of_library = find(library, "faiss_sdk_description");
    expect(strstr(description_of_library(), "\"rid\": \"linux-musl-x64\"") != NULL, "the library describes itself");

    pthread_t thread;
    expect(pthread_create(&thread, NULL, fail_here, NULL) == 0 && pthread_join(thread, NULL) == 0, "a second thread");

    int64_t n = atoll(arguments[2]);
    float *x = malloc((size_t)n * D * sizeof *x);
    if (x == NULL) return 1;
    uint32_t state = 1;
    for (int64_t i = 0; i < n * D; i++) x[i] = (float)((state = state * 1664525u + 1013904223u) >> 8) / 16777216.0f;
    try_index("HNSW16", n, x);
    try_index("IVF256,Flat", n, x);
    free(x);
    printf("       OpenMP has started %zu threads with %zu MB of stack\n", threads, threads == 0 ? 0 : smallest_stack >> 20);
    puts(faults ? "FAULTS" : "libfaiss_c.so runs under musl");
    return faults != 0;
}
