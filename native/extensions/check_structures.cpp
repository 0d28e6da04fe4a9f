// Checks of graphs, inverted lists and direct maps for check.cpp.
#include "check.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

#include <faiss/impl/NNDescent.h>
#include <faiss/invlists/BlockInvertedLists.h>
#ifndef _WIN32
#include <faiss/invlists/OnDiskInvertedLists.h>
#endif

namespace faiss_sdk {

namespace {

// Finds the largest link first, in a loop that compilers vectorize, and looks for the culprit only if it is too large. Readers since
// 1.15.0 check the links themselves.
void check_links(const int32_t* links, size_t size, int64_t count) {
#if FAISS_AT_LEAST(1, 15)
    (void)links, (void)size, (void)count;
#else
    const uint32_t end = static_cast<uint32_t>(count);
    uint32_t largest = 0;
    for (size_t i = 0; i < size; i++) {
        // An empty slot, −1, becomes 0.
        largest = std::max(largest, static_cast<uint32_t>(links[i]) + 1);
    }
    if (largest <= end) {
        return;
    }
    for (size_t i = 0; i < size; i++) {
        expect_between("a link of its graph", links[i], -1, count - 1);
    }
#endif
}

// Older versions read upper_beam from the file; newer ones do not have it.
template <class T>
auto check_beam(const T& graph, int) -> decltype(graph.upper_beam, void()) {
    expect_between("upper_beam", graph.upper_beam, 1, max_setting);
}
template <class T>
void check_beam(const T&, long) {}

void check_levels(const faiss::HNSW& graph, size_t count) {
    const auto& ends = graph.cum_nneighbor_per_level;
    if (ends.size() < 3 || ends[0] != 0 || ends.size() <= graph.assign_probas.size() || graph.assign_probas.empty()) {
        fail("the levels of its graph have no sizes");
    }
    for (size_t level = 1; level < ends.size(); level++) {
        // Each level that a new vector can reach needs room for a link.
        if (ends[level] < ends[level - 1] + (level <= graph.assign_probas.size() ? 1 : 0)) {
            fail("level %zu of its graph has %d links", level - 1, ends[level] - ends[level - 1]);
        }
    }
    for (double probability : graph.assign_probas) {
        if (!(probability >= 0 && probability <= 1)) {
            fail("a probability of its graph is %g", probability);
        }
    }
    expect("the number of levels of its graph", graph.levels.size(), count);
    expect("the number of offsets of its graph", graph.offsets.size(), count + 1);
    if (graph.offsets[0] != 0) {
        fail("the first offset of its graph is %zu", graph.offsets[0]);
    }
    const int levels = static_cast<int>(ends.size()) - 1;
    for (size_t i = 0; i < count; i++) {
        const int level = graph.levels[i];
        if (level < 1 || level > levels || graph.offsets[i + 1] - graph.offsets[i] != static_cast<size_t>(ends[level])) {
            fail("vector %zu of its graph has level %d of %d and offset %zu", i, level, levels, graph.offsets[i + 1]);
        }
    }
    expect("the number of links of its graph", graph.neighbors.size(), graph.offsets[count]);
}

} // namespace

void check(const faiss::HNSW& graph, int64_t count) {
    expect_between("efConstruction", graph.efConstruction, 1, max_setting);
    expect_between("efSearch", graph.efSearch, 1, max_setting);
    check_beam(graph, 0);
    expect_between("the number of vectors of its graph", count, 0, INT32_MAX - 1);
    check_levels(graph, count);
    check_links(graph.neighbors.data(), graph.neighbors.size(), count);
    if (count == 0) {
        expect_between("its entry point", graph.entry_point, -1, -1);
        return;
    }
    expect_between("its entry point", graph.entry_point, 0, count - 1);
    const int top = graph.levels[graph.entry_point] - 1;
    expect_between("the highest level of its graph", graph.max_level, 0, top);

    // A search descends from a level to the one below, and assumes that the vector that it has reached is on that level too.
    for (int64_t i = 0; i < count; i++) {
        for (int level = 1; level < graph.levels[i]; level++) {
            const size_t begin = graph.offsets[i] + graph.cum_nneighbor_per_level[level];
            const size_t end = graph.offsets[i] + graph.cum_nneighbor_per_level[level + 1];
            for (size_t link = begin; link < end && graph.neighbors[link] >= 0; link++) {
                if (graph.levels[graph.neighbors[link]] <= level) {
                    fail("a link of level %d of its graph leads to vector %d, which is not there", level, static_cast<int>(graph.neighbors[link]));
                }
            }
        }
    }
}

void check(const faiss::NSG& graph, int64_t count) {
    expect_flag("is_built", graph.is_built);
    expect_between("R", graph.R, 1, max_setting);
    expect_between("L", graph.L, 0, max_setting);
    expect_between("C", graph.C, 0, max_setting);
    expect_between("search_L", graph.search_L, 0, max_setting);
    if (!graph.is_built) {
        return;
    }
    expect("the number of vectors of its graph", graph.ntotal, count);
    if (graph.final_graph == nullptr || graph.final_graph->N != graph.ntotal || graph.final_graph->K != graph.R) {
        fail("its graph does not have %d links for each of %d vectors", graph.R, graph.ntotal);
    }
    expect_between("its entry point", graph.enterpoint, 0, count - 1);
    check_links(graph.final_graph->data, static_cast<size_t>(count) * graph.R, count);
}

void check(const faiss::NNDescent& graph, int64_t count) {
    expect_flag("has_built", graph.has_built);
    expect_between("K", graph.K, 1, max_setting);
    expect_between("S", graph.S, 1, max_setting);
    expect_between("R", graph.R, 0, max_setting);
    expect_between("L", graph.L, 0, max_setting);
    expect_between("iter", graph.iter, 0, max_setting);
    expect_between("search_L", graph.search_L, 0, max_setting);
    if (graph.has_built) {
        expect("the number of vectors of its graph", graph.ntotal, count);
        if (!is_product(graph.final_graph.size(), count, graph.K)) {
            fail("its graph has %zu links instead of %d for each of %d vectors", graph.final_graph.size(), graph.K, graph.ntotal);
        }
        // There are no empty slots, and readers accept them.
        for (int link : graph.final_graph) {
            expect_between("a link of its graph", link, 0, count - 1);
        }
    }
}

#ifndef _WIN32
// A search beyond the end of the file ends the process. The file of a mapped index has no name here; its length was checked at mapping.
static void check_length(const faiss::OnDiskInvertedLists& lists) {
    if (lists.filename.empty()) {
        return;
    }
    std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(lists.filename.c_str(), "rb"), &std::fclose);
    if (file == nullptr || std::fseek(file.get(), 0, SEEK_END) != 0) {
        fail("the file of its lists, %s, cannot be read", lists.filename.c_str());
    }
    const auto length = static_cast<uint64_t>(ftello(file.get()));
    if (length < lists.totsize) {
        fail("the file of its lists, %s, has %llu bytes of %zu", lists.filename.c_str(), static_cast<unsigned long long>(length), lists.totsize);
    }
}
#endif

