#include "store/encoding.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace kedge {

namespace {

constexpr std::uint8_t file_version = 3;
constexpr std::uint8_t row_version = 2;

std::uint64_t mix(std::uint64_t state, std::uint64_t word) {
    state = (state ^ word) * 0x9E3779B97F4A7C15ULL;
    return state ^ (state >> 29);
}

std::string little_endian(std::uint64_t value) {
    std::string bytes(8, '\0');
    for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(value >> (8 * i) & 0xFF);
    return bytes;
}

} // namespace

std::uint64_t checksum(std::string_view bytes) {
    std::uint64_t state = mix(0x6B65646765ULL, bytes.size());
    while (bytes.size() >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), 8);
        state = mix(state, word);
        bytes.remove_prefix(8);
    }
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), bytes.size());
    state = mix(state, word);
    return mix(state, 0);
}

void Encoder::number(std::uint64_t value) {
    while (value >= 0x80) {
        bytes_ += static_cast<char>(value | 0x80);
        value >>= 7;
    }
    bytes_ += static_cast<char>(value);
}

void Encoder::small(int value) {
    number(static_cast<std::uint64_t>(std::max(value, 0)));
}

void Encoder::text(std::string_view value) {
    number(value.size());
    bytes_ += value;
}

void Encoder::texts(const std::vector<std::string>& values) {
    number(values.size());
    for (const auto& value : values) text(value);
}

void Encoder::digest(const Digest& value) {
    flag(!value.empty());
    if (!value.empty()) bytes_.append(reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size());
}

std::string Encoder::sealed(std::uint8_t version) const {
    std::string bytes;
    bytes.reserve(bytes_.size() + 9);
    bytes += static_cast<char>(version);
    bytes += bytes_;
    bytes += little_endian(checksum(bytes));
    return bytes;
}

Decoder::Decoder(std::string_view sealed, std::uint8_t version) {
    if (sealed.size() < 9) throw BadEncoding("too short");
    const auto body = sealed.substr(0, sealed.size() - 8);
    if (little_endian(checksum(body)) != sealed.substr(body.size())) throw BadEncoding("its checksum does not fit");
    if (static_cast<std::uint8_t>(body.front()) != version) throw BadEncoding("of another version");
    left_ = body.substr(1);
}

std::string_view Decoder::take(std::size_t size) {
    if (size > left_.size()) throw BadEncoding("a field reaches beyond the end");
    const auto taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
}

std::uint64_t Decoder::number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        const auto byte = static_cast<std::uint8_t>(take(1).front());
        if (shift == 63 && byte > 1) break;
        value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80) return value;
    }
    throw BadEncoding("a number of more than 64 bits");
}

int Decoder::small() {
    const auto value = number();
    if (value > static_cast<std::uint64_t>(std::numeric_limits<int>::max())) throw BadEncoding("a number out of range");
    return static_cast<int>(value);
}

bool Decoder::flag() {
    const char byte = take(1).front();
    if (byte != '\0' && byte != '\1') throw BadEncoding("a flag that is neither set nor clear");
    return byte == '\1';
}

std::string Decoder::text() {
    return std::string(take(count()));
}

std::size_t Decoder::count() {
    const auto value = number();
    if (value > left_.size()) throw BadEncoding("a length beyond the end");
    return static_cast<std::size_t>(value);
}

std::vector<std::string> Decoder::texts() {
    std::vector<std::string> values(count());
    for (auto& value : values) value = text();
    return values;
}

Digest Decoder::digest() {
    Digest value;
    if (!flag()) return value;
    const auto bytes = take(value.bytes.size());
    std::memcpy(value.bytes.data(), bytes.data(), bytes.size());
    return value;
}

void Decoder::end() const {
    if (!left_.empty()) throw BadEncoding("bytes after the end");
}

