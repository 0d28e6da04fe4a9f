// The parameters of FAISS's own classes for a search. Compiled with FAISS trees of all supported versions.
#ifndef FAISS_SDK_SEARCH_PARAMETERS_H
#define FAISS_SDK_SEARCH_PARAMETERS_H

#include "faiss_sdk.h"

#include "class_name.hpp"

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>

#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVF.h>
#include <faiss/impl/FaissAssert.h>
#include <faiss/impl/IDSelector.h>

namespace faiss_sdk {

// FAISS < 1.7.4 takes a selector that it may change.
inline faiss::IDSelector* as_parameter(const faiss::IDSelector* selector) {
    return const_cast<faiss::IDSelector*>(selector);
}

// Options that not every version has.
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

[[noreturn]] inline void refuse(const faiss::Index* index, const char* reason) {
    throw faiss::FaissException("no search by a selector: " + class_of(index) + ": " + reason);
}

inline faiss::SearchParametersIVF list_parameters(const faiss::IndexIVF* lists, const FaissSdkSearchOptions& options, const faiss::IDSelector* selector) {
    FAISS_THROW_IF_NOT_MSG(options.kind != FAISS_SDK_SEARCH_GRAPH, "search params of a graph do not fit inverted lists");
    faiss::SearchParametersIVF parameters;
    parameters.sel = as_parameter(selector);
    parameters.nprobe = std::min(lists->nlist, options.nprobe > 0 ? options.nprobe : lists->nprobe);
    parameters.max_codes = options.kind == FAISS_SDK_SEARCH_LISTS ? options.max_codes : lists->max_codes;
    Newer<faiss::SearchParametersIVF>::set(parameters, options);
    return parameters;
}

inline faiss::SearchParametersHNSW graph_parameters(const faiss::IndexHNSW* index, const FaissSdkSearchOptions& options, const faiss::IDSelector* selector) {
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
