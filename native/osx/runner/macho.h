/* The parts of Mach-O that the runner reads (in Apple's <mach-o/loader.h>, <mach-o/nlist.h>): 64 bits, little-endian, arm64 and x86_64. */
#ifndef MACHO_H
#define MACHO_H

#include <stdint.h>

#ifdef __aarch64__
enum { CPU_HERE = 0x0100000c };
#else
enum { CPU_HERE = 0x01000007 };
#endif

enum {
    MACHO_MAGIC = 0xfeedfacf, FILE_EXECUTABLE = 2, FILE_DYLIB = 6,
    LOAD_SYMTAB = 0x2, LOAD_DYLIB = 0xc, LOAD_SEGMENT = 0x19,
    LOAD_DYLD_INFO = 0x80000022u, LOAD_MAIN = 0x80000028u,
    SECTION_TYPE = 0xff, SECTION_INITIALIZERS = 0x9, SECTION_THREAD_DATA = 0x11, SECTION_THREAD_ZERO = 0x12, SECTION_THREAD_VARIABLES = 0x13,
    SYMBOL_KIND = 0x0e, SYMBOL_DEFINED = 0x0e, SYMBOL_STAB = 0xe0, SYMBOL_EXTERNAL = 0x01, SYMBOL_PRIVATE = 0x10,
};

struct macho_header { uint32_t magic, cpu, cpu_kind, file, commands, commands_size, flags, reserved; };
struct macho_command { uint32_t command, size; };
struct macho_segment {
    uint32_t command, size;
    char name[16];
    uint64_t address, memory, offset, bytes;
    int32_t most, protection;
    uint32_t sections, flags;
};
struct macho_section {
    char name[16], segment[16];
    uint64_t address, size;
    uint32_t offset, align, relocations, relocation_count, flags, reserved[3];
};
struct macho_symtab { uint32_t command, size, symbols, count, strings, strings_size; };
struct macho_symbol { uint32_t name; uint8_t type, section; uint16_t description; uint64_t value; };
struct macho_dylib { uint32_t command, size, name, timestamp, version, oldest; };
struct macho_dyld_info {
    uint32_t command, size, rebase, rebase_size, bind, bind_size, weak, weak_size, lazy, lazy_size, exports, exports_size;
};
struct macho_main { uint32_t command, size; uint64_t entry, stack; };

#endif
