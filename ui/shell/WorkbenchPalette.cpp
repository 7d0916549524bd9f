// The command palette's part of Workbench: what it offers now, and what a choice does.
#include "Workbench.h"

namespace foundry {

std::vector<PaletteEntry> Workbench::paletteTasks() const
{
    std::vector<PaletteEntry> entries;
    for (const TaskSummary *task : m_tasks.newestFirst()) {
        const StateLook look = lookOf(*task, m_words);
        entries.push_back({ PaletteAction::goToTask,
                            task->id.value,
                            task->title,
                            m_tasks.repositoryName(task->repository) + u" \u00b7 "_s + look.word.toLower(),
                            {},
                            look.glyph });
    }
    return entries;
}

void Workbench::addTaskActions(std::vector<PaletteEntry> &entries) const
{
    const auto offer = [&entries, this](bool possible, PaletteAction action, const QString &title, const QString &keys,
                                        const QString &glyph) {
        if (possible)
            entries.push_back({ action, {}, title, m_current.title(), keys, glyph });
    };
    offer(m_current.canStop(), PaletteAction::stop, u"Stop"_s, u"Esc"_s, u"stop"_s);
    offer(m_current.canContinue(), PaletteAction::goOn, u"Continue the turn"_s, {}, u"play"_s);
    offer(m_current.canSendAgain(), PaletteAction::sendAgain, u"Send the prompt again"_s, {}, u"retry"_s);
    offer(m_current.canRetry(), PaletteAction::retryStep, u"Retry the step"_s, {}, u"retry"_s);
    offer(m_current.canPublish() || m_current.canBring(), PaletteAction::publish, u"Publish\u2026"_s, u"Ctrl+Shift+P"_s,
          u"published"_s);
    offer(m_terminals.isPossible(), PaletteAction::terminal,
          m_terminals.isShown() ? u"Hide the terminals"_s : u"Open a terminal in the sandbox"_s, u"Ctrl+`"_s,
          u"tool"_s);
    offer(m_current.exists(), PaletteAction::copyBranch, u"Copy the branch\u2019s name"_s, {}, u"copy"_s);
    offer(m_current.exists(), PaletteAction::markUnread, u"Mark as unread"_s, {}, u"dot"_s);
    offer(m_current.canArchive(), PaletteAction::archive, u"Archive"_s, {}, u"archive"_s);
    offer(m_current.canUnarchive(), PaletteAction::unarchive, u"Bring back from the archive"_s, {}, u"undo"_s);
    offer(m_current.canDelete(), PaletteAction::remove, u"Delete\u2026"_s, {}, u"trash"_s);
    offer(m_current.canRestore(), PaletteAction::restore, u"Restore"_s, {}, u"undo"_s);
}

std::vector<PaletteEntry> Workbench::paletteActions() const
{
    std::vector<PaletteEntry> entries;
    if (hasRepositories())
        entries.push_back({ PaletteAction::newTask, {}, u"New task"_s, {}, u"Ctrl+N"_s, u"plus"_s });
    entries.push_back(
        { PaletteAction::openRepository, {}, u"Open a repository\u2026"_s, {}, u"Ctrl+O"_s, u"folder"_s });
    addTaskActions(entries);
    if (m_repositories.size() > 1) {
        for (const RepositorySummary &repository : m_repositories)
            entries.push_back({ PaletteAction::newTask,
                                repository.id.value,
                                u"New task in "_s + repository.name,
                                {},
                                {},
                                u"plus"_s });
    }
    for (const RepositorySummary &repository : m_repositories) {
        if (!m_tasks.hasTasks(repository.id))
            entries.push_back({ PaletteAction::forgetRepository,
                                repository.id.value,
                                u"Close repository "_s + repository.name,
                                {},
                                {},
                                u"folder"_s });
    }
    entries.push_back({ PaletteAction::toggleDetails,
                        {},
                        detailsShown() ? u"Hide the details"_s : u"Show the details"_s,
                        {},
                        u"Ctrl+B"_s,
                        u"sidebar"_s });
    entries.push_back({ PaletteAction::settings, {}, u"Settings"_s, {}, u"Ctrl+,"_s, u"gear"_s });
    entries.push_back({ PaletteAction::inspector, {}, u"Inspector"_s, {}, u"Ctrl+Shift+I"_s, u"search"_s });
    entries.push_back({ PaletteAction::themeSystem, {}, u"Theme: as the system"_s, {}, {}, u"eye"_s });
    entries.push_back({ PaletteAction::themeLight, {}, u"Theme: light"_s, {}, {}, u"eye"_s });
    entries.push_back({ PaletteAction::themeDark, {}, u"Theme: dark"_s, {}, {}, u"eye"_s });
    entries.push_back({ PaletteAction::demonstration, {}, u"Watch the demonstration"_s, {}, {}, u"play"_s });
    entries.push_back({ PaletteAction::quit, {}, u"Quit"_s, {}, u"Ctrl+Q"_s, u"cross"_s });
    return entries;
}

void Workbench::showPalette(bool tasksOnly)
{
    if (m_phase != Phase::Ready)
        return;
    m_paletteOfTasks = tasksOnly;
    m_palette.setFilter({});
    fillPalette();
    showDialog(Dialog::Palette);
}

void Workbench::fillPalette()
{
    std::vector<PaletteEntry> entries = m_paletteOfTasks ? std::vector<PaletteEntry> {} : paletteActions();
    std::vector<PaletteEntry> tasks = paletteTasks();
    entries.insert(entries.end(), std::make_move_iterator(tasks.begin()), std::make_move_iterator(tasks.end()));
    m_palette.setEntries(std::move(entries));
}

void Workbench::runPalette(int row)
{
    const PaletteEntry *found = m_palette.at(row);
    if (!found)
        return;
    const PaletteEntry entry = *found;
    closeDialog();
    run(entry);
}

void Workbench::run(const PaletteEntry &entry)
{
    switch (entry.action) {
    case PaletteAction::goToTask:
        return selectTask(entry.subject);
    case PaletteAction::newTask:
        return newTask(entry.subject);
    case PaletteAction::openRepository:
        return showOpenRepository();
    case PaletteAction::forgetRepository:
        return forgetRepository(entry.subject);
    case PaletteAction::stop:
        return m_current.stop();
    case PaletteAction::retryStep:
        return m_current.retryStep();
    case PaletteAction::goOn:
        return m_current.goOn();
    case PaletteAction::sendAgain:
        return m_current.sendAgain();
    case PaletteAction::terminal:
        return m_terminals.toggle();
    case PaletteAction::publish:
        return publish();
    case PaletteAction::archive:
        return m_current.archive(false);
    case PaletteAction::unarchive:
        return m_current.unarchive();
    case PaletteAction::remove:
        return askDelete();
    case PaletteAction::restore:
        return m_current.restore();
    case PaletteAction::markUnread:
        return m_current.markUnread();
    case PaletteAction::copyBranch:
        return copyBranch();
    case PaletteAction::toggleDetails:
        return setDetailsShown(!detailsShown());
    case PaletteAction::settings:
        return showSettings();
    case PaletteAction::inspector:
        return showInspector();
    case PaletteAction::themeSystem:
        return setTheme(u"system"_s);
    case PaletteAction::themeLight:
        return setTheme(u"light"_s);
    case PaletteAction::themeDark:
        return setTheme(u"dark"_s);
    case PaletteAction::demonstration:
        return watchDemonstration();
    case PaletteAction::quit:
        return requestQuit();
    }
}

} // namespace foundry
