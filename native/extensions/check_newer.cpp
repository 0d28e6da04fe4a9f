// Checks of kinds that only newer FAISS versions have, for check.cpp.
#include "check.hpp"

#if __has_include(<faiss/IndexRaBitQ.h>)
#include <faiss/IndexIVFRaBitQ.h>
#include <faiss/IndexRaBitQ.h>
#define HAS_RABITQ 1
#endif
#if __has_include(<faiss/impl/RaBitQuantizerMultiBit.h>)
#define HAS_SEVERAL_BITS 1
#endif
#if __has_include(<faiss/IndexRaBitQFastScan.h>)
#include <faiss/IndexIVFRaBitQFastScan.h>
#include <faiss/IndexRaBitQFastScan.h>
#define HAS_RABITQ_FAST_SCAN 1
#endif
#if __has_include(<faiss/IndexEDEN.h>)
#include <faiss/IndexEDEN.h>
#define HAS_EDEN 1
#endif
#if FAISS_AT_LEAST(1, 15)
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVFFlatPanorama.h>
#define HAS_PANORAMA 1
#endif

namespace faiss_sdk {

namespace {

#ifdef HAS_RABITQ
void check_rabitq(const faiss::RaBitQuantizer& quantizer, const faiss::Index* index, size_t code_size) {
    expect("d of its quantizer", quantizer.d, index->d);
#ifdef HAS_SEVERAL_BITS
    expect_between("the bits of a component", static_cast<int64_t>(quantizer.nb_bits), 1, 9);
    expect("its code size", code_size, quantizer.compute_code_size(quantizer.d, quantizer.nb_bits));
#else
    // A bit of each component, and two factors.
    expect("its code size", code_size, (quantizer.d + 7) / 8 + 2 * sizeof(float));
#endif
    if (quantizer.metric_type != index->metric_type) {
        fail("its quantizer has another metric");
    }
}

void check_center(const std::vector<float>& center, const faiss::Index* index) {
    if (index->is_trained) {
        expect("the size of its center", center.size(), index->d);
    }
}
#endif

} // namespace

void check_newer(const faiss::Index* index) {
#ifdef HAS_RABITQ
    if (auto flat = dynamic_cast<const faiss::IndexRaBitQ*>(index)) {
        check_rabitq(flat->rabitq, index, flat->code_size);
        check_center(flat->center, index);
    } else if (auto lists = dynamic_cast<const faiss::IndexIVFRaBitQ*>(index)) {
        check_rabitq(lists->rabitq, index, lists->code_size);
#ifdef HAS_RABITQ_FAST_SCAN
    } else if (auto scan = dynamic_cast<const faiss::IndexRaBitQFastScan*>(index)) {
        check_rabitq(scan->rabitq, index, scan->code_size);
        check_center(scan->center, index);
    } else if (auto scans = dynamic_cast<const faiss::IndexIVFRaBitQFastScan*>(index)) {
        check_rabitq(scans->rabitq, index, scans->code_size);
#endif
    }
#endif
#ifdef HAS_EDEN
    if (auto eden = dynamic_cast<const faiss::IndexEDEN*>(index)) {
        if (index->is_trained && !eden->center.empty()) {
            expect("the size of its center", eden->center.size(), index->d);
        }
    }
#endif
#ifdef HAS_PANORAMA
    if (auto graph = dynamic_cast<const faiss::IndexHNSWFlatPanorama*>(index)) {
        expect_between("the levels of its vectors", static_cast<int64_t>(graph->num_panorama_levels), 1, index->d);
        // Levels have equal widths, rounded up, so that fewer levels than asked for may suffice.
        const size_t width = (index->d + graph->num_panorama_levels - 1) / graph->num_panorama_levels;
        const size_t levels = (index->d + width - 1) / width;
        if (!is_product(graph->cum_sums.size(), index->ntotal, levels + 1)) {
            fail("its vectors have %zu sums for %zu levels", graph->cum_sums.size(), levels);
        }
    } else if (auto ivf = dynamic_cast<const faiss::IndexIVFFlatPanorama*>(index)) {
        auto sums = dynamic_cast<const faiss::ArrayInvertedListsPanorama*>(ivf->invlists);
        if (sums == nullptr) {
            fail("its lists have no sums");
        }
        expect_between("the levels of its vectors", static_cast<int64_t>(ivf->n_levels), 1, index->d);
        expect("the levels of its lists", sums->n_levels, ivf->n_levels);
    }
#endif
    (void)index;
}

} // namespace faiss_sdk
