// Replaces vectors by their ids: FAISS removes vectors before it finds that others are missing. Compiled with FAISS trees of all
// supported versions.
#include "faiss_sdk.h"

#include "entries.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <typeinfo>
#include <unordered_map>
#include <vector>

#include <c_api/macros_impl.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/IndexScalarQuantizer.h>
#include <faiss/impl/FaissAssert.h>

namespace {

using faiss::DirectMap;
using faiss::Index;
using faiss::IndexIVF;
using faiss::InvertedLists;
using faiss_sdk::check_entries;
using faiss_sdk::refuse_entries;
using id_type = int64_t;

// Replaces vectors of an index and its parts. All is checked before anything is replaced.
class Update {
  public:
    // Returns the position of the first id that is absent, -1 if there is none.
    static id_type find_absent(const Index* index, id_type n, const id_type* ids) {
        if (auto map = dynamic_cast<const faiss::IndexIDMap*>(index)) {
            const auto positions = positions_of(map, n, ids);
            const auto missing = std::find(positions.begin(), positions.end(), -1);
            return missing != positions.end() ? missing - positions.begin() : find_absent(map->index, n, positions.data());
        }
        if (auto transformed = dynamic_cast<const faiss::IndexPreTransform*>(index)) {
            return find_absent(transformed->index, n, ids);
        }
        if (is_refining(index)) {
            auto refined = static_cast<const faiss::IndexRefine*>(index);
            return std::max(find_absent(refined->base_index, n, ids), find_absent(refined->refine_index, n, ids));
        }
        auto lists = dynamic_cast<const IndexIVF*>(index);
        if (lists == nullptr) {
            codes_of(const_cast<Index*>(index));
        } else {
            check_entries(lists);
            FAISS_THROW_IF_NOT_MSG(lists->direct_map.type != DirectMap::NoMap, "direct map not initialized");
        }
        for (id_type i = 0; i < n; i++) {
            if (lists != nullptr ? entry_of(lists->direct_map, ids[i]) < 0 : ids[i] < 0 || ids[i] >= index->ntotal) {
                return i;
            }
        }
        return -1;
    }

    static void apply(Index* index, id_type n, const id_type* ids, const float* x) {
        if (auto map = dynamic_cast<faiss::IndexIDMap*>(index)) {
            apply(map->index, n, positions_of(map, n, ids).data(), x);
        } else if (auto transformed = dynamic_cast<faiss::IndexPreTransform*>(index)) {
            const float* vectors = transformed->apply_chain(n, x);
            std::unique_ptr<const float[]> owned(vectors == x ? nullptr : vectors);
            apply(transformed->index, n, ids, vectors);
        } else if (is_refining(index)) {
            auto refined = static_cast<faiss::IndexRefine*>(index);
            apply(refined->base_index, n, ids, x);
            apply(refined->refine_index, n, ids, x);
        } else if (auto lists = dynamic_cast<IndexIVF*>(index)) {
            apply_to_lists(lists, n, ids, x);
        } else {
            auto* codes = codes_of(index);
            std::vector<uint8_t> encoded(n * codes->code_size);
            codes->sa_encode(n, x, encoded.data());
            for (id_type i = 0; i < n; i++) {
                std::memcpy(&codes->codes[ids[i] * codes->code_size], &encoded[i * codes->code_size], codes->code_size);
            }
        }
    }

  private:
    static bool is_refining(const Index* index) {
        return typeid(*index) == typeid(faiss::IndexRefine) || typeid(*index) == typeid(faiss::IndexRefineFlat);
    }

    static faiss::IndexFlatCodes* codes_of(Index* index) {
        for (const auto* type : {&typeid(faiss::IndexFlat), &typeid(faiss::IndexFlatL2), &typeid(faiss::IndexFlatIP), &typeid(faiss::IndexScalarQuantizer), &typeid(faiss::IndexPQ)}) {
            if (typeid(*index) == *type) {
                return static_cast<faiss::IndexFlatCodes*>(index);
            }
        }
        refuse_entries(index, "its vectors cannot be replaced");
    }

    static id_type entry_of(const DirectMap& map, id_type id) {
        if (map.type == DirectMap::Array) {
            return id >= 0 && static_cast<size_t>(id) < map.array.size() ? map.array[id] : -1;
        }
        const auto found = map.hashtable.find(id);
        return found == map.hashtable.end() ? -1 : found->second;
    }

    static void set(DirectMap& map, id_type id, id_type entry) {
        if (map.type == DirectMap::Array) {
            map.array[id] = entry;
        } else {
            map.hashtable[id] = entry;
        }
    }

    static std::vector<id_type> positions_of(const faiss::IndexIDMap* map, id_type n, const id_type* ids) {
        std::vector<id_type> positions(n, -1);
        if (auto table = dynamic_cast<const faiss::IndexIDMap2*>(map)) {
            for (id_type i = 0; i < n; i++) {
                const auto found = table->rev_map.find(ids[i]);
                positions[i] = found == table->rev_map.end() ? -1 : found->second;
            }
            return positions;
        }
        std::unordered_map<id_type, id_type> wanted;
        for (id_type i = 0; i < n; i++) {
            wanted[ids[i]] = i;
        }
        for (size_t position = 0; position < map->id_map.size(); position++) {
            const auto found = wanted.find(map->id_map[position]);
            if (found != wanted.end()) {
                positions[found->second] = position;
            }
        }
        return positions;
    }

    static void apply_to_lists(IndexIVF* index, id_type n, const id_type* ids, const float* x) {
        std::vector<id_type> assigned(n);
        index->quantizer->assign(n, x, assigned.data());
        FAISS_THROW_IF_NOT_MSG(std::all_of(assigned.begin(), assigned.end(), [](id_type list) { return list >= 0; }), "the quantizer finds no list for a vector");
        std::vector<uint8_t> codes(n * index->code_size);
        index->encode_vectors(n, x, assigned.data(), codes.data());
        auto& map = index->direct_map;
        auto* lists = index->invlists;
        for (id_type i = 0; i < n; i++) {
            const uint8_t* code = &codes[i * index->code_size];
            const id_type entry = entry_of(map, ids[i]);
            const size_t list = faiss::lo_listno(entry);
            const size_t offset = faiss::lo_offset(entry);
            if (static_cast<id_type>(list) == assigned[i]) {
                lists->update_entry(list, offset, ids[i], code);
                continue;
            }
            const size_t last = lists->list_size(list) - 1;
            if (offset != last) {
                const id_type moved = lists->get_single_id(list, last);
                lists->update_entry(list, offset, moved, InvertedLists::ScopedCodes(lists, list, last).get());
                set(map, moved, entry);
            }
            lists->resize(list, last);
            set(map, ids[i], faiss::lo_build(assigned[i], lists->add_entry(assigned[i], ids[i], code)));
        }
    }
};

} // namespace

int faiss_sdk_update(FaissIndex* index, int64_t n, const int64_t* ids, const float* x, int64_t* absent) {
    try {
        *absent = Update::find_absent(reinterpret_cast<Index*>(index), n, ids);
        if (*absent < 0) {
            Update::apply(reinterpret_cast<Index*>(index), n, ids, x);
        }
        return 0;
    }
    CATCH_AND_HANDLE
}
