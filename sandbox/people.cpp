#include "sandbox/people.h"

#include "base/digest.h"

#include <algorithm>

namespace kedge::sandbox {

std::optional<Role> role_from_text(std::string_view text) {
    for (const Role role : {Role::admin, Role::writer, Role::reader, Role::guest}) {
        if (text == role_text(role)) return role;
    }
    return std::nullopt;
}

std::string_view role_text(Role role) {
    switch (role) {
    case Role::admin:
        return "admin";
    case Role::writer:
        return "writer";
    case Role::reader:
        return "reader";
    case Role::guest:
        return "guest";
    }
    return "guest";
}

Json subject_json(const Person& person, bool with_type) {
    Json subject = {{"subjectId", person.subject_id},
                    {"subjectSlug", person.slug},
                    {"subjectDisplayName", person.display_name},
                    {"subjectPatName", nullptr},
                    {"subjectControllerName", nullptr},
                    {"subjectExternalIdentitySlug", nullptr}};
    if (with_type) subject["subjectType"] = "user";
    return subject;
}

void People::add(const std::string& token, Person person) {
    by_token_[token] = std::move(person);
}

const Person* People::find(std::string_view token) const {
    const auto found = by_token_.find(std::string(token));
    return found == by_token_.end() ? nullptr : &found->second;
}

bool People::revoke(std::string_view slug) {
    return std::erase_if(by_token_, [&](const auto& entry) { return entry.second.slug == slug; }) > 0;
}

std::vector<Person> People::all() const {
    std::vector<Person> people;
    for (const auto& [token, person] : by_token_) people.push_back(person);
    std::sort(people.begin(), people.end(), [](const Person& a, const Person& b) { return a.slug < b.slug; });
    return people;
}

Person person_of(Role role, const std::string& tenant, int number) {
    Person person;
    person.role = role;
    const std::string name = std::string(role_text(role)) + (number > 0 ? std::to_string(number) : "");
    person.slug = name + "@" + tenant + ".example";
    person.display_name = "Sandbox " + name;
    person.subject_id = "cu" + sha256(person.slug).hex().substr(0, 23);
    return person;
}

} // namespace kedge::sandbox
