// Functions of ours that OpenBLAS calls. scripts/lib/linux.sh links them into it.
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
