// Operations that only look: preflight, list, get, find_by_name, subjects. Never test, tools, prompts, resources or
// authorize: they change state, refresh tokens or contact the server.
#include "dialect/gravity_rail_parts.h"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

namespace kedge::gravity_rail {

namespace {

constexpr std::size_t most_subject_names = 20;

Refused broken(const Operation& operation, const std::string& cause) {
    return Refused{RefusalKind::broken, attempt(operation) + ": " + cause, {}};
}

// What a call on a server that is not there tells about the key: 403 comes before 404.
enum class Scope { granted, missing, unknown };
Scope scope_in(const Exchange& probe) {
    if (is_gone(probe)) return Scope::granted;
    return probe.answered && probe.response.status == 403 ? Scope::missing : Scope::unknown;
}

// As it stands behind "as" in every plan: what this key may, before anything is changed.
std::string key_text(Scope write, Scope admin) {
    if (write == Scope::unknown || admin == Scope::unknown)
        return "a key with apps:read; whether it may change or delete was not to be found out";
    const bool may_write = write == Scope::granted;
    const bool may_delete = admin == Scope::granted;
    if (may_write && may_delete) return "a key with apps:read, apps:write and apps:admin";
    if (may_write) return "a key without apps:admin: deletes will be refused";
    if (may_delete) return "a key without apps:write: changes will be refused";
    return "a key with apps:read alone: changes and deletes will be refused";
}

bool holds_zero(const Json& rows) {
    return std::any_of(rows.begin(), rows.end(), [](const Json& row) {
        return !row.is_object() || !row.contains("id") || row["id"] == 0 || row["id"] == "0";
    });
}

std::string member_name(const Json& member) {
    if (!member.is_object()) return {};
    for (const char* key : {"name", "displayName", "memberName", "email", "memberEmail", "memberId", "id"}) {
        const auto found = member.find(key);
        if (found == member.end()) continue;
        if (found->is_string() && *found != "") return words(found->get_ref<const std::string&>(), 120);
        if (found->is_number_unsigned()) return "member " + found->dump();
    }
    return {};
}

} // namespace

// The scopes of a key are not to be asked for. A list needs apps:read; two calls on server 0, which a look has shown
// not to be there, tell the others: without the scope they end in 403, with it in 404. They change nothing, whatever
// their method says.
Step next_preflight(const GravityRailOptions& options, const Operation& operation, const Transcript& transcript) {
    Said said(transcript);
    const auto* list = said.next();
    if (!list) return Send{request_of(options, "GET", ""), false};
    const auto rows = rows_of(*list);
    if (!rows.is_array()) return refuse(operation, *list);
    Done done;
    done.identity = TargetIdentity{};
    done.identity->dialect = "gravity_rail";
    done.identity->tenant = options.workspace;
    done.identity->subject = "a key with apps:read";
    if (!options.probe || holds_zero(rows)) return done;
    const auto* nothing = said.next();
    if (!nothing) return Send{request_of(options, "GET", "/0"), false};
    if (!is_gone(*nothing)) return done;
    const auto* write = said.next();
    if (!write) return Send{request_of(options, "POST", "/0/enable"), false};
    const auto* admin = said.next();
    if (!admin) return Send{request_of(options, "DELETE", "/0"), false};
    done.identity->subject = key_text(scope_in(*write), scope_in(*admin));
    return done;
}

// GET .../mcp-servers -> 200 [row...], whole and in one answer: it is its own total. The provider has taken the rows
// out.
Step next_list(const GravityRailOptions& options, const Operation& operation, const Transcript& transcript) {
    if (transcript.empty()) return Send{request_of(options, "GET", ""), false};
    const auto& last = transcript.back();
    const auto body = last.answered && last.response.status == 200 ? json_of(last.response) : std::nullopt;
    if (!body || !body->is_structured()) return refuse(operation, last);
    if (body->is_object() && body->contains("total") && (*body)["total"] != last.rows)
        return broken(operation, "only a part of the list came, and how to ask for the rest is not published");
    Done done;
    done.listed = last.rows;
    return done;
}

// GET .../mcp-servers/7 -> 200 row, 404: gone, or not visible to this member
Step next_get(const GravityRailOptions& options, const Operation& operation, const Transcript& transcript) {
    if (!usable_number(operation.remote_id)) return broken(operation, "an id that is no number");
    if (transcript.empty()) return Send{request_of(options, "GET", "/" + operation.remote_id), false};
    const auto& last = transcript.back();
    if (is_gone(last)) return Done{};
    Done done;
    done.document = server_of(options, last, &done.row);
    if (!done.document) return refuse(operation, last);
    if (done.document->remote_id != operation.remote_id)
        return broken(operation, "the answer is about another registration");
    return done;
}

Step next_find(const GravityRailOptions& options, const Operation& operation, const Transcript& transcript) {
    if (transcript.empty()) return Send{request_of(options, "GET", ""), false};
    const auto rows = rows_of(transcript.back());
    if (!rows.is_array()) return refuse(operation, transcript.back());
    Done done;
    for (const auto& row : rows) {
        try {
            auto live = read_server(options, row);
            if (live.name != operation.name || live.remote_id.empty()) continue;
            if (done.document)
                return Refused{RefusalKind::inconsistent, attempt(operation) + ": more than one has this name", {}};
            done.document = std::move(live);
            done.row = row;
        } catch (const std::invalid_argument&) {
            // Without a name it is not the one that is looked for.
        }
    }
    return done;
}

// GET .../mcp-servers/7/members -> 200 [member...]: who has connected to it, and would have to again
Step next_subjects(const GravityRailOptions& options, const Operation& operation, const Transcript& transcript) {
    if (!usable_number(operation.remote_id)) return broken(operation, "an id that is no number");
    if (transcript.empty()) return Send{request_of(options, "GET", "/" + operation.remote_id + "/members"), false};
    const auto members = rows_of(transcript.back());
    if (!members.is_array()) return refuse(operation, transcript.back());
    Done done;
    done.subjects = static_cast<int>(std::min<std::size_t>(members.size(), std::numeric_limits<int>::max()));
    for (const auto& member : members) {
        auto name = member_name(member);
        if (!name.empty() && done.subject_names.size() < most_subject_names)
            done.subject_names.push_back(std::move(name));
    }
    return done;
}

} // namespace kedge::gravity_rail
