/* Indexes from C: trains, fills and searches those whose code differs most between processors, and compares each with a plain loop;
   also files, transforms, binary indexes, range searches and errors. Links like kmeans.c:
   cc native/search.c native/runtimes/osx-arm64/native/libfaiss_c.a -o search && ./search */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The part of the C API that it uses, so that it needs no headers of FAISS. */
typedef struct FaissIndex_H FaissIndex;
typedef struct FaissIndexBinary_H FaissIndexBinary;
typedef struct FaissRangeSearchResult_H FaissRangeSearchResult;
int faiss_index_factory(FaissIndex **index, int d, const char *description, int metric);
int faiss_Index_train(FaissIndex *index, int64_t n, const float *x);
int faiss_Index_add(FaissIndex *index, int64_t n, const float *x);
int faiss_Index_search(const FaissIndex *index, int64_t n, const float *x, int64_t k, float *distances, int64_t *labels);
int faiss_Index_range_search(const FaissIndex *index, int64_t n, const float *x, float radius, FaissRangeSearchResult *result);
int faiss_RangeSearchResult_new(FaissRangeSearchResult **result, int64_t queries);
void faiss_RangeSearchResult_lims(FaissRangeSearchResult *result, size_t **lims);
void faiss_RangeSearchResult_free(FaissRangeSearchResult *result);
int faiss_write_index_fname(const FaissIndex *index, const char *name);
int faiss_read_index_fname(const char *name, int flags, FaissIndex **index);
void faiss_Index_free(FaissIndex *index);
int faiss_index_binary_factory(FaissIndexBinary **index, int d, const char *description);
int faiss_IndexBinary_train(FaissIndexBinary *index, int64_t n, const uint8_t *x);
int faiss_IndexBinary_add(FaissIndexBinary *index, int64_t n, const uint8_t *x);
int faiss_IndexBinary_search(const FaissIndexBinary *index, int64_t n, const uint8_t *x, int64_t k, int32_t *distances, int64_t *labels);
void faiss_IndexBinary_free(FaissIndexBinary *index);
const char *faiss_get_last_error(void);

enum { D = 32, N = 4000, QUERIES = 100, K = 10, L2 = 1 };

static float x[N * D], queries[QUERIES * D];
static int64_t nearest[QUERIES][K];
static float nearest_distances[QUERIES][K];
static int faults;

static void expect(int holds, const char *what) {
    printf("%s  %s\n", holds ? "ok   " : "FAULT", what);
    faults += !holds;
}

static int done(int code) {
    if (code != 0) fprintf(stderr, "error %d: %s\n", code, faiss_get_last_error());
    return code == 0;
}

/* Integers, so that squared distances are exact in single precision for every order of summation. */
static void fill(float *to, int n, uint32_t state) {
    int center[D] = { 0 };
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < D; j++) {
            state = state * 1664525u + 1013904223u;
            if (i % 20 == 0) center[j] = (int)(state >> 26);
            state = state * 1664525u + 1013904223u;
            to[i * D + j] = (float)(center[j] + (int)(state >> 28));
        }
    }
}

