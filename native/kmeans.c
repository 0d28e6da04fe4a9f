/* K-means from C, in the form of the program that does not link in facebookresearch/faiss issue 3072.
   With libfaiss_c.a it needs no other library on the command line:
   cc native/kmeans.c native/runtimes/osx-arm64/native/libfaiss_c.a -o kmeans && ./kmeans */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The part of the C API that it uses, so that it needs no headers of FAISS. */
typedef struct FaissClustering_H FaissClustering;
typedef struct FaissIndex_H FaissIndex;
int faiss_Clustering_new(FaissClustering **clustering, int d, int k);
int faiss_Clustering_train(FaissClustering *clustering, int64_t n, const float *x, FaissIndex *index);
void faiss_Clustering_centroids(FaissClustering *clustering, float **centroids, size_t *size);
void faiss_Clustering_free(FaissClustering *clustering);
int faiss_kmeans_clustering(size_t d, size_t n, size_t k, const float *x, float *centroids, float *error);
int faiss_index_factory(FaissIndex **index, int d, const char *description, int metric);
int64_t faiss_Index_ntotal(const FaissIndex *index);
void faiss_Index_free(FaissIndex *index);
const char *faiss_get_last_error(void);

/* At most 256 points per centroid, as FAISS trains on a sample of more. */
enum { D = 16, N = 1000, K = 4, L2 = 1 };

static int faults;

static void expect(int holds, const char *what) {
    printf("%s  %s\n", holds ? "ok   " : "FAULT", what);
    faults += !holds;
}

static int done(int code) {
    if (code != 0) fprintf(stderr, "error %d: %s\n", code, faiss_get_last_error());
    return code == 0;
}

/* Four clouds around 0, 10, 20 and 30 in every dimension. */
static float x[N * D];

static void make_clouds(void) {
    uint32_t state = 1;
    for (int i = 0; i < N * D; i++) {
        state = state * 1664525u + 1013904223u;
        x[i] = 10.0f * (float)(i / D % K) + (float)(state >> 8) / 16777216.0f - 0.5f;
    }
}

/* The sum of the squared distances to the nearest centroids, by a plain loop. */
static double objective(const float *centroids) {
    double sum = 0;
    for (int i = 0; i < N; i++) {
        double nearest = -1;
        for (int k = 0; k < K; k++) {
            double distance = 0;
            for (int j = 0; j < D; j++) {
                double difference = (double)x[i * D + j] - (double)centroids[k * D + j];
                distance += difference * difference;
            }
            if (nearest < 0 || distance < nearest) nearest = distance;
        }
        sum += nearest;
    }
    return sum;
}

int main(void) {
    make_clouds();

    FaissIndex *index = NULL;
    expect(done(faiss_index_factory(&index, D, "Flat", L2)), "an index from the factory");

    FaissClustering *clustering = NULL;
    float *centroids = NULL;
    size_t size = 0;
    expect(done(faiss_Clustering_new(&clustering, D, K)), "a clustering");
    if (faults) return 1;
    expect(done(faiss_Clustering_train(clustering, N, x, index)), "k-means, with an index");
    faiss_Clustering_centroids(clustering, &centroids, &size);
    expect(size == K * D && faiss_Index_ntotal(index) == K, "its centroids are there and in the index");

    float own[K * D], error = -1;
    expect(done(faiss_kmeans_clustering(D, N, K, x, own, &error)), "k-means in one call");
    double ratio = (double)error / objective(own);
    printf("       error %g, %.6f of a plain loop's\n", (double)error, ratio);
    expect(ratio > 0.999 && ratio < 1.001, "its error is what a plain loop computes");

    FaissIndex *none = NULL;
    int code = faiss_index_factory(&none, D, "no such index", L2);
    const char *message = faiss_get_last_error();
    expect(code != 0 && message != NULL && strstr(message, "no such index") != NULL, "a C++ exception becomes an error with its message");

    faiss_Clustering_free(clustering);
    faiss_Index_free(index);
    puts(faults ? "FAULTS" : "libfaiss_c.a runs");
    return faults != 0;
}
