// Whether two indexes store vectors in the same way. Compiled with FAISS trees of all supported versions.
#include "faiss_sdk.h"

#include <cctype>
#include <cstdint>
#include <vector>

#include <c_api/macros_impl.h>
#include <faiss/IndexBinaryIVF.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/impl/FaissAssert.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>

namespace {

// Thrown when the inverted lists begin, which follow the encoder in the file: nothing after them is needed.
struct ListsBegin {};

// Counts what is written.
struct CountingWriter : faiss::IOWriter {
    size_t count = 0;

    size_t operator()(const void*, size_t size, size_t items) override {
        count += size * items;
        return items;
    }
};

// Keeps what is written between the header of inverted lists and the lists: the encoder.
struct EncoderWriter : faiss::IOWriter {
    size_t header;
    std::vector<uint8_t> bytes;

    explicit EncoderWriter(size_t header) : header(header) {}

    size_t operator()(const void* data, size_t size, size_t items) override {
        const auto* begin = static_cast<const uint8_t*>(data);
        const auto length = size * items;
        if (header >= length) {
            header -= length;
            return items;
        }
        if (header > 0) {
            FAISS_THROW_MSG("the header of the inverted lists has an unknown form");
        }
        // All kinds of lists begin with a code of this form, written at once.
        if (size == 4 && items == 1 && begin[0] == 'i' && begin[1] == 'l' && std::isalnum(begin[2]) && std::isalnum(begin[3])) {
            throw ListsBegin();
        }
        bytes.insert(bytes.end(), begin, begin + length);
        return items;
    }
};

size_t header_size(const faiss::IndexIVF* index) {
    // The header consists of the code, d, the number of vectors, two numbers that FAISS no longer uses, whether the index is trained, the
    // metric with its argument, the numbers of lists and probes, the quantizer and the direct map.
    CountingWriter quantizer;
    faiss::write_index(index->quantizer, &quantizer);
    const auto& map = index->direct_map;
    size_t size = 4 + sizeof(index->d) + 3 * sizeof(index->ntotal) + sizeof(index->is_trained) + sizeof(index->metric_type) +
            (index->metric_type > 1 ? sizeof(index->metric_arg) : 0) + sizeof(index->nlist) + sizeof(index->nprobe) + quantizer.count +
            1 + sizeof(size_t) + map.array.size() * sizeof(map.array[0]);
    if (map.type == faiss::DirectMap::Hashtable) {
        size += sizeof(size_t) + map.hashtable.size() * 2 * sizeof(map.array[0]);
    }
    return size;
}

std::vector<uint8_t> encoder_of(const faiss::IndexIVF* index) {
    // This kind has no encoder: after the header come its vectors.
    if (dynamic_cast<const faiss::IndexIVFFlatDedup*>(index) != nullptr) {
        return {};
    }
    EncoderWriter writer(header_size(index));
    try {
        faiss::write_index(index, &writer);
    } catch (const ListsBegin&) {
    }
    if (auto refined = dynamic_cast<const faiss::IndexIVFPQR*>(index)) {
        faiss::write_ProductQuantizer(&refined->refine_pq, &writer);
    }
    return std::move(writer.bytes);
}

} // namespace

int faiss_sdk_same_encoder(const FaissIndex* first, const FaissIndex* second, int* same) {
    try {
        auto a = dynamic_cast<const faiss::IndexIVF*>(reinterpret_cast<const faiss::Index*>(first));
        auto b = dynamic_cast<const faiss::IndexIVF*>(reinterpret_cast<const faiss::Index*>(second));
        FAISS_THROW_IF_NOT_MSG(a != nullptr && b != nullptr, "only encoders of inverted lists can be compared");
        *same = typeid(*a) == typeid(*b) && a->code_size == b->code_size && encoder_of(a) == encoder_of(b);
        return 0;
    }
    CATCH_AND_HANDLE
}
