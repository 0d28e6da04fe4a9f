// Changes to indexes: restores what FAISS leaves out of files or forgets when it removes vectors, and lets it build a graph of any vectors.
// Compiled with FAISS trees of all supported versions.
#include "faiss_sdk.h"

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <c_api/macros_impl.h>
#include <faiss/IndexAdditiveQuantizer.h>
#include <faiss/IndexAdditiveQuantizerFastScan.h>
#include <faiss/IndexFastScan.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFAdditiveQuantizer.h>
#include <faiss/IndexIVFAdditiveQuantizerFastScan.h>
#include <faiss/IndexIVFFastScan.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/IndexNSG.h>
#include <faiss/IndexPQ.h>
#include <faiss/impl/FaissAssert.h>
#include <faiss/impl/ProductAdditiveQuantizer.h>
#include <faiss/invlists/BlockInvertedLists.h>

namespace {

// FAISS < 1.7.4 reads the values of the index of norms, but restores neither their count nor their order.
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

// Computes the distances between codes that building a graph needs; FAISS computes them only in training.
void complete(faiss::IndexPQ* storage) {
    if (storage != nullptr && storage->is_trained && storage->pq.sdc_table.empty()) {
        storage->pq.compute_sdc_table();
    }
}

// A search begins with the vectors that its entry point links to, and finds a vector twice if there are two links to it.
void drop_repeated_links(faiss::NSG& graph) {
    if (!graph.is_built || graph.final_graph == nullptr) {
        return;
    }
    auto& links = *graph.final_graph;
    for (int node = 0; node < links.N; node++) {
        int* first = links.data + static_cast<size_t>(node) * links.K;
        int* end = std::find_if(first, first + links.K, [](int id) { return id < 0; });
        int* kept = first;
        for (int* link = first; link != end; link++) {
            if (std::none_of(first, kept, [link](int id) { return id == *link; })) {
                *kept++ = *link;
            }
        }
        std::fill(kept, end, -1);
    }
}

// FAISS ≥ 1.10.0 decodes fast-scan lists through a pointer to their encoder that only the constructors for training set, not the reader.
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

// Clears all but the first `used` vectors in a fast-scan block. For each pair of sub-quantizers and 32 vectors there are 32 bytes, 16 per
// sub-quantizer; byte j holds vector j / 2 + 8 × (j % 2) in its low half and the vector 16 further on in its high half.
void clear_block(uint8_t* block, size_t used, size_t vectors, size_t sub_quantizers) {
    for (size_t pair = 0; pair < sub_quantizers / 2; pair++) {
        for (size_t first = 0; first < vectors; first += 32, block += 32) {
            for (size_t j = 0; j < 16; j++) {
                const size_t low = first + j / 2 + 8 * (j % 2);
                const uint8_t mask = static_cast<uint8_t>((low < used ? 0x0f : 0) | (low + 16 < used ? 0xf0 : 0));
                block[j] &= mask;
                block[j + 16] &= mask;
            }
        }
    }
}

// Clears the last block of codes that hold `count` vectors in blocks of `stride` bytes, unless it is full, or the codes are shorter than
// the numbers say.
void clear_last_block(uint8_t* codes, size_t size, size_t count, size_t stride, size_t vectors, size_t sub_quantizers) {
    if (vectors > 0 && vectors % 32 == 0 && count % vectors != 0 && stride >= vectors * sub_quantizers / 2 && size / stride > count / vectors) {
        clear_block(codes + count / vectors * stride, count % vectors, vectors, sub_quantizers);
    }
}

// Needed because FAISS adds codes to a started block by OR.
void clear_unused_codes(faiss::Index* index) {
    if (auto codes = dynamic_cast<faiss::IndexFastScan*>(index)) {
        const size_t vectors = codes->bbs, blocks = vectors > 0 ? (codes->ntotal + vectors - 1) / vectors : 0;
        if (blocks > 0) {
            clear_last_block(codes->codes.get(), codes->codes.size(), codes->ntotal, codes->codes.size() / blocks, vectors, codes->M2);
        }
    } else if (auto packed = dynamic_cast<faiss::IndexIVFFastScan*>(index)) {
        if (auto lists = dynamic_cast<faiss::BlockInvertedLists*>(packed->invlists)) {
            for (size_t i = 0; i < lists->nlist; i++) {
                clear_last_block(lists->codes[i].get(), lists->codes[i].size(), lists->ids[i].size(), lists->block_size, lists->n_per_block, packed->M2);
            }
        }
    }
}

// The defaults of IndexNSG, and the largest number of vectors for which NNDescent starts with all the neighbors it has to find.
constexpr int64_t default_neighbors = 64;
constexpr int default_samples = 10;
constexpr int64_t few_vectors = 500;

template <class T, class TCopy>
void copy_settings(const faiss::Index* from, faiss::Index* to, TCopy copy) {
    auto* source = dynamic_cast<const T*>(from);
    auto* target = dynamic_cast<T*>(to);
    if (source != nullptr && target != nullptr) {
        copy(source, target);
    }
}

} // namespace

int faiss_sdk_complete_loaded_index(FaissIndex* index) {
    try {
        auto* loaded = reinterpret_cast<faiss::Index*>(index);
        clear_unused_codes(loaded);
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
        } else if (auto graph = dynamic_cast<faiss::IndexNSG*>(loaded)) {
            complete(dynamic_cast<faiss::IndexPQ*>(graph->storage));
            drop_repeated_links(graph->nsg);
        }
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_clear_unused_codes(FaissIndex* index) {
    try {
        clear_unused_codes(reinterpret_cast<faiss::Index*>(index));
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_set_graph_construction(FaissIndex* index, int candidates, int64_t count) {
    try {
        auto* graph = dynamic_cast<faiss::IndexNSG*>(reinterpret_cast<faiss::Index*>(index));
        FAISS_THROW_IF_NOT_MSG(graph != nullptr, "the index is not an NSG graph");
        graph->nsg.C = candidates;
        // NNDescent reads `GK` neighbors of each vector. It starts with at most S random ones, possibly including the vector itself, and
        // draws 2 × S numbers below `count` for them; among few vectors it does not reliably find the rest.
        graph->GK = static_cast<int>(std::min<int64_t>(default_neighbors, count / 2 - 1));
        graph->nndescent_S = count <= few_vectors ? graph->GK + 1 : default_samples;
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_copy_settings(const FaissIndex* source, FaissIndex* target) {
    try {
        auto* from = reinterpret_cast<const faiss::Index*>(source);
        auto* to = reinterpret_cast<faiss::Index*>(target);
        to->verbose = from->verbose;
        copy_settings<faiss::IndexIVF>(from, to, [](const faiss::IndexIVF* a, faiss::IndexIVF* b) {
            b->max_codes = a->max_codes;
            b->parallel_mode = a->parallel_mode;
        });
        copy_settings<faiss::IndexIVFPQ>(from, to, [](const faiss::IndexIVFPQ* a, faiss::IndexIVFPQ* b) {
            b->polysemous_ht = a->polysemous_ht;
            b->scan_table_threshold = a->scan_table_threshold;
        });
        copy_settings<faiss::IndexHNSW>(from, to, [](const faiss::IndexHNSW* a, faiss::IndexHNSW* b) {
            b->hnsw.check_relative_distance = a->hnsw.check_relative_distance;
            b->hnsw.search_bounded_queue = a->hnsw.search_bounded_queue;
        });
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
