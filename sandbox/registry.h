// What is registered: servers with their saved documents and per-subject credentials, in order of creation (names need
// not be unique), and the other documents that TrueFoundry's /apply takes. Keeps each row's text ready for lists.
// Mirrors every change to a Storage, where there is one.
#pragma once
#include "base/json.h"
#include "sandbox/knobs.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kedge::sandbox {

struct AuthRecord {
    std::string subject_id;
    std::string subject_type; // user, virtualaccount, external-identity
    std::string source;       // oauth, auth-override
    std::string value;        // header value of an override
    std::int64_t updated_ms = 0;
    std::string updated_by; // JSON text

    bool operator==(const AuthRecord&) const = default;
};

struct Server {
    std::string id;
    std::string name;
    std::string type;           // or the scope: the workspace, project or organization it belongs to
    std::uint64_t sequence = 0; // order of creation
    std::string manifest;       // JSON text as saved, secrets included
    std::string creator_slug;
    std::string created_by; // JSON text
    std::int64_t created_ms = 0;
    std::int64_t updated_ms = 0;
    std::uint64_t auth_revision = 0;
    std::vector<AuthRecord> auth;
    std::string row; // as lists show it; made by rows.h

    Json document() const { return Json::parse(manifest); }
};

class Storage;

class Registry final {
public:
    explicit Registry(std::unique_ptr<Storage> storage);
    ~Registry();

    Server* by_name(std::string_view name);                  // the oldest of that name
    std::vector<Server*> all_by_name(std::string_view name); // oldest first
    Server* by_id(std::string_view id);
    const std::vector<Server*>& in_order() const { return order_; } // oldest first

    // `server.sequence` is given here.
    Server& add(Server server);
    void changed(const Server& server);                   // after an edit in place
    void rename(Server& server, const std::string& name); // changed() is the caller's
    void remove(Server& server);

    // Documents of other types, by (type before the slash, name).
    const std::string* other(const std::string& type, const std::string& name) const;
    void set_other(const std::string& type, const std::string& name, std::string manifest);
    bool remove_other(const std::string& type, const std::string& name);
    std::size_t others() const { return others_.size(); }

    void save_knobs(const Json& knobs);
    Json saved_knobs() const { return saved_knobs_; }      // null where none were saved
    std::uint64_t next_number() { return next_number_++; } // never given twice, also after a restart
    void clear();

private:
    Server& index(std::unique_ptr<Server> server);
    void forget_name(const Server& server);

    std::unique_ptr<Storage> storage_;
    std::unordered_multimap<std::string, Server*> by_name_;
    std::unordered_map<std::string, std::unique_ptr<Server>> by_id_;
    std::vector<Server*> order_;
    std::map<std::pair<std::string, std::string>, std::string> others_;
    Json saved_knobs_;
    std::uint64_t next_number_ = 1;
};

} // namespace kedge::sandbox
