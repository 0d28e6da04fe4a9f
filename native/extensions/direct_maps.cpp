// Direct maps of inverted lists as hash tables: FAISS misnumbers vectors that it adds to such lists without ids, and removes vectors from
// them by only one class of selector. Compiled with FAISS trees of all supported versions.
#include "faiss_sdk.h"

#include "entries.hpp"

#include <cstdint>
#include <unordered_set>
#include <utility>
#include <vector>

#include <c_api/macros_impl.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/IndexReplicas.h>
#include <faiss/IndexShards.h>
#include <faiss/impl/FaissAssert.h>
#include <faiss/impl/IDSelector.h>

namespace {

using faiss::DirectMap;
using faiss::Index;
using faiss::IndexIVF;
using faiss::InvertedLists;
using faiss_sdk::check_entries;
using id_type = int64_t;

// Finds the lists with hash tables that hold vectors of an index.
void collect(Index* index, std::vector<IndexIVF*>& found) {
    if (auto lists = dynamic_cast<IndexIVF*>(index)) {
        if (lists->direct_map.type == DirectMap::Hashtable) {
            found.push_back(lists);
        }
    } else if (auto map = dynamic_cast<faiss::IndexIDMap*>(index)) {
        collect(map->index, found);
    } else if (auto transformed = dynamic_cast<faiss::IndexPreTransform*>(index)) {
        collect(transformed->index, found);
    } else if (auto refined = dynamic_cast<faiss::IndexRefine*>(index)) {
        collect(refined->base_index, found);
        collect(refined->refine_index, found);
    } else if (auto shards = dynamic_cast<faiss::IndexShards*>(index)) {
        for (int i = 0; i < shards->count(); i++) {
            collect(shards->at(i), found);
        }
    } else if (auto replicas = dynamic_cast<faiss::IndexReplicas*>(index)) {
        for (int i = 0; i < replicas->count(); i++) {
            collect(replicas->at(i), found);
        }
    }
}

// Finds the hash tables whose keys are the ids that the caller passes (not positions within an ID map).
void collect_by_id(const Index* index, std::vector<const IndexIVF*>& found) {
    if (auto lists = dynamic_cast<const IndexIVF*>(index)) {
        if (lists->direct_map.type == DirectMap::Hashtable) {
            found.push_back(lists);
        }
    } else if (auto transformed = dynamic_cast<const faiss::IndexPreTransform*>(index)) {
        collect_by_id(transformed->index, found);
    } else if (auto refined = dynamic_cast<const faiss::IndexRefine*>(index)) {
        collect_by_id(refined->base_index, found);
    } else if (auto shards = dynamic_cast<const faiss::IndexShards*>(index); shards != nullptr && !shards->successive_ids) {
        for (int i = 0; i < shards->count(); i++) {
            collect_by_id(shards->at(i), found);
        }
    }
}

// Returns the position of the first new id that the index holds already or that is given twice; -1 if there is none.
id_type find_taken(const Index* index, id_type n, const id_type* ids) {
    std::vector<const IndexIVF*> maps;
    collect_by_id(index, maps);
    std::unordered_set<id_type> seen;
    for (id_type i = 0; i < n && !maps.empty(); i++) {
        const id_type id = ids != nullptr ? ids[i] : index->ntotal + i;
        if (ids != nullptr && !seen.insert(id).second) {
            return i;
        }
        for (const auto* lists : maps) {
            if (lists->direct_map.hashtable.count(id) != 0) {
                return i;
            }
        }
    }
    return -1;
}

// Detaches the hash tables during an addition, and then enters into them what was appended to the lists.
class Detached {
  public:
    explicit Detached(const std::vector<IndexIVF*>& maps) : maps(maps) {
        for (auto* lists : maps) {
            std::vector<size_t> held(lists->nlist);
            for (size_t list = 0; list < lists->nlist; list++) {
                held[list] = lists->invlists->list_size(list);
            }
            sizes.push_back(std::move(held));
        }
        for (auto* lists : maps) {
            lists->direct_map.type = DirectMap::NoMap;
        }
    }

