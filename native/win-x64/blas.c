// Functions of ours that LAPACK and OpenBLAS call. scripts/lib/win-x64.sh links them into the library.
#include <cpuid.h>
#include <omp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

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

// LAPACK's own xerbla would end the process.
void xerbla_(const char *routine, const int *argument, size_t length) {
    fprintf(stderr, " ** On entry to %.*s parameter number %d had an illegal value\n", (int)length, routine, *argument);
}

// Whether the processor has these bits of the registers EBX of CPUID's leaf 7 and ECX of leaf 1, and the system keeps these registers.
static int processor_has(unsigned leaf7_ebx, unsigned leaf1_ecx, unsigned kept) {
    unsigned eax, ebx, ecx, edx, low, high;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || (ecx & (leaf1_ecx | bit_OSXSAVE)) != (leaf1_ecx | bit_OSXSAVE)) {
        return 0;
    }
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & kept) == kept && __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx & leaf7_ebx) == leaf7_ebx;
}

// getenv for OpenBLAS alone. OpenBLAS chooses its kernels by the processor's model and takes the slowest for a model newer than
// itself. Here the processor's features decide, unless the user has set OPENBLAS_CORETYPE.
char *faiss_sdk_blas_getenv(const char *name) {
    enum { AVX_REGISTERS = 0x06 };
    char *value = getenv(name);
    if (value == NULL && strcmp(name, "OPENBLAS_CORETYPE") == 0) {
        if (processor_has(bit_AVX2, bit_FMA, AVX_REGISTERS)) {
            return (char *)"Haswell";
        }
    }
    return value;
}

// OpenBLAS (seen in 0.3.21) keeps its number of threads for the whole process, and each call sets it to that of the calling thread.
// Where threads with different numbers call it at the same time, it frees buffers that another call uses, whose products are wrong
// then, and a call may divide its work among more threads than its team has, which wait for each other forever. So buffers are only
// ever added here, and the team is made as large as the work demands. OpenBLAS is compiled to call these two instead of its own.
extern int blas_cpu_number;

void goto_set_num_threads(int threads);

void faiss_sdk_goto_set_num_threads(int threads) {
    static SRWLOCK lock = SRWLOCK_INIT;
    static int most, accepted;
    AcquireSRWLockExclusive(&lock);
    if (threads > most) {
        goto_set_num_threads(threads);
        most = threads;
        accepted = blas_cpu_number; // OpenBLAS has a limit of its own.
    } else {
        blas_cpu_number = threads < accepted ? threads : accepted;
    }
    ReleaseSRWLockExclusive(&lock);
}

int exec_blas(long long parts, void *queue);

int faiss_sdk_exec_blas(long long parts, void *queue) {
    int threads = omp_get_max_threads();
    if (parts <= threads) {
        return exec_blas(parts, queue);
    }
    omp_set_num_threads((int)parts);
    int result = exec_blas(parts, queue);
    omp_set_num_threads(threads);
    return result;
}
