// Cuts the rows of one list page out of its body without parsing them into documents. Promises that what it hands on is
// well-formed JSON in structure (escapes and the size of numbers are left to whoever reads a row) and that it never
// throws for what a control plane sends; leaves uniqueness and totals to the caller.
#pragma once
#include "model/target.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

struct CutPage {
    std::string problem;  // why the body is no list page; empty where it is one
    std::string envelope; // the body with an empty list in place of the rows
    std::size_t rows = 0;
};

class RowCutter {
public:
    static constexpr std::size_t most_row_bytes = 4 * 1024 * 1024;

    // ListShape::rows_key may lead into the envelope ("data.servers"); empty: the body itself is the list.
    explicit RowCutter(ListShape shape);
    ~RowCutter();
    CutPage cut(std::string_view body, const std::function<void(std::string_view row)>& row);
    // True where two rows of all pages so far have the same id.
    bool ids_repeat();

private:
    struct Parser;
    class Cutting;
    ListShape shape_;
    std::unique_ptr<Parser> parser_;
    std::vector<std::uint64_t> ids_; // hashes: eight bytes a row, whatever the ids look like
};

} // namespace kedge
