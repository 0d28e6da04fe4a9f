/* Runs a Mach-O executable for macOS on Linux with the same kind of processor, arm64 or x86_64: loads it and its libraries as dyld does, with libsystem.c in place of
   macOS's libSystem and OpenBLAS in place of Accelerate. It supports only what programs with FAISS's C API need.
   Usage: runner FOLDER PROGRAM [ARGUMENT…]; FOLDER contains the program's other libraries.
   A missing function is reported by its name when it is called. README.md explains what this proves. */
#define _GNU_SOURCE
#include "macho.h"
#include "runner.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <ucontext.h>
#include <unistd.h>

enum { IMAGES = 8, LIBRARIES = 16, SEGMENTS = 16 };

struct segment { uint64_t address, size; int protection; };

/* An address in the file plus slide is the address in memory. */
struct image {
    const char *path;
    const uint8_t *file;
    intptr_t slide;
    struct segment segments[SEGMENTS];
    int segment_count;
    const struct macho_symbol *symbols;
    const char *names;
    uint32_t symbol_count;
    const struct macho_dyld_info *info;
    uint64_t entry;
    struct image *libraries[LIBRARIES]; /* by ordinal - 1; NULL is libSystem or Accelerate */
    int library_count;
    uintptr_t thread_data, thread_size; /* the initial values of thread-local variables */
    struct unwind_sections unwind;
};

static struct image images[IMAGES];
static int image_count;
static const char *libraries_folder;

#define EACH_COMMAND(image, at) \
    for (const uint8_t *at = (image)->file + sizeof(struct macho_header), *after = at + ((const struct macho_header *)(image)->file)->commands_size; \
         at < after; at += ((const struct macho_command *)at)->size)

