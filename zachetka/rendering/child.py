"""The process that runs Typst: no environment, no network, limited memory and processor time (п. 3.9).

Started as a file by `press.py`, never imported for its work: it imports Typst only after the fence is up. It reads a
frame (length, then JSON) from standard input and answers with one; end of input ends it. Everything a person typed
arrives as JSON in `sys.inputs`, so it is data for the template and never Typst source.

What fences it off, and when each layer is absent:

| layer | stops | absent when |
|---|---|---|
| empty environment, only three open files | secrets of the parent | never |
| user and network namespace | any connection | the kernel refuses both to this account; `fence` in the greeting says so |
| Landlock ruleset | opening any file except templates and fonts | the kernel has no Landlock; the greeting says so |
| no new privileges, no core dump, no long file | escape through another program, data left on disk | never |
| memory limit, processor time for each job | a sheet that eats the machine | never |
| Typst root is the template folder, package folder does not exist | `read`, `import` outside it | never |
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import struct
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

PRINTED: Final = b"P"
REFUSED: Final = b"R"
LENGTH: Final = struct.Struct(">I")
NO_PACKAGES: Final = "/nonexistent"

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_FILES = (1 << 13) - 1  # every right of the first Landlock version
_LANDLOCK_READ = 1 << 2 | 1 << 3  # read a file, list a folder
_OPEN_FILES = 64
_LAST_WORDS = 1 << 16  # bytes of standard error, a file that the parent has opened


def read_exactly(size: int) -> bytes:
    """Return `size` bytes of standard input, or fewer when it has ended."""
    parts: list[bytes] = []
    while size and (part := os.read(0, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def write_frame(body: bytes) -> None:
    """Write one frame to standard output."""
    rest = memoryview(LENGTH.pack(len(body)) + body)
    while rest:
        rest = rest[os.write(1, rest) :]


def leave_network(libc: ctypes.CDLL) -> bool:
    """Move to a network namespace without any interface; False when the kernel does not permit it."""
    return any(libc.unshare(flags) == 0 for flags in (_CLONE_NEWUSER | _CLONE_NEWNET, _CLONE_NEWNET))


def see_only(libc: ctypes.CDLL, folders: list[str]) -> bool:
    """Allow reading under `folders` and no other opening of files; False when the kernel has no Landlock."""
    handled = ctypes.c_uint64(_LANDLOCK_FILES)
    ruleset = libc.syscall(_LANDLOCK_CREATE, ctypes.byref(handled), ctypes.sizeof(handled), 0)
    if ruleset < 0:
        return False
    for folder in folders:
        opened = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        rule = struct.pack("=Qi", _LANDLOCK_READ, opened)  # allowed_access, parent_fd
        added = libc.syscall(_LANDLOCK_ADD, ruleset, 1, rule, 0)
        os.close(opened)
        if added:
            return False
    restricted: int = libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0)
    os.close(ruleset)
    return restricted == 0


def limit_job(seconds: int) -> None:
    """Allow `seconds` more of processor time from now on; the kernel ends the process after that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def main(templates: str, fonts: list[str], memory: int, seconds: int) -> None:
    """Greet, then print one job after another until standard input ends."""
    libc = ctypes.CDLL(None, use_errno=True)
    network = leave_network(libc)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LAST_WORDS, _LAST_WORDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    import typst  # the limits must be in force before Typst starts its threads

    shipped = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=fonts)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    files = see_only(libc, [templates, *fonts])
    fence = {"network": network, "files": files}
    version: str = typst.__version__  # type: ignore[attr-defined]  # missing from its stub
    write_frame(json.dumps({"typst": version, "fence": fence}).encode())

    compilers: dict[str, typst.Compiler] = {}

    def compiler(template: str) -> typst.Compiler:
        if template not in compilers:
            compilers[template] = typst.Compiler(
                os.path.join(templates, template),  # noqa: PTH118 - pathlib is not loaded here
                root=templates,
                font_paths=shipped,
                ignore_system_fonts=True,
                package_path=NO_PACKAGES,
                package_cache_path=NO_PACKAGES,
            )
        return compilers[template]

    def job(request: dict[str, Any]) -> bytes:
        try:
            pdf = compiler(request["template"]).compile(
                format="pdf", sys_inputs=request["inputs"], pdf_standards=["a-2a", "ua-1"], timestamp=request["at"]
            )
        except typst.TypstError as fault:
            account = {"message": fault.message, "hints": list(fault.hints), "trace": list(fault.trace)}
            return REFUSED + json.dumps(account).encode()
        return PRINTED + b"".join([pdf] if isinstance(pdf, bytes) else pdf or [])

    serve(job, seconds)


def serve(job: Callable[[dict[str, Any]], bytes], seconds: int) -> None:
    """Answer frame after frame; a broken frame means the parent is gone."""
    while len(head := read_exactly(LENGTH.size)) == LENGTH.size:
        (size,) = LENGTH.unpack(head)
        body = read_exactly(size)
        if len(body) < size:
            return
        limit_job(seconds)
        write_frame(job(json.loads(body)))


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
