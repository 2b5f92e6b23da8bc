// The only loop that sends, and the only place where secrets are resolved.
#pragma once
#include "io/clock.h"
#include "io/http_client.h"
#include "io/secret_store.h"
#include "provider/provider.h"

#include <list>
#include <string>

namespace kedge {

class RestProvider final : public Provider {
public:
    // All references outlive the provider. `credentials`: what the client puts on each request, lest an answer shows
    // it.
    RestProvider(const Dialect& dialect, HttpClient& client, const SecretStore& secrets, Clock& clock,
                 std::vector<Secret> credentials = {});
    const Dialect& dialect() const override { return dialect_; }
    Task<Answer> list(RowSink sink) override;
    Task<Answer> perform(Operation operation, std::vector<SecretReference> references) override;
    RequestCounts counts() const override { return counts_; }
    // Writes that were sent and have no answer yet, in words: `update "github"`.
    std::vector<std::string> writing() const;

private:
    Task<Answer> list_once(const RowSink& sink);
    void count(OperationKind kind, bool is_write);

    const Dialect& dialect_;
    HttpClient& client_;
    const SecretStore& secrets_;
    Clock& clock_;
    std::vector<Secret> credentials_;
    RequestCounts counts_;
    std::list<const Operation*> writing_;
};

} // namespace kedge