    void attach() {
        for (size_t i = 0; i < maps.size(); i++) {
            auto& map = maps[i]->direct_map;
            map.type = DirectMap::Hashtable;
            const auto* lists = maps[i]->invlists;
            for (size_t list = 0; list < maps[i]->nlist; list++) {
                const size_t size = lists->list_size(list);
                if (size > sizes[i][list]) {
                    InvertedLists::ScopedIds ids(lists, list);
                    for (size_t offset = sizes[i][list]; offset < size; offset++) {
                        map.hashtable[ids[offset]] = faiss::lo_build(list, offset);
                    }
                }
            }
        }
    }

  private:
    const std::vector<IndexIVF*>& maps;
    std::vector<std::vector<size_t>> sizes;
};

void add(Index* index, id_type n, const float* x, const id_type* ids) {
    if (ids != nullptr) {
        index->add_with_ids(n, x, ids);
    } else {
        index->add(n, x);
    }
}

// Returns the selected ids that the hash tables hold.
std::vector<id_type> selected(const std::vector<IndexIVF*>& maps, const faiss::IDSelector& selector) {
    std::vector<id_type> ids;
    auto batch = dynamic_cast<const faiss::IDSelectorBatch*>(&selector);
    auto range = dynamic_cast<const faiss::IDSelectorRange*>(&selector);
    for (const auto* lists : maps) {
        const auto& table = lists->direct_map.hashtable;
        if (batch != nullptr) {
            ids.assign(batch->set.begin(), batch->set.end());
            return ids;
        }
        if (range != nullptr && static_cast<uint64_t>(range->imax) - static_cast<uint64_t>(range->imin) < table.size()) {
            for (id_type id = range->imin; id < range->imax; id++) {
                ids.push_back(id);
            }
            return ids;
        }
        for (const auto& entry : table) {
            if (selector.is_member(entry.first)) {
                ids.push_back(entry.first);
            }
        }
    }
    return ids;
}

Index* of(FaissIndex* index) {
    return reinterpret_cast<Index*>(index);
}

} // namespace

int faiss_sdk_make_direct_map(FaissIndex* index, int type, int64_t* repeated) {
    try {
        *repeated = -1;
        auto* lists = dynamic_cast<IndexIVF*>(of(index));
        FAISS_THROW_IF_NOT_MSG(lists != nullptr, "only inverted lists have a direct map");
        if (type != DirectMap::Hashtable) {
            lists->set_direct_map_type(static_cast<DirectMap::Type>(type));
            return 0;
        }
        check_entries(lists);
        std::unordered_set<int64_t> seen;
        for (size_t list = 0; list < lists->nlist; list++) {
            InvertedLists::ScopedIds ids(lists->invlists, list);
            for (size_t offset = 0; offset < lists->invlists->list_size(list); offset++) {
                if (!seen.insert(ids[offset]).second) {
                    *repeated = ids[offset];
                    return 0;
                }
            }
        }
        lists->set_direct_map_type(DirectMap::Hashtable);
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_add(FaissIndex* index, int64_t n, const float* x, const int64_t* ids, int64_t* taken) {
    try {
        *taken = -1;
        std::vector<IndexIVF*> maps;
        collect(of(index), maps);
        if (maps.empty()) {
            add(of(index), n, x, ids);
            return 0;
        }
        *taken = find_taken(of(index), n, ids);
        if (*taken >= 0) {
            return 0;
        }
        Detached detached(maps);
        try {
            add(of(index), n, x, ids);
        } catch (...) {
            detached.attach();
            throw;
        }
        detached.attach();
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_remove_ids(FaissIndex* index, const FaissIDSelector* selector, size_t* removed) {
    try {
        const auto* chosen = reinterpret_cast<const faiss::IDSelector*>(selector);
        std::vector<IndexIVF*> maps;
        collect(of(index), maps);
        if (maps.empty()) {
            *removed = of(index)->remove_ids(*chosen);
            return 0;
        }
        const auto ids = selected(maps, *chosen);
        *removed = of(index)->remove_ids(faiss::IDSelectorArray(ids.size(), ids.data()));
        return 0;
    }
    CATCH_AND_HANDLE
}