void give_up(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fflush(stdout);
    fputs("runner: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    _exit(70);
}

/* ---- symbols */

static void *image_find(const struct image *image, const char *name, int external_only) {
    for (uint32_t i = 0; i < image->symbol_count; i++) {
        const struct macho_symbol *symbol = &image->symbols[i];
        /* The symbols of libc++.dylib, which was built from a static library, are private. */
        int seen = symbol->type & (external_only ? SYMBOL_EXTERNAL : SYMBOL_EXTERNAL | SYMBOL_PRIVATE);
        if (!(symbol->type & SYMBOL_STAB) && (symbol->type & SYMBOL_KIND) == SYMBOL_DEFINED && seen && strcmp(image->names + symbol->name, name) == 0)
            return (void *)(symbol->value + image->slide);
    }
    return NULL;
}

static noreturn void missing(const char *name) { give_up("%s was called, which is not in the stand-in for libSystem", name); }

/* Creates a function that reports, when it is called, that it is missing. */
static void *trap(const char *name) {
    /* Both load their values from the words after the code. */
#ifdef __aarch64__
    static const uint32_t instructions[] = { 0x58000080 /* ldr x0, name */, 0x580000b0 /* ldr x16, missing */, 0xd61f0200 /* br x16 */, 0 };
#else
    static const uint8_t instructions[16] = { 0x48, 0x8b, 0x3d, 9, 0, 0, 0 /* mov name(%rip), %rdi */, 0xff, 0x25, 11, 0, 0, 0 /* jmp *missing(%rip) */ };
#endif
    static struct trap { uint8_t code[sizeof instructions]; const char *name; void (*missing)(const char *); } *next, *end;
    enum { TRAPS = 2048 };
    if (next == end) {
        next = mmap(NULL, TRAPS * sizeof *next, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (next == MAP_FAILED) give_up("no memory");
        end = next + TRAPS;
    }
    memcpy(next->code, instructions, sizeof instructions);
    next->name = name, next->missing = missing;
    __builtin___clear_cache((char *)next, (char *)(next + 1));
    return next++;
}

static void *find(struct image *image, int ordinal, const char *name) {
    void *found = NULL;
    if (ordinal == 0) {
        found = image_find(image, name, 0);
    } else if (ordinal > 0) {
        if (ordinal > image->library_count) give_up("%s: %s is in library %d, of %d", image->path, name, ordinal, image->library_count);
        if (image->libraries[ordinal - 1] != NULL) found = image_find(image->libraries[ordinal - 1], name, 0);
        else found = libsystem_find(name);
    }
    /* Any image may define it. The functions that unwind the stack, for example, are in libSystem on macOS but in libc++ here. */
    if (found == NULL) found = libsystem_find(name);
    for (int i = 0; found == NULL && i < image_count; i++) found = image_find(&images[i], name, 0);
    return found != NULL ? found : trap(name);
}

int image_unwind_sections(const void *address, struct unwind_sections *found) {
    for (int i = 0; i < image_count; i++) {
        for (int j = 0; j < images[i].segment_count; j++) {
            uintptr_t start = images[i].segments[j].address + images[i].slide;
            /* __PAGEZERO, which has no protection, takes no memory here: other images may lie in it. */
            if (images[i].segments[j].protection == 0 || (uintptr_t)address - start >= images[i].segments[j].size) continue;
            *found = images[i].unwind;
            return 1;
        }
    }
    return 0;
}

/* ---- loading */

static struct image *load(const char *path);

static struct image *load_library(const char *install_name) {
    if (strstr(install_name, "/libSystem.") != NULL || strstr(install_name, "/Accelerate.framework/") != NULL) return NULL;
    char *path;
    if (asprintf(&path, "%s/%s", libraries_folder, strrchr(install_name, '/') + 1) < 0) give_up("no memory");
    return load(path);
}

static void load_segments(struct image *image) {
    uint64_t size = 0;
    EACH_COMMAND(image, at) {
        const struct macho_segment *segment = (const void *)at;
        if (segment->command != LOAD_SEGMENT) continue;
        if (image->segment_count == SEGMENTS) give_up("%s has more than %d segments", image->path, SEGMENTS);
        image->segments[image->segment_count++] = (struct segment){ segment->address, segment->memory, segment->protection };
    }
    uint64_t first = UINT64_MAX;
    for (int i = 0; i < image->segment_count; i++) {
        const struct segment *segment = &image->segments[i];
        if (segment->protection == 0) continue; /* __PAGEZERO */
        if (segment->address < first) first = segment->address;
        if (segment->address + segment->size > size) size = segment->address + segment->size;
    }
    size -= first;
    uint8_t *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) give_up("%s: no memory", image->path);
    image->slide = (intptr_t)memory - (intptr_t)first;
    EACH_COMMAND(image, at) {
        const struct macho_segment *segment = (const void *)at;
        if (segment->command == LOAD_SEGMENT && segment->protection != 0)
            memcpy((void *)(segment->address + image->slide), image->file + segment->offset, segment->bytes);
    }
}

static void *thread_variable(void **descriptor);
void *thread_variable_entry(void *descriptor);

static void load_section(struct image *image, const struct macho_section *section) {
    uintptr_t address = section->address + image->slide;
    uint32_t type = section->flags & SECTION_TYPE;
    if (strncmp(section->name, "__unwind_info", 16) == 0) {
        image->unwind.compact = address;
        image->unwind.compact_size = section->size;
    } else if (strncmp(section->name, "__eh_frame", 16) == 0) {
        image->unwind.dwarf = address;
        image->unwind.dwarf_size = section->size;
    } else if (type == SECTION_THREAD_DATA || type == SECTION_THREAD_ZERO) {
        if (image->thread_data == 0) image->thread_data = address;
        image->thread_size = address + section->size - image->thread_data;
    }
}

static void load_commands(struct image *image) {
    EACH_COMMAND(image, at) {
        switch (((const struct macho_command *)at)->command) {
        case LOAD_SEGMENT: {
            const struct macho_segment *segment = (const void *)at;
            for (uint32_t j = 0; j < segment->sections; j++) load_section(image, (const struct macho_section *)(segment + 1) + j);
            break;
        }
        case LOAD_SYMTAB: {
            const struct macho_symtab *table = (const void *)at;
            image->symbols = (const void *)(image->file + table->symbols);
            image->names = (const char *)image->file + table->strings;
            image->symbol_count = table->count;
            break;
        }
        case LOAD_DYLD_INFO: image->info = (const void *)at; break;
        case LOAD_MAIN: image->entry = ((const struct macho_main *)at)->entry; break;
        case LOAD_DYLIB:
            if (image->library_count == LIBRARIES) give_up("%s uses more than %d libraries", image->path, LIBRARIES);
            image->libraries[image->library_count++] = load_library((const char *)at + ((const struct macho_dylib *)at)->name);
            break;
        }
    }
    if (image->info == NULL || image->symbols == NULL) give_up("%s has no symbols, or uses chained fixups, which the runner does not support", image->path);
}

/* ---- binding: two byte codes, one for addresses in the image itself, which move with it, and one for addresses in other images */

static uint64_t unsigned_number(const uint8_t **at) {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
        uint8_t byte = *(*at)++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) return value;
    }
}

