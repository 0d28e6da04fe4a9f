// What a search passes to the parts of an index, and what it gathers from them.
#ifndef FAISS_SDK_SEARCH_PARTS_H
#define FAISS_SDK_SEARCH_PARTS_H

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <faiss/Index.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/impl/DistanceComputer.h>
#include <faiss/impl/FaissAssert.h>
#include <faiss/impl/IDSelector.h>

namespace faiss_sdk {

// Selects positions in an ID map whose ids the inner selector contains.
struct Translated : faiss::IDSelector {
    Translated(const faiss::IDSelector* inner, const std::vector<int64_t>& ids) : inner(inner), ids(ids) {}
    bool is_member(int64_t position) const override {
        return position >= 0 && position < static_cast<int64_t>(ids.size()) && inner->is_member(ids[position]);
    }
    const faiss::IDSelector* inner;
    const std::vector<int64_t>& ids;
};

// Selects the vectors of a shard by the numbers that they have among those of all shards.
struct Shifted : faiss::IDSelector {
    Shifted(const faiss::IDSelector* inner, int64_t offset) : inner(inner), offset(offset) {}
    bool is_member(int64_t id) const override { return inner->is_member(id + offset); }
    const faiss::IDSelector* inner;
    int64_t offset;
};

// Whether larger values are nearer.
inline bool is_similarity(const faiss::Index* index) {
#if FAISS_VERSION_MAJOR > 1 || FAISS_VERSION_MINOR >= 15
    if (index->metric_type == faiss::METRIC_Jaccard) {
        return true;
    }
#endif
    return index->metric_type == faiss::METRIC_INNER_PRODUCT;
}

inline bool is_nearer(const faiss::Index* index, float left, float right) {
    return is_similarity(index) ? left > right : left < right;
}

inline float farthest(const faiss::Index* index) {
    const float most = std::numeric_limits<float>::max();
    return is_similarity(index) ? -most : most;
}

struct Found {
    Found(const faiss::Index* index, size_t count) : distances(count, farthest(index)), ids(count, -1) {}
    std::vector<float> distances;
    std::vector<int64_t> ids;
};

// Whether a range selects no vector of the index: a flat index may clip it to a negative count.
inline bool is_outside(const faiss::Index* index, const faiss::IDSelector* selector) {
    auto range = dynamic_cast<const faiss::IDSelectorRange*>(selector);
    return range != nullptr && std::max<int64_t>(range->imin, 0) >= std::min<int64_t>(range->imax, index->ntotal);
}

// Returns whether FAISS has refused the parameters of a search, or the selector if there is one.
inline bool refuses(const faiss::FaissException& exception, bool selects) {
    const std::string text = exception.what();
    return text.find("param") != std::string::npos || (selects && text.find("sel") != std::string::npos);
}

inline void throw_if_failed(const std::string& failure) {
    if (!failure.empty()) {
        throw faiss::FaissException(failure);
    }
}

// Applies the transforms, and frees the result unless it is the input.
class Transformed {
  public:
    Transformed(const faiss::IndexPreTransform* index, int64_t n, const float* x) : original(x), vectors(index->apply_chain(n, x)) {}
    ~Transformed() {
        if (vectors != original) {
            delete[] vectors;
        }
    }
    Transformed(const Transformed&) = delete;
    Transformed& operator=(const Transformed&) = delete;
    const float* get() const { return vectors; }

  private:
    const float* original;
    const float* vectors;
};

// Sorts the candidates of a query by their distances, and keeps k of them.
inline void refine_one(const faiss::Index* index, faiss::DistanceComputer& computer, const float* query, int64_t candidates, const int64_t* found, std::vector<std::pair<float, int64_t>>& sorted, int64_t k, float* distances, int64_t* ids) {
    computer.set_query(query);
    sorted.clear();
    for (int64_t j = 0; j < candidates; j++) {
        if (found[j] >= 0) {
            const float distance = computer(found[j]);
            if (!std::isnan(distance)) {
                sorted.emplace_back(distance, found[j]);
            }
        }
    }
    std::sort(sorted.begin(), sorted.end(), [index](const auto& left, const auto& right) {
        return left.first != right.first ? is_nearer(index, left.first, right.first) : left.second < right.second;
    });
    for (int64_t j = 0; j < k; j++) {
        const bool exists = j < static_cast<int64_t>(sorted.size());
        distances[j] = exists ? sorted[j].first : farthest(index);
        ids[j] = exists ? sorted[j].second : -1;
    }
}

} // namespace faiss_sdk

#endif
