// What the chosen branch brings along for a task: package registries that its lock files speak of, and its
// .foundry/config.toml, which is used only where the person agrees to its text. GUI thread.
#pragma once

#include "StateText.h"

#include <EngineLink.h>

#include <QVariantList>
#include <QtQml/qqmlregistration.h>

namespace foundry {

class ProjectOffer : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with a draft")
    // [{ title, because, on }]; chosen unless the person takes them out.
    Q_PROPERTY(QVariantList registries READ registries NOTIFY changed FINAL)
    // The text of .foundry/config.toml; empty: there is none.
    Q_PROPERTY(QString config READ config NOTIFY changed FINAL)
    // "Set-up script, 2 files of your clone, 1 host": what it wants, in words.
    Q_PROPERTY(QString configWants READ configWants NOTIFY changed FINAL)
    Q_PROPERTY(bool configKnown READ configKnown NOTIFY changed FINAL) // agreed to before, and the same since
    Q_PROPERTY(bool useConfig READ useConfig WRITE setUseConfig NOTIFY changed FINAL)
    Q_PROPERTY(QString problem READ problem NOTIFY changed FINAL) // the file cannot be used
    // Why containers of this repository cannot run; empty: it has none.
    Q_PROPERTY(QString containers READ containers NOTIFY changed FINAL)

public:
    ProjectOffer(EngineLink *link, FailureWords words, QObject *parent = nullptr);

    // Asks anew; what was offered before is gone at once.
    void look(const RepositoryId &repository, const QString &branch);
    // Fills in what is chosen.
    void take(command::CreateTask &task) const;

    QVariantList registries() const;
    QString config() const { return m_plan.text; }
    QString configWants() const;
    bool configKnown() const { return m_plan.agreed; }
    bool useConfig() const { return m_use; }
    void setUseConfig(bool use);
    QString problem() const;
    QString containers() const;
    QStringList chosenTitles() const;

    Q_INVOKABLE void choose(int registry, bool on);

Q_SIGNALS:
    void changed();

private:
    EngineLink *m_link;
    FailureWords m_words;
    RepositoryId m_repository;
    QString m_branch;
    answer::ProjectPlan m_plan;
    QStringList m_off; // registries that were taken out, by name
    bool m_use = false;
};

} // namespace foundry
