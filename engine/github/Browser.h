// Opens an address in the person's browser, the desktop's way: what $BROWSER names first, then xdg-open. The browser
// goes on when Foundry ends. Engine thread only.
#pragma once

#include "Process.h"

#include <QUrl>

namespace foundry {

class Browser {
public:
    virtual ~Browser() = default;
    // Failure: GitHub::noBrowser.
    virtual Async<Result<>> open(QUrl url) = 0;
};

class DesktopBrowser final : public Browser {
public:
    // A browser may stay in the foreground: one that has not failed by then is open.
    static constexpr std::chrono::seconds patience { 8 };

    DesktopBrowser(ProcessRunner &processes, QMap<QString, QString> environment);
    Async<Result<>> open(QUrl url) override;

private:
    ProcessRunner &m_processes;
    QMap<QString, QString> m_environment;
};

// The person's variables without Foundry's own secrets, for programs of theirs.
QMap<QString, QString> withoutOurs(QMap<QString, QString> environment);

// $BROWSER: programs between colons, with %s where the address goes, or at the end. Pure.
std::vector<QStringList> browserCommands(const QString &variable, const QUrl &url);

} // namespace foundry
