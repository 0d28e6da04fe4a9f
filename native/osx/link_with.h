/* Names the libraries that a program needs besides libfaiss_c.a. The linker reads them from the object that includes this file. */
__asm__(".linker_option \"-lc++\"\n\t.linker_option \"-framework\", \"Accelerate\"");
