// The only source of chance: ids, jitter. Seeded in tests, so that a seed reproduces a run. Engine thread.
#pragma once

#include <QRandomGenerator>
#include <QString>

namespace foundry {

class Randomness {
public:
    // From the system.
    Randomness()
        : m_generator(QRandomGenerator::securelySeeded())
    {
    }
    explicit Randomness(quint32 seed)
        : m_generator(seed)
    {
    }
    quint64 next() { return m_generator.generate64(); }
    // 0 <= x < 1
    double fraction() { return m_generator.generateDouble(); }
    // 128 bits as 32 hexadecimal digits: safe in file names.
    QString id()
    {
        return QStringLiteral("%1%2").arg(next(), 16, 16, QLatin1Char('0')).arg(next(), 16, 16, QLatin1Char('0'));
    }

private:
    QRandomGenerator m_generator;
};

} // namespace foundry