static int64_t signed_number(const uint8_t **at) {
    int64_t value = 0;
    for (int shift = 0;;) {
        uint8_t byte = *(*at)++;
        value |= (int64_t)(byte & 0x7f) << shift;
        shift += 7;
        if (byte & 0x80) continue;
        return shift < 64 && byte & 0x40 ? value | -((int64_t)1 << shift) : value;
    }
}

static uintptr_t place(const struct image *image, int segment, uint64_t offset) {
    if (segment >= image->segment_count) give_up("%s: there is no segment %d", image->path, segment);
    return image->segments[segment].address + image->slide + offset;
}

static void rebase(struct image *image) {
    const uint8_t *at = image->file + image->info->rebase, *end = at + image->info->rebase_size;
    uintptr_t address = 0;
    while (at < end) {
        uint8_t code = *at & 0xf0, operand = *at & 0x0f;
        uint64_t count = 0, skip = 0;
        at++;
        switch (code) {
        case 0x00: return;
        case 0x10: continue; /* the type; all are pointers */
        case 0x20: address = place(image, operand, unsigned_number(&at)); continue;
        case 0x30: address += unsigned_number(&at); continue;
        case 0x40: address += operand * sizeof(void *); continue;
        case 0x50: count = operand; break;
        case 0x60: count = unsigned_number(&at); break;
        case 0x70: count = 1, skip = unsigned_number(&at); break;
        case 0x80: count = unsigned_number(&at), skip = unsigned_number(&at); break;
        default: give_up("%s: the opcode %02x for rebasing is unknown", image->path, code);
        }
        for (; count > 0; count--, address += sizeof(void *) + skip) *(uintptr_t *)address += image->slide;
    }
}

/* Finds a symbol that several images may define: all use the first definition. */
static void *find_weak(const char *name) {
    void *found = NULL;
    for (int i = 0; found == NULL && i < image_count; i++) found = image_find(&images[i], name, i == 0);
    return found;
}

static void bind(struct image *image, uint32_t offset, uint32_t size, int weak) {
    const uint8_t *at = image->file + offset, *end = at + size;
    const char *name = "";
    int ordinal = 0;
    int64_t addend = 0;
    uintptr_t address = 0;
    while (at < end) {
        uint8_t code = *at & 0xf0, operand = *at & 0x0f;
        uint64_t count = 1, skip = 0;
        at++;
        switch (code) {
        case 0x00: continue; /* ends one lazy symbol, or all */
        case 0x10: ordinal = operand; continue;
        case 0x20: ordinal = (int)unsigned_number(&at); continue;
        case 0x30: ordinal = operand == 0 ? 0 : (int8_t)(0xf0 | operand); continue;
        case 0x40: name = (const char *)at; at += strlen(name) + 1; continue;
        case 0x50: continue;
        case 0x60: addend = signed_number(&at); continue;
        case 0x70: address = place(image, operand, unsigned_number(&at)); continue;
        case 0x80: address += unsigned_number(&at); continue;
        case 0x90: break;
        case 0xa0: skip = unsigned_number(&at); break;
        case 0xb0: skip = operand * sizeof(void *); break;
        case 0xc0: count = unsigned_number(&at), skip = unsigned_number(&at); break;
        default: give_up("%s: the opcode %02x for binding is unknown", image->path, code);
        }
        void *target = weak ? find_weak(name) : find(image, ordinal, name);
        for (; count > 0; count--, address += sizeof(void *) + skip)
            if (target != NULL) *(uintptr_t *)address = (uintptr_t)target + addend;
    }
}

