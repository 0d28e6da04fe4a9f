// Checks of binary indexes for check.cpp.
#include "check_parts.hpp"

#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexBinaryFromFloat.h>
#include <faiss/IndexBinaryHNSW.h>
#include <faiss/IndexBinaryHash.h>
#include <faiss/IndexBinaryIVF.h>
#include <faiss/IndexIDMap.h>

namespace faiss_sdk {

int64_t end_of_labels(const faiss::IndexBinary* index, int depth) {
    if (depth > max_depth) {
        fail("it is nested too deeply");
    }
    if (auto map = dynamic_cast<const faiss::IndexBinaryIDMap*>(index)) {
        if (map->id_map.empty()) {
            return 0;
        }
        const auto [smallest, largest] = std::minmax_element(map->id_map.begin(), map->id_map.end());
        expect_between("an id of its ID map", *smallest, 0, INT64_MAX);
        return *largest + 1;
    }
    if (auto ivf = dynamic_cast<const faiss::IndexBinaryIVF*>(index)) {
        return end_of_ids(*ivf->invlists);
    }
    if (auto floats = dynamic_cast<const faiss::IndexBinaryFromFloat*>(index)) {
        return end_of_labels(floats->index, depth + 1);
    }
    if (auto hash = dynamic_cast<const faiss::IndexBinaryHash*>(index)) {
        int64_t end = 0;
        for (const auto& list : hash->invlists) {
            for (auto id : list.second.ids) {
                expect_between("an id of its lists", id, 0, INT64_MAX - 1);
                end = std::max<int64_t>(end, id + 1);
            }
        }
        return end;
    }
    return index->ntotal;
}

void check_index(const faiss::IndexBinary* index, int depth) {
    check_header(index, depth);
    expect("d", index->d, 8 * static_cast<size_t>(index->code_size));
    if (auto flat = dynamic_cast<const faiss::IndexBinaryFlat*>(index)) {
        if (!is_product(flat->xb.size(), index->ntotal, index->code_size)) {
            fail("its codes have %zu bytes for %lld vectors of %d bytes", flat->xb.size(), static_cast<long long>(index->ntotal), static_cast<int>(index->code_size));
        }
    } else if (auto ivf = dynamic_cast<const faiss::IndexBinaryIVF*>(index)) {
        check_lists(ivf, depth);
    } else if (auto map = dynamic_cast<const faiss::IndexBinaryIDMap*>(index)) {
        check_map(map, depth);
    } else if (auto floats = dynamic_cast<const faiss::IndexBinaryFromFloat*>(index)) {
        check_part("index", floats->index, depth);
        expect_dimension("d of the index", floats->index, index->d);
        expect_count("the number of vectors of the index", floats->index, index->ntotal);
    } else if (auto graph = dynamic_cast<const faiss::IndexBinaryHNSW*>(index)) {
        check(graph->hnsw, index->ntotal);
        check_part("storage", graph->storage, depth);
        if (dynamic_cast<const faiss::IndexBinaryFlat*>(graph->storage) == nullptr) {
            fail("its storage is not flat");
        }
        expect_dimension("d of the storage", graph->storage, index->d);
        expect_count("the number of vectors of the storage", graph->storage, index->ntotal);
    } else if (auto hash = dynamic_cast<const faiss::IndexBinaryHash*>(index)) {
        expect_between("the bits of a hash", hash->b, 1, std::min(index->d, 63));
        expect_between("the bits to flip", hash->nflip, 0, hash->b);
        size_t held = 0;
        for (const auto& list : hash->invlists) {
            held += list.second.ids.size();
            if (!is_product(list.second.vecs.size(), list.second.ids.size(), index->code_size)) {
                fail("a list has %zu bytes for %zu vectors", list.second.vecs.size(), list.second.ids.size());
            }
        }
        expect("the number of vectors of its lists", held, index->ntotal);
    } else if (auto hashes = dynamic_cast<const faiss::IndexBinaryMultiHash*>(index)) {
        check_part("storage", static_cast<const faiss::IndexBinary*>(hashes->storage), depth);
        expect_dimension("d of the storage", hashes->storage, index->d);
        expect_count("the number of vectors of the storage", hashes->storage, index->ntotal);
        expect_between("the bits of a hash", hashes->b, 1, std::min(index->d, 63));
        expect_between("the number of hashes", hashes->nhash, 1, index->d / hashes->b);
        expect_between("the bits to flip", hashes->nflip, 0, hashes->b);
        expect("the number of tables", hashes->maps.size(), hashes->nhash);
        for (const auto& table : hashes->maps) {
            for (const auto& list : table) {
                for (auto id : list.second) {
                    expect_between("an id of its tables", id, 0, index->ntotal - 1);
                }
            }
        }
    }
}

} // namespace faiss_sdk
