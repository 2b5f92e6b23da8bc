#include "store/store_copy.h"

#include "store/prepared_statement.h"
#include "store/schemas.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <algorithm>

namespace kedge {

namespace {

struct Column {
    std::string name;
    std::string type; // as the schema says it: INTEGER, TEXT, BLOB
};

struct Table {
    std::string name;
    std::vector<Column> columns;
    bool in_order = false; // the order of its rows means something
    bool has_ids = false;
};

// The migrations say it all: SQLite reads them.
std::vector<Table> tables_of(const Schema& schema) {
    SQLite::Database nowhere(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    for (const auto migration : schema.migrations) nowhere.exec(std::string(migration));
    std::vector<Table> tables;
    SQLite::Statement names(nowhere, "SELECT s.name, l.wr FROM sqlite_master s JOIN pragma_table_list l ON l.name = "
                                     "s.name WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite_%' ORDER BY s.rowid");
    while (names.executeStep()) {
        Table table;
        table.name = names.getColumn(0).getString();
        table.in_order = names.getColumn(1).getInt() == 0;
        SQLite::Statement columns(nowhere, "SELECT name, type FROM pragma_table_info(?)");
        columns.bind(1, table.name);
        while (columns.executeStep())
            table.columns.push_back({columns.getColumn(0).getString(), columns.getColumn(1).getString()});
        table.has_ids = table.columns.front().name == "id" && table.columns.front().type == "INTEGER";
        tables.push_back(std::move(table));
    }
    return tables;
}

Schema at_version(Schema schema, std::int64_t version) {
    schema.migrations.resize(std::min(schema.migrations.size(), static_cast<std::size_t>(version)));
    return schema;
}

std::string listed(const Table& table, bool as_parameters) {
    std::string text;
    for (const auto& column : table.columns) text += (text.empty() ? "" : ", ") + (as_parameters ? "?" : column.name);
    return text;
}

std::string select(const Table& table) {
    return "SELECT " + listed(table, false) + " FROM " + table.name + (table.in_order ? " ORDER BY rowid" : "");
}

std::int64_t read_all(Database& database, const Table& table) {
    PreparedStatement rows(database, select(table));
    std::int64_t count = 0;
    while (rows.step()) ++count;
    return count;
}

std::int64_t copy_table(Database& from, Database& to, const Table& table) {
    PreparedStatement rows(from, select(table));
    PreparedStatement add(to, "INSERT INTO " + table.name + " (" + listed(table, false) + ") VALUES (" +
                                  listed(table, true) + ")");
    std::int64_t count = 0;
    while (rows.step()) {
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            const int index = static_cast<int>(i);
            const auto& type = table.columns[i].type;
            if (type == "INTEGER")
                add.bind(index + 1, rows.number(index));
            else if (type == "TEXT")
                add.bind(index + 1, rows.bytes(index));
            else
                add.bind_bytes(index + 1, rows.bytes(index));
        }
        add.exec();
        add.reset();
        ++count;
    }
    return count;
}

std::int64_t largest(Database& database, const std::string& table, const std::string& column) {
    PreparedStatement most(database, "SELECT coalesce(max(" + column + "), 0) FROM " + table);
    return most.step() ? most.number(0) : 0;
}

// A spent release is freed by the id of its intent: that one is never given again, also where the intent is closed.
std::int64_t last_id(Database& database, const Schema& schema, const Table& table) {
    auto last = largest(database, table.name, "id");
    if (schema.name == "ledger" && table.name == "intent") last = std::max(last, largest(database, "spent", "intent"));
    return last;
}

StorePart part_of(const StorePlace& place, const Schema& schema) {
    StorePart part;
    part.name = schema.name;
    part.known = static_cast<std::int64_t>(schema.migrations.size());
    part.version = place.version(schema);
    return part;
}

} // namespace

std::vector<StorePart> inspect_store(const StorePlace& place) {
    std::vector<StorePart> parts;
    for (const auto& schema : store_schemas()) {
        StorePart part;
        try {
            part = part_of(place, schema);
            if (part.version > 0) {
                const auto as_is = at_version(schema, part.version);
                const auto database = place.engine.open(part.version > part.known ? schema : as_is);
                database->guarded("read", [&] {
                    for (const auto& table : tables_of(as_is))
                        part.rows.emplace_back(table.name, read_all(*database, table));
                });
            }
        } catch (const Failure& failure) {
            part.name = schema.name;
            part.problem = failure.what();
        }
        parts.push_back(std::move(part));
    }
    return parts;
}

std::vector<StorePart> copy_store(const StorePlace& from, const StorePlace& to) {
    std::vector<StorePart> parts;
    for (const auto& schema : store_schemas()) {
        if (to.version(schema) > 0)
            throw Failure(NextAction::stop, "store: copy: there is a " + std::string(schema.kind) +
                                                " already; nothing was written, name an empty place");
    }
    auto schemas = store_schemas();
    std::rotate(schemas.begin(), schemas.begin() + 1, schemas.end()); // the ledger last: with it, it is a store
    for (const auto& schema : schemas) {
        if (schema.name == "memo") continue; // costs time only
        auto part = part_of(from, schema);
        if (part.version == 0) continue;
        const auto as_is = at_version(schema, part.version);
        const auto source = from.engine.open(part.version > part.known ? schema : as_is);
        const auto target = to.engine.open(as_is);
        source->guarded("read", [&] {
            const Transaction snapshot(*source, Transaction::Kind::read);
            target->guarded("write", [&] {
                Transaction whole(*target, Transaction::Kind::write);
                for (const auto& table : tables_of(as_is)) {
                    part.rows.emplace_back(table.name, copy_table(*source, *target, table));
                    if (table.has_ids) to.raise_ids(*target, table.name, last_id(*source, as_is, table));
                }
                whole.commit();
            });
        });
        parts.push_back(std::move(part));
    }
    return parts;
}

} // namespace kedge
