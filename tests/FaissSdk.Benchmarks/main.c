/* Measures the same calls in a process without .NET, to check the figures of the C loops inside the .NET process. */
#include "loops.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

enum { DIMENSION = 128, HELD = 1000, QUERIES = 1000, K = 10, MANY = 100000, ROUNDS = 25 };

static void *index_of_vectors;
static float *queries, *many, *distances;
static int64_t *labels;
static volatile int64_t sink;

static void check(int code)
{
    if (code != 0) {
        fprintf(stderr, "a FAISS call failed with code %d\n", code);
        exit(1);
    }
}

static void search_one(int64_t n) { check(loops_search(index_of_vectors, 1, queries, QUERIES, DIMENSION, K, distances, labels, n)); }
static void search_all(int64_t n) { check(loops_search(index_of_vectors, QUERIES, queries, 1, DIMENSION, K, distances, labels, n)); }
static void add_one(int64_t n) { check(loops_add(index_of_vectors, 1, many, HELD, n)); }
static void add_many(int64_t n) { check(loops_add(index_of_vectors, MANY, many, 1, n)); }
static void count(int64_t n) { sink = loops_count(index_of_vectors, n); }
static void dimension(int64_t n) { sink = loops_dimension(index_of_vectors, n); }
static void is_trained(int64_t n) { sink = loops_is_trained(index_of_vectors, n); }

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(const char *name, void (*loop)(int64_t), int64_t iterations)
{
    double nanoseconds[ROUNDS];
    for (int i = -2; i < ROUNDS; i++) {
        int64_t start = loops_thread_time();
        loop(iterations);
        if (i >= 0)
            nanoseconds[i] = (double)(loops_thread_time() - start) / iterations;
    }
    qsort(nanoseconds, ROUNDS, sizeof *nanoseconds, compare);
    printf("| %s | %.*f |\n", name, nanoseconds[ROUNDS / 2] < 100 ? 2 : 0, nanoseconds[ROUNDS / 2]);
}

int main(int argc, char **argv)
{
    const char *library = argc == 2 ? argv[1] : NULL;
    const char *problem = library ? loops_open(library) : "usage: main LIBRARY";
    if (problem != NULL) {
        fprintf(stderr, "%s\n", problem);
        return 2;
    }

    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    int (*new_index)(void **, int64_t);
    void (*free_index)(void *);
    *(void **)&new_index = dlsym(handle, "faiss_IndexFlatL2_new_with");
    *(void **)&free_index = dlsym(handle, "faiss_Index_free");

    queries = malloc(sizeof *queries * QUERIES * DIMENSION);
    many = malloc(sizeof *many * MANY * DIMENSION);
    distances = malloc(sizeof *distances * QUERIES * K);
    labels = malloc(sizeof *labels * QUERIES * K);
    if (!new_index || !free_index || !queries || !many || !distances || !labels)
        return 1;
    loops_fill(queries, (int64_t)QUERIES * DIMENSION, 2);
    loops_fill(many, (int64_t)MANY * DIMENSION, 1);
    check(new_index(&index_of_vectors, DIMENSION));
    check(loops_add(index_of_vectors, HELD, many, 1, 1));

    printf("| C in a process of its own | ns per call |\n|---|---:|\n");
    measure("Search, 1 query", search_one, 1000);
    measure("Search, 1,000 queries", search_all, 1);
    measure("Count", count, 1000000);
    measure("Dimension", dimension, 1000000);
    measure("IsTrained", is_trained, 1000000);
    measure("Add, 1 vector", add_one, 20000);
    measure("Add, 100,000 vectors", add_many, 1);
    free_index(index_of_vectors);
    return 0;
}
