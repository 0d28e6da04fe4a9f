// Which inverted lists have entries that can be replaced one by one.
#ifndef FAISS_SDK_ENTRIES_H
#define FAISS_SDK_ENTRIES_H

#include "class_name.hpp"

#include <string>

#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFFastScan.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/impl/FaissAssert.h>

namespace faiss_sdk {

[[noreturn]] inline void refuse_entries(const faiss::Index* index, const char* reason) {
    throw faiss::FaissException("no such lists: " + class_of(index) + ": " + reason);
}

// Refuses lists of which single entries cannot be replaced.
inline void check_entries(const faiss::IndexIVF* lists) {
    if (dynamic_cast<const faiss::IndexIVFFastScan*>(lists) != nullptr) {
        refuse_entries(lists, "fast-scan lists pack the codes of several vectors");
    }
    if (dynamic_cast<const faiss::IndexIVFFlatDedup*>(lists) != nullptr) {
        refuse_entries(lists, "equal vectors are stored once");
    }
    if (dynamic_cast<const faiss::IndexIVFPQR*>(lists) != nullptr) {
        refuse_entries(lists, "the refinements lie at the positions of the vectors");
    }
    if (class_of(lists).find("Panorama") != std::string::npos) {
        refuse_entries(lists, "Panorama lists store the levels of several vectors side by side");
    }
}

} // namespace faiss_sdk

#endif
