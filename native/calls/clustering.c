#include "calls.h"

/* ---- clustering by SuperKMeans */

enum { WIDE = 32, POINTS = N * D / WIDE, CLUSTERS = 5, ITERATIONS = 4 };

static void cluster(void) {
    float centroids[CLUSTERS * WIDE], objectives[ITERATIONS] = { 0 };
    double seconds[ITERATIONS];
    int splits[ITERATIONS];
    int newer = faiss_sdk_super_kmeans(WIDE, CLUSTERS, ITERATIONS, 7, POINTS, x, centroids, objectives, seconds, splits) == 0;
    if (newer) {
        expect(isfinite(centroids[0]) && isfinite(centroids[CLUSTERS * WIDE - 1]), "the centroids");
        expect(objectives[ITERATIONS - 1] > 0 && objectives[ITERATIONS - 1] <= objectives[0] * 1.001f, "the objectives fall");
    }
    fails(faiss_sdk_super_kmeans(D, CLUSTERS, ITERATIONS, 7, N, x, centroids, objectives, seconds, splits), "too few components");
    fails(faiss_sdk_super_kmeans(WIDE, CLUSTERS, ITERATIONS, 7, CLUSTERS - 1, x, centroids, objectives, seconds, splits), "fewer points than clusters");
    fails(faiss_sdk_super_kmeans(WIDE, 0, ITERATIONS, 7, POINTS, x, centroids, objectives, seconds, splits), "no clusters");
}

void call_clustering(void) {
    cluster();
}
