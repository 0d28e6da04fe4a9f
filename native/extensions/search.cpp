// Searches with parameters, for which the C API has no function in some versions: it has none at all in the oldest, and none for a
// range search in any. Compiled with FAISS trees of all supported versions.
#include "faiss_sdk.h"

#include "search_parameters.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

#include <c_api/macros_impl.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/IndexReplicas.h>
#include <faiss/IndexShards.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/DistanceComputer.h>
#include <faiss/impl/FaissAssert.h>
#include <faiss/impl/IDSelector.h>

namespace {

using faiss::IDSelector;
using faiss::Index;
using faiss_sdk::as_parameter;
using faiss_sdk::graph_parameters;
using faiss_sdk::keeps_fewer_candidates;
using faiss_sdk::list_parameters;
using faiss_sdk::refuse;
using Options = FaissSdkSearchOptions;

// Searches for more candidates than this take blocks of queries.
constexpr size_t max_candidates = 1 << 20;

// Selects positions of an ID map by the ids at them.
struct Translated : IDSelector {
    Translated(const IDSelector* inner, const std::vector<int64_t>& ids) : inner(inner), ids(ids) {}
    bool is_member(int64_t position) const override {
        return position >= 0 && position < static_cast<int64_t>(ids.size()) && inner->is_member(ids[position]);
    }
    const IDSelector* inner;
    const std::vector<int64_t>& ids;
};

// Selects the vectors of a shard by the numbers that they have among those of all shards.
struct Shifted : IDSelector {
    Shifted(const IDSelector* inner, int64_t offset) : inner(inner), offset(offset) {}
    bool is_member(int64_t id) const override { return inner->is_member(id + offset); }
    const IDSelector* inner;
    int64_t offset;
};

bool is_nearer(const Index* index, float left, float right) {
    return index->metric_type == faiss::METRIC_INNER_PRODUCT ? left > right : left < right;
}

float farthest(const Index* index) {
    const float most = std::numeric_limits<float>::max();
    return index->metric_type == faiss::METRIC_INNER_PRODUCT ? -most : most;
}

struct Found {
    Found(const Index* index, size_t count) : distances(count, farthest(index)), ids(count, -1) {}
    std::vector<float> distances;
    std::vector<int64_t> ids;
};

// A flat index cuts a range to its vectors and counts those that are left, of which there must not be fewer than 0.
bool is_outside(const Index* index, const IDSelector* selector) {
    auto range = dynamic_cast<const faiss::IDSelectorRange*>(selector);
    return range != nullptr && std::max<int64_t>(range->imin, 0) >= std::min<int64_t>(range->imax, index->ntotal);
}

bool refuses(const faiss::FaissException& exception) {
    const std::string text = exception.what();
    for (const std::string word : {"param", "sel"}) {
        if (std::search(text.begin(), text.end(), word.begin(), word.end()) != text.end()) {
            return true;
        }
    }
    return false;
}

void throw_if_failed(const std::string& failure) {
    if (!failure.empty()) {
        throw faiss::FaissException(failure);
    }
}

// Transforms vectors, and frees them where they are not the original ones.
class Transformed {
  public:
    Transformed(const faiss::IndexPreTransform* index, int64_t n, const float* x) : original(x), vectors(index->apply_chain(n, x)) {}
    ~Transformed() {
        if (vectors != original) {
            delete[] vectors;
        }
    }
    Transformed(const Transformed&) = delete;
    Transformed& operator=(const Transformed&) = delete;
    const float* get() const { return vectors; }

  private:
    const float* original;
    const float* vectors;
};

// Does what the classes of FAISS do that pass a search on, and translates the selector on the way, which they do not do in all
// versions, nor for searches that share parameters.
class Search {
  public:
    explicit Search(const Options& options) : options(options) {}

    void nearest(const Index* index, int64_t n, const float* x, int64_t k, const IDSelector* selector, float* distances, int64_t* ids) const {
        if (auto map = dynamic_cast<const faiss::IndexIDMap*>(index)) {
            Translated translated(selector, map->id_map);
            nearest(map->index, n, x, k, selector ? &translated : nullptr, distances, ids);
            for (int64_t i = 0; i < n * k; i++) {
                ids[i] = ids[i] >= 0 && ids[i] < static_cast<int64_t>(map->id_map.size()) ? map->id_map[ids[i]] : -1;
            }
        } else if (auto transformed = dynamic_cast<const faiss::IndexPreTransform*>(index)) {
            Transformed vectors(transformed, n, x);
            nearest(transformed->index, n, vectors.get(), k, selector, distances, ids);
        } else if (typeid(*index) == typeid(faiss::IndexRefine) || typeid(*index) == typeid(faiss::IndexRefineFlat)) {
            refined(static_cast<const faiss::IndexRefine*>(index), n, x, k, selector, distances, ids);
        } else if (auto shards = dynamic_cast<const faiss::IndexShards*>(index)) {
            sharded(shards, n, x, k, selector, distances, ids);
        } else if (auto replicas = dynamic_cast<const faiss::IndexReplicas*>(index)) {
            FAISS_THROW_IF_NOT_MSG(replicas->count() > 0, "no replicas in index");
            nearest(replicas->at(0), n, x, k, selector, distances, ids);
        } else {
            leaf(index, n, x, k, selector, distances, ids);
        }
    }

