// Functions of ours that LAPACK and OpenBLAS call. scripts/lib/win-x64.sh links them into the library.
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The only function of libgfortran that LAPACK calls in the routines that FAISS uses: assigns a // b to a variable of fixed length,
// truncated or padded with blanks.
void _gfortran_concat_string(size_t length, char *result, size_t first_length, const char *first, size_t second_length, const char *second) {
    size_t taken = first_length < length ? first_length : length;
    memmove(result, first, taken);
    size_t rest = length - taken;
    taken = second_length < rest ? second_length : rest;
    memmove(result + length - rest, second, taken);
    memset(result + length - rest + taken, ' ', rest - taken);
}

// LAPACK's own would end the process.
void xerbla_(const char *routine, const int *argument, size_t length) {
    fprintf(stderr, " ** On entry to %.*s parameter number %d had an illegal value\n", (int)length, routine, *argument);
}

// getenv for OpenBLAS alone. OpenBLAS chooses its kernels by the processor's model and takes the slowest for a model newer than
// itself. Here the processor's features decide, unless the user has set OPENBLAS_CORETYPE.
char *faiss_sdk_blas_getenv(const char *name) {
    char *value = getenv(name);
    if (value == NULL && strcmp(name, "OPENBLAS_CORETYPE") == 0) {
        __builtin_cpu_init();
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) {
            return (char *)"SkylakeX";
        }
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
            return (char *)"Haswell";
        }
    }
    return value;
}