static void each_section(struct image *image, uint32_t type, void (*act)(struct image *, uintptr_t, uint64_t)) {
    EACH_COMMAND(image, at) {
        const struct macho_segment *segment = (const void *)at;
        if (segment->command != LOAD_SEGMENT) continue;
        const struct macho_section *sections = (const void *)(segment + 1);
        for (uint32_t j = 0; j < segment->sections; j++)
            if ((sections[j].flags & SECTION_TYPE) == type) act(image, sections[j].address + image->slide, sections[j].size);
    }
}

/* ---- thread-local variables: a descriptor contains a function, the image (set here) and the offset */

static void set_descriptors(struct image *image, uintptr_t address, uint64_t size) {
    for (void **descriptor = (void **)address; (uintptr_t)descriptor < address + size; descriptor += 3) {
        descriptor[0] = thread_variable_entry;
        descriptor[1] = image;
    }
}

static __thread uint8_t *variables[IMAGES];

static __attribute__((used)) void *thread_variable(void **descriptor) {
    const struct image *image = descriptor[1];
    uint8_t **own = &variables[image - images];
    if (*own == NULL) {
        if (posix_memalign((void **)own, 64, image->thread_size) != 0) give_up("no memory");
        memcpy(*own, (void *)image->thread_data, image->thread_size);
    }
    return *own + (uintptr_t)descriptor[2];
}

#ifdef __aarch64__
/* Preserves all registers but x0, x16 and x17, as its callers expect. */
__asm__(
    ".globl thread_variable_entry\n"
    "thread_variable_entry:\n"
    "  sub sp, sp, #656\n  stp x29, x30, [sp]\n  mov x29, sp\n"
    "  stp x1, x2, [sp, #16]\n  stp x3, x4, [sp, #32]\n  stp x5, x6, [sp, #48]\n  stp x7, x8, [sp, #64]\n"
    "  stp x9, x10, [sp, #80]\n  stp x11, x12, [sp, #96]\n  stp x13, x14, [sp, #112]\n  str x15, [sp, #128]\n"
    "  add x16, sp, #144\n"
    "  st1 {v0.2d-v3.2d}, [x16], #64\n  st1 {v4.2d-v7.2d}, [x16], #64\n  st1 {v8.2d-v11.2d}, [x16], #64\n  st1 {v12.2d-v15.2d}, [x16], #64\n"
    "  st1 {v16.2d-v19.2d}, [x16], #64\n  st1 {v20.2d-v23.2d}, [x16], #64\n  st1 {v24.2d-v27.2d}, [x16], #64\n  st1 {v28.2d-v31.2d}, [x16]\n"
    "  bl thread_variable\n"
    "  add x16, sp, #144\n"
    "  ld1 {v0.2d-v3.2d}, [x16], #64\n  ld1 {v4.2d-v7.2d}, [x16], #64\n  ld1 {v8.2d-v11.2d}, [x16], #64\n  ld1 {v12.2d-v15.2d}, [x16], #64\n"
    "  ld1 {v16.2d-v19.2d}, [x16], #64\n  ld1 {v20.2d-v23.2d}, [x16], #64\n  ld1 {v24.2d-v27.2d}, [x16], #64\n  ld1 {v28.2d-v31.2d}, [x16]\n"
    "  ldp x1, x2, [sp, #16]\n  ldp x3, x4, [sp, #32]\n  ldp x5, x6, [sp, #48]\n  ldp x7, x8, [sp, #64]\n"
    "  ldp x9, x10, [sp, #80]\n  ldp x11, x12, [sp, #96]\n  ldp x13, x14, [sp, #112]\n  ldr x15, [sp, #128]\n"
    "  ldp x29, x30, [sp]\n  add sp, sp, #656\n"
    "  ret\n");
#else
/* Preserves all registers but rax and those of vectors, as its callers expect. */
__asm__(
    ".globl thread_variable_entry\n"
    "thread_variable_entry:\n"
    "  push %rbp\n  mov %rsp, %rbp\n"
    "  push %rdi\n  push %rsi\n  push %rdx\n  push %rcx\n  push %r8\n  push %r9\n  push %r10\n  push %r11\n"
    "  call thread_variable\n"
    "  pop %r11\n  pop %r10\n  pop %r9\n  pop %r8\n  pop %rcx\n  pop %rdx\n  pop %rsi\n  pop %rdi\n"
    "  pop %rbp\n"
    "  ret\n");
