#include "sandbox/page.h"

#include "sandbox/rows.h"

#include <algorithm>

namespace kedge::sandbox {

namespace {

constexpr std::size_t rows_per_page = 200;

constexpr std::string_view head = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>kedge-sandbox</title>
<meta name="viewport" content="width=device-width">
<style>
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:2rem auto;max-width:80rem;padding:0 1rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .7rem .35rem 0;border-bottom:1px solid #8884}
td{overflow-wrap:anywhere}
code,time{font:.875rem/1.5 ui-monospace,monospace}
h2{margin-top:2.5rem}
.quiet{opacity:.7}
</style></head><body>
)";

std::string text_of(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string member(const Json& manifest, const char* key) {
    const auto found = manifest.find(key);
    return found == manifest.end() || found->is_null() ? std::string() : text_of(*found);
}

std::string endpoint(const Json& manifest) {
    if (const auto url = member(manifest, "url"); !url.empty()) return url;
    if (const auto command = member(manifest, "command"); !command.empty()) return command;
    if (const auto catalogue = member(manifest, "server_identifier"); !catalogue.empty()) return catalogue;
    std::string names;
    const auto sources = manifest.find("servers");
    if (sources == manifest.end() || !sources->is_array()) return names;
    for (const auto& source : *sources) {
        if (source.is_object()) names += (names.empty() ? "of " : ", ") + member(source, "name");
    }
    return names;
}

std::string tags(const Json& manifest) {
    std::string html;
    const auto found = manifest.find("tags");
    if (found == manifest.end() || !found->is_object()) return html;
    for (const auto& [key, value] : found->items()) {
        html +=
            (html.empty() ? "" : "<br>") + std::string("<code>") + escape_html(key + ": " + text_of(value)) + "</code>";
    }
    return html;
}

std::string credentials(const Server& server) {
    std::string html;
    for (std::size_t i = 0; i < server.auth.size(); ++i) {
        if (i == 5) return html + "<br>and " + std::to_string(server.auth.size() - i) + " more";
        const auto& record = server.auth[i];
        html += (html.empty() ? "" : "<br>") + escape_html(record.subject_id) + " <span class=quiet>" +
                escape_html(record.source) + "</span>";
    }
    return html.empty() ? "<span class=quiet>nobody</span>" : html;
}

void row(std::string& html, const Server& server) {
    const Json manifest = server.document();
    html += "<tr><td><strong>" + escape_html(server.name) + "</strong><br><span class=quiet>" +
            escape_html(member(manifest, "description")) + "</span></td><td><code>" + escape_html(server.type) +
            "</code><br><code class=quiet>" + escape_html(server.id) + "</code></td><td>" +
            escape_html(endpoint(manifest)) + "</td><td>" + tags(manifest) + "</td><td><time>" +
            iso_time(server.updated_ms) + "</time></td><td>" + credentials(server) + "</td></tr>\n";
}

void requests(std::string& html, const Audit& audit) {
    const auto entries = audit.entries();
    html +=
        "<h2>Last requests</h2>\n<table><thead><tr><th>time<th>request<th>status<th>who<th>name<th>note</tr></thead>"
        "<tbody>\n";
    std::size_t shown = 0;
    for (auto entry = entries.rbegin(); entry != entries.rend() && shown < 20; ++entry, ++shown) {
        std::string note = entry->dry_run ? "dry run" : "";
        if (entry->force) note += " forced";
        if (!entry->fault.empty()) note += " fault: " + entry->fault;
        html += "<tr><td><time>" + iso_time(entry->time_ms) + "</time></td><td><code>" +
                escape_html(entry->method + " " + entry->path.substr(0, 120)) + "</code></td><td>" +
                (entry->status == 0 ? "no answer" : std::to_string(entry->status)) + "</td><td>" +
                escape_html(entry->who.empty() ? "no valid token" : entry->who) + "</td><td>" +
                escape_html(entry->name) + "</td><td>" + escape_html(note) + "</td></tr>\n";
    }
    html += "</tbody></table>\n";
}

} // namespace

std::string escape_html(std::string_view text) {
    std::string html;
    html.reserve(text.size());
    for (const char c : text) {
        switch (c) {
        case '&':
            html += "&amp;";
            break;
        case '<':
            html += "&lt;";
            break;
        case '>':
            html += "&gt;";
            break;
        case '"':
            html += "&quot;";
            break;
        case '\'':
            html += "&#39;";
            break;
        default:
            html += c;
        }
    }
    return html;
}

std::string page_html(ControlPlane& plane, std::size_t offset) {
    const auto& all = plane.ground().registry().in_order();
    std::string html(head);
    html += "<h1>Tenant " + escape_html(plane.ground().options().tenant) + "</h1>\n<p>" + std::to_string(all.size()) +
            " MCP servers, newest first. This is a sandbox: nothing here is real.</p>\n";
    html += "<table><thead><tr><th>name<th>type or scope, id<th>address<th>tags<th>updated<th>credentials "
            "of</tr></thead><tbody>\n";
    const std::size_t end = offset < all.size() ? std::min(all.size(), offset + rows_per_page) : offset;
    for (std::size_t i = offset; i < end; ++i) row(html, *all[all.size() - 1 - i]);
    html += "</tbody></table>\n";
    if (end < all.size()) html += "<p><a href=\"/?offset=" + std::to_string(end) + "\">older</a></p>\n";
    requests(html, plane.ground().audit());
    return html + "</body></html>\n";
}

} // namespace kedge::sandbox
