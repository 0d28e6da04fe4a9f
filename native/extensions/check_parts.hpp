// What the checks of float and binary indexes share.
#ifndef FAISS_SDK_CHECK_PARTS_H
#define FAISS_SDK_CHECK_PARTS_H

#include "check.hpp"
#include "class_name.hpp"

#include <algorithm>
#include <type_traits>

namespace faiss {
struct IndexFastScan;
struct IndexIVF;
} // namespace faiss

namespace faiss_sdk {

// Deeper than any sensible index; stops the walk if a part contains itself.
constexpr int max_depth = 32;

// The largest factor that newer readers of FAISS accept is 1000.
constexpr double max_factor = 1 << 20;

void check_index(const faiss::Index* index, int depth);
void check_index(const faiss::IndexBinary* index, int depth);

// Checks what inverted lists hold.
void check_ivf_encoder(const faiss::IndexIVF* ivf, int depth);

void check_flat_fast_scan(const faiss::IndexFastScan* index);

// Returns the largest label that a search of the index can return plus 1, or 0 if there is none.
int64_t end_of_labels(const faiss::Index* index, int depth);
int64_t end_of_labels(const faiss::IndexBinary* index, int depth);

// Checks a part, and puts its role and class before a fault.
template <class T>
void check_part(const char* role, const T* part, int depth) {
    std::string name = role;
    try {
        if (part == nullptr) {
            fail("it is missing");
        }
        name += ' ';
        name += class_of(part);
        if constexpr (std::is_base_of_v<faiss::VectorTransform, T>) {
            check(part);
        } else {
            check_index(part, depth + 1);
        }
    } catch (Fault& fault) {
        throw Fault{name + ": " + fault.text};
    }
}

template <class T>
void expect_dimension(const char* what, const T* part, int d) {
    expect(what, part->d, d);
}

template <class T>
void expect_count(const char* what, const T* part, int64_t count) {
    expect(what, part->ntotal, count);
}

template <class T>
void check_header(const T* index, int depth) {
    if (depth > max_depth) {
        fail("it is nested too deeply");
    }
    expect_flag("is_trained", index->is_trained);
    expect_between("the number of vectors", index->ntotal, 0, INT64_MAX / 2);
    expect_between("d", index->d, 1, INT32_MAX / static_cast<int>(sizeof(float)));
    // Numbers in this range that are no metric are refused by the SDK, which names them.
    expect_between("the metric", index->metric_type, 0, 255);
}

// Both families have inverted lists and ID maps of the same shape.

template <class T>
void check_lists(const T* ivf, int depth) {
    expect_between("nlist", static_cast<int64_t>(ivf->nlist), 1, INT64_MAX);
    expect_between("nprobe", static_cast<int64_t>(ivf->nprobe), 1, INT32_MAX);
    check_part("quantizer", ivf->quantizer, depth);
    expect_dimension("d of the quantizer", ivf->quantizer, ivf->d);
    if (ivf->is_trained) {
        if (!ivf->quantizer->is_trained) {
            fail("its quantizer is not trained");
        }
        expect_between("the number of lists that the quantizer finds", end_of_labels(ivf->quantizer, depth), 0, static_cast<int64_t>(ivf->nlist));
    }
    const auto sizes = check(ivf->invlists, ivf->nlist, ivf->code_size);
    uint64_t held = 0;
    for (size_t size : sizes) {
        held += std::min<uint64_t>(size, INT64_MAX / 2);
    }
    // May be fewer than ntotal: FAISS also counts vectors for which the quantizer found no list.
    expect_between("the number of vectors of its lists", static_cast<int64_t>(std::min<uint64_t>(held, INT64_MAX)), 0, ivf->ntotal);
    check(ivf->direct_map, sizes, ivf->ntotal);
}

template <class T>
void check_map(const T* map, int depth) {
    check_part("index", map->index, depth);
    expect_dimension("d of the index", map->index, map->d);
    expect("the number of ids", map->id_map.size(), map->ntotal);
    expect_count("the number of vectors of the index", map->index, map->ntotal);
    expect_between("the largest id of the index", end_of_labels(map->index, depth), 0, map->ntotal);
}

} // namespace faiss_sdk

#endif
