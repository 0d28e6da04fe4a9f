// The layouts that FaissSdk reads through opaque pointers. A FAISS with other layouts does not compile.
#include <cstddef>
#include <faiss/Clustering.h>
#include <faiss/IndexIVF.h>

using Iteration = faiss::ClusteringIterationStats;
static_assert(sizeof(Iteration) == 40, "Clustering.StatsLayout: the stride");
static_assert(offsetof(Iteration, obj) == 0 && sizeof(Iteration::obj) == 4, "Clustering.StatsLayout: obj");
static_assert(offsetof(Iteration, time) == 8 && offsetof(Iteration, time_search) == 16, "Clustering.StatsLayout: times");
static_assert(offsetof(Iteration, imbalance_factor) == 24 && offsetof(Iteration, nsplit) == 32, "Clustering.StatsLayout: the rest");

using Searches = faiss::IndexIVFStats;
static_assert(sizeof(Searches) == 48, "IndexIVF.StatsLayout: the size");
static_assert(offsetof(Searches, nq) == 0 && offsetof(Searches, nlist) == 8, "IndexIVF.StatsLayout: nq, nlist");
static_assert(offsetof(Searches, ndis) == 16 && offsetof(Searches, nheap_updates) == 24, "IndexIVF.StatsLayout: ndis, nheap_updates");
static_assert(offsetof(Searches, quantization_time) == 32 && offsetof(Searches, search_time) == 40, "IndexIVF.StatsLayout: times");
