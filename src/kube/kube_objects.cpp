#include "kube/kube_objects.h"

#include "base/remote_words.h"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

namespace kedge {

namespace {

constexpr std::size_t longest_text = 1024; // of a field of a Lease

const Json& object_at(const Json& object, const char* key) {
    static const Json nothing = Json::object();
    const auto found = object.find(key);
    return found == object.end() || !found->is_object() ? nothing : *found;
}

Json read_kind(std::string_view body, const char* kind) {
    auto object = parse_json(body);
    if (!object.is_object() || text_at(object, "kind") != kind)
        throw std::invalid_argument(std::string("the answer is no ") + kind);
    return object;
}

std::string bounded_text(const Json& object, const char* key) {
    auto text = text_at(object, key);
    if (text.size() > longest_text) throw std::invalid_argument(std::string("its ") + key + " is longer than 1 KiB");
    return text;
}

std::int64_t whole_number(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return 0;
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    if (!found->is_number_integer() || *found < 0 || *found > most)
        throw std::invalid_argument(std::string("its ") + key + " is no whole number");
    return found->get<std::int64_t>();
}

int sextet(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+') return 62;
    return c == '/' ? 63 : -1;
}

// RFC 4648 with padding, as the API server writes it; anything else is refused.
std::string from_base64(std::string_view text) {
    if (text.size() % 4 != 0) throw std::invalid_argument("a value is no base64");
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int value = i + padding >= text.size() ? 0 : sextet(text[i]);
        if (value < 0) throw std::invalid_argument("a value is no base64");
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        if (i % 4 != 3) continue;
        for (const int shift : {16, 8, 0}) bytes += static_cast<char>(bits >> shift & 0xFF);
        bits = 0;
    }
    bytes.resize(bytes.size() - padding);
    return bytes;
}

bool all_of(std::string_view text, std::string_view more) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || more.find(c) != std::string_view::npos;
    });
}

void set_or_drop(Json& object, const char* key, const std::string& text) {
    if (text.empty())
        object.erase(key);
    else
        object[key] = text;
}

} // namespace

KubeSecret read_kube_secret(std::string_view body) {
    const auto object = read_kind(body, "Secret");
    KubeSecret secret;
    for (const auto& [key, value] : object_at(object, "data").items()) {
        if (!value.is_string()) throw std::invalid_argument("a value is no base64");
        secret.data.emplace(key, from_base64(value.get_ref<const std::string&>()));
    }
    return secret;
}

KubeLease read_kube_lease(std::string_view body) {
    KubeLease lease;
    lease.document = read_kind(body, "Lease");
    const auto& metadata = object_at(lease.document, "metadata");
    const auto& spec = object_at(lease.document, "spec");
    lease.space = bounded_text(metadata, "namespace");
    lease.name = bounded_text(metadata, "name");
    lease.version = bounded_text(metadata, "resourceVersion");
    if (lease.name.empty() || lease.version.empty())
        throw std::invalid_argument("the Lease has no name or no resourceVersion");
    lease.holder = bounded_text(spec, "holderIdentity");
    lease.duration_seconds = whole_number(spec, "leaseDurationSeconds");
    lease.acquired = bounded_text(spec, "acquireTime");
    lease.renewed = bounded_text(spec, "renewTime");
    lease.transitions = whole_number(spec, "leaseTransitions");
    return lease;
}

std::string kube_lease_body(const KubeLease& lease) {
    Json document = lease.document.is_object() ? lease.document : Json::object();
    document["apiVersion"] = "coordination.k8s.io/v1";
    document["kind"] = "Lease";
    for (const char* part : {"metadata", "spec"}) {
        if (!document.contains(part) || !document[part].is_object()) document[part] = Json::object();
    }
    auto& metadata = document["metadata"];
    metadata.erase("managedFields"); // the API server keeps them
    metadata["namespace"] = lease.space;
    metadata["name"] = lease.name;
    set_or_drop(metadata, "resourceVersion", lease.version);
    auto& spec = document["spec"];
    set_or_drop(spec, "holderIdentity", lease.holder);
    set_or_drop(spec, "acquireTime", lease.acquired);
    set_or_drop(spec, "renewTime", lease.renewed);
    spec["leaseDurationSeconds"] = lease.duration_seconds;
    spec["leaseTransitions"] = lease.transitions;
    return document.dump();
}

std::string kube_time(UnixSeconds seconds, std::int64_t microseconds) {
    auto text = format_utc(seconds);
    text.pop_back(); // the Z
    auto fraction = std::to_string(std::clamp<std::int64_t>(microseconds, 0, 999'999));
    fraction.insert(0, 6 - fraction.size(), '0');
    return text + "." + fraction + "Z";
}

bool is_kube_name(std::string_view name) {
    return !name.empty() && name.size() <= 253 && all_of(name, "-.") && all_of(name.substr(0, 1), "") &&
           all_of(name.substr(name.size() - 1), "") && name.find("..") == std::string_view::npos;
}

bool is_kube_key(std::string_view key) {
    return !key.empty() && key.size() <= 253 && key != "." && !key.starts_with("..") &&
           all_of(key, "-._ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

} // namespace kedge