#endif

/* ---- the program */

static noreturn void report(int number, siginfo_t *how, void *state) {
    const ucontext_t *context = state;
#ifdef __aarch64__
    uintptr_t at = context->uc_mcontext.pc, from = context->uc_mcontext.regs[30];
#else
    uintptr_t at = (uintptr_t)context->uc_mcontext.gregs[REG_RIP], from = *(const uintptr_t *)(context->uc_mcontext.gregs[REG_RBP] + 8);
#endif
    for (int i = 0; i < image_count; i++) fprintf(stderr, "runner: %s is at address 0 + %#lx\n", images[i].path, (long)images[i].slide);
    give_up("signal %d at %#lx, called from %#lx, for the address %p", number, at, from, how->si_addr);
}

static struct image *load(const char *path) {
    for (int i = 0; i < image_count; i++)
        if (strcmp(images[i].path, path) == 0) return &images[i];
    if (image_count == IMAGES) give_up("more than %d images", IMAGES);
    struct image *image = &images[image_count++];
    image->path = path;
    int file = open(path, O_RDONLY);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) give_up("%s cannot be read", path);
    image->file = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    const struct macho_header *header = (const void *)image->file;
    if (image->file == MAP_FAILED || (size_t)status.st_size < sizeof *header || header->magic != MACHO_MAGIC || header->cpu != CPU_HERE ||
        (header->file != FILE_EXECUTABLE && header->file != FILE_DYLIB))
        give_up("%s is not a program or library for macOS on this kind of processor", path);
    close(file);
    load_segments(image);
    /* The first segment of a program is __PAGEZERO. */
    image->unwind.header = (const void *)(image->segments[header->file == FILE_EXECUTABLE].address + image->slide);
    load_commands(image);
    return image;
}

static int argument_count;
static char **arguments;
extern char **environ;

static void initialize(struct image *image, uintptr_t address, uint64_t size) {
    (void)image;
    char *none[] = { NULL };
    for (uint64_t i = 0; i < size / sizeof(void *); i++)
        ((void (**)(int, char **, char **, char **))address)[i](argument_count, arguments, environ, none);
}

static void protect(const struct image *image) {
    for (int i = 0; i < image->segment_count; i++) {
        const struct segment *segment = &image->segments[i];
        if (segment->protection == 0) continue;
        void *start = (void *)(segment->address + image->slide);
        __builtin___clear_cache(start, (char *)start + segment->size);
        if (mprotect(start, segment->size, segment->protection) != 0) give_up("%s: the protection of a segment cannot be set", image->path);
    }
}

int main(int count, char **words) {
    if (count < 3) give_up("usage: runner FOLDER PROGRAM [ARGUMENT…]");
    libraries_folder = words[1];
    argument_count = count - 2, arguments = words + 2;
    struct image *program = load(arguments[0]);
    if (program->entry == 0) give_up("%s has no main", program->path);

    struct sigaction action = { .sa_sigaction = report, .sa_flags = SA_SIGINFO };
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGILL, &action, NULL);

    for (int i = 0; i < image_count; i++) rebase(&images[i]);
    for (int i = 0; i < image_count; i++) {
        const struct macho_dyld_info *info = images[i].info;
        bind(&images[i], info->bind, info->bind_size, 0);
        bind(&images[i], info->lazy, info->lazy_size, 0);
        bind(&images[i], info->weak, info->weak_size, 1);
        each_section(&images[i], SECTION_THREAD_VARIABLES, set_descriptors);
        protect(&images[i]);
    }
    /* In reverse order, because each image precedes the libraries that it uses. */
    for (int i = image_count - 1; i >= 0; i--) each_section(&images[i], SECTION_INITIALIZERS, initialize);
    char *none[] = { NULL };
    int code = ((int (*)(int, char **, char **, char **))(program->unwind.header + program->entry))(argument_count, arguments, environ, none);
    run_exits(NULL);
    exit(code);
}
