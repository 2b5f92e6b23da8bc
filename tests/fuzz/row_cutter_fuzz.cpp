// One list page, whatever the bytes: cut into rows or named as no page. What is taken by us and by another parser holds
// rows that are valid by themselves.
#include "base/json.h"
#include "provider/row_cutter.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(bytes), size);
    kedge::RowCutter cutter(kedge::ListShape{"data", "/manifest/name", "/id"});
    std::vector<std::string> rows;
    const auto page = cutter.cut(body, [&](std::string_view row) { rows.emplace_back(row); });
    if (!page.problem.empty()) return 0;
    if (rows.size() != page.rows) std::abort();
    if (!kedge::Json::accept(body)) return 0; // odd escapes and the like are left to the reader of a row
    if (!kedge::Json::accept(page.envelope)) std::abort();
    for (const auto& row : rows) {
        if (!kedge::Json::accept(row)) std::abort();
    }
    return 0;
}
