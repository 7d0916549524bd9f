#include "Spans.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

namespace foundry {

namespace {

QString two(qint64 a, const char *unitA, qint64 b, const char *unitB)
{
    QString text = QString::number(a) + QLatin1Char(' ') + QLatin1String(unitA);
    if (b > 0)
        text += QLatin1Char(' ') + QString::number(b) + QLatin1Char(' ') + QLatin1String(unitB);
    return text;
}

// Skips one control sequence that begins at `at` (ECMA-48: CSI, OSC and the two-character ones).
qsizetype afterEscape(const QString &text, qsizetype at)
{
    ++at;
    if (at >= text.size())
        return at;
    if (text[at] == u'[') {
        for (++at; at < text.size() && (text[at] < u'@' || text[at] > u'~'); ++at) { }
        return at + 1;
    }
    if (text[at] == u']') {
        for (++at; at < text.size(); ++at) {
            if (text[at] == u'\a')
                return at + 1;
            if (text[at] == u'\x1b')
                return at + 2;
        }
        return at;
    }
    return at + 1;
}

} // namespace

QString spanText(Millis span)
{
    if (span < 0)
        span = 0;
    if (span < 9'950)
        return QString::number(double(span) / 1000.0, 'f', 1) + u" s"_s;
    const qint64 seconds = (span + 500) / 1000;
    if (seconds < 60)
        return two(seconds, "s", 0, "");
    if (seconds < 3600)
        return two(seconds / 60, "m", seconds % 60, "s");
    if (seconds < 86'400)
        return two(seconds / 3600, "h", seconds % 3600 / 60, "m");
    return two(seconds / 86'400, "d", seconds % 86'400 / 3600, "h");
}

QString clockText(Millis at)
{
    return at > 0 ? QDateTime::fromMSecsSinceEpoch(at).toString(u"HH:mm"_s) : QString();
}

QString exactClockText(Millis at)
{
    return at > 0 ? QDateTime::fromMSecsSinceEpoch(at).toString(u"HH:mm:ss"_s) : QString();
}

QString countText(qint64 count)
{
    if (count < 1000)
        return QString::number(count);
    if (count < 1'000'000)
        return QString::number(count < 10'000 ? double(count / 100) / 10.0 : double(count / 1000)) + u" k"_s;
    return QString::number(double(count / 100'000) / 10.0) + u" M"_s;
}

QString plainOutput(const QString &output)
{
    QString text;
    text.reserve(output.size());
    qsizetype lineStart = 0;
    for (qsizetype i = 0; i < output.size();) {
        const QChar c = output[i];
        if (c == u'\x1b') {
            i = afterEscape(output, i);
            continue;
        }
        if (c == u'\r') { // the line is written anew, unless it just ends here
            if (i + 1 < output.size() && output[i + 1] != u'\n' && output[i + 1] != u'\r')
                text.truncate(lineStart);
        } else if (c == u'\b') {
            if (text.size() > lineStart)
                text.chop(1);
        } else if (c == u'\n') {
            text += c;
            lineStart = text.size();
        } else if (c == u'\t' || c.category() != QChar::Other_Control) {
            text += c;
        }
        ++i;
    }
    return text;
}

} // namespace foundry
