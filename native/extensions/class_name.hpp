// The names of C++ classes.
#ifndef FAISS_SDK_CLASS_NAME_H
#define FAISS_SDK_CLASS_NAME_H

#include <cstring>
#include <string>
#include <typeinfo>

#if __has_include(<cxxabi.h>)
#include <cxxabi.h>
#include <cstdlib>
#include <memory>
#endif

namespace faiss_sdk {

// The class of an object without its namespace.
template <class T>
std::string class_of(const T* object) {
    const char* name = typeid(*object).name();
#if __has_include(<cxxabi.h>)
    int status = 0;
    std::unique_ptr<char, decltype(&std::free)> readable(abi::__cxa_demangle(name, nullptr, nullptr, &status), &std::free);
    std::string text = status == 0 ? readable.get() : name;
#else
    std::string text = name;
#endif
    std::string kept;
    for (size_t i = 0; i < text.size();) {
        size_t skipped = 0;
        for (const char* noise : {"faiss::", "class ", "struct "}) {
            if (std::strncmp(text.c_str() + i, noise, std::strlen(noise)) == 0) {
                skipped = std::strlen(noise);
            }
        }
        if (skipped == 0) {
            kept += text[i++];
        }
        i += skipped;
    }
    return kept;
}

} // namespace faiss_sdk

#endif