std::vector<size_t> check(const faiss::InvertedLists* lists, size_t nlist, size_t code_size) {
    if (lists == nullptr) {
        fail("it has no inverted lists");
    }
    expect("the number of its inverted lists", lists->nlist, nlist);
    auto blocks = dynamic_cast<const faiss::BlockInvertedLists*>(lists);
    if (lists->code_size != faiss::InvertedLists::INVALID_CODE_SIZE) {
        expect("the code size of its inverted lists", lists->code_size, code_size);
    }
    if (blocks != nullptr) {
        expect("the number of lists of codes", blocks->codes.size(), nlist);
        expect("the number of lists of ids", blocks->ids.size(), nlist);
        expect_between("the vectors of a block", static_cast<int64_t>(blocks->n_per_block), 1, max_setting);
    }
    auto arrays = dynamic_cast<const faiss::ArrayInvertedLists*>(lists);
    if (arrays != nullptr) {
        expect("the number of lists of codes", arrays->codes.size(), nlist);
        expect("the number of lists of ids", arrays->ids.size(), nlist);
    }
    std::vector<size_t> sizes(nlist);
    for (size_t list = 0; list < nlist; list++) {
        const size_t size = sizes[list] = lists->list_size(list);
        if (blocks != nullptr) {
            const size_t needed = (size + blocks->n_per_block - 1) / blocks->n_per_block;
            if (!is_product(blocks->codes[list].size(), needed, blocks->block_size)) {
                fail("list %zu has %zu bytes of codes for %zu vectors", list, blocks->codes[list].size(), size);
            }
        } else if (arrays != nullptr && (code_size == 0 ? size > 0 && arrays->codes[list].size() > 0 : arrays->codes[list].size() / code_size < size)) {
            fail("list %zu has %zu bytes of codes for %zu vectors", list, arrays->codes[list].size(), size);
        }
    }
#ifndef _WIN32
    if (auto disk = dynamic_cast<const faiss::OnDiskInvertedLists*>(lists)) {
        expect("the number of lists of its file", disk->lists.size(), nlist);
        check_length(*disk);
        const size_t each = disk->code_size + sizeof(int64_t);
        for (size_t list = 0; list < nlist; list++) {
            const auto& one = disk->lists[list];
            if (one.size > one.capacity || (one.capacity > 0 && (one.offset > disk->totsize || (disk->totsize - one.offset) / each < one.capacity))) {
                fail("list %zu lies outside of its file", list);
            }
        }
    }
#endif
    return sizes;
}

