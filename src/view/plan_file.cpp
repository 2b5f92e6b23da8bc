#include "view/plan_file.h"

#include "base/json.h"

#include <stdexcept>

namespace kedge {

namespace {

// First line: this, and the SHA-256 of everything behind the line.
constexpr std::string_view heading = "kedge saved plan 1 sha256:";

// -- every value both ways: a list of fields is written once, and read by the same list

struct Writer {
    Json json = Json::object();
    template<class Value>
    void field(const char* key, const Value& value) {
        json[key] = value;
    }
    void field(const char* key, const Digest& digest) { json[key] = digest.hex(); }
};

struct Reader {
    const Json& json;
    template<class Value>
    void field(const char* key, Value& value) {
        json.at(key).get_to(value);
    }
    void field(const char* key, Digest& digest) {
        const auto hex = json.at(key).get<std::string>();
        const auto read = digest_from_hex(hex);
        if (!read && !hex.empty() && hex != Digest{}.hex()) throw std::invalid_argument("a digest that is none");
        digest = read.value_or(Digest{});
    }
};

template<class Visitor, class Enum>
void enumeration(Visitor& visitor, const char* key, Enum& value, int count) {
    int number = static_cast<int>(value);
    visitor.field(key, number);
    if (number < 0 || number >= count) throw std::invalid_argument(std::string("an unknown ") + key);
    value = static_cast<Enum>(number);
}

template<class Visitor>
void visit(Visitor& v, Place& place) {
    v.field("file", place.file);
    v.field("line", place.line);
    v.field("column", place.column);
}

template<class Value>
void visit_optional(Writer& v, const char* key, std::optional<Value>& value) {
    v.json[key] = value ? Json(*value) : Json();
}
template<class Value>
void visit_optional(Reader& v, const char* key, std::optional<Value>& value) {
    if (!v.json.at(key).is_null()) value = v.json.at(key).get<Value>();
}

template<class Visitor>
void visit(Visitor& v, FieldDifference& difference) {
    v.field("path", difference.path);
    enumeration(v, "kind", difference.kind, 6);
    v.field("live", difference.live);
    v.field("desired", difference.desired);
    visit_optional(v, "known", difference.known);
}

template<class Visitor>
void visit(Visitor& v, Hold& hold) {
    enumeration(v, "reason", hold.reason, 14);
    v.field("text", hold.text);
    v.field("way_out", hold.way_out);
    visit_optional(v, "subjects", hold.subjects);
    visit_optional(v, "until", hold.until);
    v.field("group", hold.group);
}

template<class Visitor>
void visit(Visitor& v, Commit& commit) {
    v.field("id", commit.id);
    v.field("author", commit.author);
    v.field("title", commit.title);
    v.field("time", commit.time);
}

template<class Value>
void nested(Writer& v, const char* key, Value& value) {
    Writer inner;
    visit(inner, value);
    v.json[key] = std::move(inner.json);
}
template<class Value>
void nested(Reader& v, const char* key, Value& value) {
    Reader inner{v.json.at(key)};
    visit(inner, value);
}
template<class Value>
void list(Writer& v, const char* key, std::vector<Value>& values) {
    Json all = Json::array();
    for (auto& value : values) {
        Writer inner;
        visit(inner, value);
        all.push_back(std::move(inner.json));
    }
    v.json[key] = std::move(all);
}
template<class Value>
void list(Reader& v, const char* key, std::vector<Value>& values) {
    const auto& items = v.json.at(key);
    if (!items.is_array()) throw std::invalid_argument(std::string("no list of ") + key);
    for (const auto& item : items) {
        Reader inner{item};
        visit(inner, values.emplace_back());
    }
}

template<class Visitor>
void visit(Visitor& v, Cause& cause) {
    enumeration(v, "kind", cause.kind, 9);
    std::vector<Commit> commits;
    if (cause.commit) commits.push_back(*cause.commit);
    list(v, "commits", commits);
    if (!commits.empty()) cause.commit = commits.front();
    v.field("renamed_from", cause.renamed_from);
    v.field("secrets", cause.secrets);
    v.field("sharing", cause.sharing);
    v.field("moved_after", cause.moved_after);
    v.field("moved_seen", cause.moved_seen);
}

template<class Visitor>
void visit(Visitor& v, Check& check) {
    enumeration(v, "kind", check.kind, 4);
    v.field("text", check.text);
    nested(v, "place", check.place);
}

template<class Visitor>
void visit(Visitor& v, Change& change) {
    enumeration(v, "action", change.action, 7);
    v.field("name", change.name);
    v.field("type", change.type);
    v.field("remote_id", change.remote_id);
    nested(v, "place", change.place);
    v.field("blob_id", change.blob_id);
    v.field("document", change.document);
    v.field("desired", change.desired);
    v.field("live", change.live);
    v.field("digest", change.digest);
    list(v, "differences", change.differences);
    v.field("left_alone", change.left_alone);
    v.field("auth_change", change.auth_change);
    visit_optional(v, "subjects", change.subjects);
    list(v, "holds", change.holds);
    v.field("released", change.released);
    v.field("at_most", change.at_most);
    nested(v, "cause", change.cause);
    nested(v, "check", change.check);
}

template<class Visitor>
void visit(Visitor& v, Finding& finding) {
    enumeration(v, "severity", finding.severity, 2);
    nested(v, "place", finding.place);
    v.field("message", finding.message);
    v.field("hint", finding.hint);
    v.field("excerpt", finding.excerpt);
    v.field("name", finding.name);
    v.field("policy", finding.policy);
}

template<class Visitor>
void visit(Visitor& v, ChangeGroup& group) {
    enumeration(v, "reason", group.reason, 14);
    v.field("name", group.name);
    v.field("digest", group.digest);
    v.field("size", group.size);
    v.field("released", group.released);
}

template<class Visitor>
void visit(Visitor& v, BudgetLine& line) {
    enumeration(v, "kind", line.kind, 4);
    v.field("planned", line.planned);
    v.field("used_hour", line.used_hour);
    v.field("allowed_pass", line.allowed_pass);
    v.field("allowed_hour", line.allowed_hour);
}

template<class Visitor>
void visit(Visitor& v, PlanCounts& c) {
    v.field("manifests", c.manifests);
    v.field("equal", c.equal);
    v.field("adopted", c.adopted);
    v.field("normalised", c.normalised);
    v.field("secrets_unknown", c.secrets_unknown);
    v.field("live", c.live);
    v.field("live_only", c.live_only);
    v.field("other_types", c.other_types);
    v.field("invalid", c.invalid);
    v.field("list_requests", c.list_requests);
    v.field("dry_runs", c.dry_runs);
    v.field("other_requests", c.other_requests);
}

template<class Visitor>
void visit(Visitor& v, Revision& revision) {
    v.field("id", revision.id);
    v.field("branch", revision.branch);
    v.field("title", revision.title);
    v.field("author", revision.author);
    v.field("time", revision.time);
}

template<class Visitor>
void visit(Visitor& v, TargetIdentity& target) {
    v.field("dialect", target.dialect);
    v.field("tenant", target.tenant);
    v.field("subject", target.subject);
    v.field("base_url", target.base_url);
    v.field("scope", target.scope);
}

template<class Visitor>
void visit(Visitor& v, LiveCondition& it) {
    v.field("name", it.name);
    v.field("remote_id", it.remote_id);
    v.field("reachable", it.condition.reachable);
    v.field("needs_person", it.condition.needs_person);
    v.field("text", it.condition.text);
    v.field("url", it.condition.url);
}

template<class Visitor>
void visit(Visitor& v, Plan& plan) {
    v.field("installation", plan.installation);
    v.field("unit", plan.unit);
    nested(v, "target", plan.target);
    nested(v, "revision", plan.revision);
    list(v, "changes", plan.changes);
    list(v, "groups", plan.groups);
    list(v, "budget", plan.budget);
    list(v, "findings", plan.findings);
    nested(v, "counts", plan.counts);
    v.field("live_only_names", plan.live_only_names);
    v.field("prune", plan.prune);
    v.field("prune_off", plan.prune_off);
    v.field("digest", plan.digest);
    list(v, "conditions", plan.conditions);
}

} // namespace

std::string plan_file(const std::vector<const Plan*>& plans) {
    std::vector<Plan> copies;
    for (const auto* plan : plans) copies.push_back(*plan);
    Writer writer;
    list(writer, "plans", copies);
    const auto body = writer.json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
    return std::string(heading) + sha256(body).hex() + "\n" + body;
}

bool is_plan_file(std::string_view text) {
    return text.starts_with(heading);
}

std::vector<Plan> read_plan_file(std::string_view text) {
    if (!is_plan_file(text)) throw std::invalid_argument("this is no saved plan of this kedge");
    const auto end = text.find('\n');
    const auto digest = text.substr(heading.size(), end == std::string_view::npos ? 0 : end - heading.size());
    const auto body = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (sha256(body).hex() != digest) throw std::invalid_argument("it was cut off or changed since it was saved");
    std::vector<Plan> plans;
    try {
        const auto json = parse_json(body);
        Reader reader{json};
        list(reader, "plans", plans);
    } catch (const Json::exception&) {
        throw std::invalid_argument("it does not hold what this kedge saves");
    }
    return plans;
}

} // namespace kedge
