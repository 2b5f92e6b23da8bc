// Keeps secret values out of everything but the bytes that leave: documents carry tokens, the request gets the values
// just before the send, and what a control plane echoes is masked before anybody reads it.
#pragma once
#include "base/http_message.h"
#include "base/secret.h"
#include "dialect/dialect.h"
#include "io/secret_store.h"
#include "model/resource.h"
#include "provider/provider.h"

#include <string>
#include <string_view>
#include <vector>

namespace kedge {

class Sealer {
public:
    // What a rehearsal carries in place of a secret.
    static constexpr const char* placeholder = "kedge-unresolved";

    // Puts tokens into `operation.document` (a rehearsal: the placeholder) and fills `operation.sealed`. Throws Failure
    // where a value cannot be had, std::invalid_argument where a reference is not where it is said to be.
    void seal(Operation& operation, const std::vector<SecretReference>& references, const SecretStore& secrets);
    // What an answer may echo beside that, and what no words may show: kedge's own credential, and the literals in the
    // secret fields of a document (after seal). Documents that are read keep them, where they are compared.
    void hide(const Secret& value);
    void hide_literals(Json document);
    // The request as it goes out.
    HttpRequest unseal(HttpRequest request) const;
    // The answer without the values: at secret fields of a document and in what is said in words; anywhere in an error.
    void mask(HttpResponse& response) const;
    // The end of an operation: whatever of it people may read.
    void mask(Answer& answer) const;
    // Free text (an error of the client) without the values.
    void mask(std::string& text) const;

private:
    bool holds_value(const std::string& text) const;
    bool may_echo(const std::string& body) const;

    struct Entry {
        std::string token;
        Secret value;
        Secret escaped; // as it stands inside a JSON string
    };
    void hide_words(const std::string& text);
    bool is_own(std::string_view text) const; // holds a token

    std::vector<Entry> entries_;
    std::vector<Entry> hidden_; // without tokens, the longest first
};

} // namespace kedge
