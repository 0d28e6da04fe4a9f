// FAISS includes the header by Microsoft's spelling, which matters where file names are case-sensitive.
#include <windows.h>
