// What rewinds took out of a run's record, by its audit. To the model an entry that is made again is another one: its
// name has a label that says how often it, or what holds it, was taken out.
#pragma once

#include <Database.h>

#include <map>

namespace foundry::simulation {

class Superseded {
public:
    static Result<Superseded> read(Database &store);
    // Entries taken out in all: another number after each rewind, the same whenever the run is read again.
    int entries() const { return m_count; }
    // "" or "~n".
    QString label(const QString &scope, const QString &name) const { return labelOf(generation(scope, name)); }
    int generation(const QString &scope, const QString &name) const;
    // Of a loop that failed: its turn may be gone back into, and then it comes to another end.
    QString labelInside(const QString &scope, const QString &loop) const;
    // How often the message of this number went back to the queue.
    int returned(int go) const;
    const std::map<int, int> &returned() const { return m_returned; }
    // The mark that undoing leaves, by the name of its entry: "undo:998" is "undo~1:998" the second time, so that each
    // time has an order of its own.
    static QString undoMark(const QString &name, int generation);
    const QStringList &skippedUndoings() const { return m_skipped; } // their marks

private:
    static QString labelOf(int generation)
    {
        return generation > 0 ? QChar(u'~') + QString::number(generation) : QString();
    }
    std::map<QString, int> m_paths;
    std::map<int, int> m_returned;
    QStringList m_skipped;
    int m_count = 0;
};

} // namespace foundry::simulation
