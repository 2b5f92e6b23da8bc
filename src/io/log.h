// Lines for operators, on standard error: one event a line, human or JSON. Values are passed as fields, so nothing is
// formatted twice and no secret type fits in.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

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
};

} // namespace kedge
