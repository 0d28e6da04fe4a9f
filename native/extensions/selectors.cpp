// Selectors that the C API lacks, in some versions or in all. Compiled with FAISS trees of all supported versions.
#include "faiss_sdk.h"

#include <cstdint>

#include <c_api/macros_impl.h>
#include <faiss/impl/FaissAssert.h>
#include <faiss/impl/IDSelector.h>

namespace {

using faiss::IDSelector;

const IDSelector* of(const FaissIDSelector* selector) {
    FAISS_THROW_IF_NOT_MSG(selector != nullptr, "a selector is missing");
    return reinterpret_cast<const IDSelector*>(selector);
}

FaissIDSelector* handle(IDSelector* selector) {
    return reinterpret_cast<FaissIDSelector*>(selector);
}

struct Inverse : IDSelector {
    explicit Inverse(const IDSelector* inner) : inner(inner) {}
    bool is_member(int64_t id) const override { return !inner->is_member(id); }
    const IDSelector* inner;
};

struct Pair : IDSelector {
    Pair(const IDSelector* left, const IDSelector* right) : left(left), right(right) {}
    const IDSelector* left;
    const IDSelector* right;
};

struct Both : Pair {
    using Pair::Pair;
    bool is_member(int64_t id) const override { return left->is_member(id) && right->is_member(id); }
};

struct Either : Pair {
    using Pair::Pair;
    bool is_member(int64_t id) const override { return left->is_member(id) || right->is_member(id); }
};

struct One : Pair {
    using Pair::Pair;
    bool is_member(int64_t id) const override { return left->is_member(id) != right->is_member(id); }
};

struct Bits : IDSelector {
    Bits(const uint8_t* bits, size_t size) : bits(bits), size(size) {}
    bool is_member(int64_t id) const override {
        const auto byte = static_cast<uint64_t>(id) >> 3;
        return id >= 0 && byte < size && (bits[byte] >> (id & 7) & 1) != 0;
    }
    const uint8_t* bits;
    size_t size;
};

struct Callback : IDSelector {
    Callback(int (*contains)(void*, int64_t), void* state) : contains(contains), state(state) {}
    bool is_member(int64_t id) const override { return contains(state, id) != 0; }
    int (*contains)(void*, int64_t);
    void* state;
};

} // namespace

extern "C" {

int faiss_sdk_selector_not(FaissIDSelector** selector, const FaissIDSelector* inner) {
    try {
        *selector = handle(new Inverse(of(inner)));
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_selector_and(FaissIDSelector** selector, const FaissIDSelector* left, const FaissIDSelector* right) {
    try {
        *selector = handle(new Both(of(left), of(right)));
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_selector_or(FaissIDSelector** selector, const FaissIDSelector* left, const FaissIDSelector* right) {
    try {
        *selector = handle(new Either(of(left), of(right)));
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_selector_xor(FaissIDSelector** selector, const FaissIDSelector* left, const FaissIDSelector* right) {
    try {
        *selector = handle(new One(of(left), of(right)));
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_selector_bitmap(FaissIDSelector** selector, const uint8_t* bits, size_t size) {
    try {
        FAISS_THROW_IF_NOT_MSG(bits != nullptr || size == 0, "the bits are missing");
        *selector = handle(new Bits(bits, size));
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_selector_callback(FaissIDSelector** selector, int (*contains)(void* state, int64_t id), void* state) {
    try {
        FAISS_THROW_IF_NOT_MSG(contains != nullptr, "the function is missing");
        *selector = handle(new Callback(contains, state));
        return 0;
    }
    CATCH_AND_HANDLE
}
}
