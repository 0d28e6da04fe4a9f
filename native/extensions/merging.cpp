// Moves the vectors of an index to another one, if both encode them in the same way. Compiled with FAISS trees of all supported versions.
#include "faiss_sdk.h"

#include "class_name.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <typeinfo>
#include <vector>

#include <c_api/macros_impl.h>
#include <faiss/IndexAdditiveQuantizer.h>
#include <faiss/IndexAdditiveQuantizerFastScan.h>
#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexBinaryIVF.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexLSH.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexPQFastScan.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexScalarQuantizer.h>
#include <faiss/VectorTransform.h>
#include <faiss/impl/FaissAssert.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>

namespace {

using faiss_sdk::class_of;

const char* const other_encoder = "has an encoder of other training or settings, so that its codes mean other vectors";
const char* const other_centroids = "has other centroids";

struct BytesWriter : faiss::IOWriter {
    std::vector<uint8_t> bytes;

    size_t operator()(const void* data, size_t size, size_t items) override {
        const auto* begin = static_cast<const uint8_t*>(data);
        bytes.insert(bytes.end(), begin, begin + size * items);
        return items;
    }
};

bool same(const faiss::VectorTransform* a, const faiss::VectorTransform* b) {
    BytesWriter x, y;
    faiss::write_VectorTransform(a, &x);
    faiss::write_VectorTransform(b, &y);
    return x.bytes == y.bytes;
}

bool same(const faiss::ProductQuantizer& a, const faiss::ProductQuantizer& b) {
    return a.d == b.d && a.M == b.M && a.nbits == b.nbits && a.centroids == b.centroids;
}

bool same(const faiss::AdditiveQuantizer& a, const faiss::AdditiveQuantizer& b) {
    return a.d == b.d && a.M == b.M && a.nbits == b.nbits && a.search_type == b.search_type && a.codebooks == b.codebooks && a.norm_min == b.norm_min && a.norm_max == b.norm_max
        && std::equal(a.qnorm.codes.begin(), a.qnorm.codes.end(), b.qnorm.codes.begin(), b.qnorm.codes.end());
}

// The class of a flat index that is read can differ from that of the index that was written.
bool is_plain_flat(const faiss::Index* index) {
    return typeid(*index) == typeid(faiss::IndexFlat) || typeid(*index) == typeid(faiss::IndexFlatL2) || typeid(*index) == typeid(faiss::IndexFlatIP);
}

// Expects two indexes of the same class.
bool same_encoder(const faiss::Index* a, const faiss::Index* b) {
    if (dynamic_cast<const faiss::IndexFlat*>(a) != nullptr) {
        return true;
    }
    if (auto product = dynamic_cast<const faiss::IndexPQ*>(a)) {
        return same(product->pq, dynamic_cast<const faiss::IndexPQ*>(b)->pq);
    }
    if (auto scalar = dynamic_cast<const faiss::IndexScalarQuantizer*>(a)) {
        const auto& x = scalar->sq;
        const auto& y = dynamic_cast<const faiss::IndexScalarQuantizer*>(b)->sq;
        return x.qtype == y.qtype && x.code_size == y.code_size && x.trained == y.trained;
    }
    if (auto hashes = dynamic_cast<const faiss::IndexLSH*>(a)) {
        auto* others = dynamic_cast<const faiss::IndexLSH*>(b);
        return hashes->nbits == others->nbits && hashes->rotate_data == others->rotate_data && hashes->train_thresholds == others->train_thresholds
            && hashes->thresholds == others->thresholds && hashes->rrot.A == others->rrot.A;
    }
    if (auto additive = dynamic_cast<const faiss::IndexAdditiveQuantizer*>(a)) {
        return same(*additive->aq, *dynamic_cast<const faiss::IndexAdditiveQuantizer*>(b)->aq);
    }
    if (auto packed = dynamic_cast<const faiss::IndexPQFastScan*>(a)) {
        auto* others = dynamic_cast<const faiss::IndexPQFastScan*>(b);
        return packed->bbs == others->bbs && same(packed->pq, others->pq);
    }
    if (auto packed = dynamic_cast<const faiss::IndexAdditiveQuantizerFastScan*>(a)) {
        auto* others = dynamic_cast<const faiss::IndexAdditiveQuantizerFastScan*>(b);
        return packed->bbs == others->bbs && packed->rescale_norm == others->rescale_norm && same(*packed->aq, *others->aq);
    }
    FAISS_THROW_FMT("%s cannot be compared", class_of(a).c_str());
}

template <class TComponent, class TIndex>
bool same_centroids(const TIndex* a, const TIndex* b, size_t components) {
    if (a == b) {
        return true;
    }
    if (a->d != b->d || a->ntotal != b->ntotal) {
        return false;
    }
    std::vector<TComponent> x(components), y(components);
    for (int64_t i = 0; i < a->ntotal; i++) {
        a->reconstruct(i, x.data());
        b->reconstruct(i, y.data());
        if (x != y) {
            return false;
        }
    }
    return true;
}

std::string difference(const faiss::Index* a, const faiss::Index* b) {
    const bool same_class = typeid(*a) == typeid(*b) || (is_plain_flat(a) && is_plain_flat(b));
    if (!same_class || a->d != b->d || a->metric_type != b->metric_type || a->metric_arg != b->metric_arg) {
        return "is an " + class_of(b) + " of dimension " + std::to_string(b->d) + ", and the target an " + class_of(a) + " of dimension " + std::to_string(a->d) + ", or compares by another metric";
    }
    if (auto transformed = dynamic_cast<const faiss::IndexPreTransform*>(a)) {
        auto* other = dynamic_cast<const faiss::IndexPreTransform*>(b);
        if (transformed->chain.size() != other->chain.size()) {
            return "has " + std::to_string(other->chain.size()) + " transforms instead of " + std::to_string(transformed->chain.size());
        }
        for (size_t i = 0; i < transformed->chain.size(); i++) {
            if (!same(transformed->chain[i], other->chain[i])) {
                return "has other transforms";
            }
        }
        return difference(transformed->index, other->index);
    }
    if (auto map = dynamic_cast<const faiss::IndexIDMap*>(a)) {
        return difference(map->index, dynamic_cast<const faiss::IndexIDMap*>(b)->index);
    }
    if (auto lists = dynamic_cast<const faiss::IndexIVF*>(a)) {
        auto* other = dynamic_cast<const faiss::IndexIVF*>(b);
        if (lists->nlist != other->nlist || !same_centroids<float>(lists->quantizer, other->quantizer, lists->quantizer->d)) {
            return other_centroids;
        }
        int equal = 0;
        if (faiss_sdk_same_encoder(reinterpret_cast<const FaissIndex*>(a), reinterpret_cast<const FaissIndex*>(b), &equal) != 0) {
            FAISS_THROW_MSG("the encoders of the lists cannot be compared");
        }
        return equal != 0 ? "" : other_encoder;
    }
    return same_encoder(a, b) ? "" : other_encoder;
}

std::string difference(const faiss::IndexBinary* a, const faiss::IndexBinary* b) {
    if (typeid(*a) != typeid(*b) || a->d != b->d) {
        return "is an " + class_of(b) + " of dimension " + std::to_string(b->d) + ", and the target an " + class_of(a) + " of dimension " + std::to_string(a->d);
    }
    if (auto map = dynamic_cast<const faiss::IndexBinaryIDMap*>(a)) {
        return difference(map->index, dynamic_cast<const faiss::IndexBinaryIDMap*>(b)->index);
    }
    if (auto lists = dynamic_cast<const faiss::IndexBinaryIVF*>(a)) {
        auto* other = dynamic_cast<const faiss::IndexBinaryIVF*>(b);
        return lists->nlist == other->nlist && same_centroids<uint8_t>(lists->quantizer, other->quantizer, lists->code_size) ? "" : other_centroids;
    }
    return "";
}

bool keeps_ids(const faiss::Index* index) {
    auto transformed = dynamic_cast<const faiss::IndexPreTransform*>(index);
    return transformed != nullptr ? keeps_ids(transformed->index) : dynamic_cast<const faiss::IndexIVF*>(index) != nullptr;
}

bool keeps_ids(const faiss::IndexBinary* index) {
    return dynamic_cast<const faiss::IndexBinaryIVF*>(index) != nullptr;
}

void merge(faiss::Index* target, faiss::Index* source, int64_t add_id);
void merge(faiss::IndexBinary* target, faiss::IndexBinary* source, int64_t add_id);

// FAISS merges inverted lists within a map without shifting their ids, which are positions.
template <class T>
bool merge_map(T* target, T* source, int64_t add_id) {
    auto map = dynamic_cast<faiss::IndexIDMapTemplate<T>*>(target);
    if (map == nullptr) {
        return false;
    }
    auto* other = dynamic_cast<faiss::IndexIDMapTemplate<T>*>(source);
    map->id_map.reserve(map->id_map.size() + other->id_map.size());
    merge(map->index, other->index, keeps_ids(map->index) ? map->ntotal : 0);
    for (auto id : other->id_map) {
        if (auto map2 = dynamic_cast<faiss::IndexIDMap2Template<T>*>(target)) {
            map2->rev_map[id + add_id] = map->id_map.size();
        }
        map->id_map.push_back(id + add_id);
    }
    // FAISS does not clear the table of a map that is reset.
    if (auto emptied = dynamic_cast<faiss::IndexIDMap2Template<T>*>(source)) {
        emptied->rev_map.clear();
    }
    map->ntotal = map->index->ntotal;
    return true;
}

void merge(faiss::Index* target, faiss::Index* source, int64_t add_id) {
    if (merge_map(target, source, add_id)) {
        return;
    }
    if (auto transformed = dynamic_cast<faiss::IndexPreTransform*>(target)) {
        merge(transformed->index, dynamic_cast<faiss::IndexPreTransform*>(source)->index, add_id);
        target->ntotal = transformed->index->ntotal;
        return;
    }
    if (auto flat = is_plain_flat(target) ? dynamic_cast<faiss::IndexFlat*>(target) : nullptr) {
        FAISS_THROW_IF_NOT_MSG(add_id == 0, "a flat index numbers its vectors itself");
        flat->add(source->ntotal, dynamic_cast<faiss::IndexFlat*>(source)->get_xb());
        return;
    }
    target->merge_from(*source, add_id);
}

void merge(faiss::IndexBinary* target, faiss::IndexBinary* source, int64_t add_id) {
    if (merge_map(target, source, add_id)) {
        return;
    }
    if (auto flat = dynamic_cast<faiss::IndexBinaryFlat*>(target)) {
        FAISS_THROW_IF_NOT_MSG(add_id == 0, "a flat index numbers its vectors itself");
        flat->add(source->ntotal, dynamic_cast<faiss::IndexBinaryFlat*>(source)->xb.data());
        return;
    }
    target->merge_from(*source, add_id);
}

int report(const std::string& text, char* fault, size_t size, size_t* length) {
    *length = text.size();
    std::copy_n(text.data(), std::min(size, text.size()), fault);
    return 0;
}

} // namespace

int faiss_sdk_merge_fault(const FaissIndex* target, const FaissIndex* source, char* fault, size_t size, size_t* length) {
    try {
        return report(difference(reinterpret_cast<const faiss::Index*>(target), reinterpret_cast<const faiss::Index*>(source)), fault, size, length);
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_binary_merge_fault(const FaissIndexBinary* target, const FaissIndexBinary* source, char* fault, size_t size, size_t* length) {
    try {
        return report(difference(reinterpret_cast<const faiss::IndexBinary*>(target), reinterpret_cast<const faiss::IndexBinary*>(source)), fault, size, length);
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_merge(FaissIndex* target, FaissIndex* source, int64_t add_id) {
    try {
        auto* other = reinterpret_cast<faiss::Index*>(source);
        merge(reinterpret_cast<faiss::Index*>(target), other, add_id);
        other->reset();
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_binary_merge(FaissIndexBinary* target, FaissIndexBinary* source, int64_t add_id) {
    try {
        auto* other = reinterpret_cast<faiss::IndexBinary*>(source);
        merge(reinterpret_cast<faiss::IndexBinary*>(target), other, add_id);
        other->reset();
        return 0;
    }
    CATCH_AND_HANDLE
}
