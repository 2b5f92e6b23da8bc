#include "view/metrics.h"

#include "view/safe_text.h"

#include <charconv>
#include <cmath>
#include <string_view>

namespace kedge {

namespace {

struct TallyMetric {
    const char* name;
    const char* type;
    const char* help;
    std::vector<const char*> labels;
    Tally Counters::*values;
};

const std::vector<TallyMetric>& tally_metrics() {
    static const std::vector<TallyMetric> all{
        {"kedge_passes_total", "counter", "Passes that ended.", {"unit", "result"}, &Counters::passes},
        {"kedge_changes_total", "counter", "Outcomes of changes.", {"action", "outcome"}, &Counters::changes},
        {"kedge_holds", "gauge", "Changes that wait.", {"unit", "reason"}, &Counters::holds},
        {"kedge_oldest_hold_timestamp_seconds",
         "gauge",
         "Since when the oldest of them waits.",
         {"unit", "reason"},
         &Counters::oldest_hold},
        {"kedge_budget_used_ratio",
         "gauge",
         "Share of what may be written in one hour that is used.",
         {"unit", "kind"},
         &Counters::budget},
        {"kedge_target_requests_total",
         "counter",
         "Requests to control planes.",
         {"target", "method", "status"},
         &Counters::requests},
        {"kedge_limiter_waits_total",
         "counter",
         "Requests that waited for their turn.",
         {"target"},
         &Counters::limiter_waits},
        {"kedge_limiter_wait_seconds_total",
         "counter",
         "How long they waited.",
         {"target"},
         &Counters::limiter_wait_seconds},
        {"kedge_shard_held",
         "gauge",
         "1 where this member holds the lease of the shard.",
         {"shard"},
         &Counters::leases},
        {"kedge_fetches_total", "counter", "Looks at sources.", {"source", "result"}, &Counters::fetches},
        {"kedge_settings_reloads_total",
         "counter",
         "Times the settings were read anew.",
         {"result"},
         &Counters::reloads},
        {"kedge_webhook_deliveries_total", "counter", "Webhooks that came.", {"kind", "result"}, &Counters::webhooks},
        {"kedge_http_requests_total",
         "counter",
         "Requests to the API.",
         {"operation", "status"},
         &Counters::http_requests},
        {"kedge_http_refusals_total",
         "counter",
         "Callers of the API that were turned away.",
         {"reason"},
         &Counters::refusals},
        {"kedge_previews_total", "counter", "Pull requests that were planned.", {"result"}, &Counters::previews},
    };
    return all;
}

struct UnitMetric {
    const char* name;
    const char* help;
    double (*value)(const UnitStatus&);
};

const std::vector<UnitMetric>& unit_metrics() {
    static const std::vector<UnitMetric> all{
        {"kedge_unit_in_sync", "1 where git and live agree.",
         [](const UnitStatus& unit) { return unit.state == UnitState::in_sync ? 1.0 : 0.0; }},
        {"kedge_unit_changes", "Changes that the last look planned.",
         [](const UnitStatus& unit) { return static_cast<double>(unit.changes); }},
        {"kedge_unit_held", "Of them: held.", [](const UnitStatus& unit) { return static_cast<double>(unit.held); }},
        {"kedge_unit_drifted", "Of them: live moved though git did not.",
         [](const UnitStatus& unit) { return static_cast<double>(unit.drifted); }},
        {"kedge_unit_errors", "Mistakes in its manifests.",
         [](const UnitStatus& unit) { return static_cast<double>(unit.errors); }},
        {"kedge_unit_stopped", "1 where a pause or a freeze holds its changes.",
         [](const UnitStatus& unit) { return unit.stoppages.empty() ? 0.0 : 1.0; }},
        {"kedge_unit_consecutive_failures", "Passes that failed, in a row.",
         [](const UnitStatus& unit) { return static_cast<double>(unit.failures); }},
        {"kedge_unit_last_success_timestamp_seconds", "End of the last pass that did not fail; 0: there was none.",
         [](const UnitStatus& unit) { return static_cast<double>(unit.last_success); }},
    };
    return all;
}

std::string number(double value) {
    if (std::trunc(value) == value && std::abs(value) < 1e15) return std::to_string(static_cast<std::int64_t>(value));
    char digits[40];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return {digits, end};
}

class Text {
public:
    void metric(const char* name, const char* type, const char* help) {
        name_ = name;
        text_ += "# HELP " + name_ + " " + help + "\n# TYPE " + name_ + " " + type + "\n";
    }
    void begin(const char* suffix = "") {
        text_ += name_ + suffix;
        labels_ = 0;
    }
    void label(std::string_view name, std::string_view value) {
        text_ += labels_++ == 0 ? '{' : ',';
        text_.append(name).append("=\"");
        for (const char c : valid_utf8(value)) {
            if (c == '\\' || c == '"') text_ += '\\';
            if (c == '\n')
                text_ += "\\n";
            else
                text_ += c;
        }
        text_ += '"';
    }
    void end(double value) { text_ += (labels_ > 0 ? "} " : " ") + number(value) + "\n"; }
    void single(const char* name, const char* type, const char* help, double value) {
        metric(name, type, help);
        begin();
        end(value);
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
    std::string name_;
    int labels_ = 0;
};

void add_durations(Text& text, const Durations& durations) {
    text.metric("kedge_pass_duration_seconds", "histogram", "How long passes took.");
    std::uint64_t until = 0;
    for (std::size_t i = 0; i < durations.counts().size(); ++i) {
        until += durations.counts()[i];
        text.begin("_bucket");
        text.label("le", i < Durations::bounds.size() ? number(Durations::bounds[i]) : "+Inf");
        text.end(static_cast<double>(until));
    }
    text.begin("_sum");
    text.end(durations.seconds());
    text.begin("_count");
    text.end(static_cast<double>(until));
}

void add_tally(Text& text, const TallyMetric& metric, const Tally& tally) {
    text.metric(metric.name, metric.type, metric.help);
    for (const auto& [labels, value] : tally.rows()) {
        text.begin();
        for (std::size_t i = 0; i < metric.labels.size() && i < labels.size(); ++i)
            text.label(metric.labels[i], labels[i]);
        text.end(value);
    }
}

} // namespace

std::string metrics_text(const Counters& counters, const std::vector<UnitStatus>& units, const std::string& version) {
    Text text;
    text.metric("kedge_build_info", "gauge", "Which kedge this is.");
    text.begin();
    text.label("version", version);
    text.end(1);
    for (const auto& metric : unit_metrics()) {
        text.metric(metric.name, "gauge", metric.help);
        for (const auto& unit : units) {
            text.begin();
            text.label("unit", unit.unit);
            text.end(metric.value(unit));
        }
    }
    for (const auto& metric : tally_metrics()) add_tally(text, metric, counters.*metric.values);
    add_durations(text, counters.pass_durations);
    text.single("kedge_fenced_writes_total", "counter", "Writes that were not begun, because the lease was over.",
                counters.writes_fenced);
    text.single("kedge_queue_depth", "gauge", "Passes that are due and have not begun.", counters.queue_depth);
    text.single("kedge_loop_longest_block_seconds", "gauge",
                "Longest processor time for which nothing else had a turn, since the start.", counters.longest_step);
    text.single("kedge_event_streams", "gauge", "Clients that listen to events.", counters.event_streams);
    text.single("process_start_time_seconds", "gauge", "When this process started.",
                static_cast<double>(counters.started));
    text.single("process_resident_memory_bytes", "gauge", "Memory of this process.", counters.resident_bytes);
    return text.take();
}

} // namespace kedge
