// The parts of an index. Compiled with FAISS trees of all supported versions.
#include "faiss_sdk.h"

#include "class_name.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include <c_api/macros_impl.h>
#include <faiss/Index2Layer.h>
#include <faiss/IndexAdditiveQuantizer.h>
#include <faiss/IndexBinaryFromFloat.h>
#include <faiss/IndexBinaryHNSW.h>
#include <faiss/IndexBinaryIVF.h>
#include <faiss/IndexFastScan.h>
#include <faiss/IndexFlatCodes.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFAdditiveQuantizer.h>
#include <faiss/IndexIVFFastScan.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/IndexLSH.h>
#include <faiss/IndexNNDescent.h>
#include <faiss/IndexNSG.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/IndexReplicas.h>
#include <faiss/IndexRowwiseMinMax.h>
#include <faiss/IndexScalarQuantizer.h>
#include <faiss/IndexShards.h>
#include <faiss/MetaIndexes.h>
#include <faiss/VectorTransform.h>
#ifndef _WIN32
#include <faiss/invlists/OnDiskInvertedLists.h>
#endif
#if __has_include(<faiss/IndexIVFIndependentQuantizer.h>)
#include <faiss/IndexIVFIndependentQuantizer.h>
#define HAS_INDEPENDENT_QUANTIZER 1
#endif
#if __has_include(<faiss/IndexIVFRaBitQ.h>)
#include <faiss/IndexIVFRaBitQ.h>
#include <faiss/IndexRaBitQ.h>
#define HAS_RABITQ 1
#endif

