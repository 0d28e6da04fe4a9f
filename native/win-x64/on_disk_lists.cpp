// FAISS leaves lists on disk out on Windows, but registers them in versions that recognize Windows only by Microsoft's compiler. These
// members let such a version link; an index with lists on disk is refused.
#include <faiss/impl/FaissAssert.h>
#include <faiss/invlists/OnDiskInvertedLists.h>

namespace faiss {

OnDiskInvertedListsIOHook::OnDiskInvertedListsIOHook() : InvertedListsIOHook("ilod", "OnDiskInvertedLists") {}

void OnDiskInvertedListsIOHook::write(const InvertedLists*, IOWriter*) const {
    FAISS_THROW_MSG("FAISS has no inverted lists on disk (ilod) on Windows");
}

InvertedLists* OnDiskInvertedListsIOHook::read(IOReader*, int) const {
    FAISS_THROW_MSG("FAISS has no inverted lists on disk (ilod) on Windows");
}

InvertedLists* OnDiskInvertedListsIOHook::read_ArrayInvertedLists(IOReader*, int, size_t, size_t, const std::vector<size_t>&) const {
    FAISS_THROW_MSG("FAISS has no inverted lists on disk (ilod) on Windows");
}

} // namespace faiss
