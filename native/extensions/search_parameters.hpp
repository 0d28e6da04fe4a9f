// The parameters of FAISS's own classes for a search. Compiled with FAISS trees of all supported versions.
#ifndef FAISS_SDK_SEARCH_PARAMETERS_H
#define FAISS_SDK_SEARCH_PARAMETERS_H

#include "faiss_sdk.h"

#include "class_name.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFFastScan.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/IndexPQ.h>
#include <faiss/impl/FaissAssert.h>
#include <faiss/impl/IDSelector.h>
#if __has_include(<faiss/IndexIVFRaBitQ.h>)
#include <faiss/IndexIVFRaBitQ.h>
#include <faiss/IndexRaBitQ.h>
#define FAISS_SDK_HAS_RABITQ 1
#endif
#if __has_include(<faiss/IndexIVFRaBitQFastScan.h>)
#include <faiss/IndexIVFRaBitQFastScan.h>
#define FAISS_SDK_HAS_RABITQ_FAST_SCAN 1
#endif

namespace faiss_sdk {

// FAISS < 1.7.4 takes a selector that it may change.
inline faiss::IDSelector* as_parameter(const faiss::IDSelector* selector) {
    return const_cast<faiss::IDSelector*>(selector);
}

// Sets options that older versions lack.
template <class T, class = void>
struct Newer {
    static void set(T&, const FaissSdkSearchOptions&) {}
};

template <class T>
struct Newer<T, std::void_t<decltype(std::declval<T>().max_lists_num)>> {
    static void set(T& parameters, const FaissSdkSearchOptions& options) {
        parameters.max_lists_num = options.max_lists;
        parameters.ensure_topk_full = options.ensure_full != 0;
        parameters.max_empty_result_buckets = options.max_empty_lists;
    }
};

// FAISS < 1.8.0 can descend through a graph along several paths, and ignores the selector then.
template <class T, class = void>
struct Paths {
    static bool several(const T&) { return false; }
};

template <class T>
struct Paths<T, std::void_t<decltype(std::declval<T>().upper_beam)>> {
    static bool several(const T& graph) { return graph.upper_beam != 1; }
};

// FAISS < 1.7.4 reads whether the queue is bounded from the graph only.
template <class T, class = void>
struct Queue {
    static bool bounded(const T&, const faiss::HNSW& graph) { return graph.search_bounded_queue; }
    static void set(T&, bool) {}
};

template <class T>
struct Queue<T, std::void_t<decltype(std::declval<T>().bounded_queue)>> {
    static bool bounded(const T& parameters, const faiss::HNSW&) { return parameters.bounded_queue; }
    static void set(T& parameters, bool bounded) { parameters.bounded_queue = bounded; }
};

// FAISS < 1.8.0 keeps as many candidates as the graph says, and compares with the number of the parameters only to stop earlier.
constexpr bool keeps_fewer_candidates = FAISS_VERSION_MAJOR == 1 && FAISS_VERSION_MINOR < 8;

// FAISS < 1.8.0 does not search the lists that it is given, if they are packed for fast scans.
constexpr bool fast_scan_ignores_given_lists = FAISS_VERSION_MAJOR == 1 && FAISS_VERSION_MINOR < 8;

[[noreturn]] inline void refuse(const faiss::Index* index, const char* reason) {
    throw faiss::FaissException("no search by a selector: " + class_of(index) + ": " + reason);
}

[[noreturn]] inline void refuse_parameters(const faiss::Index* index, const char* reason) {
    throw faiss::FaissException("no search by parameters: " + class_of(index) + ": " + reason);
}

// Refuses parameters that the class does not have in any version, or not with these values.
[[noreturn]] inline void misfit(const faiss::Index* index, const char* reason) {
    throw faiss::FaissException("parameters that do not fit: " + class_of(index) + ": " + reason);
}

inline bool of_lists(const FaissSdkSearchOptions& options) {
    return options.kind == FAISS_SDK_SEARCH_LISTS || options.kind == FAISS_SDK_SEARCH_PRODUCT_LISTS || options.kind == FAISS_SDK_SEARCH_RABITQ_LISTS;
}

inline void expect_lists(const faiss::IndexIVF* lists, const FaissSdkSearchOptions& options) {
    if (options.kind != FAISS_SDK_SEARCH_ANY && !of_lists(options)) {
        misfit(lists, "it takes SearchParametersIVF, or SearchParametersIVFPQ or SearchParametersIVFRaBitQ if it has such codes");
    }
    if (of_lists(options) && options.max_lists > 0 && dynamic_cast<const faiss::IndexIVFFastScan*>(lists) == nullptr) {
        misfit(lists, "MaxLists is for fast-scan lists");
    }
}

inline void fill(faiss::SearchParametersIVF& parameters, const faiss::IndexIVF* lists, const FaissSdkSearchOptions& options, const faiss::IDSelector* selector) {
    parameters.sel = as_parameter(selector);
    parameters.nprobe = std::min(lists->nlist, options.nprobe > 0 ? options.nprobe : lists->nprobe);
    parameters.max_codes = of_lists(options) ? options.max_codes : lists->max_codes;
    Newer<faiss::SearchParametersIVF>::set(parameters, options);
}

// Whether queries are quantized symmetrically, which the first versions with RaBitQ do not offer.
template <class T, class = void>
struct Centered {
    static constexpr bool exists = false;
    static bool of(const T&) { return false; }
    static void set(T&, bool) {}
};

template <class T>
struct Centered<T, std::void_t<decltype(std::declval<T&>().centered)>> {
    static constexpr bool exists = true;
    static bool of(const T& object) { return object.centered; }
    static void set(T& object, bool value) { object.centered = value; }
};

template <class T>
void set_centered(const faiss::Index* index, T& parameters, int asked, bool otherwise) {
    if (!Centered<T>::exists && asked > 0) {
        refuse_parameters(index, "this FAISS version does not quantize queries symmetrically");
    }
    Centered<T>::set(parameters, asked >= 0 ? asked != 0 : otherwise);
}

// Makes the parameters for inverted lists, of the class that the lists read.
class ListParameters {
  public:
    ListParameters(const faiss::IndexIVF* lists, const FaissSdkSearchOptions& options, const faiss::IDSelector* selector) {
        expect_lists(lists, options);
        if (options.kind == FAISS_SDK_SEARCH_RABITQ_LISTS) {
            add_codes(lists, options);
        }
        fill(*parameters, lists, options, selector);
    }
    faiss::SearchParametersIVF* get() { return parameters.get(); }

