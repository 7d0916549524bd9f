// The prepared statements of one connection. Private to the room.
#pragma once

#include "SqlValue.h"

#include <foundry/Failure.h>

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct sqlite3;

namespace foundry {

class Statements {
public:
    explicit Statements(sqlite3 *database, int maxCached)
        : m_database(database)
        , m_maxCached(maxCached)
    {
    }
    ~Statements() { clear(); }
    Q_DISABLE_COPY_MOVE(Statements)

    struct Cached {
        sqlite3_stmt *statement = nullptr;
        bool busy = false;
        quint64 lastUse = 0;
    };

    // A statement taken for one run: with its values bound, reset when this is destroyed.
    class Use {
    public:
        Use(Use &&other) noexcept;
        Use &operator=(Use &&) = delete;
        ~Use();
        sqlite3_stmt *statement() const { return m_statement; }
        // SQLITE_ROW, SQLITE_DONE or a failure's code.
        int step();

    private:
        friend class Statements;
        Use(sqlite3_stmt *statement, Cached *cached)
            : m_statement(statement)
            , m_cached(cached)
        {
        }
        int bind(std::span<const SqlValue> values);

        sqlite3_stmt *m_statement;
        Cached *m_cached; // null: this use owns the statement
        std::vector<QByteArray> m_texts; // what the bindings point to
    };
    Result<Use> take(const Sql &sql, std::span<const SqlValue> values);
    void clear();
    size_t size() const { return m_cached.size(); }

private:
    struct Hash {
        using is_transparent = void;
        size_t operator()(std::string_view text) const { return std::hash<std::string_view> {}(text); }
    };
    Result<Cached *> find(const Sql &sql);
    Result<sqlite3_stmt *> prepare(const Sql &sql, unsigned flags);
    void dropOldest();

    sqlite3 *m_database;
    int m_maxCached;
    quint64 m_uses = 0;
    std::unordered_map<std::string, Cached, Hash, std::equal_to<>> m_cached;
    // The same by the address of the text, which is the same at each use; what it says is compared nevertheless.
    std::unordered_map<const char *, std::pair<const std::string, Cached> *> m_byAddress;
};

} // namespace foundry
