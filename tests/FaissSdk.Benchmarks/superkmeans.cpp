// Trains FAISS's SuperKMeans, which the C API lacks, and for comparison FAISS's Clustering, alternately; needs FAISS 1.15.
//
//   superkmeans POINTS.fvecs CLUSTERS ITERATIONS SEED ROUNDS CENTROIDS
//
// Prints for each round the seconds and the iterations of both trainings: processor time of the process if OMP_NUM_THREADS=1,
// otherwise wall-clock time. Writes CENTROIDS.super.fvecs and CENTROIDS.plain.fvecs.
#include <faiss/Clustering.h>
#include <faiss/IndexFlat.h>
#include <faiss/SuperKMeans.h>
#include <omp.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

std::vector<float> read(const std::string& path, int32_t& dimension) {
    std::ifstream file(path, std::ios::binary);
    std::vector<float> values;
    for (int32_t d; file.read(reinterpret_cast<char*>(&d), sizeof d);) {
        if (d <= 0 || (!values.empty() && d != dimension)) {
            throw std::runtime_error(path + " is not a .fvecs file");
        }
        dimension = d;
        values.resize(values.size() + d);
        file.read(reinterpret_cast<char*>(values.data() + values.size() - d), sizeof(float) * d);
    }
    if (values.empty()) {
        throw std::runtime_error(path + " has no vectors");
    }
    return values;
}

void write(const std::string& path, const std::vector<float>& values, int32_t dimension) {
    std::ofstream file(path, std::ios::binary);
    for (size_t i = 0; i < values.size(); i += dimension) {
        file.write(reinterpret_cast<const char*>(&dimension), sizeof dimension);
        file.write(reinterpret_cast<const char*>(values.data() + i), sizeof(float) * dimension);
    }
}

double now() {
    if (omp_get_max_threads() == 1) {
        timespec time;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return time.tv_sec + time.tv_nsec * 1e-9;
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <typename Parameters>
Parameters parameters(int iterations, int seed, size_t count) {
    Parameters result;
    result.niter = iterations;
    result.seed = seed;
    result.min_points_per_centroid = 1;
    result.max_points_per_centroid = count;
    return result;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 7) {
        fprintf(stderr, "usage: superkmeans POINTS.fvecs CLUSTERS ITERATIONS SEED ROUNDS CENTROIDS\n");
        return 2;
    }
    try {
        int32_t dimension = 0;
        const auto points = read(argv[1], dimension);
        const auto count = points.size() / dimension;
        const int clusters = atoi(argv[2]), iterations = atoi(argv[3]), seed = atoi(argv[4]), rounds = atoi(argv[5]);
        for (int round = 0; round < rounds; round++) {
            const double start = now();
            faiss::SuperKMeans super(dimension, clusters, parameters<faiss::SuperKMeansParameters>(iterations, seed, count));
            super.train(count, points.data());
            const double between = now();
            faiss::Clustering plain(dimension, clusters, parameters<faiss::ClusteringParameters>(iterations, seed, count));
            faiss::IndexFlatL2 index(dimension);
            plain.train(count, points.data(), index);
            const double end = now();
            printf("%.9f %zu %.9f %zu\n", between - start, super.iteration_stats.size(), end - between, plain.iteration_stats.size());
            fflush(stdout);
            if (round == rounds - 1) {
                write(std::string(argv[6]) + ".super.fvecs", super.centroids, dimension);
                write(std::string(argv[6]) + ".plain.fvecs", plain.centroids, dimension);
            }
        }
        return 0;
    } catch (const std::exception& e) {
        fprintf(stderr, "superkmeans: %s\n", e.what());
        return 1;
    }
}
