// FAISS's SuperKMeans. Compiled with FAISS trees of all supported versions.
#include "faiss_sdk.h"

#include <c_api/macros_impl.h>
#include <faiss/impl/FaissAssert.h>
#if __has_include(<faiss/SuperKMeans.h>)
#include <faiss/SuperKMeans.h>
#include <algorithm>
#include <limits>
#define HAS_SUPER_KMEANS 1
#endif

int faiss_sdk_super_kmeans(
        int d,
        int k,
        int iterations,
        int64_t seed,
        int64_t n,
        const float* x,
        float* centroids,
        float* objectives,
        double* seconds,
        int* splits) {
    try {
#ifdef HAS_SUPER_KMEANS
        faiss::SuperKMeansParameters parameters;
        parameters.niter = iterations;
        parameters.seed = static_cast<int>(seed);
        parameters.min_points_per_centroid = 1;
        // The caller has drawn the sample.
        parameters.max_points_per_centroid = std::numeric_limits<int>::max();
        faiss::SuperKMeans clustering(d, k, parameters);
        clustering.train(n, x);
        std::copy(clustering.centroids.begin(), clustering.centroids.end(), centroids);
        for (size_t i = 0; i < clustering.iteration_stats.size(); i++) {
            const auto& stats = clustering.iteration_stats[i];
            objectives[i] = stats.obj;
            seconds[i] = stats.time;
            splits[i] = stats.nsplit;
        }
#else
        (void)d, (void)k, (void)iterations, (void)seed, (void)n, (void)x, (void)centroids, (void)objectives, (void)seconds, (void)splits;
        FAISS_THROW_MSG("this version of FAISS has no SuperKMeans");
#endif
    }
    CATCH_AND_HANDLE
}