void check(const faiss::DirectMap& map, const std::vector<size_t>& sizes, int64_t count) {
    expect_between("the type of its direct map", map.type, faiss::DirectMap::NoMap, faiss::DirectMap::Hashtable);
    auto check_entry = [&](int64_t id, int64_t entry) {
        const uint64_t list = static_cast<uint64_t>(entry) >> 32, offset = static_cast<uint64_t>(entry) & 0xffffffff;
        if (entry >= 0 && (list >= sizes.size() || offset >= sizes[list])) {
            fail("the direct map places vector %lld at %llu of list %llu", static_cast<long long>(id), static_cast<unsigned long long>(offset), static_cast<unsigned long long>(list));
        }
    };
    if (map.type == faiss::DirectMap::Array) {
        expect("the size of its direct map", map.array.size(), count);
        for (size_t id = 0; id < map.array.size(); id++) {
            check_entry(static_cast<int64_t>(id), map.array[id]);
        }
    } else if (map.type == faiss::DirectMap::Hashtable) {
        // May be fewer than count, because equal ids share an entry.
        expect_between("the size of its direct map", static_cast<int64_t>(map.hashtable.size()), 0, count);
        for (const auto& [id, entry] : map.hashtable) {
            if (entry < 0) {
                fail("the direct map has no place for vector %lld", static_cast<long long>(id));
            }
            check_entry(id, entry);
        }
    }
}

int64_t end_of_ids(const faiss::InvertedLists& lists) {
    int64_t largest = -1, smallest = 0;
    for (size_t list = 0; list < lists.nlist; list++) {
        const size_t size = lists.list_size(list);
        if (size == 0) {
            continue;
        }
        faiss::InvertedLists::ScopedIds ids(&lists, list);
        for (size_t i = 0; i < size; i++) {
            largest = std::max<int64_t>(largest, ids[i]);
            smallest = std::min<int64_t>(smallest, ids[i]);
        }
    }
    expect_between("an id of its inverted lists", smallest, 0, INT64_MAX);
    return largest + 1;
}

} // namespace faiss_sdk