namespace {

using faiss_sdk::class_of;

// Deeper than any sensible index; stops the walk if a part contains itself.
constexpr int max_depth = 32;

// Gives access to isThreaded_, which is protected: whether the parts run on threads of their own.
struct Threads : faiss::ThreadedIndex<faiss::Index> {
    static bool of(const faiss::ThreadedIndex<faiss::Index>* index) {
        return index->*(&Threads::isThreaded_);
    }
};

class Description {
  public:
    void add(const char* role, const faiss::Index* index, int depth = 0) {
        if (!begin(role, index, depth)) {
            return;
        }
        fact("metric", static_cast<int>(index->metric_type));
        if (auto codes = dynamic_cast<const faiss::IndexFlatCodes*>(index)) {
            fact("code_size", codes->code_size);
            fact("code_bytes", codes->codes.size());
        }
        if (auto product = dynamic_cast<const faiss::IndexPQ*>(index)) {
            add_subspaces(product->pq);
            fact("polysemous", static_cast<int>(product->do_polysemous_training));
            fact("ht", product->search_type == faiss::IndexPQ::ST_polysemous ? product->polysemous_ht : static_cast<int>(product->pq.code_size * 8));
        } else if (auto coded_lists = dynamic_cast<const faiss::IndexIVFPQ*>(index)) {
            add_subspaces(coded_lists->pq);
            fact("polysemous", static_cast<int>(coded_lists->do_polysemous_training));
            fact("ht", coded_lists->polysemous_ht > 0 ? coded_lists->polysemous_ht : static_cast<int>(coded_lists->pq.code_size * 8));
            if (auto refined_codes = dynamic_cast<const faiss::IndexIVFPQR*>(index)) {
                fact("refine_subspaces", refined_codes->refine_pq.M);
            }
        } else if (auto grid = dynamic_cast<const faiss::MultiIndexQuantizer*>(index)) {
            add_subspaces(grid->pq);
        }
        if (auto residual = dynamic_cast<const faiss::IndexResidualQuantizer*>(index)) {
            add_steps(residual->rq.nbits);
        }
#ifdef HAS_RABITQ
        if (auto bits = dynamic_cast<const faiss::IndexRaBitQ*>(index)) {
            add_component_bits(bits->rabitq, 0);
        } else if (auto bit_lists = dynamic_cast<const faiss::IndexIVFRaBitQ*>(index)) {
            add_component_bits(bit_lists->rabitq, 0);
        }
#endif
        if (auto scalar = dynamic_cast<const faiss::IndexScalarQuantizer*>(index)) {
            fact("quantizer_type", static_cast<int>(scalar->sq.qtype));
        }
        if (auto packed = dynamic_cast<const faiss::IndexFastScan*>(index)) {
            fact("block", packed->bbs);
            add_subspaces(*packed);
        } else if (auto packed_lists = dynamic_cast<const faiss::IndexIVFFastScan*>(index)) {
            fact("block", packed_lists->bbs);
            add_subspaces(*packed_lists);
        }
        if (auto hashes = dynamic_cast<const faiss::IndexLSH*>(index)) {
            fact("trains_thresholds", static_cast<int>(hashes->train_thresholds));
            fact("rotates", static_cast<int>(hashes->rotate_data));
            fact("bits", hashes->nbits);
        }
        if (auto ivf = dynamic_cast<const faiss::IndexIVF*>(index)) {
            fact("code_size", ivf->code_size);
            fact("max_codes", ivf->max_codes);
            add_residual(ivf, 0);
            if (auto coded = dynamic_cast<const faiss::IndexIVFScalarQuantizer*>(ivf)) {
                fact("quantizer_type", static_cast<int>(coded->sq.qtype));
                fact("encoder_values", coded->sq.trained.size());
            }
            fact("trains_alone", static_cast<int>(ivf->quantizer_trains_alone));
            if (auto refined_lists = dynamic_cast<const faiss::IndexIVFPQR*>(index)) {
                fact("k_factor", refined_lists->k_factor);
            }
            if (auto distinct = dynamic_cast<const faiss::IndexIVFFlatDedup*>(index)) {
                fact("duplicates", distinct->instances.size());
            }
            add_lists(ivf);
        } else if (auto layers = dynamic_cast<const faiss::Index2Layer*>(index)) {
            fact("nlist", layers->q1.nlist);
            part("quantizer", layers->q1.quantizer, depth);
        } else if (auto map = dynamic_cast<const faiss::IndexIDMap*>(index)) {
            add_map(map, dynamic_cast<const faiss::IndexIDMap2*>(index));
            part("index", map->index, depth);
        } else if (auto transformed = dynamic_cast<const faiss::IndexPreTransform*>(index)) {
            for (const auto* transform : transformed->chain) {
                add_transform(transform, depth + 1);
            }
            part("index", transformed->index, depth);
        } else if (auto refined = dynamic_cast<const faiss::IndexRefine*>(index)) {
            fact("k_factor", refined->k_factor);
            part("base", refined->base_index, depth);
            part("refine", refined->refine_index, depth);
        } else if (auto graph = dynamic_cast<const faiss::IndexHNSW*>(index)) {
            fact("degree", graph->hnsw.nb_neighbors(1));
            fact("entry", graph->hnsw.entry_point);
            fact("graph_size", graph->hnsw.levels.size());
            part("storage", graph->storage, depth);
        } else if (auto spread = dynamic_cast<const faiss::IndexNSG*>(index)) {
            fact("built", static_cast<int>(spread->nsg.is_built));
            fact("links", spread->nsg.R);
            fact("candidates", spread->nsg.L);
            fact("neighbors", spread->GK);
            fact("width", spread->nsg.search_L);
            part("storage", spread->storage, depth);
        } else if (auto descent = dynamic_cast<const faiss::IndexNNDescent*>(index)) {
            part("storage", descent->storage, depth);
        } else if (auto scaled = dynamic_cast<const faiss::IndexRowwiseMinMaxBase*>(index)) {
            fact("scales_rows", dynamic_cast<const faiss::IndexRowwiseMinMaxFP16*>(index) != nullptr ? 4 : 8);
            part("index", scaled->index, depth);
        } else if (auto split = dynamic_cast<const faiss::IndexSplitVectors*>(index)) {
            for (const auto* sub : split->sub_indexes) {
                part("split", sub, depth);
            }
        } else if (auto product = dynamic_cast<const faiss::MultiIndexQuantizer2*>(index)) {
            for (const auto* sub : product->assign_indexes) {
                part("subspace", sub, depth);
            }
        } else if (auto shards = dynamic_cast<const faiss::IndexShards*>(index)) {
            fact("successive", static_cast<int>(shards->successive_ids));
            fact("threaded", static_cast<int>(Threads::of(shards)));
            add_all("shard", shards, depth);
        } else if (auto replicas = dynamic_cast<const faiss::IndexReplicas*>(index)) {
            add_all("replica", replicas, depth);
        }
#ifdef HAS_INDEPENDENT_QUANTIZER
        else if (auto independent = dynamic_cast<const faiss::IndexIVFIndependentQuantizer*>(index)) {
            part("quantizer", independent->quantizer, depth);
            if (independent->vt != nullptr) {
                add_transform(independent->vt, depth + 1);
            }
            part("index", independent->index_ivf, depth);
        }
#endif
        if (auto ivf = dynamic_cast<const faiss::IndexIVF*>(index)) {
            part("quantizer", ivf->quantizer, depth);
        }
    }

