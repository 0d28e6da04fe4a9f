// Searches with parameters: the C API has no function for them in the oldest version, and none for a range search in any.
// Compiled with FAISS trees of all supported versions.
#include "faiss_sdk.h"

#include "search_parameters.hpp"
#include "search_parts.hpp"

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
using faiss_sdk::farthest;
using faiss_sdk::Found;
using faiss_sdk::graph_parameters;
using faiss_sdk::is_nearer;
using faiss_sdk::is_outside;
using faiss_sdk::keeps_fewer_candidates;
using faiss_sdk::ListParameters;
using faiss_sdk::misfit;
using faiss_sdk::product_parameters;
using faiss_sdk::refine_one;
using faiss_sdk::refuse;
using faiss_sdk::refuse_parameters;
using faiss_sdk::refuses;
using faiss_sdk::Shifted;
using faiss_sdk::ThresholdLists;
using faiss_sdk::throw_if_failed;
using faiss_sdk::Transformed;
using faiss_sdk::Translated;
using faiss_sdk::with_threshold;
using Options = FaissSdkSearchOptions;

// The most candidates to hold at once; larger searches are split into blocks of queries.
constexpr size_t max_candidates = 1 << 20;

// Passes a search on to the parts as FAISS's composite classes do, and translates the selector, which they do not do in all versions, nor
// for searches that share parameters.
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
            within_lists(lists, n, x, radius, selector, result);
        } else if (auto graph = dynamic_cast<const faiss::IndexHNSW*>(index)) {
            auto parameters = graph_parameters(graph, options, selector);
            call(index, selector, [&] { index->range_search(n, x, radius, result, &parameters); });
#ifdef FAISS_SDK_HAS_RABITQ
        } else if (auto codes = dynamic_cast<const faiss::IndexRaBitQ*>(index); codes != nullptr && options.kind == FAISS_SDK_SEARCH_RABITQ) {
            if (options.centered > 0) {
                misfit(index, "a range search ignores Centered");
            }
            auto parameters = code_parameters(codes, selector);
            call(index, selector, [&] { index->range_search(n, x, radius, result, &parameters); });
#endif
        } else if (options.kind == FAISS_SDK_SEARCH_PRODUCT && dynamic_cast<const faiss::IndexPQ*>(index) != nullptr) {
            misfit(index, "a range search ignores SearchParametersPQ");
        } else if (options.kind != FAISS_SDK_SEARCH_ANY && dynamic_cast<const faiss::IndexRefine*>(index) != nullptr) {
            refuse_parameters(index, "its range search takes none");
        } else if (!is_outside(index, selector)) {
            expect_any(index);
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
            if (refuses(exception, selector != nullptr)) {
                if (selector != nullptr) {
                    refuse(index, exception.what());
                }
                refuse_parameters(index, exception.what());
            }
            throw;
        }
    }

    void expect_any(const Index* index) const {
        if (options.kind != FAISS_SDK_SEARCH_ANY) {
            misfit(index, "it takes SearchParameters only");
        }
    }

    void leaf(const Index* index, int64_t n, const float* x, int64_t k, const IDSelector* selector, float* distances, int64_t* ids) const {
        if (auto lists = dynamic_cast<const faiss::IndexIVF*>(index)) {
            among_lists(lists, n, x, k, selector, distances, ids);
        } else if (dynamic_cast<const faiss::IndexHNSW2Level*>(index) == nullptr && dynamic_cast<const faiss::IndexHNSW*>(index) != nullptr) {
            along(static_cast<const faiss::IndexHNSW*>(index), n, x, k, selector, distances, ids);
        } else if (auto product = dynamic_cast<const faiss::IndexPQ*>(index); product != nullptr && options.kind == FAISS_SDK_SEARCH_PRODUCT) {
            if (selector != nullptr) {
                refuse(index, "a product quantizer is searched without a selector");
            }
            auto parameters = product_parameters(product, options);
            index->search(n, x, k, distances, ids, &parameters);
#ifdef FAISS_SDK_HAS_RABITQ
        } else if (auto codes = dynamic_cast<const faiss::IndexRaBitQ*>(index); codes != nullptr && options.kind == FAISS_SDK_SEARCH_RABITQ) {
            auto parameters = code_parameters(codes, selector);
            call(index, selector, [&] { index->search(n, x, k, distances, ids, &parameters); });
#endif
        } else {
            expect_any(index);
            plainly(index, n, x, k, selector, distances, ids);
        }
    }

#ifdef FAISS_SDK_HAS_RABITQ
    faiss::RaBitQSearchParameters code_parameters(const faiss::IndexRaBitQ* index, const IDSelector* selector) const {
        faiss::RaBitQSearchParameters parameters;
        parameters.sel = as_parameter(selector);
        parameters.qb = options.query_bits >= 0 ? static_cast<uint8_t>(options.query_bits) : index->qb;
        faiss_sdk::set_centered(index, parameters, options.centered, faiss_sdk::Centered<faiss::IndexRaBitQ>::of(*index));
        return parameters;
    }
