#include "TreeExport.h"

#include <QTemporaryDir>

namespace foundry {

using namespace std::chrono_literals;

Async<Result<>> exportTree(GitRunner &git, QString barePath, QString commit, QString folder)
{
    const QTemporaryDir place(barePath + u"/foundry-export-XXXXXX"_s);
    if (!place.isValid())
        co_return fail(codes::Storage::unavailable, place.errorString());
    for (const QStringList &arguments :
         { QStringList { u"read-tree"_s, commit }, QStringList { u"checkout-index"_s, u"--all"_s, u"--force"_s } }) {
        GitCall call;
        call.gitDir = barePath;
        call.arguments = arguments;
        call.settings = { { u"core.bare"_s, u"false"_s }, { u"core.symlinks"_s, u"false"_s } };
        call.environment = { { u"GIT_INDEX_FILE"_s, place.filePath(u"index"_s) }, { u"GIT_WORK_TREE"_s, folder } };
        call.timeOut = 15min;
        auto running = git.run(std::move(call));
        if (auto done = co_await running; !done)
            co_return std::unexpected(done.error());
    }
    co_return Result<>();
}

} // namespace foundry
