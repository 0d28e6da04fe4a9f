// Reserves memory for further vectors, and frees what was reserved. Compiled with FAISS trees of all supported versions.
#include "faiss_sdk.h"

#include <cstdint>
#include <cstring>
#include <memory>
#include <typeinfo>
#include <utility>
#include <vector>

#include <c_api/macros_impl.h>
#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexBinaryFromFloat.h>
#include <faiss/IndexBinaryHNSW.h>
#include <faiss/IndexBinaryIVF.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexFlatCodes.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/IndexReplicas.h>
#include <faiss/IndexScalarQuantizer.h>
#include <faiss/IndexShards.h>
#include <faiss/impl/FaissAssert.h>
#include <faiss/invlists/BlockInvertedLists.h>
#include <faiss/invlists/InvertedLists.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

template <class T>
void trim(std::vector<T>& items) {
    items.shrink_to_fit();
}

// FAISS ≥ 1.11.0 has vectors that may be views of other memory; those that own their memory also keep its address, which resize() updates.
template <class T>
auto trim(T& items) -> decltype(void(items.owned_data)) {
    if (items.is_owned) {
        items.owned_data.shrink_to_fit();
        items.resize(items.size());
    }
}

template <class T>
void reserve(std::vector<T>& items, size_t size) {
    items.reserve(size);
}

template <class T>
auto reserve(T& items, size_t size) -> decltype(void(items.owned_data)) {
    if (items.is_owned) {
        items.owned_data.reserve(size);
        items.resize(items.size());
    }
}

struct Trimming {
    static constexpr bool frees = true;

    template <class T>
    void operator()(T& items, double /* per_vector */) const {
        trim(items);
    }
};

struct Reservation {
    static constexpr bool frees = false;

    int64_t vectors;

    template <class T>
    void operator()(T& items, double per_vector) const {
        const double size = per_vector * static_cast<double>(vectors);
        FAISS_THROW_IF_NOT_MSG(size < 1e18, "no memory holds so many vectors");
        reserve(items, static_cast<size_t>(size));
    }
};

template <class TChange>
void change_lists(faiss::InvertedLists* lists, const TChange& change) {
    if (auto arrays = dynamic_cast<faiss::ArrayInvertedLists*>(lists)) {
        for (auto& codes : arrays->codes) {
            change(codes, 0);
        }
        for (auto& ids : arrays->ids) {
            change(ids, 0);
        }
    } else if (auto blocks = dynamic_cast<faiss::BlockInvertedLists*>(lists)) {
        for (auto& ids : blocks->ids) {
            change(ids, 0);
        }
    }
}

// The number of vectors of each list is not known in advance. The quantizer is left out: other indexes may share it, and its centroids
// were added at once.
template <class T, class TChange>
void change_lists_of(T* index, const TChange& change) {
    if (TChange::frees) {
        change_lists(index->invlists, change);
    }
    change(index->direct_map.array, index->direct_map.type == faiss::DirectMap::Array ? 1 : 0);
}

template <class TChange>
void change_graph(faiss::HNSW& graph, const TChange& change) {
    // Levels are drawn at random; for large graphs, 1 % more than the expected number of links exceeds what chance adds.
    double links = 0;
    for (size_t level = 0; level < graph.assign_probas.size(); level++) {
        links += 1.01 * graph.assign_probas[level] * graph.cum_nneighbor_per_level[level + 1];
    }
    change(graph.levels, 1);
    change(graph.offsets, 1);
    change(graph.neighbors, links);
}

template <class TChange>
void change_index(faiss::Index* index, const TChange& change);
template <class TChange>
void change_index(faiss::IndexBinary* index, const TChange& change);

template <class T, class TChange>
bool change_composite(T* index, const TChange& change) {
    if (auto map = dynamic_cast<faiss::IndexIDMapTemplate<T>*>(index)) {
        change(map->id_map, 1);
        change_index(map->index, change);
    } else if (auto shards = dynamic_cast<faiss::IndexShardsTemplate<T>*>(index)) {
        // The number of vectors of each shard is not known in advance.
        for (int i = 0; TChange::frees && i < shards->count(); i++) {
            change_index(shards->at(i), change);
        }
    } else if (auto replicas = dynamic_cast<faiss::IndexReplicasTemplate<T>*>(index)) {
        for (int i = 0; i < replicas->count(); i++) {
            change_index(replicas->at(i), change);
        }
    } else {
        return false;
    }
    return true;
}

template <class TChange>
void change_index(faiss::Index* index, const TChange& change) {
    if (change_composite(index, change)) {
        return;
    }
    if (auto transformed = dynamic_cast<faiss::IndexPreTransform*>(index)) {
        change_index(transformed->index, change);
    } else if (auto refined = dynamic_cast<faiss::IndexRefine*>(index)) {
        change_index(refined->base_index, change);
        change_index(refined->refine_index, change);
    } else if (auto graph = dynamic_cast<faiss::IndexHNSW*>(index)) {
        change_graph(graph->hnsw, change);
        change_index(graph->storage, change);
    } else if (auto lists = dynamic_cast<faiss::IndexIVF*>(index)) {
        change_lists_of(lists, change);
        if (auto refined_lists = dynamic_cast<faiss::IndexIVFPQR*>(index)) {
            change(refined_lists->refine_codes, refined_lists->refine_pq.code_size);
        }
    } else if (auto codes = dynamic_cast<faiss::IndexFlatCodes*>(index)) {
        change(codes->codes, codes->code_size);
    }
}

