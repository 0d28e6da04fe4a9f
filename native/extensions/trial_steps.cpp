// The steps of trial.cpp: calls that every kind of index either has or refuses. Calls that end the process for a sound index of
// some kind, which the SDK refuses, are left out for that kind.
#ifndef _WIN32

#include "check.hpp"
#include "trial.hpp"

#include <algorithm>
#include <memory>
#include <new>
#include <random>
#include <vector>

#include <faiss/IndexAdditiveQuantizerFastScan.h>
#include <faiss/IndexBinaryIVF.h>
#include <faiss/IndexFastScan.h>
#include <faiss/IndexFlatCodes.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFFastScan.h>
#include <faiss/IndexNNDescent.h>
#include <faiss/IndexNSG.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/MetaIndexes.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/IDSelector.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>
#include <faiss/invlists/OnDiskInvertedLists.h>

namespace faiss_sdk {

namespace {

constexpr int64_t queries = 3;
constexpr int64_t max_neighbors = 10;
constexpr int64_t max_reconstructed = 100000;

// Counts what it is given to write.
struct NullWriter : faiss::IOWriter {
    size_t operator()(const void*, size_t, size_t count) override {
        return count;
    }
};

// Makes a call; exceptions count as answers, except bad_alloc.
template <class T>
void attempt(T call) {
    try {
        call();
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception&) {
    }
}

// Returns whether a condition holds for an index or for a part that its calls reach.
template <class T>
bool any_part(const faiss::Index* index, const T& holds) {
    if (holds(index)) {
        return true;
    }
    if (auto map = dynamic_cast<const faiss::IndexIDMap*>(index)) {
        return any_part(map->index, holds);
    }
    if (auto transformed = dynamic_cast<const faiss::IndexPreTransform*>(index)) {
        return any_part(transformed->index, holds);
    }
    if (auto refined = dynamic_cast<const faiss::IndexRefine*>(index)) {
        return any_part(refined->base_index, holds) || any_part(refined->refine_index, holds);
    }
    if (auto ivf = dynamic_cast<const faiss::IndexIVF*>(index)) {
        return any_part(ivf->quantizer, holds);
    }
    return false;
}

template <class T>
bool contains(const faiss::Index* index) {
    return any_part(index, [](const faiss::Index* part) { return dynamic_cast<const T*>(part) != nullptr; });
}

// Lists whose metric throws within a parallel region, in versions that do so.
bool has_silent_metric(const faiss::Index* index) {
#if FAISS_AT_LEAST(1, 15)
    return false;
#else
    return any_part(index, [](const faiss::Index* part) {
        return dynamic_cast<const faiss::IndexIVF*>(part) != nullptr && part->metric_type != faiss::METRIC_L2 && part->metric_type != faiss::METRIC_INNER_PRODUCT;
    });
#endif
}

// Lists in a file cannot be changed: they may be those of the file that is tried.
bool lie_in_file(const faiss::InvertedLists* lists) {
    return dynamic_cast<const faiss::OnDiskInvertedLists*>(lists) != nullptr;
}

bool has_lists_in_file(const faiss::Index* index) {
    return any_part(index, [](const faiss::Index* part) {
        auto ivf = dynamic_cast<const faiss::IndexIVF*>(part);
        return ivf != nullptr && lie_in_file(ivf->invlists);
    });
}

std::vector<float> vectors(int64_t count, int d) {
    std::mt19937 random(1);
    std::uniform_real_distribution<float> distribution(0, 1);
    std::vector<float> all(count * d);
    std::generate(all.begin(), all.end(), [&] { return distribution(random); });
    return all;
}

std::vector<uint8_t> vectors_of_bits(int64_t count, int bytes) {
    std::mt19937 random(1);
    std::vector<uint8_t> all(count * bytes);
    std::generate(all.begin(), all.end(), [&] { return static_cast<uint8_t>(random()); });
    return all;
}

void search(const faiss::Index* index, const std::vector<float>& x, const Begin& begin) {
    if (!index->is_trained || has_silent_metric(index)) {
        return;
    }
    begin("a search");
    std::vector<float> distances(queries * max_neighbors);
    std::vector<int64_t> ids(queries * max_neighbors);
    for (int64_t k : {int64_t{1}, std::min(max_neighbors, index->ntotal)}) {
        if (k > 0) {
            attempt([&] { index->search(queries, x.data(), k, distances.data(), ids.data()); });
        }
    }
    if (index->ntotal > 0 && !contains<faiss::IndexIVFFastScan>(index)) {
        begin("a range search");
        attempt([&] {
            faiss::RangeSearchResult result(queries);
            index->range_search(queries, x.data(), distances[0], &result);
        });
    }
}

void reconstruct(const faiss::Index* index, const Begin& begin) {
    begin("a reconstruction");
    std::vector<float> vector(index->d);
    const int64_t stride = std::max<int64_t>(1, index->ntotal / max_reconstructed);
    if (auto ivf = dynamic_cast<const faiss::IndexIVF*>(index)) {
        if (dynamic_cast<const faiss::IndexIVFFastScan*>(ivf) == nullptr) {
            attempt([&] {
                for (size_t list = 0; list < ivf->nlist; list++) {
                    for (size_t offset = 0; offset < ivf->invlists->list_size(list); offset += stride) {
                        ivf->reconstruct_from_offset(list, offset, vector.data());
                    }
                }
            });
        }
        if (ivf->direct_map.type == faiss::DirectMap::NoMap) {
            return;
        }
    }
    // Ends at the first id that the index lacks or cannot reconstruct.
    attempt([&] {
        for (int64_t i = 0; i < index->ntotal; i += stride) {
            auto map = dynamic_cast<const faiss::IndexIDMap*>(index);
            index->reconstruct(map == nullptr ? i : map->id_map[i], vector.data());
        }
    });
}

void encode(const faiss::Index* index, const std::vector<float>& x, const Begin& begin) {
    if (!index->is_trained || contains<faiss::IndexIVFFastScan>(index) || contains<faiss::IndexFastScan>(index) || contains<faiss::IndexRefine>(index)) {
        return;
    }
    begin("an encoding");
    attempt([&] {
        std::vector<uint8_t> codes(queries * index->sa_code_size());
        std::vector<float> decoded(x.size());
        index->sa_encode(queries, x.data(), codes.data());
        index->sa_decode(queries, codes.data(), decoded.data());
    });
}

bool can_add(const faiss::Index* index) {
    return index->is_trained && !has_lists_in_file(index) && !contains<faiss::IndexNSG>(index) && !contains<faiss::IndexNNDescent>(index) && !contains<faiss::IndexFastScan>(index)
        && !contains<faiss::IndexIVFFastScan>(index);
}

bool can_remove(const faiss::Index* index) {
    if (has_lists_in_file(index)) {
        return false;
    }
    const auto* map = dynamic_cast<const faiss::IndexIDMap*>(index);
    return map != nullptr ? dynamic_cast<const faiss::IndexFlatCodes*>(map->index) != nullptr
                          : dynamic_cast<const faiss::IndexFlatCodes*>(index) != nullptr
            || (dynamic_cast<const faiss::IndexIVF*>(index) != nullptr && dynamic_cast<const faiss::IndexIVFFastScan*>(index) == nullptr);
}

void add(faiss::Index* index, const std::vector<float>& x, const Begin& begin) {
    if (can_add(index)) {
        begin("an addition");
        const std::vector<int64_t> ids = {1, 2, 3};
        if (dynamic_cast<const faiss::IndexIDMap*>(index) != nullptr) {
            attempt([&] { index->add_with_ids(queries, x.data(), ids.data()); });
        } else {
            attempt([&] { index->add(queries, x.data()); });
        }
    }
}

void use(faiss::Index* index, const Begin& begin) {
    const auto x = vectors(queries, index->d);
    search(index, x, begin);
    reconstruct(index, begin);
    encode(index, x, begin);
    begin("saving it");
    attempt([&] {
        NullWriter writer;
        faiss::write_index(index, &writer);
    });
    add(index, x, begin);
    search(index, x, begin);
    if (can_remove(index)) {
        begin("a removal");
        attempt([&] {
            const faiss::IDSelectorRange range(0, 2);
            index->remove_ids(range);
        });
    }
    if (can_add(index)) {
        begin("emptying it");
        attempt([&] { index->reset(); });
        add(index, x, begin);
        search(index, x, begin);
    }
}

void search(const faiss::IndexBinary* index, const std::vector<uint8_t>& x, const Begin& begin) {
    if (!index->is_trained || index->ntotal == 0) {
        return;
    }
    begin("a search");
    std::vector<int32_t> distances(queries * max_neighbors);
    std::vector<int64_t> ids(queries * max_neighbors);
    for (int64_t k : {int64_t{1}, std::min(max_neighbors, index->ntotal)}) {
        attempt([&] { index->search(queries, x.data(), k, distances.data(), ids.data()); });
    }
    begin("a range search");
    attempt([&] {
        faiss::RangeSearchResult result(queries);
        index->range_search(queries, x.data(), distances[0] + 1, &result);
    });
}

void use(faiss::IndexBinary* index, const Begin& begin) {
    const auto x = vectors_of_bits(queries, index->code_size);
    search(index, x, begin);
    begin("a reconstruction");
    std::vector<uint8_t> vector(index->code_size);
    const auto* map = dynamic_cast<const faiss::IndexBinaryIDMap*>(index);
    attempt([&] {
        for (int64_t i = 0; i < index->ntotal; i += std::max<int64_t>(1, index->ntotal / max_reconstructed)) {
            index->reconstruct(map == nullptr ? i : map->id_map[i], vector.data());
        }
    });
    begin("saving it");
    attempt([&] {
        NullWriter writer;
        faiss::write_index_binary(index, &writer);
    });
    const auto* ivf = dynamic_cast<const faiss::IndexBinaryIVF*>(index);
    if (index->is_trained && (ivf == nullptr || !lie_in_file(ivf->invlists))) {
        begin("an addition");
        const std::vector<int64_t> ids = {1, 2, 3};
        if (map != nullptr) {
            attempt([&] { index->add_with_ids(queries, x.data(), ids.data()); });
        } else {
            attempt([&] { index->add(queries, x.data()); });
        }
        search(index, x, begin);
    }
}

} // namespace

void try_float_file(const char* path, int io_flags, const Begin& begin) {
    const std::unique_ptr<faiss::Index> index(faiss::read_index(path, io_flags));
    if (index == nullptr) {
        throw Fault{"it contains no index"};
    }
    begin("checking it");
    check_whole(index.get());
    use(index.get(), begin);
    begin("freeing it");
}

void try_binary_file(const char* path, int io_flags, const Begin& begin) {
    const std::unique_ptr<faiss::IndexBinary> index(faiss::read_index_binary(path, io_flags));
    if (index == nullptr) {
        throw Fault{"it contains no index"};
    }
    begin("checking it");
    check_whole(index.get());
    use(index.get(), begin);
    begin("freeing it");
}

} // namespace faiss_sdk

#endif
