#include "SeccompFilter.h"

#include "FileDescriptor.h"

#include <QFile>

#include <cerrno>
#include <linux/netlink.h>
#include <memory>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

namespace foundry {

namespace {

// EPERM for each; a name that this libseccomp does not know is passed by.
constexpr const char *always[] = {
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "add_key",
    "request_key",
    "keyctl",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "init_module",
    "finit_module",
    "delete_module",
    "create_module",
    "kexec_load",
    "kexec_file_load",
    "open_by_handle_at",
    "name_to_handle_at",
    "lookup_dcookie",
    "acct",
    "swapon",
    "swapoff",
    "reboot",
    "quotactl",
    "quotactl_fd",
    "syslog",
    "uselib",
    "nfsservctl",
    "vm86",
    "vm86old",
    "modify_ldt",
    "ioperm",
    "iopl",
    "settimeofday",
    "clock_settime",
    "stime",
    "adjtimex",
    "clock_adjtime",
    "fanotify_init",
    "fanotify_mark",
};
constexpr const char *withoutNesting[] = {
    "mount",  "umount",    "umount2",    "pivot_root",    "fsopen", "fsconfig", "fsmount",
    "fspick", "open_tree", "move_mount", "mount_setattr", "setns",  "chroot",
};
constexpr unsigned long namespaces
    = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

class Filter {
public:
    Filter()
        : m_context(seccomp_init(SCMP_ACT_ALLOW), &seccomp_release)
    {
        m_good = m_context && seccomp_attr_set(m_context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS)) == 0;
    }
    template <class... Condition> void deny(const char *name, int error, Condition... condition)
    {
        const int call = seccomp_syscall_resolve_name(name);
        if (call == __NR_SCMP_ERROR)
            return;
        const int rc = seccomp_rule_add(m_context.get(), SCMP_ACT_ERRNO(uint32_t(error)), call,
                                        unsigned(sizeof...(condition)), condition...);
        m_good = m_good && (rc == 0 || rc == -EDOM); // EDOM: not on this architecture
    }
    Result<QByteArray> bytes() const
    {
        const FileDescriptor memory(memfd_create("foundry-seccomp", MFD_CLOEXEC));
        QFile file;
        if (m_good && memory.isOpen() && seccomp_export_bpf(m_context.get(), memory.get()) == 0
            && file.open(memory.get(), QIODevice::ReadOnly) && file.seek(0))
            return file.readAll();
        return fail(codes::Sandbox::launchFailed, u"the system call filter could not be made"_s);
    }

private:
    std::unique_ptr<void, decltype(&seccomp_release)> m_context;
    bool m_good = false;
};

void denyNamespaces(Filter &filter)
{
    for (const char *name : withoutNesting)
        filter.deny(name, EPERM);
    // Each flag on its own: a comparison under a mask tests for equality.
    for (unsigned long flag = 1; flag <= namespaces; flag <<= 1) {
        if (!(namespaces & flag))
            continue;
        filter.deny("unshare", EPERM, SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag));
        filter.deny("clone", EPERM, SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag));
    }
    filter.deny("clone3", ENOSYS);
}

void denySockets(Filter &filter)
{
    constexpr scmp_datum_t low = 0xffffffff; // the kernel looks at the low half only
    filter.deny("socket", EAFNOSUPPORT, SCMP_A0(SCMP_CMP_MASKED_EQ, low, AF_UNSPEC));
    // Between and above the allowed ones.
    for (const int family : { 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15 })
        filter.deny("socket", EAFNOSUPPORT, SCMP_A0(SCMP_CMP_MASKED_EQ, low, scmp_datum_t(family)));
    static_assert(AF_UNIX == 1 && AF_INET == 2 && AF_INET6 == 10 && AF_NETLINK == 16);
    for (scmp_datum_t family = AF_NETLINK + 1; family < 64; ++family)
        filter.deny("socket", EAFNOSUPPORT, SCMP_A0(SCMP_CMP_MASKED_EQ, low, family));
    for (scmp_datum_t protocol = NETLINK_ROUTE + 1; protocol < 32; ++protocol)
        filter.deny("socket", EPROTONOSUPPORT, SCMP_A0(SCMP_CMP_MASKED_EQ, low, AF_NETLINK),
                    SCMP_A2(SCMP_CMP_MASKED_EQ, low, protocol));
}

} // namespace

Result<QByteArray> seccompFilter(bool nesting)
{
    Filter filter;
    for (const char *name : always)
        filter.deny(name, EPERM);
    for (const unsigned long request : { TIOCSTI, TIOCLINUX })
        filter.deny("ioctl", EPERM, SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, request));
    denySockets(filter);
    if (!nesting)
        denyNamespaces(filter);
    return filter.bytes();
}

} // namespace foundry
