// A small throw-away repository with a bare remote beside it, made with plain git for the demonstration,
// and the check with plain git that what was published is there. GUI thread; never blocks it.
#pragma once

#include <QObject>
#include <QProcess>
#include <QStringList>

#include <functional>
#include <optional>
#include <vector>

namespace foundry {

class DemonstrationRepository : public QObject {
    Q_OBJECT

public:
    // `folder` is made where it is missing; "shop" and "shop-remote.git" are made in it.
    explicit DemonstrationRepository(QString folder, QObject *parent = nullptr);

    QString clone() const { return m_folder + QStringLiteral("/shop"); }
    QString remote() const { return m_folder + QStringLiteral("/shop-remote.git"); }

    // `done` gets the reason when it failed.
    void make(std::function<void(std::optional<QString>)> done);
    // Commits that `branch` of the remote has beyond main, and its changed files; empty text on failure.
    void look(const QString &branch, std::function<void(int commits, QStringList files)> seen);

private:
    using Done = std::function<void(bool good, QByteArray output)>;
    void git(const QStringList &arguments, const Done &done);
    void gitAll(std::vector<QStringList> commands, std::function<void(std::optional<QString>)> done);

    QString m_folder;
};

} // namespace foundry
