// The checks of check.cpp, which are spread over several files.
#ifndef FAISS_SDK_CHECK_H
#define FAISS_SDK_CHECK_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <faiss/Index.h>
#include <faiss/IndexBinary.h>
#include <faiss/impl/HNSW.h>
#include <faiss/impl/NSG.h>
#include <faiss/impl/ProductQuantizer.h>
#include <faiss/impl/ScalarQuantizer.h>
#include <faiss/invlists/DirectMap.h>
#include <faiss/invlists/InvertedLists.h>

namespace faiss {
struct AdditiveQuantizer;
struct NNDescent;
struct VectorTransform;
} // namespace faiss

namespace faiss_sdk {

// Whether FAISS is at least of this version.
#define FAISS_AT_LEAST(major, minor) \
    (FAISS_VERSION_MAJOR > (major) || (FAISS_VERSION_MAJOR == (major) && FAISS_VERSION_MINOR >= (minor)))

// Nobody chooses larger numbers of candidates, iterations and the like.
constexpr int64_t max_setting = 1 << 20;

// The first fault that was found.
struct Fault {
    std::string text;
};

[[noreturn]] void fail(const char* format, ...)
#if defined(__GNUC__)
        __attribute__((format(printf, 1, 2)))
#endif
        ;

// Throws if a number differs from the one that other numbers of the file imply.
void expect(const char* what, size_t actual, size_t expected);

void expect_between(const char* what, int64_t actual, int64_t minimum, int64_t maximum);

// Checks a flag: readers copy a byte into a bool, and a value other than 0 or 1 is undefined behavior.
void expect_flag(const char* what, const bool& flag);

// Whether size is count * each, where the product may overflow.
bool is_product(size_t size, size_t count, size_t each);

void check(const faiss::ProductQuantizer& quantizer, size_t d);
void check(const faiss::ScalarQuantizer& quantizer, size_t d, bool trained);
void check(const faiss::AdditiveQuantizer& quantizer, size_t d, bool trained);
void check(const faiss::VectorTransform* transform);

// Checks what only newer FAISS versions have.
void check_newer(const faiss::Index* index);

void check(const faiss::HNSW& graph, int64_t count);
void check(const faiss::NSG& graph, int64_t count);
void check(const faiss::NNDescent& graph, int64_t count);

// Checks inverted lists, and returns the size of each.
std::vector<size_t> check(const faiss::InvertedLists* lists, size_t nlist, size_t code_size);

void check(const faiss::DirectMap& map, const std::vector<size_t>& sizes, int64_t count);

// Returns the largest id among the lists plus 1, or 0 if they are empty. A negative id is a fault.
int64_t end_of_ids(const faiss::InvertedLists& lists);

// Throw the first fault of an index or a transform.
void check_whole(const faiss::Index* index);
void check_whole(const faiss::IndexBinary* index);
void check_whole(const faiss::VectorTransform* transform);

} // namespace faiss_sdk

#endif
