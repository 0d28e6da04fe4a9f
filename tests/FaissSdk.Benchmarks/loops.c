#include "loops.h"

#include <dlfcn.h>
#include <stddef.h>
#include <time.h>

/* As in C#, the library is chosen at run time, so C also calls through pointers. */
static int (*search)(const void *, int64_t, const float *, int64_t, float *, int64_t *);
static int (*add)(void *, int64_t, const float *);
static int (*reset)(void *);
static int64_t (*count)(const void *);
static int (*dimension_of)(const void *);
static int (*is_trained)(const void *);

const char *loops_open(const char *library)
{
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL)
        return dlerror();
    *(void **)&search = dlsym(handle, "faiss_Index_search");
    *(void **)&add = dlsym(handle, "faiss_Index_add");
    *(void **)&reset = dlsym(handle, "faiss_Index_reset");
    *(void **)&count = dlsym(handle, "faiss_Index_ntotal");
    *(void **)&dimension_of = dlsym(handle, "faiss_Index_d");
    *(void **)&is_trained = dlsym(handle, "faiss_Index_is_trained");
    return search && add && reset && count && dimension_of && is_trained ? NULL : "the library lacks functions of FAISS's C API";
}

int64_t loops_thread_time(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

void loops_fill(float *values, int64_t n, uint64_t seed)
{
    uint64_t state = seed;
    for (int64_t i = 0; i < n; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        values[i] = (float)(state >> 40) / (float)(1 << 24);
    }
}

int loops_search(const void *index, int64_t n, const float *queries, int64_t batches, int64_t dimension, int64_t k,
                 float *distances, int64_t *labels, int64_t iterations)
{
    int64_t batch = 0;
    for (int64_t i = 0; i < iterations; i++) {
        int code = search(index, n, queries + batch * n * dimension, k, distances, labels);
        if (code != 0)
            return code;
        if (++batch == batches)
            batch = 0;
    }
    return 0;
}

int loops_add(void *index, int64_t n, const float *vectors, int64_t additions, int64_t iterations)
{
    int64_t left = 0;
    for (int64_t i = 0; i < iterations; i++) {
        int code = left == 0 ? reset(index) : 0;
        if (code != 0)
            return code;
        left = (left == 0 ? additions : left) - 1;
        code = add(index, n, vectors);
        if (code != 0)
            return code;
    }
    return 0;
}

int64_t loops_count(const void *index, int64_t iterations)
{
    int64_t (*const call)(const void *) = count;
    int64_t sum = 0;
    for (int64_t i = 0; i < iterations; i++)
        sum += call(index);
    return sum;
}

int64_t loops_dimension(const void *index, int64_t iterations)
{
    int (*const call)(const void *) = dimension_of;
    int64_t sum = 0;
    for (int64_t i = 0; i < iterations; i++)
        sum += call(index);
    return sum;
}

int64_t loops_is_trained(const void *index, int64_t iterations)
{
    int (*const call)(const void *) = is_trained;
    int64_t sum = 0;
    for (int64_t i = 0; i < iterations; i++)
        sum += call(index);
    return sum;
}
