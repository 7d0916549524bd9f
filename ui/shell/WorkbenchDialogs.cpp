// Workbench: which dialog is open, and what is asked before it opens.
#include "Workbench.h"

#include <QClipboard>
#include <QGuiApplication>

namespace foundry {

void Workbench::showDialog(Dialog dialog)
{
    if (dialog == m_dialog)
        return;
    if (m_dialog == Dialog::NewTask)
        m_draft.keep();
    m_dialog = dialog;
    Q_EMIT dialogChanged();
}

void Workbench::closeDialog()
{
    showDialog(Dialog::None);
}

void Workbench::newTask(const QString &repository)
{
    if (m_repositories.empty() && repository.isEmpty()) {
        showOpenRepository();
        return;
    }
    m_draft.begin(repository.isEmpty() ? m_current.summary().repository : RepositoryId { repository });
    showDialog(Dialog::NewTask);
}

void Workbench::publish()
{
    if (!m_current.canPublish() && !m_current.canBring())
        return;
    m_current.publish()->begin(m_current.summary().id);
    showDialog(Dialog::Publish);
}

void Workbench::askDelete()
{
    if (m_current.canDelete())
        showDialog(Dialog::DeleteTask);
}

void Workbench::copyBranch()
{
    if (!m_current.exists())
        return;
    QGuiApplication::clipboard()->setText(m_current.branch());
    m_toast.say(u"Copied %1"_s.arg(m_current.branch()));
}

QStringList Workbench::editors() const
{
    QStringList titles;
    for (const answer::EditorOffer &editor : m_editors)
        titles.append(editor.title);
    return titles;
}

void Workbench::askEditor()
{
    if (!m_current.exists())
        return;
    m_link->ask(query::Editors {}, this, [this](const Result<AnswerBody> &result) {
        const auto *answer = result ? std::get_if<answer::Editors>(&*result) : nullptr;
        m_editors = answer ? answer->editors : std::vector<answer::EditorOffer> {};
        Q_EMIT editorsChanged();
        showDialog(Dialog::Editor);
    });
}

void Workbench::openCopy(int editor)
{
    if (editor < 0 || size_t(editor) >= m_editors.size() || !m_current.exists())
        return;
    const answer::EditorOffer chosen = m_editors[size_t(editor)];
    closeDialog();
    m_link->submit(command::OpenCopy { TaskId { m_current.taskId() }, chosen.name }, this,
                   [this, chosen](const event::CommandFinished &finished) {
                       if (finished.failure)
                           m_toast.warn(m_words(*finished.failure));
                       else
                           m_toast.say(u"%1 has a read-only copy: %2"_s.arg(chosen.title, finished.created));
                   });
}

void Workbench::showOpenRepository()
{
    m_openProblem.clear();
    Q_EMIT openingChanged();
    showDialog(Dialog::OpenRepository);
}

void Workbench::showSettings()
{
    showDialog(Dialog::Settings);
}

void Workbench::showAgents(const QString &agent)
{
    if (!agent.isEmpty())
        m_agents.choose(agent);
    setAgentsShown(true);
    showDialog(Dialog::Settings);
}

void Workbench::setAgentsShown(bool shown)
{
    if (shown == m_agentsShown)
        return;
    m_agentsShown = shown;
    m_accountsShown = m_accountsShown && !shown;
    Q_EMIT agentsShownChanged();
}

void Workbench::showAccounts()
{
    setAccountsShown(true);
    showDialog(Dialog::Settings);
}

void Workbench::setAccountsShown(bool shown)
{
    if (shown == m_accountsShown)
        return;
    m_accountsShown = shown;
    m_agentsShown = m_agentsShown && !shown;
    Q_EMIT agentsShownChanged();
}

void Workbench::showSignIn()
{
    showDialog(Dialog::SignIn);
}

void Workbench::showInspector()
{
    showDialog(Dialog::Inspector);
}

} // namespace foundry
