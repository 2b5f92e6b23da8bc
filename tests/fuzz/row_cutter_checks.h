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

inline void check_row_cutter(std::string_view body) {
    RowCutter cutter(ListShape{"data", "/manifest/name", "/id"});
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
    must(whole.at("data").size() == pieces.rows.size());
    for (std::size_t i = 0; i < pieces.rows.size(); ++i) must(parse_json(pieces.rows[i]) == whole["data"][i]);
    whole["data"] = Json::array();
    must(parse_json(pieces.page.envelope) == whole);
}

} // namespace kedge::fuzz
