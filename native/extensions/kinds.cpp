// Kinds of indexes that FAISS's C API can neither construct nor adjust. Compiled with FAISS trees of all supported versions.
#include "faiss_sdk.h"

#include <cstdint>
#include <memory>
#include <type_traits>

#include <c_api/macros_impl.h>
#include <faiss/IndexAdditiveQuantizer.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/IndexNSG.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexRefine.h>
#include <faiss/impl/FaissAssert.h>
#if __has_include(<faiss/IndexIVFRaBitQ.h>)
#include <faiss/IndexIVFRaBitQ.h>
#include <faiss/IndexRaBitQ.h>
#define HAS_RABITQ 1
#endif

namespace {

// Reads a number of an index, or sets it.
class Setting {
  public:
    explicit Setting(double* value) : read_(value) {}
    explicit Setting(double value) : set_(value), sets_(true) {}

    void apply(faiss::Index* index, int setting) {
        index_ = index;
        switch (setting) {
            case FAISS_SDK_SETTING_LINKS:
                read<faiss::IndexHNSW>([](auto* graph) { return graph->hnsw.nb_neighbors(1); });
                read<faiss::IndexNSG>([](auto* graph) { return graph->nsg.R; });
                break;
            case FAISS_SDK_SETTING_CONSTRUCTION_WIDTH:
                change<faiss::IndexHNSW>([](auto* graph) { return &graph->hnsw.efConstruction; });
                break;
            case FAISS_SDK_SETTING_SEARCH_WIDTH:
                change<faiss::IndexHNSW>([](auto* graph) { return &graph->hnsw.efSearch; });
                change<faiss::IndexNSG>([](auto* graph) { return &graph->nsg.search_L; });
                break;
            case FAISS_SDK_SETTING_SUBQUANTIZERS:
                read<faiss::IndexPQ>([](auto* codes) { return codes->pq.M; });
                read<faiss::IndexIVFPQ>([](auto* lists) { return lists->pq.M; });
                read<faiss::IndexIVFPQFastScan>([](auto* lists) { return lists->pq.M; });
                read<faiss::IndexResidualQuantizer>([](auto* codes) { return codes->rq.M; });
                break;
            case FAISS_SDK_SETTING_CODE_BITS:
                read<faiss::IndexPQ>([](auto* codes) { return codes->pq.nbits; });
                read<faiss::IndexIVFPQ>([](auto* lists) { return lists->pq.nbits; });
                read<faiss::IndexIVFPQFastScan>([](auto* lists) { return lists->pq.nbits; });
                read<faiss::IndexResidualQuantizer>([](auto* codes) { return codes->rq.nbits.empty() ? 0 : codes->rq.nbits[0]; });
#ifdef HAS_RABITQ
                read<faiss::IndexRaBitQ>([](auto* codes) { return bits_of(codes->rabitq, 0); });
                read<faiss::IndexIVFRaBitQ>([](auto* lists) { return bits_of(lists->rabitq, 0); });
#endif
                break;
            case FAISS_SDK_SETTING_POLYSEMOUS_TRAINING:
                change<faiss::IndexPQ>([](auto* codes) { return &codes->do_polysemous_training; });
                change<faiss::IndexIVFPQ>([](auto* lists) { return &lists->do_polysemous_training; });
                break;
            case FAISS_SDK_SETTING_QUERY_BITS:
#ifdef HAS_RABITQ
                change<faiss::IndexRaBitQ>([](auto* codes) { return &codes->qb; });
                change<faiss::IndexIVFRaBitQ>([](auto* lists) { return &lists->qb; });
#endif
                break;
            case FAISS_SDK_SETTING_BEAM_SIZE:
                change<faiss::IndexResidualQuantizer>([](auto* codes) { return &codes->rq.max_beam_size; });
                break;
            case FAISS_SDK_SETTING_FACTOR:
                change<faiss::IndexRefine>([](auto* refining) { return &refining->k_factor; });
                break;
            case FAISS_SDK_SETTING_OWNS_BASE:
                change<faiss::IndexRefine>([](auto* refining) { return &refining->own_fields; });
                break;
            case FAISS_SDK_SETTING_OWNS_REFINEMENT:
                change<faiss::IndexRefine>([](auto* refining) { return &refining->own_refine_index; });
                break;
            case FAISS_SDK_SETTING_METRIC_ARGUMENT:
                change<faiss::Index>([](auto* any) { return &any->metric_arg; });
                break;
            default:
                break;
        }
        FAISS_THROW_IF_NOT_MSG(done_, "the index has no such setting");
    }

  private:
    faiss::Index* index_ = nullptr;
    double* read_ = nullptr;
    double set_ = 0;
    bool sets_ = false;
    bool done_ = false;

