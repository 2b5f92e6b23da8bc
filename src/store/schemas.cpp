#include "store/schemas.h"

#include "store/chronicle_rows.h"
#include "store/ledger_rows.h"
#include "store/stored_memo.h"
#include "store/stored_outbox.h"
#include "store/stored_previews.h"
#include "store/stored_stoppages.h"

namespace kedge {

std::vector<Schema> store_schemas() {
    return {ledger_schema(), chronicle_schema(), stoppages_schema(), previews_schema(), outbox_schema(), memo_schema()};
}

std::int64_t store_schema_number() {
    std::int64_t number = 0;
    for (const auto& schema : store_schemas()) number += static_cast<std::int64_t>(schema.migrations.size());
    return number;
}

} // namespace kedge
