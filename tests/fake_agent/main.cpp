#include "FakeAgent.h"

#include <QCoreApplication>

#include <sys/resource.h>

using namespace Qt::StringLiterals;

int main(int argc, char **argv)
{
    const rlimit noCore { 0, 0 };
    setrlimit(RLIMIT_CORE, &noCore);
    QCoreApplication app(argc, argv);
    QCommandLineParser flags;
    for (const char *flag : { "crash-on-initialize",
                              "crash-on-session",
                              "crash-on-prompt",
                              "nonsense",
                              "nonsense-only",
                              "ignore-eof",
                              "wrong-version",
                              "needs-auth",
                              "auth-fails",
                              "no-load",
                              "resume",
                              "lost",
                              "permission-first",
                              "withdraw",
                              "duplicate-tool-call",
                              "update-unknown-tool",
                              "string-ids",
                              "answer-ids-as-text",
                              "terminal",
                              "unknown-update",
                              "extra-notifications",
                              "empty-answers",
                              "slow-stderr",
                              "error-on-prompt" })
        flags.addOption({ QString::fromLatin1(flag), QString() });
    for (const char *flag : { "crash-after", "exit-code", "flood", "flood-frames", "silent-on", "permissions",
                              "write-file", "read-file", "stop-reason", "chunk-count", "chunk-size", "tool-output" })
        flags.addOption({ QString::fromLatin1(flag), QString(), u"value"_s });
    flags.process(app);
    return foundry::test::FakeAgent(flags).run();
}
