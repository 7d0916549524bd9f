// The lines of one file's diff as rows: a header for each hunk, then its lines with numbers and
// word-level marks. Holds values; marks are computed when a row is first asked for. GUI thread.
#pragma once

#include "LineDiff.h"

#include <QAbstractListModel>
#include <QtQmlIntegration>

namespace foundry {

class DiffModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    // For a tool call's fragment: set both and `fragment` and the model is the diff between them.
    Q_PROPERTY(QString before READ before WRITE setBefore NOTIFY textsChanged FINAL)
    Q_PROPERTY(QString after READ after WRITE setAfter NOTIFY textsChanged FINAL)
    Q_PROPERTY(int maximumRows READ maximumRows WRITE setMaximumRows NOTIFY maximumRowsChanged FINAL)
    Q_PROPERTY(int hiddenRows READ hiddenRows NOTIFY shapeChanged FINAL)
    Q_PROPERTY(int longestLine READ longestLine NOTIFY shapeChanged FINAL) // characters, tabs as four
    Q_PROPERTY(int added READ added NOTIFY shapeChanged FINAL)
    Q_PROPERTY(int removed READ removed NOTIFY shapeChanged FINAL)
    Q_PROPERTY(bool empty READ isEmpty NOTIFY shapeChanged FINAL)

public:
    enum Kind { Hunk, Context, Added, Removed };
    Q_ENUM(Kind)

    enum Role {
        KindRole = Qt::UserRole, // Kind
        OldNumberRole, // int, 0: none
        NewNumberRole, // int, 0: none
        TextRole, // plain, tabs as spaces, cut at maxShownLine
        MarkupRole, // rich text with <span class="w"> around changed words; empty: there are none
        NoNewlineRole, // bool
    };

    static constexpr qsizetype maxShownLine = 2000; // characters of one line

    explicit DiffModel(QObject *parent = nullptr);

    void setHunks(std::vector<DiffHunk> hunks);
    void clear();

    QString before() const { return m_before; }
    void setBefore(const QString &text);
    QString after() const { return m_after; }
    void setAfter(const QString &text);
    int maximumRows() const { return m_maximumRows; }
    void setMaximumRows(int rows); // 0: all
    int hiddenRows() const { return int(m_rows.size()) - rowCount(); }
    int longestLine() const { return m_longest; }
    int added() const { return m_added; }
    int removed() const { return m_removed; }
    bool isEmpty() const { return m_rows.empty(); }

    // The first row of the next or previous run of changed lines, or -1.
    Q_INVOKABLE int nextChange(int row) const;
    Q_INVOKABLE int previousChange(int row) const;
    // "src/a.cpp:12" style number of a row: the new line, or the old one where it was removed.
    Q_INVOKABLE int lineNumber(int row) const;
    Q_INVOKABLE QString lineText(int row) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void textsChanged();
    void maximumRowsChanged();
    void shapeChanged();

private:
    struct Row {
        Kind kind = Context;
        int oldNumber = 0;
        int newNumber = 0;
        QString text;
        bool noNewline = false;
        int partner = -1; // row of the other version of this line
    };
    void setRows(std::vector<Row> rows);
    void pairChanges(std::vector<Row> &rows) const;
    void diffTextsAgain();
    bool startsChange(int row) const;
    QString markup(const Row &row) const;

    std::vector<Row> m_rows;
    QString m_before;
    QString m_after;
    int m_maximumRows = 0;
    int m_longest = 0;
    int m_added = 0;
    int m_removed = 0;
};

} // namespace foundry