#endif

    static void plainly(const Index* index, int64_t n, const float* x, int64_t k, const IDSelector* selector, float* distances, int64_t* ids) {
        if (selector == nullptr) {
            index->search(n, x, k, distances, ids);
        } else if (is_outside(index, selector)) {
            std::fill_n(distances, n * k, farthest(index));
            std::fill_n(ids, n * k, -1);
        } else {
            faiss::SearchParameters parameters;
            parameters.sel = as_parameter(selector);
            call(index, selector, [&] { index->search(n, x, k, distances, ids, &parameters); });

            // For k = 1, FAISS names the first vector if it finds none.
            for (int64_t i = 0; i < n && k == 1; i++) {
                if (std::isinf(distances[i]) && index->metric_type != faiss::METRIC_INNER_PRODUCT) {
                    ids[i] = -1;
                }
            }
        }
    }

    void among_lists(const faiss::IndexIVF* index, int64_t n, const float* x, int64_t k, const IDSelector* selector, float* distances, int64_t* ids) const {
        ListParameters made(index, options, selector);
        auto* parameters = made.get();
        std::unique_ptr<ThresholdLists> changed;
        const auto* lists = with_threshold(index, options, changed);
        if (!searches_quantizer()) {
            const bool given = selector != nullptr || faiss_sdk::of_lists(options);
            call(index, selector, [&] { lists->search(n, x, k, distances, ids, given ? parameters : nullptr); });
            return;
        }
        in_blocks(index, n, x, parameters->nprobe, [&](int64_t start, int64_t count, const int64_t* found, const float* coarse) {
            call(index, selector, [&] {
                lists->search_preassigned(count, x + start * index->d, k, found, coarse, distances + start * k, ids + start * k, false, parameters);
            });
        });
    }

    void within_lists(const faiss::IndexIVF* index, int64_t n, const float* x, float radius, const IDSelector* selector, faiss::RangeSearchResult* result) const {
        ListParameters made(index, options, selector);
        auto* parameters = made.get();
        std::unique_ptr<ThresholdLists> changed;
        const auto* lists = with_threshold(index, options, changed);
        if (!searches_quantizer()) {
            call(index, selector, [&] { lists->range_search(n, x, radius, result, parameters); });
            return;
        }
        const size_t probes = parameters->nprobe;
        std::vector<int64_t> found(n * probes);
        std::vector<float> coarse(n * probes);
        Search(*options.inner).nearest(index->quantizer, n, x, probes, nullptr, coarse.data(), found.data());
        call(index, selector, [&] { lists->range_search_preassigned(n, x, radius, found.data(), coarse.data(), result, false, parameters); });
    }

    bool searches_quantizer() const {
        return faiss_sdk::of_lists(options) && options.inner != nullptr;
    }

    // Searches the quantizer by the inner parameters, in blocks of queries that limit the memory.
    template <class TCall>
    void in_blocks(const faiss::IndexIVF* index, int64_t n, const float* x, int64_t probes, TCall search) const {
        if (faiss_sdk::fast_scan_ignores_given_lists && dynamic_cast<const faiss::IndexIVFFastScan*>(index) != nullptr) {
            refuse_parameters(index, "its quantizer has no parameters of its own");
        }
        const int64_t block = std::max<int64_t>(1, max_candidates / probes);
        for (int64_t start = 0; start < n; start += block) {
            const int64_t count = std::min(block, n - start);
            std::vector<int64_t> found(count * probes);
            std::vector<float> coarse(count * probes);
            Search(*options.inner).nearest(index->quantizer, count, x + start * index->d, probes, nullptr, coarse.data(), found.data());
            index->invlists->prefetch_lists(found.data(), static_cast<int>(count * probes));
            search(start, count, found.data(), coarse.data());
        }
    }

    void along(const faiss::IndexHNSW* index, int64_t n, const float* x, int64_t k, const IDSelector* selector, float* distances, int64_t* ids) const {
        auto parameters = graph_parameters(index, options, selector);
        if (!keeps_fewer_candidates || parameters.efSearch <= std::max<int64_t>(index->hnsw.efSearch, k)) {
            call(index, selector, [&] { index->search(n, x, k, distances, ids, &parameters); });
            return;
        }

        // FAISS keeps as many candidates as it searches neighbors, so more neighbors are searched for.
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
        static const Options settings_of_base{};
        const bool given = options.kind == FAISS_SDK_SEARCH_REFINED;
        const Search base(!given ? options : options.inner != nullptr ? *options.inner : settings_of_base);
        const double factor = given && options.k_factor > 0 ? options.k_factor : index->k_factor;
        const double wanted = std::max(1.0, factor) * static_cast<double>(k);
        const int64_t candidates = std::max<int64_t>(k, static_cast<int64_t>(std::min(wanted, static_cast<double>(index->ntotal))));
        const int64_t block = std::max<int64_t>(1, max_candidates / candidates);
        for (int64_t start = 0; start < n; start += block) {
            const int64_t count = std::min(block, n - start);
            Found found(index, count * candidates);
            base.nearest(index->base_index, count, x + start * index->d, candidates, selector, found.distances.data(), found.ids.data());
            std::string failure;
            std::mutex mutex;
#pragma omp parallel if (count > 1)
            {
                // All threads of the team take part in the loop, which no exception may leave.
                std::unique_ptr<faiss::DistanceComputer> computer;
                std::vector<std::pair<float, int64_t>> sorted;
#pragma omp for
                for (int64_t i = 0; i < count; i++) {
                    try {
                        if (computer == nullptr) {
                            computer.reset(index->refine_index->get_distance_computer());
                        }
                        refine_one(index, *computer, x + (start + i) * index->d, candidates, found.ids.data() + i * candidates, sorted, k, distances + (start + i) * k, ids + (start + i) * k);
                    } catch (const std::exception& exception) {
                        std::lock_guard<std::mutex> lock(mutex);
                        failure = exception.what();
                    }
                }
            }
            throw_if_failed(failure);
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
