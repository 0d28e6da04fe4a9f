// Adds encoded vectors. Compiled with FAISS trees of all supported versions.
#include "faiss_sdk.h"

#include <cstdint>
#include <cstring>

#include <c_api/macros_impl.h>
#include <faiss/IndexFlatCodes.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/impl/FaissAssert.h>
#include <faiss/invlists/InvertedLists.h>

namespace {

void add_codes(faiss::Index* index, int64_t n, const uint8_t* codes, const int64_t* ids) {
    if (auto map = dynamic_cast<faiss::IndexIDMap*>(index)) {
        FAISS_THROW_IF_NOT_MSG(ids != nullptr, "an ID map needs ids");
        map->id_map.reserve(map->id_map.size() + n);
        add_codes(map->index, n, codes, nullptr);
        for (int64_t i = 0; i < n; i++) {
            if (auto map2 = dynamic_cast<faiss::IndexIDMap2*>(index)) {
                map2->rev_map[ids[i]] = map->id_map.size();
            }
            map->id_map.push_back(ids[i]);
        }
        map->ntotal = map->index->ntotal;
    } else if (auto transformed = dynamic_cast<faiss::IndexPreTransform*>(index)) {
        add_codes(transformed->index, n, codes, ids);
        index->ntotal = transformed->index->ntotal;
    } else if (auto lists = dynamic_cast<faiss::IndexIVF*>(index)) {
        const size_t prefix = lists->coarse_code_size();
        lists->direct_map.check_can_add(ids);
        faiss::DirectMapAdd map_adder(lists->direct_map, n, ids);
        for (int64_t i = 0; i < n; i++) {
            const uint8_t* code = codes + i * (prefix + lists->code_size);
            const int64_t list = lists->decode_listno(code);
            const int64_t id = ids != nullptr ? ids[i] : index->ntotal + i;
            map_adder.add(i, list, lists->invlists->add_entry(list, id, code + prefix));
        }
        index->ntotal += n;
    } else if (auto flat = dynamic_cast<faiss::IndexFlatCodes*>(index)) {
        FAISS_THROW_IF_NOT_MSG(ids == nullptr, "the index numbers its vectors itself");
        flat->codes.resize((index->ntotal + n) * flat->code_size);
        std::memcpy(flat->codes.data() + index->ntotal * flat->code_size, codes, n * flat->code_size);
        index->ntotal += n;
    } else {
        FAISS_THROW_MSG("the index does not take codes");
    }
}

} // namespace

int faiss_sdk_add_codes(FaissIndex* index, int64_t n, const uint8_t* codes, const int64_t* ids) {
    try {
        add_codes(reinterpret_cast<faiss::Index*>(index), n, codes, ids);
        return 0;
    }
    CATCH_AND_HANDLE
}