template <class TChange>
void change_index(faiss::IndexBinary* index, const TChange& change) {
    if (change_composite(index, change)) {
        return;
    }
    if (auto flat = dynamic_cast<faiss::IndexBinaryFlat*>(index)) {
        change(flat->xb, flat->code_size);
    } else if (auto lists = dynamic_cast<faiss::IndexBinaryIVF*>(index)) {
        change_lists_of(lists, change);
    } else if (auto graph = dynamic_cast<faiss::IndexBinaryHNSW*>(index)) {
        change_graph(graph->hnsw, change);
        change_index(graph->storage, change);
    } else if (auto floats = dynamic_cast<faiss::IndexBinaryFromFloat*>(index)) {
        change_index(floats->index, change);
    }
}

void copy_members(const faiss::Index* source, faiss::Index* copy) {
    copy->verbose = source->verbose;
    copy->is_trained = source->is_trained;
    copy->metric_arg = source->metric_arg;
    copy->ntotal = source->ntotal;
}

template <class T>
faiss::Index* with_codes(std::unique_ptr<T> copy, const T* source, int64_t vectors) {
    copy_members(source, copy.get());
    change_index(copy.get(), Reservation{vectors});
    copy->codes.resize(source->codes.size());
    if (source->codes.size() > 0) {
        std::memcpy(copy->codes.data(), source->codes.data(), source->codes.size());
    }
    return copy.release();
}

// Returns null for other classes, whose further members or parts it would not copy.
faiss::Index* copy_codes(const faiss::Index* index, int64_t vectors) {
    const auto& type = typeid(*index);
    if (type == typeid(faiss::IndexFlatL2)) {
        auto source = static_cast<const faiss::IndexFlatL2*>(index);
        return with_codes<faiss::IndexFlat>(std::make_unique<faiss::IndexFlatL2>(index->d), source, vectors);
    }
    if (type == typeid(faiss::IndexFlatIP)) {
        auto source = static_cast<const faiss::IndexFlatIP*>(index);
        return with_codes<faiss::IndexFlat>(std::make_unique<faiss::IndexFlatIP>(index->d), source, vectors);
    }
    if (type == typeid(faiss::IndexFlat)) {
        auto source = static_cast<const faiss::IndexFlat*>(index);
        return with_codes(std::make_unique<faiss::IndexFlat>(index->d, index->metric_type), source, vectors);
    }
    if (type == typeid(faiss::IndexScalarQuantizer)) {
        auto source = static_cast<const faiss::IndexScalarQuantizer*>(index);
        auto copy = std::make_unique<faiss::IndexScalarQuantizer>(static_cast<int>(index->d), source->sq.qtype, index->metric_type);
        copy->sq = source->sq;
        return with_codes(std::move(copy), source, vectors);
    }
    return nullptr;
}

template <class T>
faiss::Index* copy_graph(const faiss::Index* index, int64_t vectors) {
    auto copy = std::make_unique<T>(*static_cast<const T*>(index));
    copy->own_fields = false;
    change_graph(copy->hnsw, Reservation{vectors});
    copy->storage = copy_codes(copy->storage, vectors);
    copy->own_fields = true;
    return copy->storage == nullptr ? nullptr : copy.release();
}

// The allocator keeps small pieces that were freed, such as those of lists.
void return_memory() {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

} // namespace

int faiss_sdk_reserve(FaissIndex* index, int64_t vectors) {
    try {
        change_index(reinterpret_cast<faiss::Index*>(index), Reservation{vectors});
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_binary_reserve(FaissIndexBinary* index, int64_t vectors) {
    try {
        change_index(reinterpret_cast<faiss::IndexBinary*>(index), Reservation{vectors});
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_clone_with_capacity(const FaissIndex* index, int64_t vectors, FaissIndex** copy) {
    try {
        auto* source = reinterpret_cast<const faiss::Index*>(index);
        const auto& type = typeid(*source);
        auto* made = type == typeid(faiss::IndexHNSWFlat) ? copy_graph<faiss::IndexHNSWFlat>(source, vectors)
            : type == typeid(faiss::IndexHNSWSQ)          ? copy_graph<faiss::IndexHNSWSQ>(source, vectors)
                                                          : copy_codes(source, vectors);
        *copy = reinterpret_cast<FaissIndex*>(made);
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_trim(FaissIndex* index) {
    try {
        change_index(reinterpret_cast<faiss::Index*>(index), Trimming{});
        return_memory();
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_binary_trim(FaissIndexBinary* index) {
    try {
        change_index(reinterpret_cast<faiss::IndexBinary*>(index), Trimming{});
        return_memory();
        return 0;
    }
    CATCH_AND_HANDLE
}