    void within(const Index* index, int64_t n, const float* x, float radius, const IDSelector* selector, faiss::RangeSearchResult* result) const {
        if (auto map = dynamic_cast<const faiss::IndexIDMap*>(index)) {
            Translated translated(selector, map->id_map);
            within(map->index, n, x, radius, selector ? &translated : nullptr, result);
            for (size_t i = 0; i < result->lims[result->nq]; i++) {
                auto& id = result->labels[i];
                id = id >= 0 && id < static_cast<int64_t>(map->id_map.size()) ? map->id_map[id] : -1;
            }
        } else if (auto transformed = dynamic_cast<const faiss::IndexPreTransform*>(index)) {
            Transformed vectors(transformed, n, x);
            within(transformed->index, n, vectors.get(), radius, selector, result);
        } else if (auto lists = dynamic_cast<const faiss::IndexIVF*>(index)) {
            auto parameters = list_parameters(lists, options, selector);
            call(index, selector, [&] { index->range_search(n, x, radius, result, &parameters); });
        } else if (auto graph = dynamic_cast<const faiss::IndexHNSW*>(index)) {
            auto parameters = graph_parameters(graph, options, selector);
            call(index, selector, [&] { index->range_search(n, x, radius, result, &parameters); });
        } else if (!is_outside(index, selector)) {
            faiss::SearchParameters parameters;
            parameters.sel = as_parameter(selector);
            call(index, selector, [&] { index->range_search(n, x, radius, result, selector ? &parameters : nullptr); });
        }
    }

  private:
    const Options& options;

    template <class TCall>
    static void call(const Index* index, const IDSelector* selector, TCall search) {
        try {
            search();
        } catch (const faiss::FaissException& exception) {
            if (selector != nullptr && refuses(exception)) {
                refuse(index, exception.what());
            }
            throw;
        }
    }

    void leaf(const Index* index, int64_t n, const float* x, int64_t k, const IDSelector* selector, float* distances, int64_t* ids) const {
        if (auto lists = dynamic_cast<const faiss::IndexIVF*>(index)) {
            auto parameters = list_parameters(lists, options, selector);
            const bool given = selector != nullptr || options.kind == FAISS_SDK_SEARCH_LISTS;
            call(index, selector, [&] { index->search(n, x, k, distances, ids, given ? &parameters : nullptr); });
        } else if (dynamic_cast<const faiss::IndexHNSW2Level*>(index) == nullptr && dynamic_cast<const faiss::IndexHNSW*>(index) != nullptr) {
            along(static_cast<const faiss::IndexHNSW*>(index), n, x, k, selector, distances, ids);
        } else if (selector == nullptr) {
            index->search(n, x, k, distances, ids);
        } else if (is_outside(index, selector)) {
            std::fill_n(distances, n * k, farthest(index));
            std::fill_n(ids, n * k, -1);
        } else {
            faiss::SearchParameters parameters;
            parameters.sel = as_parameter(selector);
            call(index, selector, [&] { index->search(n, x, k, distances, ids, &parameters); });

            // A search for one neighbor names the first vector where it finds none.
            for (int64_t i = 0; i < n && k == 1; i++) {
                if (std::isinf(distances[i]) && index->metric_type != faiss::METRIC_INNER_PRODUCT) {
                    ids[i] = -1;
                }
            }
        }
    }

    void along(const faiss::IndexHNSW* index, int64_t n, const float* x, int64_t k, const IDSelector* selector, float* distances, int64_t* ids) const {
        auto parameters = graph_parameters(index, options, selector);
        if (!keeps_fewer_candidates || parameters.efSearch <= std::max<int64_t>(index->hnsw.efSearch, k)) {
            call(index, selector, [&] { index->search(n, x, k, distances, ids, &parameters); });
            return;
        }

        // As many candidates are kept as neighbors are searched for.
        const int64_t width = std::min<int64_t>(parameters.efSearch, std::max<int64_t>(k, index->ntotal));
        const int64_t block = std::max<int64_t>(1, max_candidates / width);
        for (int64_t start = 0; start < n; start += block) {
            const int64_t count = std::min(block, n - start);
            Found found(index, count * width);
            call(index, selector, [&] { index->search(count, x + start * index->d, width, found.distances.data(), found.ids.data(), &parameters); });
            for (int64_t i = 0; i < count; i++) {
                std::copy_n(found.distances.data() + i * width, k, distances + (start + i) * k);
                std::copy_n(found.ids.data() + i * width, k, ids + (start + i) * k);
            }
        }
    }

