// Changes to indexes: what FAISS leaves out of an index that it reads or removes from, and what lets it build a graph of any vectors.
// Compiled with FAISS trees of all supported versions.
#include "faiss_sdk.h"

#include <type_traits>
#include <utility>

#include <c_api/macros_impl.h>
#include <faiss/IndexAdditiveQuantizer.h>
#include <faiss/IndexAdditiveQuantizerFastScan.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVFAdditiveQuantizer.h>
#include <faiss/IndexIVFAdditiveQuantizerFastScan.h>
#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/IndexNSG.h>
#include <faiss/impl/FaissAssert.h>
#include <faiss/impl/ProductAdditiveQuantizer.h>

namespace {

// FAISS < 1.7.4 reads the numbers of the index that encodes norms, but not how many there are, nor their order.
void complete(faiss::AdditiveQuantizer* quantizer) {
    if (quantizer == nullptr) {
        return;
    }
    auto& norms = quantizer->qnorm;
    const auto count = static_cast<decltype(norms.ntotal)>(norms.codes.size() / sizeof(float));
    if (norms.ntotal != count) {
        norms.ntotal = count;
        norms.update_permutation();
    }
    if (auto product = dynamic_cast<faiss::ProductAdditiveQuantizer*>(quantizer)) {
        for (auto* part : product->quantizers) {
            complete(part);
        }
    }
}

// FAISS ≥ 1.10.0 decodes fast-scan lists by a pointer to a member, which only the constructors set that train.
template <class T, class TQuantizer, class = void>
struct FineQuantizer {
    static void set(T*, TQuantizer*) {}
};

template <class T, class TQuantizer>
struct FineQuantizer<T, TQuantizer, std::void_t<decltype(std::declval<T>().fine_quantizer)>> {
    static void set(T* index, TQuantizer* quantizer) { index->fine_quantizer = quantizer; }
};

template <class T, class TQuantizer>
void set_fine_quantizer(T* index, TQuantizer* quantizer) {
    FineQuantizer<T, TQuantizer>::set(index, quantizer);
}

} // namespace

int faiss_sdk_complete_loaded_index(FaissIndex* index) {
    try {
        auto* loaded = reinterpret_cast<faiss::Index*>(index);
        if (auto lists = dynamic_cast<faiss::IndexIVFPQFastScan*>(loaded)) {
            set_fine_quantizer(lists, &lists->pq);
        } else if (auto additive_lists = dynamic_cast<faiss::IndexIVFAdditiveQuantizerFastScan*>(loaded)) {
            complete(additive_lists->aq);
            set_fine_quantizer(additive_lists, additive_lists->aq);
        } else if (auto slow_lists = dynamic_cast<faiss::IndexIVFAdditiveQuantizer*>(loaded)) {
            complete(slow_lists->aq);
        } else if (auto additive = dynamic_cast<faiss::IndexAdditiveQuantizerFastScan*>(loaded)) {
            complete(additive->aq);
        } else if (auto slow = dynamic_cast<faiss::IndexAdditiveQuantizer*>(loaded)) {
            complete(slow->aq);
        }
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_set_graph_candidates(FaissIndex* index, int candidates) {
    try {
        auto* graph = dynamic_cast<faiss::IndexNSG*>(reinterpret_cast<faiss::Index*>(index));
        FAISS_THROW_IF_NOT_MSG(graph != nullptr, "the index is not an NSG graph");
        graph->nsg.C = candidates;
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_binary_id_map_rebuild(FaissIndexBinary* map) {
    try {
        auto map2 = dynamic_cast<faiss::IndexBinaryIDMap2*>(reinterpret_cast<faiss::IndexBinary*>(map));
        FAISS_THROW_IF_NOT_MSG(map2 != nullptr, "the index is not an ID map that finds vectors by id");
        map2->construct_rev_map();
        return 0;
    }
    CATCH_AND_HANDLE
}
