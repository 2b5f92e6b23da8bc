#include "tests/house/size_rules.h"

#include <algorithm>

namespace kedge::house {

namespace {

constexpr std::string_view kSpaces = " \t\n";

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kSpaces);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

bool identifier(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':' ||
           c == '~';
}

// What stands between the parenthesis and the name before it: `Plan make_plan(Input in) {` -> make_plan.
std::string name_in(std::string_view header) {
    const std::string_view before = trim(header.substr(0, header.find('(')));
    const std::size_t operator_at = before.rfind("operator");
    std::size_t start = std::min(operator_at, before.size());
    while (start > 0 && identifier(before[start - 1])) --start;
    std::string name(before.substr(start));
    if (name != "TEST" && name != "TEST_F" && name != "TEST_P") return name;
    const std::size_t open = header.find('(');
    return std::string(trim(header.substr(open + 1, header.find(')', open) - open - 1)));
}

bool opens_type_or_namespace(std::string_view header) {
    while (header.starts_with("template")) { // its angle brackets may hold anything but a brace
        int depth = 0;
        std::size_t at = header.find('<');
        for (; at < header.size(); ++at) {
            if (header[at] == '<') ++depth;
            if (header[at] == '>' && --depth == 0) break;
        }
        header = trim(header.substr(std::min(at + 1, header.size())));
    }
    for (const std::string_view word :
         {"namespace", "inline namespace", "class", "struct", "union", "enum", "extern"}) {
        if (header.starts_with(word) && (header.size() == word.size() || !identifier(header[word.size()]))) {
            return header.find('(') == std::string_view::npos || header.find(':') != std::string_view::npos;
        }
    }
    return false;
}

// Walks the braces once. A brace is a scope (namespace, type), a function, or a value; values do not end a header, so
// that `Foo::Foo() : a_{1}, b_{2} {` is still one header when its body opens.
class Walker final {
public:
    explicit Walker(std::string_view code) : code_(code) {}

    std::vector<FunctionSpan> run() {
        for (at_ = 0; at_ < code_.size(); ++at_) {
            const char c = code_[at_];
            if (c == '\n') ++line_;
            if (c == '{')
                open();
            else if (c == '}')
                close();
            else if (c == ';' && depth_of_values_ == 0 && !in_function())
                header_ = at_ + 1;
        }
        return std::move(found_);
    }

private:
    enum class Kind { scope, function, value };
    struct Brace {
        Kind kind;
        FunctionSpan span;
    };

    bool in_function() const { return !open_.empty() && open_.back().kind != Kind::scope; }

    Kind kind_of(std::string_view header) const {
        if (in_function()) return Kind::value;
        if (opens_type_or_namespace(header)) return Kind::scope;
        const bool touches = at_ > 0 && (identifier(code_[at_ - 1]) || code_[at_ - 1] == '>' || code_[at_ - 1] == ']');
        const bool has_parameters = header.find('(') != std::string_view::npos;
        if (touches || header.ends_with('=') || header.ends_with('(') || header.ends_with(',')) return Kind::value;
        return has_parameters ? Kind::function : Kind::value;
    }

    void open() {
        const std::string_view header = trim(code_.substr(header_, at_ - header_));
        Brace brace{kind_of(header), {}};
        if (brace.kind == Kind::function) {
            const std::string_view before = code_.substr(header_, at_ - header_);
            const int lines_of_header = static_cast<int>(std::count(header.begin(), header.end(), '\n'));
            const std::string_view tail = before.substr(before.find_last_not_of(kSpaces) + 1);
            const int after = static_cast<int>(std::count(tail.begin(), tail.end(), '\n'));
            brace.span = {name_in(header), line_ - lines_of_header - after, 0};
        }
        if (brace.kind == Kind::value)
            ++depth_of_values_;
        else
            header_ = at_ + 1;
        open_.push_back(std::move(brace));
    }

    void close() {
        if (open_.empty()) return; // unbalanced text is the compiler's to report
        Brace brace = std::move(open_.back());
        open_.pop_back();
        if (brace.kind == Kind::value) {
            --depth_of_values_;
            return;
        }
        header_ = at_ + 1;
        if (brace.kind == Kind::function) {
            brace.span.last_line = line_;
            found_.push_back(std::move(brace.span));
        }
    }

    std::string_view code_;
    std::size_t at_ = 0;
    std::size_t header_ = 0; // where the text before the next brace begins
    int line_ = 1;
    int depth_of_values_ = 0;
    std::vector<Brace> open_;
    std::vector<FunctionSpan> found_;
};

} // namespace

std::vector<FunctionSpan> functions_of(std::string_view text) {
    const std::string code = only_code(text);
    return Walker(code).run();
}

std::vector<Violation> check_file_lengths(const std::vector<SourceFile>& files) {
    std::vector<Violation> found;
    for (const SourceFile& file : files) {
        if (!is_cpp(file.path)) continue;
        const int lines = static_cast<int>(lines_of(file.text).size());
        if (lines <= kMostFileLines) continue;
        found.push_back({"file-length", file.path, 0, "",
                         std::to_string(lines) + " lines; split it by subject, " + std::to_string(kMostFileLines) +
                             " are the limit"});
    }
    return found;
}

std::vector<Violation> check_function_lengths(const std::vector<SourceFile>& files) {
    std::vector<Violation> found;
    for (const SourceFile& file : files) {
        if (!is_cpp(file.path)) continue;
        for (const FunctionSpan& function : functions_of(file.text)) {
            const int lines = function.last_line - function.first_line + 1;
            if (lines <= kMostFunctionLines) continue;
            found.push_back({"function-length", file.path, function.first_line, function.name,
                             function.name + " has " + std::to_string(lines) + " lines; " +
                                 std::to_string(kMostFunctionLines) + " are the limit"});
        }
    }
    return found;
}

} // namespace kedge::house