// The bindings below name every field: a field that the model gains does not compile until it is written here. Then
// raise the version of the blob, and older memos are made anew.
namespace {

void put(Encoder& out, const IndexEntry& e) {
    const auto& [name, type, desired, rules, ignore, keep, line, document, prune_never, references, sources, formerly,
                 adopt, hidden] = e;
    out.text(name);
    out.text(type);
    out.digest(desired);
    out.digest(rules);
    out.texts(ignore);
    out.texts(keep);
    out.small(line);
    out.small(document);
    out.flag(prune_never);
    out.texts(references);
    out.texts(sources);
    out.texts(formerly);
    out.text(adopt);
    out.digest(hidden);
}

IndexEntry take_entry(Decoder& in) {
    IndexEntry entry;
    entry.name = in.text();
    entry.type = in.text();
    entry.desired = in.digest();
    entry.rules = in.digest();
    entry.ignore = in.texts();
    entry.keep = in.texts();
    entry.line = in.small();
    entry.document = in.small();
    entry.prune_never = in.flag();
    entry.references = in.texts();
    entry.sources = in.texts();
    entry.formerly = in.texts();
    entry.adopt = in.text();
    entry.hidden = in.digest();
    return entry;
}

void put(Encoder& out, const Finding& finding) {
    const auto& [severity, place, message, hint, excerpt, name, policy] = finding;
    const auto& [file, line, column] = place;
    out.flag(severity == Severity::error);
    out.text(file);
    out.small(line);
    out.small(column);
    out.text(message);
    out.text(hint);
    out.text(excerpt);
    out.text(name);
    out.flag(policy);
}

Finding take_finding(Decoder& in) {
    Finding finding;
    finding.severity = in.flag() ? Severity::error : Severity::warning;
    finding.place.file = in.text();
    finding.place.line = in.small();
    finding.place.column = in.small();
    finding.message = in.text();
    finding.hint = in.text();
    finding.excerpt = in.text();
    finding.name = in.text();
    finding.policy = in.flag();
    return finding;
}

} // namespace

std::string encode(const FileIndex& value) {
    const auto& [path, blob_id, context, entries, findings, other_types] = value;
    Encoder out;
    out.text(path);
    out.text(blob_id);
    out.digest(context);
    out.number(entries.size());
    for (const auto& entry : entries) put(out, entry);
    out.number(findings.size());
    for (const auto& finding : findings) put(out, finding);
    out.small(other_types);
    return out.sealed(file_version);
}

FileIndex decode_file(std::string_view bytes) {
    Decoder in(bytes, file_version);
    FileIndex file;
    file.path = in.text();
    file.blob_id = in.text();
    file.context = in.digest();
    // Grown one by one: a count is believed only as far as there are bytes for it.
    for (std::size_t left = in.count(); left > 0; --left) file.entries.push_back(take_entry(in));
    for (std::size_t left = in.count(); left > 0; --left) file.findings.push_back(take_finding(in));
    file.entries.shrink_to_fit();
    file.other_types = in.small();
    in.end();
    return file;
}

std::string encode(const LiveEntry& value) {
    const auto& [remote_id, name, type, version, marker, row, live, rules, masked, paused, virtual_server, sources,
                 condition] = value;
    const auto& [reachable, needs_person, said, url] = condition;
    Encoder out;
    out.text(remote_id);
    out.text(name);
    out.text(type);
    out.text(version);
    out.text(marker);
    out.digest(row);
    out.digest(live);
    out.digest(rules);
    out.flag(masked);
    out.flag(paused);
    out.flag(virtual_server);
    out.texts(sources);
    out.flag(reachable);
    out.flag(needs_person);
    out.text(said);
    out.text(url);
    return out.sealed(row_version);
}

LiveEntry decode_row(std::string_view bytes) {
    Decoder in(bytes, row_version);
    LiveEntry row;
    row.remote_id = in.text();
    row.name = in.text();
    row.type = in.text();
    row.version = in.text();
    row.marker = in.text();
    row.row = in.digest();
    row.live = in.digest();
    row.rules = in.digest();
    row.masked = in.flag();
    row.paused = in.flag();
    row.virtual_server = in.flag();
    row.sources = in.texts();
    row.condition.reachable = in.flag();
    row.condition.needs_person = in.flag();
    row.condition.text = in.text();
    row.condition.url = in.text();
    in.end();
    return row;
}

} // namespace kedge
