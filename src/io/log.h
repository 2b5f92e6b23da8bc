// Lines for operators, on standard error: one event a line, human or JSON. Values are passed as fields, so nothing is
// formatted twice and no secret type fits in.
#pragma once
#include "base/duration.h"

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace spdlog {
class logger;
}

namespace kedge {

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { human, json };

struct LogField {
    std::string_view name;
    std::string value;
    LogField(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
    LogField(std::string_view n, long long v) : name(n), value(std::to_string(v)) {}
    LogField(std::string_view n, int v) : name(n), value(std::to_string(v)) {}
};

class Log final {
public:
    Log(LogLevel least, LogFormat format);
    void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});
    void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::info, event, fields);
    }
    void warning(std::string_view event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::warning, event, fields);
    }
    void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::error, event, fields);
    }

private:
    LogLevel least_;
    LogFormat format_;
    std::shared_ptr<spdlog::logger> logger_;
};

// The text of one line, without its end. Human: `2026-11-21T07:00:00Z info  event key=value`, with values quoted as in
// JSON where they could be misread; JSON: one object.
std::string log_line(LogFormat format, UnixSeconds time, LogLevel level, std::string_view event,
                     std::initializer_list<LogField> fields);

} // namespace kedge
