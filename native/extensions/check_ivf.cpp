// Checks of what inverted lists and fast scans hold, for check.cpp.
#include "check_parts.hpp"

#include <cmath>

#include <faiss/IndexAdditiveQuantizerFastScan.h>
#include <faiss/IndexIVFAdditiveQuantizer.h>
#include <faiss/IndexIVFAdditiveQuantizerFastScan.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/IndexIVFSpectralHash.h>
#include <faiss/IndexPQFastScan.h>
#include <faiss/IndexScalarQuantizer.h>
#include <faiss/VectorTransform.h>
#include <faiss/invlists/BlockInvertedLists.h>
#if __has_include(<faiss/IndexRaBitQFastScan.h>)
#include <faiss/IndexIVFRaBitQFastScan.h>
#include <faiss/IndexRaBitQFastScan.h>
#define HAS_RABITQ_FAST_SCAN 1
#endif

namespace faiss_sdk {

namespace {

// FAISS puts as many pairs of a query and a list together as a plan of queries can say.
constexpr int64_t max_pairs = 23;

// A plan has a number of queries in each hexadecimal digit, for which there is a kernel; 0 lets FAISS choose it.
bool is_plan_of_queries(int plan) {
    if (plan < 0 || plan > 0xffffff) {
        return false;
    }
    if (plan == 5 || plan == 6) {
        return true;
    }
    for (; plan > 0; plan >>= 4) {
        if ((plan & 15) < 1 || (plan & 15) > 4) {
            return false;
        }
    }
    return true;
}

template <class T>
void check_fast_scan(const T* index, bool of_product_quantizer) {
    expect("the bits of a code", index->nbits, 4);
    expect("the number of code words", index->ksub, 16);
    expect_between("the number of codes of a vector", static_cast<int64_t>(index->M), 1, max_setting);
    expect("M2", index->M2, (index->M + 1) / 2 * 2);
    if (index->bbs <= 0 || index->bbs % 32 != 0 || index->bbs > max_setting) {
        fail("the vectors of a block are %d", index->bbs);
    }
    expect_between("implem", index->implem, 0, 15);
    if ((index->implem == 12 || index->implem == 13) && index->bbs != 32) {
        fail("implem is %d, and the vectors of a block are %d", index->implem, index->bbs);
    }
    if (!is_plan_of_queries(index->qbs)) {
        fail("qbs is %d", index->qbs);
    }
    if (of_product_quantizer) {
        expect("its code size", index->code_size, index->M2 / 2);
    }
}

// The bytes of a block. In some classes a block holds more than the codes; only newer versions have a function for its size.
template <class T>
size_t block_size(const T* index) {
#if FAISS_AT_LEAST(1, 15)
    return index->get_block_stride();
#else
    return index->bbs * index->M2 / 2;
#endif
}

} // namespace

void check_flat_fast_scan(const faiss::IndexFastScan* index) {
    bool packs_more = false;
#ifdef HAS_RABITQ_FAST_SCAN
    packs_more = dynamic_cast<const faiss::IndexRaBitQFastScan*>(index) != nullptr;
#endif
    check_fast_scan(index, !packs_more);
    if (auto product = dynamic_cast<const faiss::IndexPQFastScan*>(index)) {
        check(product->pq, index->d);
        expect("the number of codes of its product quantizer", product->pq.M, index->M);
    } else if (auto additive = dynamic_cast<const faiss::IndexAdditiveQuantizerFastScan*>(index)) {
        check(*additive->aq, index->d, index->is_trained);
        expect("the number of codes", index->M, additive->aq->M + (index->metric_type == faiss::METRIC_L2 ? 2 : 0));
        expect_flag("rescale_norm", additive->rescale_norm);
    }
    if (index->ntotal > 0) {
        const size_t blocks = (index->ntotal + index->bbs - 1) / index->bbs;
        expect("the number of vectors with padding", index->ntotal2, blocks * index->bbs);
        if (index->codes.size() / blocks < block_size(index)) {
            fail("its %lld vectors have %zu bytes of codes", static_cast<long long>(index->ntotal), index->codes.size());
        }
    }
}

namespace {

void check_ivf_fast_scan(const faiss::IndexIVFFastScan* index) {
    bool packs_more = false;
#ifdef HAS_RABITQ_FAST_SCAN
    packs_more = dynamic_cast<const faiss::IndexIVFRaBitQFastScan*>(index) != nullptr;
#endif
    check_fast_scan(index, !packs_more);
    expect_between("qbs2", static_cast<int64_t>(index->qbs2), 0, max_pairs);
    auto blocks = dynamic_cast<const faiss::BlockInvertedLists*>(index->invlists);
    if (blocks == nullptr) {
        fail("its lists have no blocks");
    }
    expect("the vectors of a block of its lists", blocks->n_per_block, index->bbs);
    expect("the bytes of a block of its lists", blocks->block_size, block_size(index));
    if (auto product = dynamic_cast<const faiss::IndexIVFPQFastScan*>(index)) {
        check(product->pq, index->d);
        expect("the number of codes of its product quantizer", product->pq.M, index->M);
    } else if (auto additive = dynamic_cast<const faiss::IndexIVFAdditiveQuantizerFastScan*>(index)) {
        check(*additive->aq, index->d, index->is_trained);
        expect("the number of codes", index->M, additive->aq->M + (index->metric_type == faiss::METRIC_L2 ? 2 : 0));
        expect_flag("rescale_norm", additive->rescale_norm);
    }
}

void check_refining_lists(const faiss::IndexIVFPQR* index) {
    check(index->refine_pq, index->d);
    if (!is_product(index->refine_codes.size(), index->ntotal, index->refine_pq.code_size)) {
        fail("its refinement has %zu bytes for %lld vectors", index->refine_codes.size(), static_cast<long long>(index->ntotal));
    }
    expect_between("the largest id", end_of_ids(*index->invlists), 0, index->ntotal);
    if (!(index->k_factor >= 1 && index->k_factor <= max_factor)) {
        fail("k_factor is %g", index->k_factor);
    }
}

void check_spectral_hash(const faiss::IndexIVFSpectralHash* index, int depth) {
    check_part("transform", index->vt, depth);
    if (index->is_trained && !index->vt->is_trained) {
        fail("its transform is not trained");
    }
    expect("the input dimension of its transform", index->vt->d_in, index->d);
    expect_between("the bits of a code", index->nbit, 1, index->vt->d_out);
    expect("the output dimension of its transform", index->vt->d_out, index->nbit);
    expect("its code size", index->code_size, (index->nbit + 7) / 8);
    expect_between("the type of its thresholds", index->threshold_type, 0, 3);
    if (index->period == 0 || !std::isfinite(index->period)) {
        fail("its period is %g", index->period);
    }
    if (index->is_trained && index->threshold_type != faiss::IndexIVFSpectralHash::Thresh_global
        && index->trained.size() < index->nlist * index->nbit) {
        fail("its thresholds are %zu for %zu lists of %d bits", index->trained.size(), index->nlist, index->nbit);
    }
}

} // namespace

void check_ivf_encoder(const faiss::IndexIVF* ivf, int depth) {
    if (dynamic_cast<const faiss::IndexIVFFlat*>(ivf) != nullptr) {
        expect("its code size", ivf->code_size, sizeof(float) * ivf->d);
    } else if (auto scalar = dynamic_cast<const faiss::IndexIVFScalarQuantizer*>(ivf)) {
        expect_flag("by_residual", scalar->by_residual);
        check(scalar->sq, ivf->d, ivf->is_trained);
        expect("its code size", ivf->code_size, scalar->sq.code_size);
    } else if (auto product = dynamic_cast<const faiss::IndexIVFPQ*>(ivf)) {
        expect_flag("by_residual", product->by_residual);
        check(product->pq, ivf->d);
        expect("its code size", ivf->code_size, product->pq.code_size);
        auto refining = dynamic_cast<const faiss::IndexIVFPQR*>(ivf);
        if (refining != nullptr && ivf->is_trained) {
            check_refining_lists(refining);
        }
    } else if (auto additive = dynamic_cast<const faiss::IndexIVFAdditiveQuantizer*>(ivf)) {
        expect_flag("by_residual", additive->by_residual);
        check(*additive->aq, ivf->d, ivf->is_trained);
        expect("its code size", ivf->code_size, additive->aq->code_size);
    } else if (auto fast = dynamic_cast<const faiss::IndexIVFFastScan*>(ivf)) {
        expect_flag("by_residual", fast->by_residual);
        check_ivf_fast_scan(fast);
    } else if (auto hash = dynamic_cast<const faiss::IndexIVFSpectralHash*>(ivf)) {
        check_spectral_hash(hash, depth);
    }
}

} // namespace faiss_sdk
