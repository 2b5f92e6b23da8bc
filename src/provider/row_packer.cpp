#include "provider/row_packer.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <zlib.h>

namespace kedge {

namespace {

constexpr std::size_t most_likeness = 8192;
constexpr int raw_window = -15; // no header, no checksum
constexpr int memory_level = 8;

const Bytef* bytes_of(std::string_view text) {
    return reinterpret_cast<const Bytef*>(text.data());
}

uInt size_of(std::string_view text) {
    if (text.size() > std::numeric_limits<uInt>::max()) throw std::length_error("a row of more than 4 GiB");
    return static_cast<uInt>(text.size());
}

} // namespace

struct RowPacker::Streams {
    z_stream in{};
    z_stream out{};
};

RowPacker::RowPacker() : streams_(std::make_unique<Streams>()) {
    const int packing =
        deflateInit2(&streams_->in, Z_BEST_SPEED, Z_DEFLATED, raw_window, memory_level, Z_DEFAULT_STRATEGY);
    const int unpacking = inflateInit2(&streams_->out, raw_window);
    if (packing != Z_OK || unpacking != Z_OK) throw std::bad_alloc();
}

RowPacker::~RowPacker() {
    deflateEnd(&streams_->in);
    inflateEnd(&streams_->out);
}

std::string RowPacker::pack(std::string_view row) {
    if (like_.empty()) like_ = row.substr(0, most_likeness);
    auto& stream = streams_->in;
    deflateReset(&stream);
    deflateSetDictionary(&stream, bytes_of(like_), size_of(like_));
    std::string packed(deflateBound(&stream, static_cast<uLong>(row.size())), '\0');
    stream.next_in = const_cast<Bytef*>(bytes_of(row)); // zlib only reads it
    stream.avail_in = size_of(row);
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = size_of(packed);
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::logic_error("a row cannot be packed");
    packed.resize(packed.size() - stream.avail_out);
    packed.shrink_to_fit();
    return packed;
}

std::string RowPacker::unpack(std::string_view packed, std::size_t size) {
    auto& stream = streams_->out;
    inflateReset(&stream);
    inflateSetDictionary(&stream, bytes_of(like_), size_of(like_));
    std::string row(size, '\0');
    stream.next_in = const_cast<Bytef*>(bytes_of(packed)); // zlib only reads it
    stream.avail_in = size_of(packed);
    stream.next_out = reinterpret_cast<Bytef*>(row.data());
    stream.avail_out = size_of(row);
    const int result = inflate(&stream, Z_FINISH);
    if (result != Z_STREAM_END && !(result == Z_BUF_ERROR && stream.avail_out == 0))
        throw std::logic_error("a row cannot be unpacked");
    return row;
}

} // namespace kedge
