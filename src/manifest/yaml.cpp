#include "manifest/yaml.h"

#include "manifest/yaml_builder.h"
#include "manifest/yaml_text.h"

#include <memory>
#include <yaml.h>

namespace kedge {

namespace {

std::string_view view(const yaml_char_t* text) {
    return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

struct Event {
    yaml_event_t event{};
    Event() = default;
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    ~Event() { yaml_event_delete(&event); }
};

struct Parser {
    yaml_parser_t parser{};
    bool ready = false;
    explicit Parser(std::string_view text) : ready(yaml_parser_initialize(&parser) != 0) {
        if (ready)
            yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
        if (ready) yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    }
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;
    ~Parser() {
        if (ready) yaml_parser_delete(&parser);
    }
};

// Without the file: the builder names it where a place leaves it.
Place place_at(const yaml_mark_t& mark) {
    return {"", static_cast<int>(mark.line) + 1, static_cast<int>(mark.column) + 1};
}

bool take(YamlBuilder& builder, const yaml_event_t& event) {
    const Place place = place_at(event.start_mark);
    switch (event.type) {
    case YAML_DOCUMENT_START_EVENT:
        return builder.document_start();
    case YAML_DOCUMENT_END_EVENT:
        return builder.document_end();
    case YAML_ALIAS_EVENT:
        return builder.alias(view(event.data.alias.anchor), place);
    case YAML_SCALAR_EVENT: {
        const auto& scalar = event.data.scalar;
        const std::string_view text(reinterpret_cast<const char*>(scalar.value), scalar.length);
        return builder.scalar({text, view(scalar.anchor), view(scalar.tag), scalar.style == YAML_PLAIN_SCALAR_STYLE},
                              place);
    }
    case YAML_SEQUENCE_START_EVENT: {
        const auto& list = event.data.sequence_start;
        return builder.open({"", view(list.anchor), view(list.tag), false}, false, place);
    }
    case YAML_MAPPING_START_EVENT: {
        const auto& map = event.data.mapping_start;
        return builder.open({"", view(map.anchor), view(map.tag), false}, true, place);
    }
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return builder.close();
    default:
        return true;
    }
}

// libyaml's own complaint, in our words, at the place that helps most.
void report(YamlBuilder& builder, const yaml_parser_t& parser, std::string_view text) {
    const std::string problem = parser.problem == nullptr ? "not readable" : parser.problem;
    const std::string context = parser.context == nullptr ? "" : parser.context;
    if (parser.error == YAML_READER_ERROR) {
        const auto at = position_of(text, parser.problem_offset);
        const YamlProblem said = reader_problem(problem, parser.problem_value);
        builder.stop({"", at.line, at.column}, said.message, said.hint);
        return;
    }
    if (parser.error == YAML_MEMORY_ERROR) {
        builder.stop({"", 0, 0}, "not enough memory to read this file", "");
        return;
    }
    const YamlProblem said = syntax_problem(problem, context);
    const auto& mark = said.at_context ? parser.context_mark : parser.problem_mark;
    builder.stop(place_at(mark), said.message, said.hint);
}

} // namespace

Place place_of(const YamlDocument& document, std::string_view pointer) {
    std::string at(pointer);
    while (!at.empty()) {
        const auto found = document.places.find(at);
        if (found != document.places.end()) return {document.place.file, found->second.line, found->second.column};
        at.resize(at.rfind('/') == std::string::npos ? 0 : at.rfind('/'));
    }
    return document.place;
}

YamlFile parse_yaml(const std::string& path, std::string_view text, const YamlLimits& limits) {
    YamlBuilder builder(path, text, limits);
    if (text.size() > limits.most_bytes) {
        builder.stop({"", 0, 0}, "the file is larger than " + std::to_string(limits.most_bytes) + " bytes",
                     "split it, or keep it out with .kedgeignore");
        return builder.finish();
    }
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
        builder.stop({"", 0, 0}, "the file is UTF-16", "save it as UTF-8");
        return builder.finish();
    }
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    Parser parser(text);
    if (!parser.ready) {
        builder.stop({"", 0, 0}, "not enough memory to read this file", "");
        return builder.finish();
    }
    while (true) {
        Event event;
        if (yaml_parser_parse(&parser.parser, &event.event) == 0) {
            report(builder, parser.parser, text);
            break;
        }
        if (event.event.type == YAML_STREAM_END_EVENT || !take(builder, event.event)) break;
    }
    return builder.finish();
}

} // namespace kedge
