// Servers as JSON documents in the product's own words, and ids in the forms that products give out.
#pragma once
#include "sandbox/ground.h"

#include <string>

namespace kedge::sandbox {

std::string id_letters(std::uint64_t seed, std::uint64_t number, std::size_t count); // lower-case letters and digits
std::string id_uuid(std::uint64_t seed, std::uint64_t number);                       // version 4

// Registers `document` (it has a text "name") under this id; created and updated now.
Server& add_document(Ground& ground, Server server, const Json& document);
// Another document of the same server; updated now.
void change_document(Ground& ground, Server& server, const Json& document);

// Members whose names say that they are secret, masked at every depth.
Json without_secrets(Json document);

} // namespace kedge::sandbox
