// Inverted lists that are written to a file of their own without an index that holds them in memory. Compiled with FAISS trees of all
// supported versions.
#include "faiss_sdk.h"

#include <cstdint>
#include <memory>
#include <vector>

#include <c_api/macros_impl.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/impl/FaissAssert.h>
#ifndef _WIN32
#include <faiss/invlists/OnDiskInvertedLists.h>
#endif

namespace {

const faiss::IndexIVF* lists_within(const faiss::Index* index) {
    while (auto transformed = dynamic_cast<const faiss::IndexPreTransform*>(index)) {
        index = transformed->index;
    }
    auto* lists = dynamic_cast<const faiss::IndexIVF*>(index);
    FAISS_THROW_IF_NOT_MSG(lists != nullptr, "the index has no inverted lists");
    return lists;
}

} // namespace

int faiss_sdk_encode_for_lists(const FaissIndex* index, int64_t n, const float* x, int64_t* lists, uint8_t* codes) {
    try {
        auto* whole = reinterpret_cast<const faiss::Index*>(index);
        auto* ivf = lists_within(whole);
        std::vector<std::unique_ptr<const float[]>> owned;
        const float* vectors = x;
        while (auto transformed = dynamic_cast<const faiss::IndexPreTransform*>(whole)) {
            const float* next = transformed->apply_chain(n, vectors);
            if (next != vectors) {
                owned.emplace_back(next);
                vectors = next;
            }
            whole = transformed->index;
        }
        ivf->quantizer->assign(n, vectors, lists);
        ivf->encode_vectors(n, vectors, lists, codes);
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_put_lists_on_disk(FaissIndex* index, const int64_t* sizes, const char* file_name) {
    try {
#ifdef _WIN32
        (void)index;
        (void)sizes;
        (void)file_name;
        FAISS_THROW_MSG("FAISS has no inverted lists on disk on Windows");
#else
        auto* whole = reinterpret_cast<faiss::Index*>(index);
        auto* ivf = const_cast<faiss::IndexIVF*>(lists_within(whole));
        auto disk = std::make_unique<faiss::OnDiskInvertedLists>(ivf->nlist, ivf->code_size, file_name);
        std::vector<size_t> all(sizes, sizes + ivf->nlist);
        disk->set_all_lists_sizes(all.data());
        int64_t count = 0;
        for (auto size : all) {
            count += static_cast<int64_t>(size);
        }
        disk->totsize = count * (sizeof(int64_t) + ivf->code_size);
        ivf->replace_invlists(disk.get(), true);
        disk.release();
        // A direct map would lack all of these vectors.
        ivf->direct_map = faiss::DirectMap();
        ivf->ntotal = count;
        for (auto* outer = whole; outer != ivf; outer = dynamic_cast<faiss::IndexPreTransform*>(outer)->index) {
            outer->ntotal = count;
        }
        return 0;
#endif
    }
    CATCH_AND_HANDLE
}
