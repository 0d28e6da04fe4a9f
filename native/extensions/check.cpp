// Looks for numbers of an index that contradict each other: a file whose bytes changed can be read, and end the process when the
// index is used. Compiled with FAISS trees of all supported versions.
#include "faiss_sdk.h"

#include "check_parts.hpp"

#include <cstdarg>
#include <cstdio>
#include <cstring>

#include <c_api/macros_impl.h>
#include <faiss/VectorTransform.h>

namespace faiss_sdk {

void fail(const char* format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    throw Fault{text};
}

void expect(const char* what, size_t actual, size_t expected) {
    if (actual != expected) {
        fail("%s is %zu instead of %zu", what, actual, expected);
    }
}

void expect_between(const char* what, int64_t actual, int64_t minimum, int64_t maximum) {
    if (actual < minimum || actual > maximum) {
        fail("%s is %lld, outside of %lld … %lld", what, static_cast<long long>(actual), static_cast<long long>(minimum), static_cast<long long>(maximum));
    }
}

void expect_flag(const char* what, const bool& flag) {
    unsigned char byte;
    std::memcpy(&byte, &flag, 1);
    expect_between(what, byte, 0, 1);
}

bool is_product(size_t size, size_t count, size_t each) {
    return count == 0 || each == 0 ? size == 0 : size % count == 0 && size / count == each;
}

void check_whole(const faiss::Index* index) {
    try {
        check_index(index, 0);
    } catch (Fault& fault) {
        throw Fault{class_of(index) + ": " + fault.text};
    }
}

void check_whole(const faiss::IndexBinary* index) {
    try {
        check_index(index, 0);
    } catch (Fault& fault) {
        throw Fault{class_of(index) + ": " + fault.text};
    }
}

void check_whole(const faiss::VectorTransform* transform) {
    try {
        check(transform);
    } catch (Fault& fault) {
        throw Fault{class_of(transform) + ": " + fault.text};
    }
}

} // namespace faiss_sdk

namespace {

using namespace faiss_sdk;

template <class T>
int write_fault(const T* index, char* text, size_t size, size_t* length) {
    std::string found;
    try {
        check_whole(index);
    } catch (const Fault& fault) {
        found = fault.text;
    }
    *length = found.size();
    std::copy_n(found.data(), std::min(size, found.size()), text);
    return 0;
}

} // namespace

int faiss_sdk_check_index(const FaissIndex* index, char* fault, size_t size, size_t* length) {
    try {
        return write_fault(reinterpret_cast<const faiss::Index*>(index), fault, size, length);
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_check_binary_index(const FaissIndexBinary* index, char* fault, size_t size, size_t* length) {
    try {
        return write_fault(reinterpret_cast<const faiss::IndexBinary*>(index), fault, size, length);
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_check_transform(const FaissVectorTransform* transform, char* fault, size_t size, size_t* length) {
    try {
        return write_fault(reinterpret_cast<const faiss::VectorTransform*>(transform), fault, size, length);
    }
    CATCH_AND_HANDLE
}
