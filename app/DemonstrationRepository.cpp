#include "DemonstrationRepository.h"

#include <QDir>
#include <QFile>

#include <array>

namespace foundry {

namespace {

struct Sample {
    const char *path;
    const char *text;
};

constexpr std::array<Sample, 4> samples { {
    { "README.md",
      "# Shop\n\nA small shop, made for Foundry's demonstration.\n\nRun the tests with `sh tests/run.sh`.\n" },
    { "src/price.sh",
      "# Prices are whole cents.\n"
      "price_with_tax() {\n"
      "    cents=$1\n"
      "    percent=$2\n"
      "    echo $((cents + cents * percent / 100))\n"
      "}\n" },
    { "src/greeting.txt", "Welcome to the shop.\n" },
    { "tests/run.sh",
      "#!/bin/sh\n"
      "set -eu\n"
      ". \"$(dirname \"$0\")/../src/price.sh\"\n"
      "test \"$(price_with_tax 1000 19)\" = 1190\n"
      "echo \"1 test passed\"\n" },
} };

} // namespace

DemonstrationRepository::DemonstrationRepository(QString folder, QObject *parent)
    : QObject(parent)
    , m_folder(std::move(folder))
{
}

void DemonstrationRepository::make(std::function<void(std::optional<QString>)> done)
{
    for (const Sample &sample : samples) {
        const QString path = clone() + QLatin1Char('/') + QLatin1String(sample.path);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(sample.text) < 0) {
            done(path + QStringLiteral(": ") + file.errorString());
            return;
        }
    }
    const QString at = clone();
    const auto in = [&at](QStringList arguments) { return QStringList { QStringLiteral("-C"), at } + arguments; };
    const auto words = [](const char *line) { return QString::fromLatin1(line).split(QLatin1Char(' ')); };
    gitAll({ words("init -q --bare -b main") + QStringList { remote() }, words("init -q -b main") + QStringList { at },
             in(words("config user.name Demonstration")), in(words("config user.email demonstration@foundry.invalid")),
             in(words("add -A")), in(words("commit -q -m") + QStringList { QStringLiteral("A small shop") }),
             in(words("remote add origin") + QStringList { remote() }), in(words("push -q -u origin main")) },
           std::move(done));
}

void DemonstrationRepository::look(const QString &branch, std::function<void(int, QStringList)> seen)
{
    const QString range = QStringLiteral("refs/heads/main..refs/heads/") + branch;
    git({ QStringLiteral("-C"), remote(), QStringLiteral("rev-list"), QStringLiteral("--count"), range },
        [this, range, seen](bool good, const QByteArray &count) {
            if (!good) {
                seen(0, {});
                return;
            }
            git({ QStringLiteral("-C"), remote(), QStringLiteral("diff"), QStringLiteral("--name-only"), range },
                [seen, count](bool, const QByteArray &names) {
                    seen(count.trimmed().toInt(),
                         QString::fromUtf8(names).split(QLatin1Char('\n'), Qt::SkipEmptyParts));
                });
        });
}

void DemonstrationRepository::git(const QStringList &arguments, const Done &done)
{
    auto *process = new QProcess(this);
    connect(process, &QProcess::finished, this, [process, done](int code, QProcess::ExitStatus status) {
        process->deleteLater();
        const bool good = status == QProcess::NormalExit && code == 0;
        done(good, good ? process->readAllStandardOutput() : process->readAllStandardError());
    });
    connect(process, &QProcess::errorOccurred, this, [process, done](QProcess::ProcessError error) {
        if (error != QProcess::FailedToStart)
            return;
        process->deleteLater();
        done(false, QByteArrayLiteral("git is not installed"));
    });
    process->start(QStringLiteral("git"), arguments);
}

void DemonstrationRepository::gitAll(std::vector<QStringList> commands,
                                     std::function<void(std::optional<QString>)> done)
{
    if (commands.empty()) {
        done(std::nullopt);
        return;
    }
    const QStringList first = commands.front();
    commands.erase(commands.begin());
    git(first, [this, first, rest = std::move(commands), done = std::move(done)](bool good, const QByteArray &output) {
        if (good)
            gitAll(rest, done);
        else
            done(QStringLiteral("git ") + first.join(QLatin1Char(' ')) + QStringLiteral(": ")
                 + QString::fromUtf8(output));
    });
}

} // namespace foundry
