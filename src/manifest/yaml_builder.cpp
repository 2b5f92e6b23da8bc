#include "manifest/yaml_builder.h"

#include "manifest/scalar.h"
#include "manifest/yaml_text.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr std::size_t most_findings = 100;
constexpr std::size_t most_key_bytes = 1024;
constexpr std::size_t most_pointer_bytes = 2048; // keys of one path together: bounds what places and pointers can cost
constexpr std::size_t most_place_bytes = 512;
constexpr std::size_t most_ambiguous = 1000;

std::string in_quotes(std::string_view text) {
    return "\"" + cut_line(clean_line(text), 80) + "\"";
}

} // namespace

void append_segment(std::string& pointer, std::string_view segment) {
    pointer += '/';
    if (segment.find_first_of("~/") == std::string_view::npos) {
        pointer += segment;
        return;
    }
    for (const char c : segment) {
        if (c == '~')
            pointer += "~0";
        else if (c == '/')
            pointer += "~1";
        else
            pointer += c;
    }
}

YamlBuilder::YamlBuilder(std::string path, std::string_view text, const YamlLimits& limits)
    : path_(std::move(path)), text_(text), limits_(limits) {}

bool YamlBuilder::add(const Place& place, std::string message, std::string hint) {
    if (in_document_) document_.broken = true;
    const int document = in_document_ ? static_cast<int>(file_.documents.size()) : -1;
    if (file_.findings.size() >= most_findings)
        return stop(place, "more than 100 mistakes: the rest is not read", "mend these first");
    take(place, std::move(message), std::move(hint), document);
    return true;
}

bool YamlBuilder::stop(const Place& place, std::string message, std::string hint) {
    if (stopped_) return false;
    stopped_ = true;
    file_.unreadable = true;
    take(place, std::move(message), std::move(hint), -1);
    return false;
}

void YamlBuilder::take(const Place& place, std::string message, std::string hint, int document) {
    Finding finding{Severity::error, {path_, place.line, place.column}, std::move(message), std::move(hint), "", ""};
    finding.excerpt = excerpt_of(text_, finding.place);
    file_.findings.push_back(std::move(finding));
    file_.finding_documents.push_back(document);
}

bool YamlBuilder::count(std::size_t nodes, std::size_t bytes, const Place& place) {
    nodes_ += nodes;
    bytes_ += bytes;
    if (nodes_ + stored_nodes_ > limits_.most_nodes) {
        return stop(place, "more than " + std::to_string(limits_.most_nodes) + " values, aliases expanded",
                    "split the file, or write fewer aliases");
    }
    if (copied_bytes_ > limits_.most_expanded_bytes) {
        return stop(place,
                    "anchors and aliases copy more than " + std::to_string(limits_.most_expanded_bytes) + " bytes",
                    "write fewer aliases");
    }
    return true;
}

bool YamlBuilder::document_start() {
    if (file_.documents.size() >= limits_.most_documents) {
        return stop({"", 0, 0}, "more than " + std::to_string(limits_.most_documents) + " documents in one file",
                    "split the file");
    }
    document_ = {};
    anchors_.clear();
    pointer_.clear();
    in_document_ = true;
    return true;
}

bool YamlBuilder::document_end() {
    document_.place.file = path_;
    for (auto& scalar : document_.ambiguous) scalar.place.file = path_;
    file_.documents.push_back(std::move(document_));
    document_ = {};
    in_document_ = false;
    return true;
}

bool YamlBuilder::refuse_tag(std::string_view tag, const Place& place) {
    if (tag.empty()) return true;
    std::string shown(tag);
    constexpr std::string_view standard = "tag:yaml.org,2002:";
    if (shown.starts_with(standard)) {
        shown = "!!" + shown.substr(standard.size());
        document_.unsound = true;
    }
    return add(place, "explicit tag " + in_quotes(shown), "remove the tag; put the value in quotes where it is text");
}

void YamlBuilder::note_place(const Place& place) {
    if (quiet_ == 0 && pointer_.size() <= most_place_bytes) document_.places.emplace(pointer_, place);
}

void YamlBuilder::note_ambiguous(AmbiguousScalar scalar) {
    if (document_.ambiguous.size() >= most_ambiguous) {
        stop(scalar.place, "more than 1000 scalars that YAML 1.1 and 1.2 read differently", "put them in quotes");
        return;
    }
    document_.ambiguous.push_back(std::move(scalar));
}

void YamlBuilder::refuse_complex_key(const Place& place) {
    Frame& frame = frames_.back();
    const bool is_template = excerpt_of(text_, place).find("{{") != std::string::npos;
    add(place, "a key that is not plain text",
        is_template ? "an unquoted {{...}} is a map in YAML: put the value in quotes" : "write the key as text");
    pointer_.resize(frame.pointer_size);
    pointer_ += "/?";
    frame.value_ambiguous = document_.ambiguous.size();
    ++quiet_; // until the value of this key has gone by
}

// Sets `pointer_` for the node that begins; false where it stands in the place of a key.
bool YamlBuilder::begin_value(const Place& place) {
    if (frames_.empty()) {
        document_.place = place;
        return true;
    }
    Frame& frame = frames_.back();
    if (frame.mapping) {
        if (frame.have_key) {
            if (frame.merge) frame.merge_place = place;
            return true;
        }
        refuse_complex_key(place);
        return false;
    }
    pointer_.resize(frame.pointer_size);
    append_segment(pointer_, std::to_string(frame.value.size()));
    note_place(place);
    return true;
}

