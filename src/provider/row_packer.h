// Rows of a list, kept small: they resemble each other, so each is deflated against the first one. One thread packs and
// one unpacks, at the same time if need be; a row is unpacked after it was packed.
#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace kedge {

class RowPacker final {
public:
    RowPacker();
    ~RowPacker();
    RowPacker(const RowPacker&) = delete;
    RowPacker& operator=(const RowPacker&) = delete;

    std::string pack(std::string_view row);
    // What pack() gave, of a row that was so many bytes long.
    std::string unpack(std::string_view packed, std::size_t size);

private:
    struct Streams;
    std::unique_ptr<Streams> streams_;
    std::string like_; // what every row is deflated against; the first one; from then on it stays
};

} // namespace kedge
