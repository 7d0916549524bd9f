// Pull requests in a list, page by page as far as somebody scrolls: ten thousand of them scroll, and what changes moves
// its own line only, so that nothing jumps under the eyes. Values only. GUI thread.
#pragma once

#include "ForgeText.h"

#include <QAbstractListModel>
#include <QtQml/qqmlregistration.h>

namespace foundry {

class PullRequestLines : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the workbench")

public:
    enum Role {
        PullRole = Qt::UserRole + 1, // PullRequestRow::id
        NumberRole, // "#12"; "acme/shop#12" where several repositories are listed
        TitleRole,
        AuthorRole,
        StateRole,
        ToneRole,
        GlyphRole,
        ChecksRole,
        AgeRole,
        DescriptionRole,
    };
    explicit PullRequestLines(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;

    void clear(bool severalRepositories);
    // The rows from page.from on are these; what is beyond the page stays until its own page comes.
    void setPage(const answer::PullRequests &page, Millis now);
    int found() const { return m_found; } // in the engine's store
    const PullRequestRow *row(const QString &id) const;
    const std::vector<PullRequestRow> &rows() const { return m_rows; }

    static constexpr int fewMoves = 50; // more of them, and the list is laid anew

Q_SIGNALS:
    void wanted(int from); // the page that begins there; told again until it comes

private:
    void become(std::vector<PullRequestRow> rows);

    std::vector<PullRequestRow> m_rows;
    int m_found = 0;
    bool m_several = false;
    Millis m_now = 0;
};

} // namespace foundry