bool YamlBuilder::take_key(const YamlScalar& scalar, const Place& place) {
    Frame& frame = frames_.back();
    frame.key.assign(scalar.text);
    frame.have_key = true;
    frame.value_ambiguous = document_.ambiguous.size();
    pointer_.resize(frame.pointer_size);
    if (frame.key.size() > most_key_bytes) return stop(place, "a key of more than 1024 bytes", "");
    append_segment(pointer_, frame.key);
    if (pointer_.size() > most_pointer_bytes)
        return stop(place, "keys of one path are longer than 2048 bytes together", "");
    if (!refuse_tag(scalar.tag, place)) return false;
    const bool merge = scalar.plain && scalar.text == "<<";
    const bool twice = merge ? frame.merged : frame.value.contains(frame.key);
    if (twice) {
        const auto first = document_.places.find(pointer_);
        const std::string where =
            first == document_.places.end() ? "" : ", first in line " + std::to_string(first->second.line);
        frame.drop = true;
        ++quiet_;
        return add(place, "duplicate key " + in_quotes(frame.key) + where, "keep one of them");
    }
    note_place(place);
    if (merge) {
        frame.merge = frame.merged = true;
        ++quiet_;
        return true;
    }
    if (scalar.plain) {
        const auto vendor = vendor_key(scalar.text);
        if (!vendor || *vendor != scalar.text) {
            note_ambiguous({pointer_, frame.key, vendor ? Json(*vendor) : Json(nullptr), place, true});
            frame.value_ambiguous = document_.ambiguous.size();
        }
    }
    return !stopped_;
}

bool YamlBuilder::scalar(const YamlScalar& scalar, const Place& place) {
    if (!count(1, scalar.text.size(), place)) return false;
    const bool is_key = !frames_.empty() && frames_.back().mapping && !frames_.back().have_key;
    if (is_key) {
        if (!take_key(scalar, place)) return false;
    } else {
        begin_value(place);
        if (!refuse_tag(scalar.tag, place)) return false;
    }
    const bool typed = scalar.plain && scalar.tag.empty();
    ScalarReading reading = typed && (!is_key || !scalar.anchor.empty())
                                ? read_plain(scalar.text)
                                : ScalarReading{std::string(scalar.text), nullptr, true};
    std::vector<AmbiguousScalar> ambiguous;
    if (!reading.agree) {
        AmbiguousScalar found{pointer_, std::string(scalar.text), std::move(reading.yaml11), place, false};
        if (!scalar.anchor.empty()) ambiguous.push_back({"", found.text, found.yaml11, found.place, false});
        if (!is_key) note_ambiguous(std::move(found));
        if (stopped_) return false;
    }
    if (!scalar.anchor.empty()) {
        Anchor anchor{reading.yaml12, 1, scalar.text.size(), 0, false, std::move(ambiguous)};
        if (!keep_anchor(scalar.anchor, std::move(anchor), place)) return false;
    }
    if (is_key) return true;
    if (frames_.empty()) document_.empty = scalar.plain && scalar.text.empty() && scalar.tag.empty();
    put(std::move(reading.yaml12), 0);
    return !stopped_;
}

bool YamlBuilder::open(const YamlScalar& header, bool mapping, const Place& place) {
    if (!count(1, 0, place)) return false;
    if (static_cast<int>(frames_.size()) >= limits_.most_depth) {
        return stop(place, "nested deeper than " + std::to_string(limits_.most_depth) + " levels", "");
    }
    begin_value(place);
    if (stopped_ || !refuse_tag(header.tag, place)) return false;
    Frame frame;
    frame.value = mapping ? Json::object() : Json::array();
    frame.mapping = mapping;
    frame.place = place;
    frame.pointer_size = pointer_.size();
    frame.anchor = header.anchor;
    frame.nodes = nodes_ - 1;
    frame.bytes = bytes_;
    frame.ambiguous = document_.ambiguous.size();
    if (!frame.anchor.empty()) anchors_[frame.anchor] = Anchor{};
    frames_.push_back(std::move(frame));
    return true;
}

bool YamlBuilder::close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    pointer_.resize(frame.pointer_size);
    if (!frame.merges.empty()) apply_merges(frame);
    if (stopped_) return false;
    if (!frame.anchor.empty()) {
        Anchor anchor{frame.value, nodes_ - frame.nodes, bytes_ - frame.bytes, frame.height, false, {}};
        anchor.ambiguous = ambiguous_below(frame.ambiguous, frame.pointer_size);
        if (!keep_anchor(frame.anchor, std::move(anchor), frame.place)) return false;
    }
    put(std::move(frame.value), frame.height);
    return !stopped_;
}

// One finished value to where it belongs.
void YamlBuilder::put(Json value, int height) {
    if (frames_.empty()) {
        document_.value = std::move(value);
        return;
    }
    Frame& frame = frames_.back();
    frame.height = std::max(frame.height, height + 1);
    if (!frame.mapping) {
        frame.value.push_back(std::move(value));
        return;
    }
    if (!frame.have_key) { // a complex key ends: its value comes next, and goes
        frame.have_key = frame.drop = true;
        return;
    }
    if (frame.drop || frame.merge) --quiet_;
    if (frame.drop)
        forget_ambiguous(frame.value_ambiguous);
    else if (frame.merge)
        take_merge(frame, std::move(value));
    else
        frame.value.emplace(frame.key, std::move(value));
    frame.have_key = frame.drop = frame.merge = false;
}

} // namespace kedge
