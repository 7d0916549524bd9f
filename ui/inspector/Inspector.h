// What goes on inside: the actors, the workflow of one, what was set aside; and what a person may do by hand. Reads
// when it is opened, when something else is looked for or chosen, and after each thing done; never by polling.
// GUI thread.
#pragma once

#include "InspectorLines.h"

#include <EngineLink.h>

#include <functional>

namespace foundry {

class Inspector : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the workbench")
    Q_PROPERTY(foundry::InspectorLines *actors READ actors CONSTANT FINAL)
    Q_PROPERTY(foundry::InspectorLines *entries READ entries CONSTANT FINAL) // of the chosen one's run, newest first
    Q_PROPERTY(foundry::InspectorLines *letters READ letters CONSTANT FINAL) // its dead letters
    Q_PROPERTY(foundry::InspectorLines *backups READ backups CONSTANT FINAL) // `title` is what restore() takes
    Q_PROPERTY(QString find READ find WRITE setFind NOTIFY findChanged FINAL)
    Q_PROPERTY(QString totals READ totals NOTIFY listChanged FINAL) // "12 actors, 3 awake"
    Q_PROPERTY(QString chosen READ chosen NOTIFY chosenChanged FINAL) // an actor's id, empty: none
    Q_PROPERTY(QString title READ title NOTIFY detailsChanged FINAL)
    Q_PROPERTY(QString state READ state NOTIFY detailsChanged FINAL)
    Q_PROPERTY(QString tone READ tone NOTIFY detailsChanged FINAL)
    Q_PROPERTY(QString why READ why NOTIFY detailsChanged FINAL) // of a failure, or why the run does not move
    Q_PROPERTY(QString facts READ facts NOTIFY detailsChanged FINAL) // key, id and times, a line each
    Q_PROPERTY(QString audit READ audit NOTIFY detailsChanged FINAL) // what was done by hand, a line each
    Q_PROPERTY(QStringList controls READ controls NOTIFY detailsChanged FINAL) // names for control() possible now
    Q_PROPERTY(bool hasRun READ hasRun NOTIFY detailsChanged FINAL)
    Q_PROPERTY(QString trouble READ trouble NOTIFY troubleChanged FINAL)

public:
    Inspector(EngineLink *link, std::function<QString(const Failure &)> sentence, QObject *parent = nullptr);

    InspectorLines *actors() { return &m_actors; }
    InspectorLines *entries() { return &m_entries; }
    InspectorLines *letters() { return &m_letters; }
    InspectorLines *backups() { return &m_backups; }
    QString find() const { return m_find; }
    void setFind(const QString &find);
    QString totals() const { return m_totals; }
    QString chosen() const { return m_chosen; }
    QString title() const;
    QString state() const;
    QString tone() const;
    QString why() const;
    QString facts() const;
    QString audit() const;
    QStringList controls() const;
    bool hasRun() const { return m_details.run.has_value(); }
    QString trouble() const { return m_trouble; }

    Q_INVOKABLE void look(); // reads the list and the chosen one
    Q_INVOKABLE void choose(const QString &actor);
    Q_INVOKABLE void restart();
    Q_INVOKABLE void destroyChosen(); // ask first
    Q_INVOKABLE void restore(const QString &backup);
    Q_INVOKABLE void control(const QString &name); // one of `controls`
    Q_INVOKABLE void rewind(qint64 entry);
    Q_INVOKABLE void settle(qint64 letter, bool retry);

    static constexpr qsizetype findCharacters = 200;

Q_SIGNALS:
    void findChanged();
    void listChanged();
    void chosenChanged();
    void detailsChanged();
    void troubleChanged();

private:
    void readList();
    void readDetails();
    void submit(CommandBody body);
    void setTrouble(const QString &trouble);

    EngineLink *m_link;
    std::function<QString(const Failure &)> m_sentence;
    InspectorLines m_actors, m_entries, m_letters, m_backups;
    answer::ActorDetails m_details;
    QString m_find;
    QString m_totals;
    QString m_chosen;
    QString m_trouble;
    quint64 m_listRead = 0; // only the newest answer counts
    quint64 m_detailsRead = 0;
};

} // namespace foundry
