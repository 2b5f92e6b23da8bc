// Does an answer fit what /api/v1/openapi.json says of it?
#pragma once
#include "serve/openapi.h"
#include "serve/routes.h"
#include "tests/schema/fits.h"

#include <algorithm>
#include <string>
#include <vector>

namespace kedge {

// The document with its schemas where the checker looks for them.
inline Json document_for_checks() {
    auto text = openapi_document("1.2.3").dump();
    const std::string from = "#/components/schemas/";
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at))
        text.replace(at, from.size(), "#/$defs/");
    return Json::parse(text);
}

// Empty: it fits. An answer that the document does not name is a problem of its own.
inline std::vector<std::string> openapi_problems(const Route& route, int status, const std::string& type,
                                                 const Json& body) {
    static const Json document = document_for_checks();
    std::string method = route.method;
    std::transform(method.begin(), method.end(), method.begin(), [](unsigned char c) { return std::tolower(c); });
    const Json& answers = document["paths"][route.path][method]["responses"];
    const auto name = std::to_string(status);
    if (!answers.contains(name)) return {name + " is not in the document"};
    const Json& content = answers[name]["content"];
    if (!content.contains(type)) return {type + " is not in the document"};
    Json schema = content[type]["schema"];
    schema["$defs"] = document["components"]["schemas"];
    return SchemaChecker(schema).problems(body);
}

} // namespace kedge
