#include "io/log.h"

#include "base/json.h"

#include <algorithm>
#include <chrono>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <utility>

namespace kedge {

namespace {

std::string_view name_of(LogLevel level) {
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

spdlog::level::level_enum severity(LogLevel level) {
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

// In quotes, on one line, always valid UTF-8.
std::string json_text(std::string_view text) {
    return Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_plain(char c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != '=' && c != '\\';
}

// What a terminal, a person or a `key=value` reader could take for something else is quoted.
std::string readable(std::string_view text) {
    if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return std::string(text);
    std::string safe = json_text(text);
    // JSON leaves DEL and the C1 controls as they are; a terminal may obey them.
    std::string::size_type at = 0;
    while ((at = safe.find('\x7f', at)) != std::string::npos) safe.replace(at, 1, "\\u007f");
    for (at = 0; (at = safe.find('\xc2', at)) != std::string::npos; ++at) {
        const auto next = static_cast<unsigned char>(safe[at + 1]);
        if (next >= 0xa0) continue;
        constexpr std::string_view digits = "0123456789abcdef";
        safe.replace(at, 2, std::string("\\u00") + digits[next >> 4] + digits[next & 15]);
    }
    return safe;
}

} // namespace

std::string log_line(LogFormat format, UnixSeconds time, LogLevel level, std::string_view event,
                     std::initializer_list<LogField> fields) {
    if (format == LogFormat::human) {
        std::string line = format_utc(time) + " " + std::string(name_of(level));
        line.append(line.size() < 26 ? 26 - line.size() : 0, ' ');
        // An event is one of our own phrases: its spaces are no harm.
        const bool phrase = std::all_of(event.begin(), event.end(), [](char c) { return c == ' ' || is_plain(c); });
        line.append(" ").append(phrase ? std::string(event) : readable(event));
        for (const LogField& field : fields)
            if (!field.value.empty()) line.append(" ").append(field.name).append("=").append(readable(field.value));
        return line;
    }
    std::string line = "{\"time\":\"" + format_utc(time) + "\",\"level\":\"" + std::string(name_of(level)) +
                       "\",\"event\":" + json_text(event);
    for (const LogField& field : fields)
        if (!field.value.empty())
            line.append(",").append(json_text(field.name)).append(":").append(json_text(field.value));
    return line + "}";
}

Log::Log(LogLevel least, LogFormat format) : least_(least), format_(format) {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>(); // workers may write as well
    logger_ = std::make_shared<spdlog::logger>("kedge", std::move(sink));
    logger_->set_level(severity(least_));
    logger_->set_pattern("%v");
    logger_->flush_on(spdlog::level::debug);
}

void Log::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    if (level < least_) return;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const UnixSeconds time = std::chrono::duration_cast<std::chrono::seconds>(now).count();
    const std::string line = log_line(format_, time, level, event, fields);
    logger_->log(severity(level), spdlog::string_view_t(line.data(), line.size()));
}

} // namespace kedge
