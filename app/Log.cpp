#include "Log.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QMutex>

#include <cstdio>
#include <memory>

namespace foundry {

namespace {

struct LogFile {
    QMutex mutex;
    QFile file;
};

LogFile *target = nullptr; // made once at start, lives as long as the program

const char *levelOf(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return "debug";
    case QtInfoMsg:
        return "info";
    case QtWarningMsg:
        return "warning";
    case QtCriticalMsg:
        return "critical";
    case QtFatalMsg:
        return "fatal";
    }
    return "";
}

void write(QtMsgType type, const QMessageLogContext &, const QString &message)
{
    const QByteArray line = QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs).toUtf8() + ' ' + levelOf(type)
        + ' ' + message.toUtf8() + '\n';
    if (type != QtDebugMsg && type != QtInfoMsg)
        std::fputs(line.constData(), stderr);
    const QMutexLocker lock(&target->mutex);
    if (target->file.size() + line.size() > maxLogFile) {
        const QString name = target->file.fileName();
        target->file.close();
        QFile::remove(name + QStringLiteral(".1"));
        QFile::rename(name, name + QStringLiteral(".1"));
        if (!target->file.open(QIODevice::WriteOnly | QIODevice::Append))
            return;
    }
    target->file.write(line);
    target->file.flush();
}

} // namespace

void startLog(const QString &folder)
{
    QDir().mkpath(folder);
    static LogFile log;
    log.file.setFileName(folder + QStringLiteral("/foundry.log"));
    if (!log.file.open(QIODevice::WriteOnly | QIODevice::Append))
        return; // no log is no reason not to work
    target = &log;
    qInstallMessageHandler(write);
}

} // namespace foundry
