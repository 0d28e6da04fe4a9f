// What a library says about itself: the text of libfaiss_c.json. Compiled for any processor, and linked into the shared library and
// the archive. scripts/lib/describe.sh writes description.inc.
#include "description.inc"

const char *faiss_sdk_description(void) { return DESCRIPTION; }
