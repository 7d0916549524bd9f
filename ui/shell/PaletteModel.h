// What the command palette finds: actions that are possible now, and tasks. Values only; GUI thread.
#pragma once

#include <foundry/Ids.h>

#include <QAbstractListModel>
#include <QtQml/qqmlregistration.h>

#include <vector>

namespace foundry {

enum class PaletteAction {
    goToTask,
    forgetRepository,
    newTask,
    openRepository,
    stop,
    retryStep,
    goOn,
    sendAgain,
    publish,
    terminal,
    archive,
    unarchive,
    remove,
    restore,
    markUnread,
    copyBranch,
    toggleDetails,
    settings,
    inspector,
    themeSystem,
    themeLight,
    themeDark,
    demonstration,
    quit
};

struct PaletteEntry {
    PaletteAction action = PaletteAction::newTask;
    QString subject; // task or repository
    QString title;
    QString detail;
    QString keys;
    QString glyph;
    bool operator==(const PaletteEntry &) const = default;
};

class PaletteModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("made by the workbench")
    Q_PROPERTY(QString filter READ filter WRITE setFilter NOTIFY filterChanged FINAL)
    Q_PROPERTY(int count READ count NOTIFY filterChanged FINAL)

public:
    enum Role { TitleRole = Qt::UserRole + 1, DetailRole, KeysRole, GlyphRole };
    explicit PaletteModel(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    // Keeps the filter.
    void setEntries(std::vector<PaletteEntry> entries);
    const PaletteEntry *at(int row) const;
    QString filter() const { return m_filter; }
    void setFilter(const QString &filter);
    int count() const { return int(m_found.size()); }

    static constexpr size_t maxShown = 100;

Q_SIGNALS:
    void filterChanged();

private:
    void find();

    std::vector<PaletteEntry> m_entries;
    std::vector<PaletteEntry> m_found;
    QString m_filter;
};

} // namespace foundry
