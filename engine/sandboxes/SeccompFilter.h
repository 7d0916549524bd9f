// The system calls that a sandbox is denied, as a program for the kernel (seccomp(2)), made with libseccomp. A list of
// what is denied, not of what is allowed: agents bring any compiler and any runtime.
//
// Denied: pushing input into a terminal (TIOCSTI, TIOCLINUX), io_uring, the kernel's keyring, bpf, performance events,
// userfaultfd, kernel modules, kexec, handles past the mount tree, sockets but unix, internet and routing netlink,
// and 32-bit and x32 calls, whose arguments could not be checked. Without `nesting` also namespaces and mounts;
// clone3 then answers ENOSYS, because its flags lie behind a pointer, and the C library falls back to clone.
// Not denied: ptrace (debuggers work; only the sandbox's own processes can be seen).
#pragma once

#include <foundry/Failure.h>

#include <QByteArray>

namespace foundry {

// The filter's bytes, as bubblewrap's --seccomp takes them. Failures: Sandbox::launchFailed.
Result<QByteArray> seccompFilter(bool nesting);

} // namespace foundry
