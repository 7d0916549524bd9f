// The page "Agents" of the settings: what was found, what is missing and how to get it, sign-in, and the variables that
// each agent gets. Asks when it is opened and is told after that; GUI thread.
#pragma once

#include "AgentLines.h"

#include <EngineLink.h>

#include <functional>

namespace foundry {

class AgentsPage : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the workbench")
    Q_PROPERTY(foundry::AgentLines *agents READ agents CONSTANT FINAL)
    Q_PROPERTY(foundry::VariableLines *variables READ variables CONSTANT FINAL) // of the chosen agent
    Q_PROPERTY(QString shell READ shell NOTIFY changed FINAL) // what was read of it
    Q_PROPERTY(bool shellFailed READ shellFailed NOTIFY changed FINAL)
    Q_PROPERTY(QString chosen READ chosen NOTIFY changed FINAL) // AgentOffer::name
    Q_PROPERTY(QString title READ title NOTIFY changed FINAL)
    Q_PROPERTY(bool demonstration READ isDemonstration NOTIFY changed FINAL)
    Q_PROPERTY(QString program READ program NOTIFY changed FINAL) // version and path, or what is missing
    Q_PROPERTY(QString inside READ inside NOTIFY changed FINAL) // what becomes of its own sandbox
    // Its package at npm.
    Q_PROPERTY(QString package READ package NOTIFY changed FINAL)
    Q_PROPERTY(QString installWord READ installWord NOTIFY changed FINAL) // "Install"; empty: there is nothing to do
    Q_PROPERTY(bool installed READ isInstalled NOTIFY changed FINAL)
    Q_PROPERTY(QString obstacle READ obstacle NOTIFY changed FINAL)
    // Sign-in.
    Q_PROPERTY(QString signIn READ signIn NOTIFY changed FINAL)
    Q_PROPERTY(QString signInWord READ signInWord NOTIFY changed FINAL) // of the agent's own login; empty: none
    Q_PROPERTY(QString signInHint READ signInHint NOTIFY changed FINAL)
    Q_PROPERTY(QStringList keys READ keys NOTIFY changed FINAL)
    Q_PROPERTY(bool keyKept READ isKeyKept NOTIFY changed FINAL)
    // What is being done.
    Q_PROPERTY(bool working READ isWorking NOTIFY changed FINAL)
    Q_PROPERTY(QString work READ work NOTIFY changed FINAL)
    Q_PROPERTY(QString url READ url NOTIFY changed FINAL)
    Q_PROPERTY(QString code READ code NOTIFY changed FINAL)
    Q_PROPERTY(bool asks READ asks NOTIFY changed FINAL)
    Q_PROPERTY(QString done READ done NOTIFY changed FINAL)
    Q_PROPERTY(QString problem READ problem NOTIFY changed FINAL)

public:
    AgentsPage(EngineLink *link, std::function<QString(const Failure &)> sentence, QObject *parent = nullptr);

    AgentLines *agents() { return &m_lines; }
    VariableLines *variables() { return &m_variables; }
    QString shell() const;
    bool shellFailed() const { return m_settings.shell.failure.has_value(); }
    QString chosen() const { return setup().offer.name; }
    QString title() const { return setup().offer.title; }
    bool isDemonstration() const { return setup().offer.demonstration; }
    QString program() const;
    QString inside() const;
    QString package() const;
    QString installWord() const;
    bool isInstalled() const { return !setup().package.installed.isEmpty(); }
    QString obstacle() const { return installWord().isEmpty() ? QString() : setup().package.obstacle; }
    QString signIn() const;
    QString signInWord() const;
    QString signInHint() const;
    QStringList keys() const { return setup().signIn.keys; }
    bool isKeyKept() const;
    bool isWorking() const { return setup().work.kind != AgentWorkKind::none; }
    QString work() const { return setup().work.line; }
    QString url() const { return setup().work.url; }
    QString code() const { return setup().work.code; }
    bool asks() const { return setup().work.asks; }
    QString done() const { return m_problem.isEmpty() ? setup().done : QString(); }
    QString problem() const;

    Q_INVOKABLE void look(); // when the page comes into sight
    Q_INVOKABLE void lookAgain(); // the shell is asked again
    Q_INVOKABLE void choose(const QString &agent);
    Q_INVOKABLE void install();
    Q_INVOKABLE void remove();
    Q_INVOKABLE void cancel();
    Q_INVOKABLE void give(const QString &variable, bool given);
    Q_INVOKABLE void keepKey(const QString &name, const QString &value, bool thisRunOnly);
    Q_INVOKABLE void forgetKey();
    Q_INVOKABLE void beginSignIn();
    Q_INVOKABLE void answer(const QString &text);
    Q_INVOKABLE void openUrl(); // in the person's browser; web addresses only

    static constexpr qsizetype keyCharacters = 8 * 1024;
    static constexpr qsizetype nameCharacters = 100;

Q_SIGNALS:
    void changed();
    void keyTaken(); // it is kept: the field may be emptied

private:
    const AgentSetup &setup() const;
    void take(const AgentSettings &settings);
    void submit(CommandBody body, std::function<void()> good = {});

    EngineLink *m_link;
    std::function<QString(const Failure &)> m_sentence;
    AgentSettings m_settings;
    AgentLines m_lines;
    VariableLines m_variables;
    QString m_chosen;
    QString m_problem; // of the last command
};

} // namespace foundry
