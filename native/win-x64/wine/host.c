/* Starts the self-contained .NET program NAME.dll beside it, as .NET's own NAME.exe does, and mends a list of wine's: handlers of
   exceptions that wine 8 registers while it handles one stay registered when .NET leaves them, and the next exception calls them
   in memory that others use by then. Takes the place of NAME.exe where programs run under wine. */
#include <stdio.h>
#include <wchar.h>
#include <windows.h>

typedef int (*hostfxr_main)(int count, const wchar_t **arguments, const wchar_t *host, const wchar_t *root, const wchar_t *program);

/* The list is only wine's: Windows on x64 does not use it. A handler below the stack pointer is gone, and one above it may be, as the
   stack may have grown over it. So all are forgotten when a program throws: wine's own functions wait for faults, whose codes begin
   with 0xC, and for the debugger's part of Ctrl+C. What is lost are the handlers that report an exception nobody handles. */
static LONG CALLBACK forget_lost_handlers(EXCEPTION_POINTERS *exception) {
    NT_TIB *thread = (NT_TIB *)NtCurrentTeb();
    DWORD code = exception->ExceptionRecord->ExceptionCode;
    if ((code >> 28 != 0xC && code != DBG_CONTROL_C) || (ULONG64)thread->ExceptionList < exception->ContextRecord->Rsp) {
        thread->ExceptionList = (void *)(LONG_PTR)-1;
    }
    return EXCEPTION_CONTINUE_SEARCH;
}

int wmain(int count, wchar_t **arguments) {
    static wchar_t host[4096], program[4096], library[4096], root[4096];
    DWORD length = GetModuleFileNameW(NULL, host, 4000);
    wchar_t *name = wcsrchr(host, L'\\');
    if (length == 0 || length >= 4000 || name == NULL) {
        return 120;
    }
    swprintf(root, 4096, L"%.*ls", (int)(name - host), host);
    swprintf(program, 4096, L"%.*ls.dll", (int)(length - wcslen(L".exe")), host);
    swprintf(library, 4096, L"%ls\\hostfxr.dll", root);
    HMODULE loaded = LoadLibraryW(library);
    hostfxr_main start = loaded == NULL ? NULL : (hostfxr_main)(void *)GetProcAddress(loaded, "hostfxr_main_startupinfo");
    if (start == NULL) {
        fwprintf(stderr, L"%ls cannot be loaded.\n", library);
        return 121;
    }
    AddVectoredExceptionHandler(1, forget_lost_handlers);
    return start(count, (const wchar_t **)arguments, host, root, program);
}