    void refined(const faiss::IndexRefine* index, int64_t n, const float* x, int64_t k, const IDSelector* selector, float* distances, int64_t* ids) const {
        const double wanted = std::max(1.0, static_cast<double>(index->k_factor)) * static_cast<double>(k);
        const int64_t candidates = std::max<int64_t>(k, static_cast<int64_t>(std::min(wanted, static_cast<double>(index->ntotal))));
        const int64_t block = std::max<int64_t>(1, max_candidates / candidates);
        for (int64_t start = 0; start < n; start += block) {
            const int64_t count = std::min(block, n - start);
            Found found(index, count * candidates);
            nearest(index->base_index, count, x + start * index->d, candidates, selector, found.distances.data(), found.ids.data());
            std::string failure;
            std::mutex mutex;
#pragma omp parallel if (count > 1)
            {
                try {
                    std::unique_ptr<faiss::DistanceComputer> computer(index->refine_index->get_distance_computer());
                    std::vector<std::pair<float, int64_t>> sorted;
#pragma omp for
                    for (int64_t i = 0; i < count; i++) {
                        refine_one(index, *computer, x + (start + i) * index->d, candidates, found.ids.data() + i * candidates, sorted, k, distances + (start + i) * k, ids + (start + i) * k);
                    }
                } catch (const std::exception& exception) {
                    std::lock_guard<std::mutex> lock(mutex);
                    failure = exception.what();
                }
            }
            throw_if_failed(failure);
        }
    }

    static void refine_one(const Index* index, faiss::DistanceComputer& computer, const float* query, int64_t candidates, const int64_t* found, std::vector<std::pair<float, int64_t>>& sorted, int64_t k, float* distances, int64_t* ids) {
        computer.set_query(query);
        sorted.clear();
        for (int64_t j = 0; j < candidates; j++) {
            if (found[j] >= 0) {
                const float distance = computer(found[j]);
                if (!std::isnan(distance)) {
                    sorted.emplace_back(distance, found[j]);
                }
            }
        }
        std::sort(sorted.begin(), sorted.end(), [index](const auto& left, const auto& right) {
            return left.first != right.first ? is_nearer(index, left.first, right.first) : left.second < right.second;
        });
        for (int64_t j = 0; j < k; j++) {
            const bool exists = j < static_cast<int64_t>(sorted.size());
            distances[j] = exists ? sorted[j].first : farthest(index);
            ids[j] = exists ? sorted[j].second : -1;
        }
    }

    // A single query occupies one thread, so that shards are searched at the same time; more queries occupy all threads in each shard.
    void sharded(const faiss::IndexShards* shards, int64_t n, const float* x, int64_t k, const IDSelector* selector, float* distances, int64_t* ids) const {
        const int count = shards->count();
        std::vector<Found> found;
        std::vector<int64_t> offsets(count);
        for (int s = 0; s < count; s++) {
            found.emplace_back(shards, n * k);
            offsets[s] = !shards->successive_ids || s == 0 ? 0 : offsets[s - 1] + shards->at(s - 1)->ntotal;
        }
        std::string failure;
        std::mutex mutex;
#pragma omp parallel for if (n == 1)
        for (int s = 0; s < count; s++) {
            try {
                if (shards->at(s)->ntotal > 0) {
                    Shifted shifted(selector, offsets[s]);
                    const bool shifts = selector != nullptr && offsets[s] != 0;
                    nearest(shards->at(s), n, x, k, shifts ? &shifted : selector, found[s].distances.data(), found[s].ids.data());
                }
            } catch (const std::exception& exception) {
                std::lock_guard<std::mutex> lock(mutex);
                failure = exception.what();
            }
        }
        throw_if_failed(failure);
        std::vector<int64_t> next(count);
        for (int64_t i = 0; i < n; i++) {
            std::fill(next.begin(), next.end(), i * k);
            for (int64_t j = i * k; j < (i + 1) * k; j++) {
                int best = -1;
                for (int s = 0; s < count; s++) {
                    if (next[s] < (i + 1) * k && found[s].ids[next[s]] >= 0 &&
                        (best < 0 || is_nearer(shards, found[s].distances[next[s]], found[best].distances[next[best]]))) {
                        best = s;
                    }
                }
                distances[j] = best < 0 ? farthest(shards) : found[best].distances[next[best]];
                ids[j] = best < 0 ? -1 : found[best].ids[next[best]++] + offsets[best];
            }
        }
    }
};

const IDSelector* selector_of(const Options& options) {
    return reinterpret_cast<const IDSelector*>(options.selector);
}

} // namespace

extern "C" {

int faiss_sdk_search(
        const FaissIndex* index,
        int64_t n,
        const float* x,
        int64_t k,
        const FaissSdkSearchOptions* options,
        float* distances,
        int64_t* ids) {
    try {
        FAISS_THROW_IF_NOT_MSG(k > 0, "k must be at least 1");
        Search(*options).nearest(reinterpret_cast<const Index*>(index), n, x, k, selector_of(*options), distances, ids);
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_range_search(
        const FaissIndex* index,
        int64_t n,
        const float* x,
        float radius,
        const FaissSdkSearchOptions* options,
        FaissRangeSearchResult* result) {
    try {
        Search(*options).within(
                reinterpret_cast<const Index*>(index), n, x, radius, selector_of(*options), reinterpret_cast<faiss::RangeSearchResult*>(result));
        return 0;
    }
    CATCH_AND_HANDLE
}
}
