// What indexes and transforms consist of: links of graphs, codes and ids of inverted lists, matrices and centroids. Compiled with FAISS
// trees of all supported versions.
#include "faiss_sdk.h"

#include <algorithm>
#include <cstdint>
#include <typeinfo>

#include <c_api/macros_impl.h>
#include <faiss/IndexBinaryHNSW.h>
#include <faiss/IndexBinaryIVF.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexPQFastScan.h>
#include <faiss/VectorTransform.h>
#include <faiss/impl/FaissAssert.h>
#include <faiss/invlists/InvertedLists.h>
#ifndef _WIN32
#include <faiss/invlists/OnDiskInvertedLists.h>
#endif

namespace {

void show(const faiss::HNSW& graph, FaissSdkGraph* shown) {
    static_assert(sizeof(faiss::HNSW::storage_idx_t) == sizeof(int32_t) && sizeof(int) == sizeof(int32_t), "ids of graphs have 32 bits");
    shown->count = graph.levels.size();
    shown->entry = graph.levels.empty() ? -1 : graph.entry_point;
    shown->levels = graph.levels.data();
    shown->offsets = graph.offsets.data();
    shown->neighbors = graph.neighbors.data();
    shown->level_starts = graph.cum_nneighbor_per_level.data();
    shown->level_count = graph.cum_nneighbor_per_level.size();
}

template <class TLists>
void show(const TLists* lists, size_t list, FaissSdkList* shown) {
    FAISS_THROW_IF_NOT_MSG(lists != nullptr && lists->invlists != nullptr, "the index has no inverted lists");
    const faiss::InvertedLists* stored = lists->invlists;
    FAISS_THROW_IF_NOT_MSG(list < stored->nlist, "there is no such list");
    shown->size = stored->list_size(list);
    shown->code_size = stored->code_size;
    shown->ids = nullptr;
    shown->codes = nullptr;

    // Only these kinds store plain codes; others interleave vectors or return copies.
    bool plain = typeid(*stored) == typeid(faiss::ArrayInvertedLists);
#ifndef _WIN32
    plain = plain || typeid(*stored) == typeid(faiss::OnDiskInvertedLists);
#endif
    if (plain) {
        shown->ids = stored->get_ids(list);
        shown->codes = stored->get_codes(list);
    }
}

const faiss::LinearTransform* linear(const FaissVectorTransform* transform) {
    auto* matrix = dynamic_cast<const faiss::LinearTransform*>(reinterpret_cast<const faiss::VectorTransform*>(transform));
    FAISS_THROW_IF_NOT_MSG(matrix != nullptr, "the transform has no matrix");
    return matrix;
}

const faiss::ProductQuantizer* quantizer_of(const faiss::Index* index) {
    if (auto codes = dynamic_cast<const faiss::IndexPQ*>(index)) {
        return &codes->pq;
    }
    if (auto lists = dynamic_cast<const faiss::IndexIVFPQ*>(index)) {
        return &lists->pq;
    }
    if (auto packed = dynamic_cast<const faiss::IndexPQFastScan*>(index)) {
        return &packed->pq;
    }
    auto packed_lists = dynamic_cast<const faiss::IndexIVFPQFastScan*>(index);
    FAISS_THROW_IF_NOT_MSG(packed_lists != nullptr, "the index has no product quantizer");
    return &packed_lists->pq;
}

// Newer versions keep a second copy of the centroids.
template <class T>
auto renew(T& quantizer, int) -> decltype(quantizer.sync_transposed_centroids()) {
    if (!quantizer.transposed_centroids.empty()) {
        quantizer.sync_transposed_centroids();
    }
}

template <class T>
void renew(T&, long) {}

void set(faiss::ProductQuantizer& quantizer, const float* centroids) {
    std::copy_n(centroids, quantizer.centroids.size(), quantizer.centroids.begin());
    renew(quantizer, 0);
    if (!quantizer.sdc_table.empty()) {
        quantizer.compute_sdc_table();
    }
}

} // namespace

int faiss_sdk_graph(const FaissIndex* index, FaissSdkGraph* graph) {
    try {
        auto* shown = dynamic_cast<const faiss::IndexHNSW*>(reinterpret_cast<const faiss::Index*>(index));
        FAISS_THROW_IF_NOT_MSG(shown != nullptr, "the index is no HNSW graph");
        show(shown->hnsw, graph);
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_binary_graph(const FaissIndexBinary* index, FaissSdkGraph* graph) {
    try {
        auto* shown = dynamic_cast<const faiss::IndexBinaryHNSW*>(reinterpret_cast<const faiss::IndexBinary*>(index));
        FAISS_THROW_IF_NOT_MSG(shown != nullptr, "the index is no HNSW graph");
        show(shown->hnsw, graph);
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_list(const FaissIndex* index, size_t list, FaissSdkList* shown) {
    try {
        show(dynamic_cast<const faiss::IndexIVF*>(reinterpret_cast<const faiss::Index*>(index)), list, shown);
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_binary_list(const FaissIndexBinary* index, size_t list, FaissSdkList* shown) {
    try {
        show(dynamic_cast<const faiss::IndexBinaryIVF*>(reinterpret_cast<const faiss::IndexBinary*>(index)), list, shown);
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_transform_matrix(const FaissVectorTransform* transform, FaissSdkMatrix* matrix) {
    try {
        const auto* shown = linear(transform);
        matrix->values = shown->A.data();
        matrix->size = shown->A.size();
        matrix->bias = shown->b.data();
        matrix->bias_size = shown->have_bias ? shown->b.size() : 0;
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_set_matrix(FaissVectorTransform* transform, const float* matrix, const float* bias) {
    try {
        auto* changed = const_cast<faiss::LinearTransform*>(linear(transform));
        changed->A.assign(matrix, matrix + static_cast<size_t>(changed->d_out) * changed->d_in);
        changed->have_bias = bias != nullptr;
        changed->b.assign(bias, bias == nullptr ? bias : bias + changed->d_out);
        changed->is_trained = true;
        changed->set_is_orthonormal();
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_product_quantizer(const FaissIndex* index, FaissSdkCodebook* codebook) {
    try {
        const auto* quantizer = quantizer_of(reinterpret_cast<const faiss::Index*>(index));
        codebook->subspaces = quantizer->M;
        codebook->bits = quantizer->nbits;
        codebook->dimension = quantizer->dsub;
        codebook->centroids = quantizer->centroids.data();
        codebook->size = quantizer->centroids.size();
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_set_codebook(FaissIndex* index, const float* centroids) {
    try {
        auto* changed = reinterpret_cast<faiss::Index*>(index);
        FAISS_THROW_IF_NOT_MSG(changed->ntotal == 0, "the index holds vectors, whose codes would mean other vectors");
        if (auto codes = dynamic_cast<faiss::IndexPQ*>(changed)) {
            set(codes->pq, centroids);
            codes->is_trained = true;
            return 0;
        }
        auto lists = dynamic_cast<faiss::IndexIVFPQ*>(changed);
        FAISS_THROW_IF_NOT_MSG(lists != nullptr, "the centroids of this kind of index cannot be set");
        FAISS_THROW_IF_NOT_MSG(
                lists->quantizer->is_trained && lists->quantizer->ntotal == static_cast<int64_t>(lists->nlist),
                "the quantizer holds no centroids yet");
        set(lists->pq, centroids);
        lists->is_trained = true;
        lists->precompute_table();
        return 0;
    }
    CATCH_AND_HANDLE
}