static float distance(const float *a, const float *b) {
    float sum = 0;
    for (int j = 0; j < D; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sum;
}

static void find_nearest(void) {
    for (int q = 0; q < QUERIES; q++) {
        int found = 0;
        for (int i = 0; i < N; i++) {
            float d = distance(queries + q * D, x + i * D);
            int at = found;
            while (at > 0 && nearest_distances[q][at - 1] > d) at--;
            if (at == K) continue;
            if (found < K) found++;
            for (int m = found - 1; m > at; m--) {
                nearest[q][m] = nearest[q][m - 1];
                nearest_distances[q][m] = nearest_distances[q][m - 1];
            }
            nearest[q][at] = i;
            nearest_distances[q][at] = d;
        }
    }
}

/* The fraction of the nearest neighbors that was found; any of several equally near ones counts. */
static double recall(const int64_t *labels) {
    int found = 0;
    for (int q = 0; q < QUERIES; q++) {
        for (int i = 0; i < K; i++) {
            int64_t label = labels[q * K + i];
            found += label >= 0 && label < N && distance(queries + q * D, x + label * D) <= nearest_distances[q][K - 1];
        }
    }
    return (double)found / (QUERIES * K);
}

static float distances[QUERIES * K], other_distances[QUERIES * K];
static int64_t labels[QUERIES * K], other_labels[QUERIES * K];

static int finds_the_same(const FaissIndex *index) {
    return done(faiss_Index_search(index, QUERIES, queries, K, other_distances, other_labels)) &&
        memcmp(labels, other_labels, sizeof labels) == 0 && memcmp(distances, other_distances, sizeof distances) == 0;
}

/* Checks that an index finds at least a fraction of the nearest, and the same after it was written to a file and read. */
static void try_index(const char *description, double min_recall) {
    FaissIndex *index = NULL, *read = NULL;
    const char *name = "search.faissindex";
    if (!done(faiss_index_factory(&index, D, description, L2)) || !done(faiss_Index_train(index, N, x)) || !done(faiss_Index_add(index, N, x)) ||
        !done(faiss_Index_search(index, QUERIES, queries, K, distances, labels))) {
        expect(0, description);
        return;
    }
    double part = recall(labels);
    int same = done(faiss_write_index_fname(index, name)) && done(faiss_read_index_fname(name, 0, &read)) && finds_the_same(read);
    remove(name);
    char what[100];
    snprintf(what, sizeof what, "%-14s finds %.3f of the nearest%s", description, part, same ? "" : ", but others after it was read from a file");
    expect(part >= min_recall && same, what);
    faiss_Index_free(read);
    faiss_Index_free(index);
}

static void try_exact(void) {
    FaissIndex *index = NULL;
    FaissRangeSearchResult *result = NULL;
    if (!done(faiss_index_factory(&index, D, "Flat", L2)) || !done(faiss_Index_add(index, N, x)) ||
        !done(faiss_Index_search(index, QUERIES, queries, K, distances, labels))) {
        expect(0, "an exact index");
        return;
    }
    expect(memcmp(distances, nearest_distances, sizeof distances) == 0, "distances equal those of a plain loop, bit for bit");

    size_t *lims = NULL, within = 0;
    const float radius = 6000.5f;
    for (int q = 0; q < QUERIES; q++)
        for (int i = 0; i < N; i++) within += distance(queries + q * D, x + i * D) < radius;
    int ranged = done(faiss_RangeSearchResult_new(&result, QUERIES)) && done(faiss_Index_range_search(index, QUERIES, queries, radius, result));
    if (ranged) faiss_RangeSearchResult_lims(result, &lims);
    char what[100];
    snprintf(what, sizeof what, "a range search finds the %zu pairs that a plain loop finds", within);
    expect(ranged && lims[QUERIES] == within && within > 0, what);
    faiss_RangeSearchResult_free(result);
    faiss_Index_free(index);
}

static void try_bits(const char *description) {
    enum { BYTES = 16, CODES = 2000 };
    static uint8_t codes[CODES * BYTES];
    uint32_t state = 7;
    for (size_t i = 0; i < sizeof codes; i++) codes[i] = (uint8_t)((state = state * 1664525u + 1013904223u) >> 24);
    FaissIndexBinary *index = NULL;
    static int32_t hamming[QUERIES];
    if (faiss_index_binary_factory(&index, BYTES * 8, description) != 0 && strstr(faiss_get_last_error(), "not in this FAISS") != NULL) {
        printf("       %-14s is not available in this FAISS\n", description);
        return;
    }
    int found = index != NULL && done(faiss_IndexBinary_train(index, CODES, codes)) &&
        done(faiss_IndexBinary_add(index, CODES, codes)) && done(faiss_IndexBinary_search(index, QUERIES, codes, 1, hamming, labels));
    for (int q = 0; found && q < QUERIES; q++) found = hamming[q] == 0 && labels[q] == q;
    char what[100];
    snprintf(what, sizeof what, "%-14s finds binary codes", description);
    expect(found, what);
    faiss_IndexBinary_free(index);
}

static void try_errors(void) {
    FaissIndex *index = NULL;
    int code = faiss_read_index_fname("no/such/file", 0, &index);
    const char *message = faiss_get_last_error();
    expect(code != 0 && message != NULL && strstr(message, "no/such/file") != NULL, "a missing file is an error with its name");

    code = done(faiss_index_factory(&index, D, "IVF16,Flat", L2)) ? faiss_Index_add(index, N, x) : 0;
    message = faiss_get_last_error();
    expect(code != 0 && message != NULL && *message != 0, "adding to an untrained index is an error");
    faiss_Index_free(index);
}

int main(void) {
    fill(x, N, 1);
    fill(queries, QUERIES, 1);
    for (int i = 0; i < QUERIES * D; i += 3) queries[i] += 1;
    find_nearest();

    try_exact();
    try_index("Flat", 1);
    try_index("IVF16,Flat", 0.5);
    try_index("IVF16,SQ8", 0.5);
    try_index("SQfp16", 0.95);
    try_index("SQ4", 0.5);
    try_index("PQ16x4np", 0.2);
    try_index("PQ16x4fs", 0.2);
    try_index("IVF16,PQ16x4fsr", 0.2);
    try_index("HNSW16,Flat", 0.9);
    try_index("PCA16,Flat", 0.5);
    try_index("RR16,SQ8", 0.5);
    try_index("ITQ32,LSH", 0.1);
    try_bits("BFlat");
    try_bits("BIVF16");
    try_bits("BHNSW16");
    try_errors();
    puts(faults ? "FAULTS" : "libfaiss_c searches");
    return faults != 0;
}
