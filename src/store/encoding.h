// Compact bytes for the rows of the store: length-prefixed fields behind a version byte, sealed with a checksum. A
// reader checks every bound and believes nothing: what does not fit is BadEncoding.
#pragma once
#include "base/digest.h"
#include "model/index.h"
#include "model/live.h"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

class BadEncoding final : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// A quick 64-bit mix: finds damage, resists nobody.
std::uint64_t checksum(std::string_view bytes);

class Encoder final {
public:
    void number(std::uint64_t value); // seven bits a byte
    void small(int value);            // below zero becomes zero
    void flag(bool value) { bytes_ += value ? '\1' : '\0'; }
    void text(std::string_view value);
    void texts(const std::vector<std::string>& values);
    void digest(const Digest& value); // one byte where empty
    std::string_view bytes() const { return bytes_; }
    std::string sealed(std::uint8_t version) const; // version, fields, checksum

private:
    std::string bytes_;
};

class Decoder final {
public:
    // Throws BadEncoding unless `sealed` is whole and of this version.
    Decoder(std::string_view sealed, std::uint8_t version);
    std::uint64_t number();
    int small(); // a number that fits an int
    bool flag();
    std::string text();
    std::vector<std::string> texts();
    Digest digest();
    // A number of items that can still follow: each takes at least one byte.
    std::size_t count();
    void end() const; // nothing may be left

private:
    std::string_view take(std::size_t size);
    std::string_view left_;
};

std::string encode(const FileIndex& file);
FileIndex decode_file(std::string_view bytes);
std::string encode(const LiveEntry& row);
LiveEntry decode_row(std::string_view bytes);

} // namespace kedge