    template <class T, class TGet>
    void read(TGet get) {
        auto* found = dynamic_cast<T*>(index_);
        if (found != nullptr && !sets_) {
            *read_ = static_cast<double>(get(found));
            done_ = true;
        }
    }

    template <class T, class TField>
    void change(TField field) {
        auto* found = dynamic_cast<T*>(index_);
        if (found == nullptr) {
            return;
        }
        auto* number = field(found);
        if (sets_) {
            *number = static_cast<std::remove_pointer_t<decltype(number)>>(set_);
        } else {
            *read_ = static_cast<double>(*number);
        }
        done_ = true;
    }

#ifdef HAS_RABITQ
    // Older versions know codes of one bit per component only.
    template <class T>
    static auto bits_of(const T& quantizer, int) -> decltype(static_cast<size_t>(quantizer.nb_bits)) {
        return quantizer.nb_bits;
    }

    template <class T>
    static size_t bits_of(const T&, long) {
        return 1;
    }
#endif
};

faiss::Index* cpp(FaissIndex* index) {
    return reinterpret_cast<faiss::Index*>(index);
}

// The quantizer belongs to the caller until faiss_IndexIVF_set_own_fields.
template <class T>
void give(std::unique_ptr<T>& made, FaissIndex** index) {
    made->own_fields = false;
    *index = reinterpret_cast<FaissIndex*>(static_cast<faiss::Index*>(made.release()));
}

#ifdef HAS_RABITQ
template <class T>
std::unique_ptr<T> make_rabitq(faiss::Index* quantizer, size_t lists, faiss::MetricType metric, int bits) {
    if constexpr (std::is_constructible_v<T, faiss::Index*, size_t, size_t, faiss::MetricType, bool, uint8_t>) {
        return std::make_unique<T>(quantizer, quantizer->d, lists, metric, true, static_cast<uint8_t>(bits));
    } else {
        FAISS_THROW_IF_NOT_MSG(bits == 1, "this version of FAISS has codes of one bit per component only");
        return std::make_unique<T>(quantizer, quantizer->d, lists, metric);
    }
}
#endif

} // namespace

int faiss_sdk_setting(const FaissIndex* index, int setting, double* value) {
    try {
        Setting(value).apply(cpp(const_cast<FaissIndex*>(index)), setting);
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_set_setting(FaissIndex* index, int setting, double value) {
    try {
        Setting(value).apply(cpp(index), setting);
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_ivf_pq_new(
        FaissIndex** index, FaissIndex* quantizer, size_t lists, size_t subquantizers, size_t bits, FaissMetricType metric, int by_residual, int polysemous) {
    try {
        auto made = std::make_unique<faiss::IndexIVFPQ>(
                cpp(quantizer), cpp(quantizer)->d, lists, subquantizers, bits, static_cast<faiss::MetricType>(metric));
        made->by_residual = by_residual != 0;
        made->do_polysemous_training = polysemous != 0;
        give(made, index);
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_ivf_pq_fast_scan_new(
        FaissIndex** index, FaissIndex* quantizer, size_t lists, size_t subquantizers, FaissMetricType metric, int by_residual) {
    try {
        auto made = std::make_unique<faiss::IndexIVFPQFastScan>(
                cpp(quantizer), cpp(quantizer)->d, lists, subquantizers, 4, static_cast<faiss::MetricType>(metric));
        made->by_residual = by_residual != 0;
        give(made, index);
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_ivf_rabitq_new(FaissIndex** index, FaissIndex* quantizer, size_t lists, FaissMetricType metric, int bits) {
    try {
#ifdef HAS_RABITQ
        auto made = make_rabitq<faiss::IndexIVFRaBitQ>(cpp(quantizer), lists, static_cast<faiss::MetricType>(metric), bits);
        give(made, index);
#else
        (void)index, (void)quantizer, (void)lists, (void)metric, (void)bits;
        FAISS_THROW_MSG("this version of FAISS has no RaBitQ");
#endif
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_refine_new(FaissIndex** index, FaissIndex* base, FaissIndex* refine) {
    try {
        FAISS_THROW_IF_NOT_MSG(cpp(base)->ntotal == 0 && cpp(refine)->ntotal == 0, "the parts of a refining index have to be empty");
        FAISS_THROW_IF_NOT_MSG(cpp(base)->d == cpp(refine)->d, "the parts of a refining index have different dimensions");
        FAISS_THROW_IF_NOT_MSG(cpp(base)->metric_type == cpp(refine)->metric_type, "the parts of a refining index compare by different metrics");
        *index = reinterpret_cast<FaissIndex*>(static_cast<faiss::Index*>(new faiss::IndexRefine(cpp(base), cpp(refine))));
    }
    CATCH_AND_HANDLE
}