  private:
    void add_codes(const faiss::IndexIVF* lists, [[maybe_unused]] const FaissSdkSearchOptions& options) {
#ifdef FAISS_SDK_HAS_RABITQ
        if (auto codes = dynamic_cast<const faiss::IndexIVFRaBitQ*>(lists)) {
            set_bits(lists, codes->qb, false, options);
            return;
        }
#endif
#ifdef FAISS_SDK_HAS_RABITQ_FAST_SCAN
        if (auto packed = dynamic_cast<const faiss::IndexIVFRaBitQFastScan*>(lists)) {
            if (options.query_bits == 0) {
                misfit(lists, "QueryBits must be from 1 to 8");
            }
            set_bits(lists, packed->qb, packed->centered, options);
            return;
        }
#endif
        misfit(lists, "it takes SearchParametersIVF");
    }

#ifdef FAISS_SDK_HAS_RABITQ
    void set_bits(const faiss::IndexIVF* lists, uint8_t bits, bool centered, const FaissSdkSearchOptions& options) {
        auto made = std::make_unique<faiss::IVFRaBitQSearchParameters>();
        made->qb = options.query_bits >= 0 ? static_cast<uint8_t>(options.query_bits) : bits;
        set_centered(lists, *made, options.centered, centered);
        parameters = std::move(made);
    }
#endif

