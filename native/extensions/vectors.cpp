// Vectors that an index holds: reconstructed by many ids at once, or together with a search. Compiled with FAISS trees of all
// supported versions.
#include "faiss_sdk.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include <c_api/macros_impl.h>
#include <faiss/IndexFlatCodes.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/IndexReplicas.h>
#include <faiss/IndexShards.h>
#include <faiss/impl/FaissAssert.h>

namespace {

using faiss::Index;
using id_type = int64_t;

bool holds(const faiss::DirectMap& map, id_type id) {
    switch (map.type) {
        case faiss::DirectMap::Array:
            return static_cast<size_t>(id) < map.array.size() && map.array[id] >= 0;
        case faiss::DirectMap::Hashtable:
            return map.hashtable.count(id) != 0;
        default:
            FAISS_THROW_MSG("direct map not initialized");
    }
}

// Returns whether an index can reconstruct a non-negative id, as far as that can be looked up.
bool holds(const Index* index, id_type id) {
    if (auto lists = dynamic_cast<const faiss::IndexIVF*>(index)) {
        return holds(lists->direct_map, id);
    }
    if (auto map = dynamic_cast<const faiss::IndexIDMap2*>(index)) {
        const auto found = map->rev_map.find(id);
        return found != map->rev_map.end() && holds(map->index, found->second);
    }
    if (auto transformed = dynamic_cast<const faiss::IndexPreTransform*>(index)) {
        return holds(transformed->index, id);
    }
    if (auto refined = dynamic_cast<const faiss::IndexRefine*>(index)) {
        return holds(refined->refine_index, id);
    }
    if (auto replicas = dynamic_cast<const faiss::IndexReplicas*>(index)) {
        return replicas->count() > 0 && holds(replicas->at(0), id);
    }
    // These cannot reconstruct; FAISS throws.
    if (dynamic_cast<const faiss::IndexIDMap*>(index) != nullptr || dynamic_cast<const faiss::IndexShards*>(index) != nullptr) {
        return true;
    }
    return id < index->ntotal;
}

void fill_missing(float* vector, int dimension) {
    std::fill_n(vector, dimension, std::numeric_limits<float>::quiet_NaN());
}

void search_and_reconstruct(const Index* index, id_type n, const float* x, id_type k, float* distances, id_type* labels, float* vectors);

// Searches lists, and passes the list and the offset of each vector that is found.
template <class TFound, class TMissing>
void search_entries(const faiss::IndexIVF* lists, id_type n, const float* x, id_type k, float* distances, id_type* labels, TFound found, TMissing missing) {
    const size_t probes = std::min<size_t>(lists->nlist, lists->nprobe);
    std::vector<id_type> nearest(n * probes);
    std::vector<float> coarse(n * probes);
    lists->quantizer->search(n, x, probes, coarse.data(), nearest.data());
    lists->invlists->prefetch_lists(nearest.data(), static_cast<int>(n * probes));
    lists->search_preassigned(n, x, k, nearest.data(), coarse.data(), distances, labels, true);
    for (id_type i = 0; i < n * k; i++) {
        if (labels[i] < 0) {
            missing(i);
            continue;
        }
        const auto list = faiss::lo_listno(labels[i]);
        const auto offset = faiss::lo_offset(labels[i]);
        labels[i] = lists->invlists->get_single_id(list, offset);
        found(i, list, offset);
    }
}

void search_lists(const faiss::IndexIVF* lists, id_type n, const float* x, id_type k, float* distances, id_type* labels, float* vectors) {
    search_entries(
            lists, n, x, k, distances, labels,
            [&](id_type i, auto list, auto offset) { lists->reconstruct_from_offset(list, offset, vectors + i * lists->d); },
            [&](id_type i) { fill_missing(vectors + i * lists->d, lists->d); });
}

void search_codes(const Index* index, id_type n, const float* x, id_type k, float* distances, id_type* labels, uint8_t* codes) {
    if (auto lists = dynamic_cast<const faiss::IndexIVF*>(index)) {
        const size_t prefix = lists->coarse_code_size();
        const size_t size = prefix + lists->code_size;
        search_entries(
                lists, n, x, k, distances, labels,
                [&](id_type i, auto list, auto offset) {
                    lists->encode_listno(list, codes + i * size);
                    std::memcpy(codes + i * size + prefix, faiss::InvertedLists::ScopedCodes(lists->invlists, list, offset).get(), lists->code_size);
                },
                [&](id_type i) { std::memset(codes + i * size, 255, size); });
    } else if (auto transformed = dynamic_cast<const faiss::IndexPreTransform*>(index)) {
        const float* vectors = transformed->apply_chain(n, x);
        std::unique_ptr<const float[]> owned(vectors == x ? nullptr : vectors);
        search_codes(transformed->index, n, vectors, k, distances, labels, codes);
    } else if (auto map = dynamic_cast<const faiss::IndexIDMap*>(index)) {
        search_codes(map->index, n, x, k, distances, labels, codes);
        for (id_type i = 0; i < n * k; i++) {
            labels[i] = labels[i] < 0 ? labels[i] : map->id_map[labels[i]];
        }
    } else if (auto flat = dynamic_cast<const faiss::IndexFlatCodes*>(index)) {
        index->search(n, x, k, distances, labels);
        for (id_type i = 0; i < n * k; i++) {
            if (labels[i] < 0) {
                std::memset(codes + i * flat->code_size, 255, flat->code_size);
            } else {
                std::memcpy(codes + i * flat->code_size, &flat->codes[labels[i] * flat->code_size], flat->code_size);
            }
        }
    } else {
        FAISS_THROW_MSG("standalone codec not implemented: the codes of this kind of index are not found by a search");
    }
}

void search_transformed(const faiss::IndexPreTransform* index, id_type n, const float* x, id_type k, float* distances, id_type* labels, float* vectors) {
    const float* transformed = index->apply_chain(n, x);
    std::unique_ptr<const float[]> owned(transformed == x ? nullptr : transformed);
    if (index->chain.empty()) {
        search_and_reconstruct(index->index, n, transformed, k, distances, labels, vectors);
        return;
    }
    std::vector<float> found(static_cast<size_t>(n) * k * index->index->d);
    search_and_reconstruct(index->index, n, transformed, k, distances, labels, found.data());
    index->reverse_chain(n * k, found.data(), vectors);
    for (id_type i = 0; i < n * k; i++) {
        if (labels[i] < 0) {
            fill_missing(vectors + i * index->d, index->d);
        }
    }
}

void search_and_reconstruct(const Index* index, id_type n, const float* x, id_type k, float* distances, id_type* labels, float* vectors) {
    if (auto lists = dynamic_cast<const faiss::IndexIVF*>(index)) {
        search_lists(lists, n, x, k, distances, labels, vectors);
    } else if (auto transformed = dynamic_cast<const faiss::IndexPreTransform*>(index)) {
        search_transformed(transformed, n, x, k, distances, labels, vectors);
    } else if (auto map = dynamic_cast<const faiss::IndexIDMap*>(index)) {
        search_and_reconstruct(map->index, n, x, k, distances, labels, vectors);
        for (id_type i = 0; i < n * k; i++) {
            labels[i] = labels[i] < 0 ? labels[i] : map->id_map[labels[i]];
        }
    } else {
        index->search(n, x, k, distances, labels);
        for (id_type i = 0; i < n * k; i++) {
            float* vector = vectors + i * index->d;
            if (labels[i] < 0) {
                fill_missing(vector, index->d);
            } else {
                index->reconstruct(labels[i], vector);
            }
        }
    }
}

} // namespace

int faiss_sdk_reconstruct(const FaissIndex* index, int64_t count, const int64_t* ids, float* vectors, int64_t* absent) {
    try {
        auto* held = reinterpret_cast<const Index*>(index);
        for (*absent = 0; *absent < count; ++*absent) {
            if (ids[*absent] < 0 || !holds(held, ids[*absent])) {
                return 0;
            }
        }
        *absent = -1;
        for (int64_t i = 0; i < count; i++) {
            held->reconstruct(ids[i], vectors + i * held->d);
        }
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_search_and_reconstruct(const FaissIndex* index, int64_t count, const float* queries, int64_t k, float* distances, int64_t* ids, float* vectors) {
    try {
        search_and_reconstruct(reinterpret_cast<const Index*>(index), count, queries, k, distances, ids, vectors);
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_search_and_get_codes(const FaissIndex* index, int64_t count, const float* queries, int64_t k, float* distances, int64_t* ids, uint8_t* codes) {
    try {
        search_codes(reinterpret_cast<const Index*>(index), count, queries, k, distances, ids, codes);
        return 0;
    }
    CATCH_AND_HANDLE
}
