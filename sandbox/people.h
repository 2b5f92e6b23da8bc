// Who may call: bearer tokens, each with a role and a subject. Knows nothing of servers.
#pragma once
#include "base/json.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kedge::sandbox {

enum class Role {
    admin,  // everything, also dropping all credentials of a server
    writer, // a member who may create, change and delete servers
    reader, // sees every server, changes none
    guest,  // sees only servers shared with everybody or with itself, changes none
};

std::optional<Role> role_from_text(std::string_view text);
std::string_view role_text(Role role);
inline bool may_write(Role role) {
    return role == Role::admin || role == Role::writer;
}

struct Person {
    Role role = Role::reader;
    std::string subject_id;
    std::string slug; // an e-mail address: user:<slug> is the collaborator subject
    std::string display_name;
};

// createdBySubject, updatedBySubject and the subject of /session.
Json subject_json(const Person& person, bool with_type);

class People final {
public:
    // The vendor's clients take tokens that begin with "tfy_" as opaque; others must be JWTs for them.
    void add(const std::string& token, Person person);
    const Person* find(std::string_view token) const;
    // Tokens of this slug stop working; false where there was none.
    bool revoke(std::string_view slug);
    std::vector<Person> all() const; // sorted by slug

private:
    std::unordered_map<std::string, Person> by_token_;
};

// A person with that role: <role>@<tenant>.example, with a stable subject id.
Person person_of(Role role, const std::string& tenant, int number = 0);

} // namespace kedge::sandbox
