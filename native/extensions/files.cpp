// Sizes and beginnings of files, and streams.
//
// On Windows a stream belongs to the copy of the C library that opened it, and FAISS takes file names in the system's code page; so
// streams for FAISS are opened here, by UTF-8 names.
#include "faiss_sdk.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>

#include <c_api/macros_impl.h>
#include <faiss/VectorTransform.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>

#ifdef _WIN32
#define NOMINMAX
#include <windows.h>
#endif

namespace {

#ifdef _WIN32
std::wstring wide(const char* text) {
    const int length = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, nullptr, 0);
    std::wstring result(length > 0 ? length : 1, L'\0');
    MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, result.data(), length);
    return result;
}

FILE* open(const char* path, const char* mode) {
    const auto name = wide(path);
    if (name[0] == L'\0') {
        errno = EINVAL;
        return nullptr;
    }
    return _wfopen(name.c_str(), wide(mode).c_str());
}

long long position(FILE* file) {
    return _ftelli64(file);
}
#else
FILE* open(const char* path, const char* mode) {
    return std::fopen(path, mode);
}

long long position(FILE* file) {
    return ftello(file);
}
#endif

// Keeps the first bytes that are written, and refuses all others.
struct BeginningWriter : faiss::IOWriter {
    char* bytes;
    size_t left;

    BeginningWriter(char* bytes, size_t size) : bytes(bytes), left(size) {}

    size_t operator()(const void* data, size_t size, size_t items) override {
        const size_t kept = std::min(left, size * items);
        if (kept > 0) { // FAISS may pass a null pointer with a size of 0
            std::memcpy(bytes, data, kept);
        }
        bytes += kept;
        left -= kept;
        return kept == size * items ? items : 0;
    }
};

// Counts the bytes that are written.
struct CountingWriter : faiss::IOWriter {
    size_t bytes = 0;

    size_t operator()(const void*, size_t size, size_t items) override {
        bytes += size * items;
        return items;
    }
};

template <class Write>
size_t beginning(char* bytes, size_t size, Write write) {
    BeginningWriter writer(bytes, size);
    try {
        write(&writer);
    } catch (...) {
        // FAISS reports that the writer refused the rest, or that it cannot write the index.
    }
    return size - writer.left;
}

} // namespace

int faiss_sdk_open_file(const char* path, const char* mode, void** file) {
    *file = open(path, mode);
    return *file != nullptr ? 0 : errno != 0 ? errno : EIO;
}

int faiss_sdk_close_file(void* file) {
    errno = 0;
    return std::fclose(static_cast<FILE*>(file)) == 0 ? 0 : errno != 0 ? errno : EIO;
}

int64_t faiss_sdk_file_position(void* file) {
    return position(static_cast<FILE*>(file));
}

size_t faiss_sdk_index_beginning(const FaissIndex* index, char* bytes, size_t size) {
    return beginning(bytes, size, [index](faiss::IOWriter* writer) { faiss::write_index(reinterpret_cast<const faiss::Index*>(index), writer); });
}

size_t faiss_sdk_binary_index_beginning(const FaissIndexBinary* index, char* bytes, size_t size) {
    return beginning(bytes, size, [index](faiss::IOWriter* writer) { faiss::write_index_binary(reinterpret_cast<const faiss::IndexBinary*>(index), writer); });
}

int faiss_sdk_index_size(const FaissIndex* index, size_t* bytes) {
    try {
        CountingWriter writer;
        faiss::write_index(reinterpret_cast<const faiss::Index*>(index), &writer);
        *bytes = writer.bytes;
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_binary_index_size(const FaissIndexBinary* index, size_t* bytes) {
    try {
        CountingWriter writer;
        faiss::write_index_binary(reinterpret_cast<const faiss::IndexBinary*>(index), &writer);
        *bytes = writer.bytes;
        return 0;
    }
    CATCH_AND_HANDLE
}

int faiss_sdk_read_transform(void* file, FaissVectorTransform** transform) {
    try {
        faiss::FileIOReader reader(static_cast<FILE*>(file));
        *transform = reinterpret_cast<FaissVectorTransform*>(faiss::read_VectorTransform(&reader));
    }
    CATCH_AND_HANDLE
}