    std::unique_ptr<faiss::SearchParametersIVF> parameters = std::make_unique<faiss::SearchParametersIVF>();
};

// Inverted lists of product codes with another threshold, which FAISS reads from the index, not from the parameters. Its large members are
// borrowed from the index.
class ThresholdLists : public faiss::IndexIVFPQ {
  public:
    ThresholdLists(const faiss::IndexIVFPQ* lists, int threshold) {
        d = lists->d;
        ntotal = lists->ntotal;
        metric_type = lists->metric_type;
        is_trained = lists->is_trained;
        quantizer = lists->quantizer;
        nlist = lists->nlist;
        nprobe = lists->nprobe;
        max_codes = lists->max_codes;
        parallel_mode = lists->parallel_mode;
        invlists = lists->invlists;
        own_invlists = own_fields = false;
        code_size = lists->code_size;
        by_residual = lists->by_residual;
        pq = faiss::ProductQuantizer(lists->pq.d, lists->pq.M, lists->pq.nbits);
        pq.centroids = lists->pq.centroids;
        pq.transposed_centroids = lists->pq.transposed_centroids;
        pq.centroids_sq_lengths = lists->pq.centroids_sq_lengths;
        use_precomputed_table = lists->use_precomputed_table;
        precomputed_table.tab.ptr = const_cast<float*>(lists->precomputed_table.tab.ptr);
        precomputed_table.tab.numel = lists->precomputed_table.tab.numel;
        precomputed_table.numel = lists->precomputed_table.numel;
        polysemous_ht = threshold;
    }
    ~ThresholdLists() override {
        precomputed_table.tab.ptr = nullptr;
        precomputed_table.tab.numel = 0;
    }
    ThresholdLists(const ThresholdLists&) = delete;
    ThresholdLists& operator=(const ThresholdLists&) = delete;
};

// Returns the given lists, or a borrowing copy with the threshold of the parameters.
inline const faiss::IndexIVF* with_threshold(const faiss::IndexIVF* lists, const FaissSdkSearchOptions& options, std::unique_ptr<ThresholdLists>& made) {
    if (options.kind != FAISS_SDK_SEARCH_PRODUCT_LISTS) {
        return lists;
    }
    auto coded = dynamic_cast<const faiss::IndexIVFPQ*>(lists);
    if (coded == nullptr || dynamic_cast<const faiss::IndexIVFPQR*>(lists) != nullptr) {
        misfit(lists, "it takes SearchParametersIVF");
    }
    if (options.polysemous_threshold <= 0) {
        return lists;
    }
    if (coded->pq.nbits != 8) {
        misfit(lists, "a threshold of bits needs codes of 8 bits per subvector");
    }
    made = std::make_unique<ThresholdLists>(coded, options.polysemous_threshold);
    return made.get();
}

inline faiss::SearchParametersPQ product_parameters(const faiss::IndexPQ* index, const FaissSdkSearchOptions& options) {
    faiss::SearchParametersPQ parameters;
    parameters.sel = nullptr;
    const bool given = options.polysemous_threshold > 0;
    if (given && (index->metric_type != faiss::METRIC_L2 || index->pq.nbits != 8 || index->pq.code_size % 4 != 0)) {
        misfit(index, "a threshold of bits needs codes of 8 bits per subvector, a multiple of 4 subvectors, and the metric L2");
    }
    parameters.search_type = given ? faiss::IndexPQ::ST_polysemous : index->search_type;
    parameters.polysemous_ht = given ? options.polysemous_threshold : index->polysemous_ht;
    return parameters;
}

inline faiss::SearchParametersHNSW graph_parameters(const faiss::IndexHNSW* index, const FaissSdkSearchOptions& options, const faiss::IDSelector* selector) {
    if (options.kind != FAISS_SDK_SEARCH_ANY && options.kind != FAISS_SDK_SEARCH_GRAPH) {
        misfit(index, "it takes SearchParametersHNSW");
    }
    const auto& graph = index->hnsw;
    const bool given = options.kind == FAISS_SDK_SEARCH_GRAPH;
    faiss::SearchParametersHNSW parameters;
    parameters.sel = as_parameter(selector);
    parameters.efSearch = given && options.width > 0 ? options.width : graph.efSearch;
    parameters.check_relative_distance = given ? options.check_relative_distance != 0 : graph.check_relative_distance;
    Queue<faiss::SearchParametersHNSW>::set(parameters, given ? options.bounded_queue != 0 : graph.search_bounded_queue);
    if (selector != nullptr && (Paths<faiss::HNSW>::several(graph) || !Queue<faiss::SearchParametersHNSW>::bounded(parameters, graph))) {
        refuse(index, "the graph is searched without a bounded queue, or along several paths");
    }
    return parameters;
}

} // namespace faiss_sdk

#endif
