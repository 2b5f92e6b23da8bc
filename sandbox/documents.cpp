#include "sandbox/documents.h"

#include "base/digest.h"
#include "sandbox/fields.h"
#include "sandbox/redact.h"
#include "sandbox/rows.h"

namespace kedge::sandbox {

std::string id_letters(std::uint64_t seed, std::uint64_t number, std::size_t count) {
    return make_id(seed, number).substr(1, count);
}

std::string id_uuid(std::uint64_t seed, std::uint64_t number) {
    std::string hex = sha256(std::to_string(seed) + ":" + std::to_string(number)).hex().substr(0, 32);
    hex[12] = '4';
    hex[16] = 'a';
    for (const std::size_t at : {20U, 16U, 12U, 8U}) hex.insert(at, "-");
    return hex;
}

Server& add_document(Ground& ground, Server server, const Json& document) {
    server.name = text_of(document, "name");
    server.manifest = document.dump();
    server.created_ms = server.updated_ms = ground.now_ms();
    return ground.registry().add(std::move(server));
}

void change_document(Ground& ground, Server& server, const Json& document) {
    ground.registry().rename(server, text_of(document, "name"));
    server.manifest = document.dump();
    server.updated_ms = ground.now_ms();
    ground.registry().changed(server);
}

Json without_secrets(Json document) {
    mask_by_name(document);
    return document;
}

} // namespace kedge::sandbox
