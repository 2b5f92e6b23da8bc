// A control plane as configured: everything that its units share.
#pragma once
#include "dialect/dialects.h"
#include "io/beast_client.h"
#include "io/counting_client.h"
#include "io/pacing.h"
#include "io/patient_client.h"
#include "main/unit_set.h"
#include "provider/rest_provider.h"
#include "provider/shared_list.h"

#include <memory>
#include <vector>

namespace kedge {

struct TargetParts {
    std::unique_ptr<Dialect> dialect;
    std::unique_ptr<BeastClient> http;
    std::unique_ptr<CountingClient> counting; // in front of it
    std::unique_ptr<PatientClient> client;
    std::unique_ptr<BeastClient> preview_http; // with a token of its own; null: previews ask with the other one
    std::unique_ptr<PatientClient> preview_client;
    std::unique_ptr<Limiter> passes; // of a daemon's units: more at a time would only wait, and cost memory
    std::vector<Secret> credentials;
    std::unique_ptr<SecretStore> no_secrets; // a list sends none
    std::unique_ptr<RestProvider> lister;
    std::unique_ptr<SharedList> list;
};

// Fills `parts`, which stay where they are. Throws Failure where a credential cannot be read.
void make_target(const TargetSettings& from, const UnitGround& ground, TargetParts& parts);

} // namespace kedge
