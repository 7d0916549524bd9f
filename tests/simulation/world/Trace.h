// What happened in a run, line by line: the last lines for people, a digest of all of them to compare two runs.
#pragma once

#include <QStringList>

namespace foundry::simulation {

class Trace {
public:
    static constexpr qsizetype kept = 80; // lines

    void add(const QString &line)
    {
        for (const QChar c : line)
            m_digest = (m_digest ^ c.unicode()) * 0x100000001b3ULL; // FNV-1a
        ++m_count;
        m_last.append(line);
        if (m_last.size() > kept)
            m_last.removeFirst();
        if (echo)
            qInfo("%s", qPrintable(line));
    }
    QString digest() const { return QString::number(m_digest, 16).rightJustified(16, QLatin1Char('0')); }
    qint64 count() const { return m_count; }
    const QStringList &last() const { return m_last; }
    bool echo = false;

private:
    quint64 m_digest = 0xcbf29ce484222325ULL;
    qint64 m_count = 0;
    QStringList m_last;
};

} // namespace foundry::simulation
