/* The C side of the comparison: loops around the calls that the SDK makes. Each returns 0, or the failed call's code;
   getter loops return the sum of what they got, so that no call can be left out. */
#ifndef LOOPS_H
#define LOOPS_H

#include <stdint.h>

/* Finds the functions in the library file; returns what is missing, or NULL. */
const char *loops_open(const char *library);

/* Nanoseconds that this thread has run: what other programs take of the processor is not in it. */
int64_t loops_thread_time(void);

/* The same numbers in [0, 1) for the same seed, for both sides. */
void loops_fill(float *values, int64_t count, uint64_t seed);

/* Searches for n queries at a time, going round through `batches` of them. */
int loops_search(const void *index, int64_t n, const float *queries, int64_t batches, int64_t dimension, int64_t k,
                 float *distances, int64_t *labels, int64_t iterations);

/* Adds n vectors at a time; empties the index before every `additions` of them. */
int loops_add(void *index, int64_t n, const float *vectors, int64_t additions, int64_t iterations);

int64_t loops_count(const void *index, int64_t iterations);
int64_t loops_dimension(const void *index, int64_t iterations);
int64_t loops_is_trained(const void *index, int64_t iterations);

#endif