    void add(const char* role, const faiss::IndexBinary* index, int depth = 0) {
        if (!begin(role, index, depth)) {
            return;
        }
        fact("metric", static_cast<int>(index->metric_type));
        fact("code_size", index->code_size);
        if (auto ivf = dynamic_cast<const faiss::IndexBinaryIVF*>(index)) {
            add_lists(ivf);
            part("quantizer", ivf->quantizer, depth);
        } else if (auto map = dynamic_cast<const faiss::IndexBinaryIDMap*>(index)) {
            add_map(map, dynamic_cast<const faiss::IndexBinaryIDMap2*>(index));
            part("index", map->index, depth);
        } else if (auto floats = dynamic_cast<const faiss::IndexBinaryFromFloat*>(index)) {
            part("index", floats->index, depth);
        } else if (auto graph = dynamic_cast<const faiss::IndexBinaryHNSW*>(index)) {
            fact("degree", graph->hnsw.nb_neighbors(1));
            fact("entry", graph->hnsw.entry_point);
            fact("graph_size", graph->hnsw.levels.size());
            part("storage", graph->storage, depth);
        } else if (auto shards = dynamic_cast<const faiss::IndexBinaryShards*>(index)) {
            fact("successive", static_cast<int>(shards->successive_ids));
            add_all("shard", shards, depth);
        } else if (auto replicas = dynamic_cast<const faiss::IndexBinaryReplicas*>(index)) {
            add_all("replica", replicas, depth);
        }
    }

    int copy_to(char* text, size_t size, size_t* length) const {
        const auto all = text_.str();
        *length = all.size();
        std::copy_n(all.data(), std::min(size, all.size()), text);
        return 0;
    }

  private:
    std::ostringstream text_;

    template <class T>
    void fact(const char* name, T value) {
        text_ << '\t' << name << '=' << value;
    }

    // Writes the facts of every index; returns false if there is nothing below to describe.
    template <class T>
    bool begin(const char* role, const T* index, int depth) {
        if (text_.tellp() > 0) {
            text_ << '\n';
        }
        text_ << depth << '\t' << role << '\t';
        if (index == nullptr || depth > max_depth) {
            text_ << "none";
            return false;
        }
        text_ << class_of(index);
        fact("object", reinterpret_cast<size_t>(index));
        fact("d", index->d);
        fact("n", index->ntotal);
        fact("trained", static_cast<int>(index->is_trained));
        return true;
    }

    template <class T>
    void part(const char* role, const T* index, int depth) {
        add(role, index, depth + 1);
    }

    // The number of parts into which a quantizer splits vectors, and the bits of the code of a part.
    template <class T>
    void add_subspaces(const T& quantizer) {
        fact("subspaces", quantizer.M);
        fact("subspace_bits", quantizer.nbits);
    }

    // The steps of a residual quantizer, if all have equally many bits.
    void add_steps(const std::vector<size_t>& bits) {
        if (!bits.empty() && std::all_of(bits.begin(), bits.end(), [&bits](size_t other) { return other == bits[0]; })) {
            fact("steps", bits.size());
            fact("step_bits", bits[0]);
        }
    }

    // Older versions have one bit per component only.
    template <class T>
    auto add_component_bits(const T& quantizer, int) -> decltype(void(quantizer.nb_bits)) {
        fact("component_bits", static_cast<size_t>(quantizer.nb_bits));
    }

    template <class T>
    void add_component_bits(const T&, long) {
        fact("component_bits", 1);
    }

    template <class T>
    void add_lists(const T* ivf) {
        fact("nlist", ivf->nlist);
        fact("nprobe", ivf->nprobe);
        fact("direct_map", static_cast<int>(ivf->direct_map.type));
        if (ivf->invlists != nullptr) {
            text_ << "\tlists=" << class_of(ivf->invlists);
            fact("lists_nlist", ivf->invlists->nlist);
            fact("lists_code_size", ivf->invlists->code_size);
#ifndef _WIN32
            if (auto disk = dynamic_cast<const faiss::OnDiskInvertedLists*>(ivf->invlists)) {
                fact("lists_read_only", static_cast<int>(disk->read_only));
            }
#endif
        }
    }

    // All kinds of inverted lists have the field in newer versions, some kinds in older ones.
    template <class T>
    auto add_residual(const T* ivf, int) -> decltype(void(ivf->by_residual)) {
        fact("by_residual", static_cast<int>(ivf->by_residual));
    }

    template <class T>
    void add_residual(const T* ivf, long) {
        if (auto scalar = dynamic_cast<const faiss::IndexIVFScalarQuantizer*>(ivf)) {
            fact("by_residual", static_cast<int>(scalar->by_residual));
        } else if (auto product = dynamic_cast<const faiss::IndexIVFPQ*>(ivf)) {
            fact("by_residual", static_cast<int>(product->by_residual));
        } else if (auto additive = dynamic_cast<const faiss::IndexIVFAdditiveQuantizer*>(ivf)) {
            fact("by_residual", static_cast<int>(additive->by_residual));
        } else if (auto packed = dynamic_cast<const faiss::IndexIVFFastScan*>(ivf)) {
            fact("by_residual", static_cast<int>(packed->by_residual));
        } else if (dynamic_cast<const faiss::IndexIVFFlat*>(ivf) != nullptr) {
            fact("by_residual", 0);
        }
    }

