// One message as rows of blocks for native drawing. While text is appended only the rows of its last
// block change. Holds values. GUI thread.
#pragma once

#include "Markdown.h"

#include <QAbstractListModel>
#include <QtQmlIntegration>

namespace foundry {

class MarkdownBlocks : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QString text READ text WRITE setText NOTIFY textChanged FINAL)
    // Still being written: link definitions are looked for once it is not.
    Q_PROPERTY(bool open READ isOpen WRITE setOpen NOTIFY openChanged FINAL)
    Q_PROPERTY(bool keepBreaks READ keepsBreaks WRITE setKeepBreaks NOTIFY keepBreaksChanged FINAL)
    Q_PROPERTY(int maximumBlocks READ maximumBlocks WRITE setMaximumBlocks NOTIFY maximumBlocksChanged FINAL)
    Q_PROPERTY(int hiddenBlocks READ hiddenBlocks NOTIFY hiddenBlocksChanged FINAL)

public:
    enum Type { Paragraph, Heading, Code, Table, Rule }; // as MarkdownBlock::Type
    Q_ENUM(Type)

    enum Role {
        TypeRole = Qt::UserRole,
        LevelRole,
        IndentRole,
        QuoteRole,
        MarkerRole,
        CheckRole,
        RichRole,
        TextRole,
        LanguageRole,
        CellsRole,
        ColumnsRole,
    };
    static constexpr int shownBlocks = 300; // of one message, more on request

    explicit MarkdownBlocks(QObject *parent = nullptr);

    QString text() const { return m_text; }
    void setText(const QString &text);
    bool isOpen() const { return m_open; }
    void setOpen(bool open);
    bool keepsBreaks() const { return m_keepBreaks; }
    void setKeepBreaks(bool keep);
    int maximumBlocks() const { return m_maximum; }
    void setMaximumBlocks(int blocks);
    int hiddenBlocks() const { return int(m_blocks.size()) - rowCount(); }

    // Opens an http, https or mailto address in the person's browser; false: it is none of these.
    Q_INVOKABLE bool openLink(const QString &address) const;
    Q_INVOKABLE void copy(const QString &text) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void textChanged();
    void openChanged();
    void keepBreaksChanged();
    void maximumBlocksChanged();
    void hiddenBlocksChanged();

private:
    void parseAll();
    void parseFrom(qsizetype stable, qsizetype keptBlocks);
    void replaceFrom(qsizetype first, const QList<MarkdownBlock> &blocks);

    QString m_text;
    QList<MarkdownBlock> m_blocks;
    qsizetype m_lastStart = 0; // in m_text: see MarkdownPart
    qsizetype m_lastBlocks = 0;
    int m_maximum = shownBlocks;
    bool m_open = false;
    bool m_keepBreaks = false;
    bool m_partial = false; // parsed piece by piece since the last whole parse
};

} // namespace foundry
