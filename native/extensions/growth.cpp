// Adds encoded vectors, and frees memory that additions have reserved. Compiled with FAISS trees of all supported versions.
#include "faiss_sdk.h"

#include <cstdint>
#include <cstring>
#include <vector>

#include <c_api/macros_impl.h>
#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexBinaryFromFloat.h>
#include <faiss/IndexBinaryHNSW.h>
#include <faiss/IndexBinaryIVF.h>
#include <faiss/IndexFlatCodes.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/IndexReplicas.h>
#include <faiss/IndexShards.h>
#include <faiss/impl/FaissAssert.h>
#include <faiss/invlists/BlockInvertedLists.h>
#include <faiss/invlists/InvertedLists.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

void add_codes(faiss::Index* index, int64_t n, const uint8_t* codes, const int64_t* ids) {
    if (auto map = dynamic_cast<faiss::IndexIDMap*>(index)) {
        FAISS_THROW_IF_NOT_MSG(ids != nullptr, "an ID map needs ids");
        map->id_map.reserve(map->id_map.size() + n);
        add_codes(map->index, n, codes, nullptr);
        for (int64_t i = 0; i < n; i++) {
            if (auto map2 = dynamic_cast<faiss::IndexIDMap2*>(index)) {
                map2->rev_map[ids[i]] = map->id_map.size();
            }
            map->id_map.push_back(ids[i]);
        }
        map->ntotal = map->index->ntotal;
    } else if (auto transformed = dynamic_cast<faiss::IndexPreTransform*>(index)) {
        add_codes(transformed->index, n, codes, ids);
        index->ntotal = transformed->index->ntotal;
    } else if (auto lists = dynamic_cast<faiss::IndexIVF*>(index)) {
        const size_t prefix = lists->coarse_code_size();
        lists->direct_map.check_can_add(ids);
        faiss::DirectMapAdd map_adder(lists->direct_map, n, ids);
        for (int64_t i = 0; i < n; i++) {
            const uint8_t* code = codes + i * (prefix + lists->code_size);
            const int64_t list = lists->decode_listno(code);
            const int64_t id = ids != nullptr ? ids[i] : index->ntotal + i;
            map_adder.add(i, list, lists->invlists->add_entry(list, id, code + prefix));
        }
        index->ntotal += n;
    } else if (auto flat = dynamic_cast<faiss::IndexFlatCodes*>(index)) {
        FAISS_THROW_IF_NOT_MSG(ids == nullptr, "the index numbers its vectors itself");
        flat->codes.resize((index->ntotal + n) * flat->code_size);
        std::memcpy(flat->codes.data() + index->ntotal * flat->code_size, codes, n * flat->code_size);
        index->ntotal += n;
    } else {
        FAISS_THROW_MSG("the index does not take codes");
    }
}

template <class T>
void trim(std::vector<T>& items) {
    items.shrink_to_fit();
}

// FAISS ≥ 1.11.0 has vectors that may be views of other memory, and keep the address of their own.
template <class T>
auto trim(T& items) -> decltype(void(items.owned_data)) {
    if (items.is_owned) {
        items.owned_data.shrink_to_fit();
        items.resize(items.size());
    }
}

template <class T>
void trim_all(T& lists) {
    for (auto& list : lists) {
        trim(list);
    }
}

void trim(faiss::InvertedLists* lists) {
    if (auto arrays = dynamic_cast<faiss::ArrayInvertedLists*>(lists)) {
        trim_all(arrays->codes);
        trim_all(arrays->ids);
    } else if (auto blocks = dynamic_cast<faiss::BlockInvertedLists*>(lists)) {
        trim_all(blocks->ids);
    }
}

void trim(faiss::HNSW& graph) {
    trim(graph.levels);
    trim(graph.offsets);
    trim(graph.neighbors);
}

// Without the quantizer, which other indexes may share and which holds its centroids from one addition.
template <class T>
void trim_lists(T* index) {
    trim(index->invlists);
    trim(index->direct_map.array);
}

void trim_index(faiss::Index* index);
void trim_index(faiss::IndexBinary* index);

template <class T>
bool trim_composite(T* index) {
    if (auto map = dynamic_cast<faiss::IndexIDMapTemplate<T>*>(index)) {
        trim(map->id_map);
        trim_index(map->index);
    } else if (auto shards = dynamic_cast<faiss::IndexShardsTemplate<T>*>(index)) {
        for (int i = 0; i < shards->count(); i++) {
            trim_index(shards->at(i));
        }
    } else if (auto replicas = dynamic_cast<faiss::IndexReplicasTemplate<T>*>(index)) {
        for (int i = 0; i < replicas->count(); i++) {
            trim_index(replicas->at(i));
        }
    } else {
        return false;
    }
    return true;
}

void trim_index(faiss::Index* index) {
    if (trim_composite(index)) {
        return;
    }
    if (auto transformed = dynamic_cast<faiss::IndexPreTransform*>(index)) {
        trim_index(transformed->index);
    } else if (auto refined = dynamic_cast<faiss::IndexRefine*>(index)) {
        trim_index(refined->base_index);
        trim_index(refined->refine_index);
    } else if (auto graph = dynamic_cast<faiss::IndexHNSW*>(index)) {
        trim(graph->hnsw);
        trim_index(graph->storage);
    } else if (auto lists = dynamic_cast<faiss::IndexIVF*>(index)) {
        trim_lists(lists);
        if (auto refined_lists = dynamic_cast<faiss::IndexIVFPQR*>(index)) {
            trim(refined_lists->refine_codes);
        }
    } else if (auto codes = dynamic_cast<faiss::IndexFlatCodes*>(index)) {
        trim(codes->codes);
    }
}

void trim_index(faiss::IndexBinary* index) {
    if (trim_composite(index)) {
        return;
    }
    if (auto flat = dynamic_cast<faiss::IndexBinaryFlat*>(index)) {
        trim(flat->xb);
    } else if (auto lists = dynamic_cast<faiss::IndexBinaryIVF*>(index)) {
        trim_lists(lists);
    } else if (auto graph = dynamic_cast<faiss::IndexBinaryHNSW*>(index)) {
        trim(graph->hnsw);
        trim_index(graph->storage);
    } else if (auto floats = dynamic_cast<faiss::IndexBinaryFromFloat*>(index)) {
        trim_index(floats->index);
    }
}

// The allocator keeps small pieces that were freed, such as those of lists.
void return_memory() {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

} // namespace

int faiss_sdk_add_codes(FaissIndex* index, int64_t n, const uint8_t* codes, const int64_t* ids) {
    try {
        add_codes(reinterpret_cast<faiss::Index*>(index), n, codes, ids);
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_trim(FaissIndex* index) {
    try {
        trim_index(reinterpret_cast<faiss::Index*>(index));
        return_memory();
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_binary_trim(FaissIndexBinary* index) {
    try {
        trim_index(reinterpret_cast<faiss::IndexBinary*>(index));
        return_memory();
        return 0;
    }
    CATCH_AND_HANDLE
}
