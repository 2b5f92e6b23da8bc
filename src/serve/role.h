// What a caller of the API may do. Each role may do what those before it may.
#pragma once
#include <array>
#include <optional>
#include <string_view>

namespace kedge {

enum class Role {
    viewer,   // look
    operate,  // sync, pause, resume, freeze
    approver, // release, roll back
    admin,    // everything
};

constexpr std::array<std::string_view, 4> role_names{"viewer", "operator", "approver", "admin"};

constexpr std::string_view to_text(Role role) {
    return role_names.at(static_cast<std::size_t>(role));
}

constexpr std::optional<Role> role_from(std::string_view text) {
    for (std::size_t i = 0; i < role_names.size(); ++i) {
        if (role_names[i] == text) return static_cast<Role>(i);
    }
    return std::nullopt;
}

} // namespace kedge
