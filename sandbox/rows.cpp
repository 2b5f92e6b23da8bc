#include "sandbox/rows.h"

#include "base/duration.h"
#include "sandbox/redact.h"

#include <array>

namespace kedge::sandbox {

namespace {

void append_text(std::string& text, std::string_view value) {
    text += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\') {
            text += '\\';
            text += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            static constexpr std::string_view digits = "0123456789abcdef";
            text += "\\u00";
            text += digits[static_cast<unsigned char>(c) >> 4];
            text += digits[static_cast<unsigned char>(c) & 15];
        } else {
            text += c;
        }
    }
    text += '"';
}

void member(std::string& text, std::string_view key, std::string_view value) {
    text += ",\"";
    text += key;
    text += "\":";
    append_text(text, value);
}

std::string proxy_url(const Server& server, const std::string& pattern) {
    std::string url = pattern;
    for (const auto& [slot, value] : {std::pair<std::string, const std::string&>{"{name}", server.name},
                                      std::pair<std::string, const std::string&>{"{id}", server.id}}) {
        if (const auto at = url.find(slot); at != std::string::npos) url.replace(at, slot.size(), value);
    }
    return url;
}

// An uploaded document is handed out by a signed address that differs each time.
void sign(Json& manifest, const Server& server) {
    const auto source = manifest.find("openapi_spec_source");
    if (source == manifest.end() || !source->is_object() || source->value("type", "") != "upload") return;
    auto& url = (*source)["url"];
    if (url.is_string()) url = url.get<std::string>() + "?X-Signature=" + make_id(server.sequence, server.updated_ms);
}

bool overrides_supported(const Server& server) {
    return server.type != "mcp-server/virtual" && server.manifest.find("\"auth_data\":{") != std::string::npos;
}

} // namespace

std::string iso_time(std::int64_t ms) {
    std::string text = format_utc(ms / 1000);
    if (text.ends_with('Z')) text.pop_back();
    const auto part = static_cast<int>(ms % 1000);
    text += '.';
    text += static_cast<char>('0' + part / 100);
    text += static_cast<char>('0' + part / 10 % 10);
    text += static_cast<char>('0' + part % 10);
    text += 'Z';
    return text;
}

std::string make_id(std::uint64_t seed, std::uint64_t number) {
    static constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    std::uint64_t state = seed * 0x9E3779B97F4A7C15ULL + number;
    std::string id = "c";
    while (id.size() < 25) {
        state += 0x9E3779B97F4A7C15ULL;
        std::uint64_t mixed = state; // splitmix64
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
        mixed ^= mixed >> 31;
        for (int i = 0; i < 8 && id.size() < 25; ++i, mixed /= 36) id += digits[mixed % 36];
    }
    return id;
}

std::string row_text(const Server& server, std::string_view manifest, const RowStyle& style) {
    std::string text;
    text.reserve(manifest.size() + 900);
    text += "{\"fqn\":";
    append_text(text, style.tenant + ":mcp-server:" + server.name);
    if (!server.id.empty()) member(text, "id", server.id);
    member(text, "tenantName", style.tenant);
    if (style.knobs.name_on_rows) member(text, "name", server.name);
    text += ",\"manifest\":";
    text += manifest;
    text += ",\"createdBySubject\":";
    text += server.created_by;
    member(text, "createdAt", iso_time(server.created_ms));
    member(text, "updatedAt", iso_time(server.updated_ms));
    member(text, "proxyUrl", proxy_url(server, style.knobs.proxy_url));
    text += ",\"isAuthOverrideSupported\":";
    text += overrides_supported(server) ? "true}" : "false}";
    return text;
}

std::string shown_manifest(const Server& server, bool masked, const Knobs& knobs) {
    if (!masked && !knobs.sign_upload_urls) return server.manifest;
    Json manifest = server.document();
    if (knobs.sign_upload_urls) sign(manifest, server);
    if (masked) redact(manifest, knobs);
    return manifest.dump();
}

void render(Server& server, Json saved, const RowStyle& style) {
    bool differs = style.knobs.mask_list && redact(saved, style.knobs);
    if (style.knobs.sign_upload_urls) {
        sign(saved, server);
        differs = true;
    }
    server.row = row_text(server, differs ? std::string_view(saved.dump()) : std::string_view(server.manifest), style);
}

} // namespace kedge::sandbox
