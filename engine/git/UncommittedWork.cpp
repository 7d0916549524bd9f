#include "UncommittedWork.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

#include <algorithm>

namespace foundry {

namespace {

using namespace std::chrono_literals;

constexpr auto takingTime = 15min; // a work tree of many gigabytes is read once

GitCall reading(const QString &clone, QStringList arguments)
{
    GitCall call;
    call.folder = clone;
    call.config = GitConfig::persons;
    call.arguments = std::move(arguments);
    return call;
}

// Its time goes along: git reads again what is not older than its index, for it may have changed in the same second.
// Without an index every file is read.
void copyIndex(const QString &from, const QString &to)
{
    const QDateTime written = QFileInfo(from).lastModified();
    QFile copy(to);
    if (!QFile::copy(from, to) || !copy.open(QIODevice::ReadWrite)
        || !copy.setFileTime(written, QFileDevice::FileModificationTime))
        QFile::remove(to);
}

} // namespace

UncommittedWork::UncommittedWork(GitRunner &git, SourceStore &store)
    : m_git(git)
    , m_store(store)
{
}

Async<Result<QString>> UncommittedWork::take(QString barePath, QString clonePath, QString base, QString ref)
{
    auto looking = m_store.resolve(barePath, ref);
    auto taken = co_await looking;
    if (!taken || !taken->isEmpty())
        co_return taken;
    auto asking = m_git.line(reading(clonePath, { u"rev-parse"_s, u"--verify"_s, u"HEAD^{commit}"_s }));
    auto head = co_await asking;
    if (!head)
        co_return head;
    if (*head != base)
        co_return fail(codes::Git::notOnBase, u"%1 and not %2"_s.arg(head->left(12), base.left(12)));
    const QTemporaryDir place(barePath + u"/foundry-index-XXXXXX"_s);
    if (!place.isValid())
        co_return fail(codes::Storage::unavailable, place.errorString());
    auto reading = treeOf(barePath, clonePath, base, place.filePath(u"index"_s));
    auto tree = co_await reading;
    if (!tree)
        co_return tree;
    CommitSpec spec;
    spec.tree = *tree;
    spec.parents = { base };
    spec.message = u"Uncommitted work, taken along"_s;
    spec.author = spec.committer = { u"Foundry"_s, u"foundry@localhost"_s }; // it never leaves this computer
    auto making = m_store.commitTree(barePath, spec);
    auto commit = co_await making;
    if (!commit)
        co_return commit;
    auto keeping = m_store.updateRef(barePath, ref, *commit);
    if (auto kept = co_await keeping; !kept)
        co_return std::unexpected(std::move(kept.error()));
    co_return commit;
}

// A copy of the person's index spares reading what is unchanged. It is set back to the base first: what was staged
// is an object of the clone only, and is made anew here from the file.
Async<Result<QString>> UncommittedWork::treeOf(QString barePath, QString clonePath, QString base, QString index)
{
    auto settingsAsked = readSettings(m_git, clonePath);
    auto settings = co_await settingsAsked;
    if (!settings)
        co_return std::unexpected(std::move(settings.error()));
    auto asking = m_git.line(reading(clonePath, { u"rev-parse"_s, u"--absolute-git-dir"_s }));
    auto gitDir = co_await asking;
    if (!gitDir)
        co_return gitDir;
    copyIndex(*gitDir + u"/index"_s, index);
    // Without marks of what is left out all of that would be taken as deleted.
    const bool sparse = std::ranges::any_of(*settings, [](const ScopedSetting &one) {
        return one.setting.key == u"core.sparsecheckout"_s && one.setting.value == u"true"_s;
    });
    if (sparse && !QFile::exists(index))
        co_return fail(codes::Git::failed, u"the index of a sparse clone cannot be read: "_s + *gitDir);
    QString tree;
    for (const QStringList &arguments :
         { QStringList { u"read-tree"_s, u"--reset"_s, base },
           QStringList { u"add"_s, u"--all"_s, u"--sparse"_s, u"--"_s, u"."_s }, QStringList { u"write-tree"_s } }) {
        GitCall call = reading(clonePath, arguments);
        call.settings = withoutLocalFilters(*settings);
        call.settings.push_back({ u"core.splitIndex"_s, u"false"_s });
        call.settings.push_back({ u"advice.addEmbeddedRepo"_s, u"false"_s });
        call.environment = { { u"GIT_INDEX_FILE"_s, index }, { u"GIT_OBJECT_DIRECTORY"_s, barePath + u"/objects"_s } };
        call.timeOut = takingTime;
        auto running = m_git.line(std::move(call));
        auto output = co_await running;
        if (!output)
            co_return output;
        tree = *output;
    }
    co_return tree;
}

} // namespace foundry
