// Functions of ours that OpenBLAS calls. scripts/lib/linux.sh and linux-musl-x64.sh link them into it.
#include <omp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

// The only function of libgfortran that LAPACK calls in the routines that FAISS uses: assigns a // b to a variable of fixed length,
// truncated or padded with blanks. With it, neither libgfortran nor libquadmath is needed.
void _gfortran_concat_string(size_t length, char *result, size_t first_length, const char *first, size_t second_length, const char *second) {
    size_t taken = first_length < length ? first_length : length;
    memmove(result, first, taken);
    size_t rest = length - taken;
    taken = second_length < rest ? second_length : rest;
    memmove(result + length - rest, second, taken);
    memset(result + length - rest + taken, ' ', rest - taken);
}

// getenv for OpenBLAS alone. OpenBLAS chooses its kernels by the processor's model and takes the slowest for a model newer than
// itself. Here the processor's features decide, unless the user has set OPENBLAS_CORETYPE.
char *__real_getenv(const char *name);

char *__wrap_getenv(const char *name) {
    char *value = __real_getenv(name);
#ifdef __x86_64__
    if (value == NULL && strcmp(name, "OPENBLAS_CORETYPE") == 0) {
        __builtin_cpu_init();
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) {
            return (char *)"SkylakeX";
        }
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
            return (char *)(__builtin_cpu_is("amd") ? "Zen" : "Haswell");
        }
    }
#endif
    return value;
}

// OpenBLAS (seen in 0.3.21) keeps its number of threads for the whole process, and each call sets it to that of the calling thread.
// Where threads with different numbers call it at the same time, it frees buffers that another call uses, whose products are wrong
// then, and a call may divide its work among more threads than its team has, which wait for each other forever. So buffers are only
// ever added here, and the team is made as large as the work demands.
extern int blas_cpu_number;

void __real_goto_set_num_threads(int threads);

void __wrap_goto_set_num_threads(int threads) {
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static int most, accepted;
    pthread_mutex_lock(&mutex);
    if (threads > most) {
        __real_goto_set_num_threads(threads);
        most = threads;
        accepted = blas_cpu_number; // OpenBLAS has a limit of its own.
    } else {
        blas_cpu_number = threads < accepted ? threads : accepted;
    }
    pthread_mutex_unlock(&mutex);
}

int __real_exec_blas(long parts, void *queue);

int __wrap_exec_blas(long parts, void *queue) {
    int threads = omp_get_max_threads();
    if (parts <= threads) {
        return __real_exec_blas(parts, queue);
    }
    omp_set_num_threads((int)parts);
    int result = __real_exec_blas(parts, queue);
    omp_set_num_threads(threads);
    return result;
}