    template <class TMap, class TMap2>
    void add_map(const TMap* map, const TMap2* map2) {
        fact("ids", map->id_map.size());
        if (map2 != nullptr) {
            fact("positions", map2->rev_map.size());
        }
    }

    template <class T>
    void add_all(const char* role, const T* parts, int depth) {
        for (int i = 0; i < parts->count(); i++) {
            part(role, parts->at(i), depth);
        }
    }

    // Returns whether FAISS can reverse a transform; for one that is not trained yet, whether it will be able to.
    static bool is_reversible(const faiss::VectorTransform* transform) {
        if (auto components = dynamic_cast<const faiss::PCAMatrix*>(transform)) {
            return components->eigen_power == 0;
        }
        if (auto linear = dynamic_cast<const faiss::LinearTransform*>(transform)) {
            return !linear->is_trained || linear->is_orthonormal;
        }
        return dynamic_cast<const faiss::RemapDimensionsTransform*>(transform) != nullptr
            || dynamic_cast<const faiss::NormalizationTransform*>(transform) != nullptr
            || dynamic_cast<const faiss::CenteringTransform*>(transform) != nullptr;
    }

    // The factor by which the transform can lengthen a vector in one component, if it does: whitening divides by standard deviations,
    // which can be tiny or 0. The factor of an orthonormal transform is 1, up to rounding.
    void add_gain(const faiss::LinearTransform* linear) {
        const auto size = static_cast<size_t>(linear->d_in) * linear->d_out;
        if (!linear->is_trained || linear->A.size() < size) {
            return;
        }
        double gain = 0;
        for (size_t row = 0; row < size; row += linear->d_in) {
            double sum = 0;
            for (int i = 0; i < linear->d_in; i++) {
                sum += static_cast<double>(linear->A[row + i]) * linear->A[row + i];
            }
            gain = std::isfinite(sum) ? std::max(gain, sum) : std::numeric_limits<double>::infinity();
        }
        if (std::isinf(gain)) {
            fact("gain", "Infinity");
        } else if (gain > 1.01) {
            fact("gain", std::sqrt(gain));
        }
    }

    void add_transform(const faiss::VectorTransform* transform, int depth) {
        text_ << '\n' << depth << "\ttransform\t";
        if (transform == nullptr) {
            text_ << "none";
            return;
        }
        text_ << class_of(transform);
        fact("object", reinterpret_cast<size_t>(transform));
        fact("d", transform->d_out);
        fact("d_in", transform->d_in);
        fact("reversible", static_cast<int>(is_reversible(transform)));
        fact("trained", static_cast<int>(transform->is_trained));
        if (auto linear = dynamic_cast<const faiss::LinearTransform*>(transform)) {
            fact("orthonormal", static_cast<int>(linear->is_orthonormal));
            add_gain(linear);
        }
        if (auto rotation = dynamic_cast<const faiss::OPQMatrix*>(transform)) {
            fact("subspaces", rotation->M);
        }
    }
};

} // namespace

int faiss_sdk_index_parts(const FaissIndex* index, char* text, size_t size, size_t* length) {
    try {
        Description description;
        description.add("index", reinterpret_cast<const faiss::Index*>(index));
        return description.copy_to(text, size, length);
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_binary_index_parts(const FaissIndexBinary* index, char* text, size_t size, size_t* length) {
    try {
        Description description;
        description.add("index", reinterpret_cast<const faiss::IndexBinary*>(index));
        return description.copy_to(text, size, length);
    }
    CATCH_AND_HANDLE
}

float faiss_sdk_candidates_per_neighbor(const FaissIndex* index) {
    auto* searched = reinterpret_cast<const faiss::Index*>(index);
    if (auto refined = dynamic_cast<const faiss::IndexRefine*>(searched)) {
        return refined->k_factor;
    }
    auto lists = dynamic_cast<const faiss::IndexIVFPQR*>(searched);
    return lists == nullptr ? 1 : lists->k_factor;
}

int faiss_sdk_search_width(const FaissIndex* index) {
    auto graph = dynamic_cast<const faiss::IndexHNSW*>(reinterpret_cast<const faiss::Index*>(index));
    return graph == nullptr ? 0 : graph->hnsw.efSearch;
}

int faiss_sdk_binary_search_width(const FaissIndexBinary* index) {
    auto graph = dynamic_cast<const faiss::IndexBinaryHNSW*>(reinterpret_cast<const faiss::IndexBinary*>(index));
    return graph == nullptr ? 0 : graph->hnsw.efSearch;
}
