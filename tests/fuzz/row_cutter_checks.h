// What must hold for one list page, whatever the bytes: it is cut into rows or named as no page, and what another
// parser reads out of the pieces is what it reads out of the whole.
#pragma once
#include "provider/row_cutter.h"
#include "tests/fuzz/checks.h"

#include <optional>
#include <stdexcept>

namespace kedge::fuzz {

struct Pieces {
    CutPage page;
    std::vector<std::string> rows;
};

inline Pieces cut_once(RowCutter& cutter, std::string_view body) {
    Pieces pieces;
    pieces.page = cutter.cut(body, [&](std::string_view row) { pieces.rows.emplace_back(row); });
    must(pieces.page.problem.empty() != pieces.page.envelope.empty());
    must(pieces.page.problem.size() <= 200);
    must(pieces.rows.size() == pieces.page.rows);
    return pieces;
}

// `at` is where the rows of that shape lie in the whole.
inline void check_shape(std::string_view body, const ListShape& shape, const Json::json_pointer& at) {
    RowCutter cutter(shape);
    const Pieces pieces = cut_once(cutter, body);
    const Pieces again = cut_once(cutter, body); // the parser is used page after page
    must(again.rows == pieces.rows && again.page.problem == pieces.page.problem);
    must(again.page.envelope == pieces.page.envelope);
    must(pieces.rows.empty() || cutter.ids_repeat());
    if (!pieces.page.problem.empty()) return;
    Json whole;
    try {
        whole = parse_json(body);
    } catch (const std::invalid_argument&) {
        return; // odd escapes, huge numbers, deep rows and the like are left to the reader of a row
    }
    must(whole.at(at).size() == pieces.rows.size());
    for (std::size_t i = 0; i < pieces.rows.size(); ++i) must(parse_json(pieces.rows[i]) == whole.at(at)[i]);
    whole.at(at) = Json::array();
    must(parse_json(pieces.page.envelope) == whole);
}

inline void check_row_cutter(std::string_view body) {
    check_shape(body, ListShape{"data", "/manifest/name", "/id"}, Json::json_pointer("/data"));
    check_shape(body, ListShape{"data.servers", "/name", "/id"}, Json::json_pointer("/data/servers"));
    const bool bare = body.find_first_not_of(" \t\r\n") != body.npos && body[body.find_first_not_of(" \t\r\n")] == '[';
    check_shape(body, ListShape{"", "/name", "/id", "items"}, Json::json_pointer(bare ? "" : "/items"));
}

} // namespace kedge::fuzz
