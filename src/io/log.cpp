#include "io/log.h"

#include "base/duration.h"
#include "base/json.h"

#include <chrono>
#include <memory>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace kedge {

namespace {

std::string now_text() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return format_utc(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

std::string_view level_text(LogLevel level) {
    switch (level) {
    case LogLevel::debug:
        return "debug";
    case LogLevel::info:
        return "info";
    case LogLevel::warning:
        return "warning";
    case LogLevel::error:
        return "error";
    }
    return "error";
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
    switch (level) {
    case LogLevel::debug:
        return spdlog::level::debug;
    case LogLevel::info:
        return spdlog::level::info;
    case LogLevel::warning:
        return spdlog::level::warn;
    case LogLevel::error:
        return spdlog::level::err;
    }
    return spdlog::level::err;
}

// Quoted and escaped where it holds more than a word, so that a line stays one line whatever a value holds.
std::string human_value(const std::string& value) {
    const bool plain = !value.empty() && value.find_first_of(" \t\n\r\"\\=") == std::string::npos &&
                       value.find_first_of('\x1b') == std::string::npos;
    return plain ? value : Json(value).dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace

Log::Log(LogLevel least, LogFormat format) : least_(least), format_(format) {}

void Log::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    if (level < least_) return;
    static const auto logger = [] {
        auto made = std::make_shared<spdlog::logger>("kedge", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_level(spdlog::level::trace);
        made->set_pattern("%v");
        made->flush_on(spdlog::level::trace);
        return made;
    }();
    std::string line;
    if (format_ == LogFormat::json) {
        Json object = {{"time", now_text()}, {"level", level_text(level)}, {"event", event}};
        for (const auto& field : fields) object[std::string(field.name)] = field.value;
        line = object.dump(-1, ' ', false, Json::error_handler_t::replace);
    } else {
        line = now_text() + " " + std::string(level_text(level)) + std::string(8 - level_text(level).size(), ' ') +
               std::string(event);
        for (const auto& field : fields) {
            if (!field.value.empty()) line += " " + std::string(field.name) + "=" + human_value(field.value);
        }
    }
    logger->log(spdlog_level(level), line);
}

} // namespace kedge
