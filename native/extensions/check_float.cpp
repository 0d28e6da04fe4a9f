// Checks of float indexes for check.cpp.
#include "check_parts.hpp"

#include <cmath>
#include <memory>
#include <numeric>

#include <faiss/Index2Layer.h>
#include <faiss/IndexAdditiveQuantizer.h>
#include <faiss/IndexFastScan.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexLSH.h>
#include <faiss/IndexLattice.h>
#include <faiss/IndexNNDescent.h>
#include <faiss/IndexNSG.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/IndexRowwiseMinMax.h>
#include <faiss/IndexScalarQuantizer.h>
#include <faiss/MetaIndexes.h>
#include <faiss/VectorTransform.h>
#if __has_include(<faiss/IndexIVFIndependentQuantizer.h>)
#include <faiss/IndexIVFIndependentQuantizer.h>
#define HAS_INDEPENDENT_QUANTIZER 1
#endif

namespace faiss_sdk {

namespace {

// Makes a distance computer here, because a failure during a search would end the process.
void check_distances(const faiss::Index* storage) {
    try {
        delete storage->get_distance_computer();
    } catch (const std::exception&) {
        fail("its storage computes no distances");
    }
}

void check_storage(const faiss::Index* graph, const faiss::Index* storage, int depth) {
    check_part("storage", storage, depth);
    expect_dimension("d of the storage", storage, graph->d);
    expect_count("the number of vectors of the storage", storage, graph->ntotal);
    if (dynamic_cast<const faiss::IndexIVF*>(storage) == nullptr) {
        check_distances(storage);
    } else if (end_of_labels(storage, depth) > graph->ntotal) {
        fail("its storage has ids that are no positions");
    }
}

void check_transformed(const faiss::IndexPreTransform* index, int depth) {
    int d = index->d;
    for (const auto* transform : index->chain) {
        check_part("transform", transform, depth);
        expect("the input dimension of a transform", transform->d_in, d);
        if (index->is_trained && !transform->is_trained) {
            fail("a transform is not trained");
        }
        d = transform->d_out;
    }
    check_part("index", index->index, depth);
    expect_dimension("d of the index", index->index, d);
    expect_count("the number of vectors of the index", index->index, index->ntotal);
}

void check_refined(const faiss::IndexRefine* index, int depth) {
    check_part("base", index->base_index, depth);
    check_part("refine", index->refine_index, depth);
    for (const auto* part : {index->base_index, index->refine_index}) {
        expect_dimension("d of a part", part, index->d);
        expect_count("the number of vectors of a part", part, index->ntotal);
    }
    expect_between("the largest id of the base", end_of_labels(index->base_index, depth), 0, index->ntotal);
    if (!(index->k_factor >= 1 && index->k_factor <= max_factor)) {
        fail("k_factor is %g", index->k_factor);
    }
    if (dynamic_cast<const faiss::IndexIVF*>(index->refine_index) == nullptr) {
        check_distances(index->refine_index);
    }
}

void check_two_layers(const faiss::Index2Layer* index, int depth) {
    const auto& level = index->q1;
    check_part("quantizer", level.quantizer, depth);
    expect_dimension("d of the quantizer", level.quantizer, index->d);
    check(index->pq, index->d);
    expect("the code size of its second layer", index->code_size_2, index->pq.code_size);
    expect("the code size of its first layer", index->code_size_1, level.coarse_code_size());
    expect("its code size", index->code_size, index->code_size_1 + index->code_size_2);
    if (index->is_trained) {
        expect_count("the number of centroids", level.quantizer, level.nlist);
        for (int64_t i = 0; i < index->ntotal; i++) {
            expect_between("a list of its codes", level.decode_listno(index->codes.data() + i * index->code_size), 0, static_cast<int64_t>(level.nlist) - 1);
        }
    }
}

void check_hash_bits(const faiss::IndexLSH* index) {
    expect_flag("rotate_data", index->rotate_data);
    expect_flag("train_thresholds", index->train_thresholds);
    expect_between("the bits of a code", index->nbits, 1, index->rotate_data ? INT32_MAX : index->d);
    expect("its code size", index->code_size, (index->nbits + 7) / 8);
    if (index->rotate_data) {
        check_part("transform", static_cast<const faiss::VectorTransform*>(&index->rrot), 0);
    }
    if (index->train_thresholds && index->is_trained) {
        expect("the number of thresholds", index->thresholds.size(), index->nbits);
    }
}

void check_codes(const faiss::IndexFlatCodes* index, int depth) {
    // A lattice holds no codes, and the blocks of Panorama are padded.
    const auto name = class_of(index);
    if (dynamic_cast<const faiss::IndexLattice*>(static_cast<const faiss::Index*>(index)) == nullptr
        && name.find("Panorama") == std::string::npos && !is_product(index->codes.size(), index->ntotal, index->code_size)) {
        fail("its codes have %zu bytes for %lld vectors of %zu bytes", index->codes.size(), static_cast<long long>(index->ntotal), index->code_size);
    }
    if (dynamic_cast<const faiss::IndexFlat*>(index) != nullptr) {
        expect("its code size", index->code_size, sizeof(float) * index->d);
    } else if (auto product = dynamic_cast<const faiss::IndexPQ*>(index)) {
        check(product->pq, index->d);
        expect("its code size", index->code_size, product->pq.code_size);
        expect_flag("do_polysemous_training", product->do_polysemous_training);
        expect_flag("encode_signs", product->encode_signs);
        expect_between("the type of search", product->search_type, faiss::IndexPQ::ST_PQ, faiss::IndexPQ::ST_polysemous_generalize);
    } else if (auto scalar = dynamic_cast<const faiss::IndexScalarQuantizer*>(index)) {
        check(scalar->sq, index->d, index->is_trained);
        expect("its code size", index->code_size, scalar->sq.code_size);
    } else if (auto additive = dynamic_cast<const faiss::IndexAdditiveQuantizer*>(index)) {
        check(*additive->aq, index->d, index->is_trained);
        expect("its code size", index->code_size, additive->aq->code_size);
    } else if (auto hash = dynamic_cast<const faiss::IndexLSH*>(index)) {
        check_hash_bits(hash);
    } else if (auto layers = dynamic_cast<const faiss::Index2Layer*>(index)) {
        check_two_layers(layers, depth);
    }
}

void check_coarse(const faiss::AdditiveCoarseQuantizer* index) {
    check(*index->aq, index->d, index->is_trained);
    const auto& bits = index->aq->nbits;
    const size_t total = std::accumulate(bits.begin(), bits.end(), size_t{0});
    expect_between("the bits of a centroid", static_cast<int64_t>(total), 0, 62);
    if (index->is_trained) {
        expect("the number of centroids", index->ntotal, size_t{1} << total);
    }
    if (auto residual = dynamic_cast<const faiss::ResidualCoarseQuantizer*>(index)) {
        if (!std::isfinite(residual->beam_factor) || residual->beam_factor > max_factor) {
            fail("its beam factor is %g", residual->beam_factor);
        }
        if (index->is_trained && residual->beam_factor <= 0) {
            expect("the number of norms", index->centroid_norms.size(), index->ntotal);
        }
    }
}

void check_product_quantizer(const faiss::MultiIndexQuantizer* index) {
    check(index->pq, index->d);
    const size_t bits = index->pq.M * index->pq.nbits;
    expect_between("the bits of a centroid", static_cast<int64_t>(bits), 1, 62);
    if (index->is_trained) {
        expect("the number of centroids", index->ntotal, size_t{1} << bits);
    }
}

void check_lattice(const faiss::IndexLattice* index) {
    if (index->nsq <= 0 || index->d % index->nsq != 0) {
        fail("it splits %d dimensions by %d", index->d, index->nsq);
    }
    expect("the dimensions of a part", index->dsq, index->d / index->nsq);
    expect_between("the bits of a scale", index->scale_nbit, 1, 24);
    expect_between("the bits of a lattice point", index->lattice_nbit, 1, 63);
    expect_between("the radius of its lattice", index->zn_sphere_codec.r2, 1, max_setting);
    expect("its code size", index->code_size, (static_cast<size_t>(index->nsq) * (index->scale_nbit + index->lattice_nbit) + 7) / 8);
    if (index->is_trained) {
        expect("the number of trained values", index->trained.size(), 2 * static_cast<size_t>(index->nsq));
    }
}

} // namespace

// Returns the largest label that a search of the index can return plus 1, or 0 if there is none.
int64_t end_of_labels(const faiss::Index* index, int depth) {
    if (depth > max_depth) {
        fail("it is nested too deeply");
    }
    if (auto map = dynamic_cast<const faiss::IndexIDMap*>(index)) {
        if (map->id_map.empty()) {
            return 0;
        }
        const auto [smallest, largest] = std::minmax_element(map->id_map.begin(), map->id_map.end());
        expect_between("an id of its ID map", *smallest, 0, INT64_MAX);
        return *largest + 1;
    }
    if (auto ivf = dynamic_cast<const faiss::IndexIVF*>(index)) {
        return end_of_ids(*ivf->invlists);
    }
    if (auto transformed = dynamic_cast<const faiss::IndexPreTransform*>(index)) {
        return end_of_labels(transformed->index, depth + 1);
    }
    if (auto refined = dynamic_cast<const faiss::IndexRefine*>(index)) {
        return end_of_labels(refined->base_index, depth + 1);
    }
    if (auto scaled = dynamic_cast<const faiss::IndexRowwiseMinMaxBase*>(index)) {
        return end_of_labels(scaled->index, depth + 1);
    }
#ifdef HAS_INDEPENDENT_QUANTIZER
    if (auto independent = dynamic_cast<const faiss::IndexIVFIndependentQuantizer*>(index)) {
        return end_of_labels(independent->index_ivf, depth + 1);
    }
#endif
    return index->ntotal;
}

void check_index(const faiss::Index* index, int depth) {
    check_header(index, depth);
    check_newer(index);
    if (auto ivf = dynamic_cast<const faiss::IndexIVF*>(index)) {
        check_lists(ivf, depth);
        check_ivf_encoder(ivf, depth);
    } else if (auto codes = dynamic_cast<const faiss::IndexFlatCodes*>(index)) {
        check_codes(codes, depth);
    } else if (auto map = dynamic_cast<const faiss::IndexIDMap*>(index)) {
        check_map(map, depth);
    } else if (auto transformed = dynamic_cast<const faiss::IndexPreTransform*>(index)) {
        check_transformed(transformed, depth);
    } else if (auto refined = dynamic_cast<const faiss::IndexRefine*>(index)) {
        check_refined(refined, depth);
    } else if (auto graph = dynamic_cast<const faiss::IndexHNSW*>(index)) {
        check(graph->hnsw, index->ntotal);
        check_storage(index, graph->storage, depth);
    } else if (auto spread = dynamic_cast<const faiss::IndexNSG*>(index)) {
        expect_between("GK", spread->GK, 1, max_setting);
        expect_between("nndescent_S", spread->nndescent_S, 1, max_setting);
        expect_between("nndescent_R", spread->nndescent_R, 0, max_setting);
        expect_between("nndescent_L", spread->nndescent_L, 0, max_setting);
        expect_between("nndescent_iter", spread->nndescent_iter, 0, max_setting);
        check(spread->nsg, index->ntotal);
        check_storage(index, spread->storage, depth);
    } else if (auto descent = dynamic_cast<const faiss::IndexNNDescent*>(index)) {
        check(descent->nndescent, index->ntotal);
        check_storage(index, descent->storage, depth);
    } else if (auto scan = dynamic_cast<const faiss::IndexFastScan*>(index)) {
        check_flat_fast_scan(scan);
    } else if (auto scaled = dynamic_cast<const faiss::IndexRowwiseMinMaxBase*>(index)) {
        check_part("index", scaled->index, depth);
        expect_dimension("d of the index", scaled->index, index->d);
        expect_count("the number of vectors of the index", scaled->index, index->ntotal);
    } else if (auto coarse = dynamic_cast<const faiss::AdditiveCoarseQuantizer*>(index)) {
        check_coarse(coarse);
    } else if (auto product = dynamic_cast<const faiss::MultiIndexQuantizer*>(index)) {
        check_product_quantizer(product);
    }
#ifdef HAS_INDEPENDENT_QUANTIZER
    else if (auto independent = dynamic_cast<const faiss::IndexIVFIndependentQuantizer*>(index)) {
        check_part("quantizer", independent->quantizer, depth);
        expect_dimension("d of the quantizer", independent->quantizer, index->d);
        int d = index->d;
        if (independent->vt != nullptr) {
            check_part("transform", static_cast<const faiss::VectorTransform*>(independent->vt), depth);
            expect("the input dimension of the transform", independent->vt->d_in, d);
            d = independent->vt->d_out;
        }
        check_part("index", static_cast<const faiss::Index*>(independent->index_ivf), depth);
        expect_dimension("d of the index", independent->index_ivf, d);
        expect_between("the number of lists that the quantizer finds", end_of_labels(independent->quantizer, depth), 0, static_cast<int64_t>(independent->index_ivf->nlist));
    }
#endif
    if (auto lattice = dynamic_cast<const faiss::IndexLattice*>(index)) {
        check_lattice(lattice);
    }
}

} // namespace faiss_sdk
