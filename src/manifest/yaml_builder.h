// Builds values from libyaml's events, strictly: duplicate and complex keys, explicit tags, wrong aliases and merges
// become findings and reading goes on; depth and budgets end it. Leaves the syntax itself to libyaml.
#pragma once
#include "manifest/yaml.h"

#include <unordered_map>
#include <vector>

namespace kedge {

struct YamlScalar {
    std::string_view text;
    std::string_view anchor;
    std::string_view tag; // empty: none was written
    bool plain = false;
};

class YamlBuilder {
public:
    YamlBuilder(std::string path, std::string_view text, const YamlLimits& limits);

    // All of these give false once reading has to stop. Places come without the file: the builder knows it, and a copy
    // of its path for every value would cost more than the value.
    bool document_start();
    bool document_end();
    bool scalar(const YamlScalar& scalar, const Place& place);
    bool alias(std::string_view name, const Place& place);
    bool open(const YamlScalar& header, bool mapping, const Place& place); // the header's text is not used
    bool close();

    // A finding that ends the reading; always false.
    bool stop(const Place& place, std::string message, std::string hint);
    YamlFile finish() { return std::move(file_); }

private:
    struct Merge {
        Json value;
        std::vector<AmbiguousScalar> ambiguous; // pointers below `value`
    };
    struct Frame {
        Json value;
        bool mapping = false;
        bool have_key = false;
        bool drop = false;  // the value that comes belongs to a refused key
        bool merge = false; // the value that comes belongs to `<<`
        std::string key;
        Place place;                     // of this node
        Place merge_place;               // of the value of `<<`
        std::size_t pointer_size = 0;    // of this node's own pointer
        std::size_t value_ambiguous = 0; // ambiguous scalars before the value that comes
        std::string anchor;
        std::size_t nodes = 0, bytes = 0, ambiguous = 0; // counts when this node began
        int height = 1;
        bool merged = false;
        std::vector<Merge> merges;
    };
    struct Anchor {
        Json value;
        std::size_t nodes = 1, bytes = 0;
        int height = 0;
        bool open = true;
        std::vector<AmbiguousScalar> ambiguous; // pointers below the anchored node
    };

    bool add(const Place& place, std::string message, std::string hint);
    void take(const Place& place, std::string message, std::string hint, int document);
    bool count(std::size_t nodes, std::size_t bytes, const Place& place);
    bool take_key(const YamlScalar& scalar, const Place& place);
    void refuse_complex_key(const Place& place);
    bool begin_value(const Place& place);
    void put(Json value, int height);
    void forget_ambiguous(std::size_t from);
    void take_merge(Frame& frame, Json value);
    void apply_merges(Frame& frame);
    bool keep_anchor(std::string_view name, Anchor anchor, const Place& place);
    std::vector<AmbiguousScalar> ambiguous_below(std::size_t from, std::size_t prefix) const;
    void note_ambiguous(AmbiguousScalar scalar);
    void note_place(const Place& place);
    bool refuse_tag(std::string_view tag, const Place& place);

    std::string path_;
    std::string_view text_;
    YamlLimits limits_;
    YamlFile file_;
    YamlDocument document_;
    bool in_document_ = false;
    bool stopped_ = false;
    bool bad_alias_ = false;
    int quiet_ = 0; // values under way whose places are not wanted
    std::vector<Frame> frames_;
    std::string pointer_;
    std::unordered_map<std::string, Anchor> anchors_;
    std::size_t nodes_ = 0, bytes_ = 0;               // of the values so far, aliases expanded
    std::size_t stored_nodes_ = 0, copied_bytes_ = 0; // of copies made for anchors and aliases
};

// Appends one segment to a JSON pointer.
void append_segment(std::string& pointer, std::string_view segment);

} // namespace kedge
