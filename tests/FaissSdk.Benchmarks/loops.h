/* The C side of the comparison: loops around the calls that the SDK makes. Each returns 0 or the code of the call that
   failed; getter loops return the sum of the values, so that the compiler cannot remove a call. */
#ifndef LOOPS_H
#define LOOPS_H

#include <stdint.h>

/* Binds the functions of the library file; returns an error message, or NULL on success. */
const char *loops_open(const char *library);

/* Returns the processor time of this thread in nanoseconds, which excludes other programs. */
int64_t loops_thread_time(void);

/* Fills an array with pseudo-random numbers in [0, 1): the same for the same seed, in C and in C#. */
void loops_fill(float *values, int64_t count, uint64_t seed);

/* Searches for n queries at a time, cycling through `batches` batches. */
int loops_search(const void *index, int64_t n, const float *queries, int64_t batches, int64_t dimension, int64_t k,
                 float *distances, int64_t *labels, int64_t iterations);

/* Adds n vectors at a time and empties the index before every `additions` additions. */
int loops_add(void *index, int64_t n, const float *vectors, int64_t additions, int64_t iterations);

int64_t loops_count(const void *index, int64_t iterations);
int64_t loops_dimension(const void *index, int64_t iterations);
int64_t loops_is_trained(const void *index, int64_t iterations);

#endif
